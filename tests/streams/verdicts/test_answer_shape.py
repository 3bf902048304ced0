"""The shape of an answer is what tells that the content may be another."""

from msgspec import structs

from schemas.records.facts import Facts
from streams.verdicts.answer_shape import NO_KIND, shape_of
from streams.verdicts.fingerprints import fingerprint

PAGE = Facts(status=200, type="text/html", length=9_000, etag_key="a", location_key="p")


def test_marks_and_etags_are_no_part_of_it():
    """They change while the content stays."""
    shape = shape_of(fingerprint(PAGE))
    assert shape_of(fingerprint(structs.replace(PAGE, etag_key="b", cached=True))) == shape
    for changed in ({"status": 203}, {"type": "a/b"}, {"length": 1}, {"location_key": "q"}):
        assert shape_of(fingerprint(structs.replace(PAGE, **changed))) != shape


def test_no_sighting_has_the_kind_of_none():
    """What was never seen is like nothing that was."""
    assert shape_of(fingerprint(PAGE))[:3] != NO_KIND
