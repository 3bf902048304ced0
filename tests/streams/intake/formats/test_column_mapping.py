"""A mapping of columns says what records can hold, or is refused in words that help."""

import re
import tomllib
from pathlib import Path

import pytest
from format_reading import MAPPING

from streams.intake.formats.column_mapping import BadMapping, mapping_of

TEXT = MAPPING.read_text()
GUIDE = Path(__file__).parents[4] / "docs" / "formats.md"


def test_the_sample_is_a_mapping() -> None:
    """With a report and a notice of each row, and a column that is dropped."""
    found = mapping_of(tomllib.loads(TEXT), "digest")
    assert sorted(found.columns) == ["notice", "report"]
    assert found.drop == {"Medewerker"}


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('encoding = "cp1252"', 'encoding = "ebcdic"', "encoding"),
        ('zone = "Europe/Amsterdam"', 'zome = "Europe/Amsterdam"', "zome"),
        ('recipient = "Hoster"\n', "", "[notice] names no column for recipient"),
        ('recipient = "Hoster"', 'recipent = "Hoster"', "[notice] recipent: the fields are"),
        ('reported_at = "Ontvangen"', 'v = "Ontvangen"', "[report] v: the fields are"),
        ("[fixed.notice]", "[fixed.check]", "[fixed.check]: there is no table [check]"),
        ("[fixed.notice]", "[values.category]\na = 'csam'\n[fixed.notice]", "[values.category]"),
    ],
)
def test_a_mistake_is_named(was: str, now: str, said: str) -> None:
    """By the field of the mapping, with what would fit."""
    assert was in TEXT
    with pytest.raises(BadMapping) as error:
        mapping_of(tomllib.loads(TEXT.replace(was, now)), "digest")
    assert said in str(error.value)


def test_a_mapping_makes_at_least_one_record() -> None:
    """One without a table of records is none."""
    with pytest.raises(BadMapping, match="none of the tables"):
        mapping_of({"encoding": "utf-8"}, "digest")


def test_the_guide_s_example_is_a_mapping() -> None:
    """Whoever copies it gets a report and a notice of each row, with a word translated."""
    (text,) = re.findall(r"^```toml\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    found = mapping_of(tomllib.loads(text), "digest")
    assert sorted(found.columns) == ["notice", "report"]
    assert found.values == {"category": {"KP": "csam"}}
