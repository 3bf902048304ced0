"""An image in 20 places of a record of every format is refused in each."""

from pathlib import Path

import pytest
from format_reading import read_sample
from material import IMAGE, PLACES, VALID, with_image

from agents.errors import UserError
from streams.intake.formats.base import FileRefusal


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.name}"


@pytest.mark.parametrize("path", VALID, ids=_name)
def test_an_image_is_refused_wherever_it_stands(path: Path, tmp_path: Path) -> None:
    """In what becomes of a record, in what is dropped, in names of fields and in headers."""
    copies = with_image(path)
    assert len(copies) >= PLACES
    for number, copy in enumerate(copies):
        file = tmp_path / f"{number}{path.suffix}"
        file.write_bytes(copy)
        try:
            _, records = read_sample(file, path.parent.parent.name)
        except UserError:  # a header that is no longer one
            continue
        assert FileRefusal.CONTENT in {one.refused for one in records}, copy
        assert not any(IMAGE[:12].encode() in one.value for one in records)
