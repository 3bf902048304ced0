"""Rows of URLhaus dumps."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records.hotline import SourceStatus
from streams.intake.formats.base import FileRefusal, Refused
from streams.intake.formats.urlhaus import (
    ODD_MAX,
    Census,
    Dump,
    Layout,
    NotAWholeRow,
    kept_apart,
    layout_of,
    report_of,
)

OWN_HEADER = "# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter"
TWO_HEADER = (
    "id,dateadded,url,host,host_kind,tags,reporter,"
    "status_0928,last_online_0928,status_1110,last_online_1110"
)
T1, T2 = "2026-02-07 00:01:09", "2026-02-08 10:20:30"


def _layout(header: str) -> Layout:
    layout = layout_of(header)
    assert layout is not None
    return layout


OWN, TWO = _layout(OWN_HEADER), _layout(TWO_HEADER)


def own_row(*, id="3773351", status="offline", seen=T2, tags="a,b", reporter="r") -> str:
    link = f"https://urlhaus.example/url/{id}/"
    fields = (id, T1, "http://192.0.2.7:81/x", status, seen, "malware", tags, link, reporter)
    return ",".join(f'"{field}"' for field in fields)


def two_row(*states: str, id="3773351", url="http://192.0.2.7:81/x", tags="a,b") -> str:
    out = io.StringIO()
    fields = (id, T1, url, "192.0.2.7", "ip", tags, "r_0", *states)
    csv.writer(out, lineterminator="").writerow(fields)
    return out.getvalue()


@pytest.mark.parametrize("row", [own_row(), two_row("online", T1, "offline", T2)])
def test_both_layouts_say_the_same(row):
    """abuse.ch's quoted row and the one with two snapshots yield the same report."""
    layout = OWN if row.startswith('"') else TWO
    report = report_of(row, layout)
    assert report is not None
    assert (report.id, report.url) == ("3773351", "http://192.0.2.7:81/x")
    assert report.reported_at == datetime(2026, 2, 7, 0, 1, 9, tzinfo=UTC)
    assert report.source == SourceStatus(
        status="offline", last_online=datetime(2026, 2, 8, 10, 20, 30, tzinfo=UTC)
    )
    assert report.row_digest is not None


@pytest.mark.parametrize(
    ("states", "status", "seen"),
    [
        (("offline", T1, "offline", T2), "offline", T2),
        (("offline", T1, "online", T2), "online", T2),
        (("online", T2, "offline", T1), "offline", T1),
        (("", "", "online", T2), "online", T2),
        (("offline", T1, "", ""), "offline", T1),
        (("offline", "", "online", T2), "online", T2),
        (("offline", "", "offline", ""), "offline", None),
        (("", "", "offline", ""), "offline", None),
        (("unknown", "None", "unknown", "None"), "unknown", None),
    ],
)
def test_of_several_snapshots_the_newest_state_holds(states, status, seen):
    """Of several snapshots the newest status and last_online hold."""
    report = report_of(two_row(*states), TWO)
    assert report is not None
    assert report.source is not None
    assert report.source.status == status
    assert (report.source.last_online is None) == (seen is None)
    if seen is not None and report.source.last_online is not None:
        assert report.source.last_online.strftime("%Y-%m-%d %H:%M:%S") == seen


@pytest.mark.parametrize(
    "row",
    [
        "",
        "37",
        two_row("", "", "", ""),
        two_row("offline", T1, "offline", ""),  # last_online cannot vanish
        two_row("offline", T1, "online", ""),  # online was seen
        two_row("gone", T1, "offline", T1),
        two_row("offline", T1, "offline", "2026-02-30 00:00:00"),
        two_row("offline", T1, "offline", "2026-02-08T10:20:30"),
        two_row("offline", T1, "offline", "2026-02-08 10:20:3"),
        two_row("offline", T1, "offline", T2, id=""),
        two_row("offline", T1, "offline", T2, id="0351"),
        two_row("offline", T1, "offline", T2, id="37x"),
        two_row("offline", T1, "offline", T2, url=""),
        two_row("offline", T1, "offline", T2, url="http://a.example/" + "x" * 4_096),
        two_row("offline", T1, "offline", T2) + ",",
        two_row("offline", T1, "offline", T2) + "\r",
        two_row("offline", T1, "offline", T2).replace("r_0", "r\x00"),
        two_row("offline", T1, "offline", T2).replace("r_0", "r\t0"),
        two_row("offline", T1, "offline", T2).replace('"a,b"', '"a,b'),
    ],
)
def test_line_that_is_no_whole_row_is_refused(row):
    """Whatever is missing or odd in a line, it is not taken for a row."""
    with pytest.raises(NotAWholeRow):
        report_of(row, TWO)


@pytest.mark.parametrize("header", [OWN_HEADER, "\ufeff" + OWN_HEADER, OWN_HEADER[2:]])
def test_header_is_read_with_and_without_comment_sign(header):
    """abuse.ch's header stands in a comment; a tool may have taken the sign away."""
    assert layout_of(header) == OWN


