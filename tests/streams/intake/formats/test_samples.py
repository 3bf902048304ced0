"""Every format takes its valid samples and refuses each invalid one with the reason of its name."""

from pathlib import Path

import pytest
from format_reading import SAMPLES, read_sample

from schemas.codec import decode_hotline
from streams.intake import formats
from streams.intake.formats.base import FileRefusal

NAMES = sorted(one.name for one in (*formats.FORMATS, *formats.DOCUMENTS))


def _files(kind: str) -> list[Path]:
    return sorted(SAMPLES.glob(f"*/{kind}/*"))


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.name}"


def test_each_format_has_samples_of_both_kinds() -> None:
    """No format goes without a valid and an invalid sample, and none is of a format unknown."""
    for kind in ("valid", "invalid"):
        assert sorted({file.parent.parent.name for file in _files(kind)}) == NAMES


@pytest.mark.parametrize("path", _files("valid"), ids=_name)
def test_valid_sample_is_taken(path: Path) -> None:
    """It is known as its own format, and each of its records is one of a hotline."""
    source, records = read_sample(path)
    assert source.format == path.parent.parent.name
    assert records
    for record in records:
        assert record.refused is None
        assert decode_hotline(record.value).id.encode() == record.key


@pytest.mark.parametrize("path", _files("invalid"), ids=_name)
def test_invalid_sample_is_refused_with_its_reason(path: Path) -> None:
    """The reason stands before the first hyphen of its name; nothing of it is handed in."""
    source, records = read_sample(path)
    assert source.format == path.parent.parent.name
    assert {one.refused for one in records} == {FileRefusal(path.stem.split("-")[0])}
    assert not any(one.value for one in records)
