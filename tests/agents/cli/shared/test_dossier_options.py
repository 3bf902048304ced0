"""Laws of the options of `hostwatch dossier` and `hostwatch report`."""

from types import ModuleType
from typing import Annotated, get_args, get_origin

import pytest

from agents.cli.shared import dossier_options, report_options


@pytest.mark.parametrize("options", [dossier_options, report_options])
def test_each_option_says_what_it_is_in_a_sentence(options: ModuleType) -> None:
    """Whoever types `--help` reads what to give."""
    found = [get_args(one)[1] for one in vars(options).values() if get_origin(one) is Annotated]
    assert found
    assert [one for one in found if not (one.help or "").endswith(".")] == []
