"""Records that formats make are such as intake accepts."""

import pytest

from streams.intake.formats.base import FileRefusal, Refused
from streams.intake.formats.made_records import derived_id, made

REPORT = {
    "v": 2,
    "type": "report",
    "id": "r1",
    "url": "https://a.example/x",
    "reported_at": "2026-03-01T10:00:00Z",
}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"url": "ftp://a.example/"}, FileRefusal.BAD_URL),
        ({"url": ""}, FileRefusal.BAD_URL),
        ({"url": None}, FileRefusal.BAD_URL),
        ({"url": "https://a.example/\ud800"}, FileRefusal.BAD_URL),
        ({"url": "https://a.example/" + "x" * 5_000}, FileRefusal.BAD_URL),
        ({"id": "two words"}, FileRefusal.MALFORMED),
        ({"reported_at": "yesterday"}, FileRefusal.MALFORMED),
        ({"seen_at": "x" * 20_000}, FileRefusal.CONTENT),
        ({"origin": ". " * 10_000}, FileRefusal.TOO_LARGE),
        ({"origin": "data:image/png;base64,AAAA"}, FileRefusal.CONTENT),
    ],
)
def test_what_intake_would_refuse_is_refused_here(fields, reason) -> None:
    """With its reason, before anything is written."""
    assert made({**REPORT, **fields}) == Refused(reason)


def test_a_derived_id_is_of_its_parts() -> None:
    """Equal parts have one id; parts that run together otherwise have another."""
    assert derived_id("k", "ab", "c") == derived_id("k", "ab", "c")
    assert derived_id("k", "ab", "c") != derived_id("k", "a", "bc")
    assert made({**REPORT, "id": derived_id("k", "\ud800")}).id.startswith("k.")