@pytest.mark.parametrize(
    "header",
    [
        "",
        "# abuse.ch URLhaus Database Dump",
        "id,dateadded,url",
        "id,dateadded,url,status_0928,last_online_1110",
        "id,id,dateadded,url,status,last_online",
        TWO_HEADER[: len(TWO_HEADER) // 2],
        two_row("offline", T1, "offline", T2),
    ],
)
def test_other_lines_are_no_header(header):
    """A header names id, dateadded, url and a state for every snapshot, each once."""
    assert layout_of(header) is None


def test_repeated_header_is_no_row():
    """Dumps put together carry their header again."""
    assert report_of(TWO_HEADER, TWO) is None


def test_equal_rows_have_one_digest_whatever_their_quotes():
    """The digest is over the fields: quoting is not content, every field is."""
    quoted = ",".join(f'"{field}"' for field in next(csv.reader([own_row(tags="t")])))
    bare = quoted.replace('"', "")
    first, second = report_of(quoted, OWN), report_of(bare, OWN)
    other = report_of(own_row(tags="u"), OWN)
    assert first == second
    assert first is not None
    assert other is not None
    assert first.row_digest != other.row_digest


_STATES = st.sampled_from(
    [
        ("offline", T1, "offline", T2),
        ("online", T1, "online", T2),
        ("online", T1, "offline", T1),
        ("", "", "online", T2),
        ("offline", "", "online", T2),
        ("offline", "", "offline", ""),
        ("", "", "offline", ""),
    ]
)
_TEXT = st.text(st.sampled_from('ab,"# -:'), max_size=6)


@given(_STATES, _TEXT, st.integers(10**5, 10**7 - 1), st.data())
def test_cut_row_of_two_snapshots_is_never_another_report(states, tags, id, data):
    """Cut anywhere, neither half of a row is taken for whole: a cut id does not fit in."""
    line = two_row(*states, id=str(id), tags=tags)
    whole = report_of(line, TWO)
    assert whole is not None
    census = Census()
    for _ in range(ODD_MAX + 1):
        early = two_row(*states, id=str(id)).replace(T1, "2026-02-07 00:01:08", 1)
        census.add(report_of(early, TWO))
    census.add(whole)
    cut = data.draw(st.integers(1, len(line) - 1))
    for part in (line[:cut], line[cut:]):
        try:
            report = report_of(part, TWO)
        except NotAWholeRow:
            continue
        assert report is not None
        assert not census.fits(report)


@given(
    st.sampled_from([("offline", T2), ("online", T2), ("offline", ""), ("unknown", "")]),
    st.text(st.sampled_from("ab,# -:"), max_size=6),
    st.data(),
)
def test_cut_row_of_abuse_ch_is_never_taken(state, tags, data):
    """Cut anywhere, neither half of a quoted row reads as a row."""
    line = own_row(status=state[0], seen=state[1], tags=tags)
    cut = data.draw(st.integers(1, len(line) - 1))
    for part in (line[:cut], line[cut:]):
        with pytest.raises(NotAWholeRow):
            report_of(part, OWN)


def test_last_line_cut_behind_its_comma_is_refused():
    """A last field that is empty where the file ends may have been cut off with the file."""
    line = two_row("offline", "", "offline", "")
    assert report_of(line, TWO) is not None
    with pytest.raises(NotAWholeRow):
        report_of(line, TWO, ended=False)


def test_ids_that_grow_by_a_digit_fit():
    """A shorter id is whole where no longer one was added before it."""
    census = Census()
    old = report_of(own_row(id="99"), OWN)
    new = report_of(own_row(id="100").replace(T1, T2), OWN)
    late = report_of(own_row(id="23").replace(T1, "2026-02-09 00:00:00"), OWN)
    assert old is not None
    assert new is not None
    assert late is not None
    census.add(old)
    for _ in range(ODD_MAX):
        census.add(new)
    assert census.fits(late)
    census.add(new)
    assert census.fits(old)
    assert census.fits(new)
    assert not census.fits(late)


def test_a_row_that_is_kept_apart_takes_no_other_row_s_id():
    """What a cut id may say is another row's; its own is that and its content's digest."""
    row, other = (report_of(own_row(id="23", status=one), OWN) for one in ("offline", "unknown"))
    assert row is not None
    assert other is not None
    assert len({row.id, kept_apart(row).id, kept_apart(other).id}) == 3
    assert kept_apart(row).url == row.url


def content_of(row: str) -> bool:
    """Return whether a row is refused for what it carries."""
    (read,) = Dump(TWO).rows(row.encode(), ended=True)
    return read == Refused(FileRefusal.CONTENT)


def test_a_row_is_searched_field_by_field():
    """A hoster chooses its URLs, whatever stands in them; no URL hides what another field has."""
    states, image = ("online", T1, "", ""), "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg"
    assert content_of(two_row(*states, tags=image))
    assert not content_of(two_row(*states, url=f'http://192.0.2.7/"{image}'))
    assert content_of(two_row(*states, url=image))
    assert content_of(two_row(*states, url=";base64", tags="data:;base64,iVBORw0KGgoAAAA"))
    assert not content_of(two_row(*states))
