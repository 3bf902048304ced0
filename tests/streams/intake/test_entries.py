"""How a record becomes a ledger entry."""

import pytest
from hotline_records import ADMISSION, NOW, SNAPSHOT, at, inbound, notice, others, report
from msgspec import UNSET

from schemas.closed_lists import Basis, Category, Delivery, HotlineMode, ProofKind, SiteType
from schemas.moments import HOUR_MS
from schemas.records.hotline import Proof, SourceStatus
from schemas.records.reports import (
    AnswerAccepted,
    CheckAccepted,
    NoticeAccepted,
    ReportAccepted,
    ReportsEntry,
    WithdrawalAccepted,
)
from streams.intake.accepted_ids import AcceptedIdIndex


def _entry(record, hotline: str = "line") -> ReportsEntry:
    entry = ADMISSION.judge(inbound(record, hotline=hotline), SNAPSHOT, AcceptedIdIndex()).entry
    assert entry is not None
    return entry


def test_report_carries_the_registry_that_held():
    """Norms (ascending), mode and origin are stamped on; the URL stands sealed only."""
    entry = _entry(report(url="HTTP://[::1]:80/x", origin="Arctic Ltd", self_report=True))
    assert isinstance(entry, ReportAccepted)
    assert (entry.norms_s, entry.sector_norm_s) == ((86_400,), 86_400)
    assert (entry.received_at, entry.reported_at) == (NOW, NOW - 60_000)
    assert (entry.origin, entry.self_report, entry.literal) == ("arctic", True, True)
    assert entry.mode is HotlineMode.DELIVERY
    assert entry.sealed == f"{NOW}.{b'HTTP://[::1]:80/x'.hex()}.{entry.url_key}.sealed"


def test_reports_of_one_host_say_so_and_not_which():
    """Figures take the cases of a host and day as one incident; its name stays sealed."""
    one, two, other = (
        _entry(report(url=f"http://{name}"))
        for name in ("one.example/a", "ONE.example:80/b", "two.example/a")
    )
    assert one.host == two.host != other.host
    assert 0 < one.host < 2**32


@pytest.mark.parametrize(
    ("origin", "disclosed", "said"),
    [("Arctic Ltd", True, True), ("Arctic Ltd", UNSET, False), ("somebody", True, False)],
)
def test_who_disclosed_an_origin_goes_with_it(origin, disclosed, said):
    """The proxy's operator did, as the hotline says; of no known origin nothing is disclosed."""
    entry = _entry(report(origin=origin, origin_disclosed=disclosed))
    assert isinstance(entry, ReportAccepted)
    assert entry.origin_disclosed is said


def test_origin_that_nobody_knows_is_none():
    """An origin the registry does not recognise is no statement of the origin."""
    entry = _entry(report(origin="somebody"))
    assert isinstance(entry, ReportAccepted)
    assert entry.origin is None


@pytest.mark.parametrize(
    ("status", "online"), [("online", True), ("offline", False), ("unknown", None)]
)
def test_only_a_historic_source_states_the_url(status, online):
    """A replayed source's word on the state is taken; an ordinary hotline's never."""
    record = report(source=SourceStatus(status=status, last_online=at(-5)))
    historic, live = _entry(record, "archive"), _entry(record, "line")
    assert isinstance(historic, ReportAccepted)
    assert isinstance(live, ReportAccepted)
    assert (historic.source_online, historic.last_online_at) == (online, NOW - 5_000)
    assert (live.source_online, live.last_online_at) == (None, None)


def test_each_time_of_a_report_stands_where_it_belongs():
    """What was not stated stays empty, whatever else was."""
    source = SourceStatus(status="online", last_online=at(-5))
    for seen_at, told in ((None, None), (at(-90), NOW - 90_000)):
        for origin in (None, source):
            entry = _entry(report(seen_at=seen_at, source=origin), "archive")
            assert isinstance(entry, ReportAccepted)
            assert (entry.reported_at, entry.seen_at) == (NOW - 60_000, told)
            assert entry.last_online_at == (None if origin is None else NOW - 5_000)


