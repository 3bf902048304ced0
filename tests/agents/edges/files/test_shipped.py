"""Files of `deploy/` are found beside the packages of a checkout."""

from pathlib import Path

import pytest

from agents.edges.files.shipped import shipped

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("name", ["kafka/pom.xml", "prometheus/prometheus.yml"])
def test_a_file_is_the_checkout_s(name: str) -> None:
    """Not one of another release that is installed beside it."""
    assert shipped(name) == ROOT / "deploy" / name
    assert shipped(name).is_file()
