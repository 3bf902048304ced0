"""SCART's files become reports and notices; what concerns persons is dropped."""

import pytest
from format_reading import SAMPLES, ZONE, read_sample
from hotline_records import at
from hypothesis import given
from hypothesis import strategies as st

from schemas.closed_lists import Delivery, ProofKind, SiteType
from schemas.codec import decode_hotline
from schemas.records.hotline import Notice, Report
from streams.intake.formats.base import InboxRecord, Refused, UnfitHeader, Using
from streams.intake.formats.scart import FORMAT, SITE_TYPES

USING = Using(zone=ZONE, file_at=at(0))
FORM = b"URL;REFERER;WORKUSER-EMAIL;REFERENCE;SOURCE;TYPE"
CLASSIFIED = (SAMPLES / "scart" / "valid" / "classified.csv").read_bytes().splitlines()[0]


def _records(name: str):
    _, found = read_sample(SAMPLES / "scart" / "valid" / name)
    return [decode_hotline(one.value) for one in found]


def test_the_upload_form_is_reports_without_the_analyst() -> None:
    """The reference is the id; a row without one gets the same id each time."""
    first, second = _records("upload.csv")
    assert isinstance(first, Report)
    assert (first.id, first.site_type) == ("2026-000017", SiteType.IMAGE_HOST)
    assert second.id.startswith("scart.")
    _, found = read_sample(SAMPLES / "scart" / "valid" / "upload.csv")
    assert not any(word in one.value for one in found for word in (b"analyst", b"board", b"police"))


def test_a_notice_is_sent_unless_an_api_took_it() -> None:
    """SCART assumes a mail sent; only the hoster's own API shows that it was delivered."""
    _, mailed, _, posted = _records("ntd.csv")
    assert isinstance(mailed, Notice)
    assert isinstance(posted, Notice)
    assert (mailed.result, mailed.recipient) == (Delivery.SENT, "abuse@north.example")
    assert (posted.result, posted.recipient) == (Delivery.DELIVERED, "South")
    assert posted.proof
    assert posted.proof.kind is ProofKind.API


def test_a_closed_url_is_a_sighting_and_no_removal() -> None:
    """The export does not say when it was found gone."""
    (closed,) = _records("ntdclosed.csv")
    assert isinstance(closed, Report)
    assert closed.seen_at is not None


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (CLASSIFIED + b'"question 1";', "column 15"),
        (CLASSIFIED.replace(b'"url";', b""), "anonymous"),
    ],
)
def test_an_export_that_cannot_be_read_says_why(header: bytes, said: str) -> None:
    """A site's own question, or no URL."""
    with pytest.raises(UnfitHeader, match=said):
        FORMAT.by_header(header, USING)


def test_exports_need_a_zone_and_the_form_does_not() -> None:
    """Local times of a zone that nobody named are refused before anything is handed in."""
    with pytest.raises(UnfitHeader, match="--zone"):
        FORMAT.by_header(CLASSIFIED, Using(file_at=at(0)))
    assert FORMAT.by_header(FORM, Using(file_at=at(0))) is not None


def test_all_of_scart_s_site_types_but_none_twice_are_ours() -> None:
    """`other` is not one of SCART's."""
    assert sorted(SITE_TYPES.values()) == sorted(set(SiteType) - {SiteType.OTHER})


@given(
    st.sampled_from([FORM, CLASSIFIED]),
    st.binary(max_size=200) | st.lists(st.text(max_size=20)).map(lambda c: ";".join(c).encode()),
)
def test_any_row_is_records_or_reasons(header: bytes, raw: bytes) -> None:
    """Never an exception."""
    found = FORMAT.by_header(header, USING)
    assert found is not None
    assert all(isinstance(one, InboxRecord | Refused) for one in found.rows(raw, ended=True))