def test_historic_record_is_received_when_its_source_says():
    """In a replay every type's own time stands for the append time, and none is backdated."""
    assert _entry(report(), "archive").received_at == NOW - 60_000
    entry = _entry(notice(sent_at=at(-7_200)), "archive")
    assert isinstance(entry, NoticeAccepted)
    assert (entry.received_at, entry.noticed_at) == (NOW - 7_200_000, NOW - 7_200_000)
    assert not entry.backdated
    assert [_entry(record, "archive").received_at for record in others()] == [NOW - 1_000] * 3


@pytest.mark.parametrize(
    ("fields", "noticed_at", "backdated"),
    [
        ({"delivered_at": at(-30)}, NOW - 30_000, False),
        ({"delivered_at": at(-3_600)}, NOW - HOUR_MS, False),
        ({"delivered_at": at(-3_600.001)}, NOW - HOUR_MS - 1, True),
        ({}, NOW, False),
        ({"delivered_at": at(-30), "result": Delivery.BOUNCED}, NOW, False),
        ({"sent_at": at(-9_000)}, NOW, False),
    ],
)
def test_notice_time_is_the_proof_else_when_it_was_received(fields, noticed_at, backdated):
    """A delivery proof dates a notice; without one it dates from when it was received."""
    entry = _entry(notice(**fields))
    assert isinstance(entry, NoticeAccepted)
    assert (entry.noticed_at, entry.backdated) == (noticed_at, backdated)


@pytest.mark.parametrize(("late_s", "backdated"), [(36 * 3_600, False), (36 * 3_600 + 0.001, True)])
def test_a_hotline_is_given_the_delay_of_its_feed(late_s, backdated):
    """A hotline that hands in a file a day is not flagged for it; its registry entry says so."""
    entry = _entry(notice(delivered_at=at(-late_s)), "daily")
    assert isinstance(entry, NoticeAccepted)
    assert entry.backdated is backdated


def test_what_version_2_adds_is_carried_to_the_ledger():
    """Category and site type are kept as said; who relayed it is a hotline of the registry."""
    said = {"category": Category.CSAM, "site_type": SiteType.IMAGE_HOST, "self_report": True}
    entry = _entry(report(**said, relayed_from="archive"))
    assert isinstance(entry, ReportAccepted)
    assert (entry.category, entry.site_type, entry.self_report) == (*list(said.values())[:2], True)
    assert entry.relayed_from == "archive"
    assert _entry(report(relayed_from="a.example")).relayed_from == "unknown"
    assert _entry(report()).relayed_from is None
    told = _entry(notice(proof=Proof(kind=ProofKind.PORTAL)))
    assert isinstance(told, NoticeAccepted)
    assert (told.proof_kind, told.proof_digest) == (ProofKind.PORTAL, None)


@pytest.mark.parametrize(("basis", "term_s"), [(Basis.NOTICE, None), (Basis.ORDER, 3_600)])
def test_only_an_order_has_a_term(basis, term_s):
    """A term is judged only from an order."""
    entry = _entry(notice(basis=basis, term_s=3_600, recipient="nobody"))
    assert isinstance(entry, NoticeAccepted)
    assert (entry.term_s, entry.recipient) == (term_s, "unknown")


def test_the_other_types_keep_what_they_say():
    """Withdrawal, check and answer keep time and word; the person who checked is a pseudonym."""
    withdrawal, check, answer = map(_entry, others())
    assert isinstance(withdrawal, WithdrawalAccepted)
    assert isinstance(check, CheckAccepted)
    assert isinstance(answer, AnswerAccepted)
    assert withdrawal.withdrawn_at == check.checked_at == answer.answered_at == NOW - 1_000
    assert answer.recipient == "south"
    assert check.checker not in (None, "p")
    assert not check.authoritative
    historic = _entry(others()[1], "archive")
    assert isinstance(historic, CheckAccepted)
    assert historic.authoritative
    assert historic.checker != check.checker
