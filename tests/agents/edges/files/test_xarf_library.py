"""The XARF library, of whose words only yes and no go on."""

import json
import warnings

from format_reading import SAMPLES

from agents.edges.files.xarf_library import read

REPORT = json.loads((SAMPLES / "xarf" / "valid" / "one.json").read_bytes())


def test_a_report_fits_or_does_not() -> None:
    """A field that its schema has not is told apart from one that does not fit."""
    assert read(REPORT) == (True, False, REPORT)
    assert read({**REPORT, "note": 1})[:2] == (True, True)
    assert not read({**REPORT, "reporter": "me"}).valid
    assert not read({**REPORT, "type": "spam"}).valid
    assert not read({}).valid


def test_nothing_it_meets_is_an_exception() -> None:
    """Nor a warning on the screen, of which it would quote the report."""
    deep: object = 1
    for _ in range(5_000):
        deep = [deep]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for name in REPORT:
            fits = [read({**REPORT, name: odd}).valid for odd in (None, [], {}, 1.5, deep)]
            assert not any(fits), name
            read({**REPORT, name: "\ud800"})
    assert warned == []
