"""What files are read with, from a command's options."""

import pytest
from format_reading import MAPPING

from agents.edges.files.reading import read_mapping, using
from agents.errors import UserError


def test_the_mapping_s_zone_goes_before_the_command_s() -> None:
    """It was written by somebody who saw the columns."""
    found = using(MAPPING, "UTC", ["Mail.Example."], lambda _: ())
    assert str(found.zone) == "Europe/Amsterdam"
    assert found.mail_hosts == {"mail.example"}
    assert str(using(None, "UTC", [], lambda _: ()).zone) == "UTC"
    assert using(None, "", [], lambda _: ()).zone is None


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../etc/passwd", "/", "\x00"])
def test_a_zone_that_does_not_exist_is_one_line(zone: str) -> None:
    """Whatever was typed."""
    with pytest.raises(UserError, match="no such time zone"):
        using(None, zone, [], lambda _: ())


@pytest.mark.parametrize("raw", [b"[report", b"\xff", b"[report]\nx = 1", b"drop = ['a']"])
def test_a_mapping_that_is_none_names_its_file(tmp_path, raw: bytes) -> None:
    """Not TOML, not UTF-8, a field of the wrong kind, no table of records."""
    file = tmp_path / "m.toml"
    file.write_bytes(raw)
    with pytest.raises(UserError, match=r"m\.toml: "):
        read_mapping(file)
    with pytest.raises(UserError, match="cannot be read"):
        read_mapping(tmp_path / "none.toml")
