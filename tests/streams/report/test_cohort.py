"""Which cases a report is about, and what of each is published."""

from typing import Any

import pytest
from reported import DAY, HOUR

from schemas.reasons import CaseClass, Flag, NormVerdict, Role
from schemas.records.case import CaseSummary, Phase, Return, Sampling
from streams.report.cohort import SEAT, Cohort, left_out, moved_to, pseudonym, published

COHORT = Cohort(from_at=10 * DAY, to_at=20 * DAY, norm_s=86_400)


def named(purpose: str, text: str) -> str:
    """Stand for a keyed hash that hides nothing, so that a test sees what went into it."""
    return f"{purpose}:{text}"


def summary(**said: Any) -> CaseSummary:
    """Return a case noticed on day 12 and removed two hours later."""
    at = 12 * DAY
    plain: dict[str, Any] = {
        "case_id": "c",
        "hoster": "acme",
        "group": "acme",
        "opened_at": at,
        "reported_at": at,
        "received_at": at,
        "noticed_at": at,
        "norms_s": (86_400, 172_800),
        "verdicts": (NormVerdict.IN_TIME, NormVerdict.IN_TIME),
        "last_seen_at": at + HOUR,
        "gone_at": at + 2 * HOUR,
        "phases": (Phase(at, CaseClass.ONLINE), Phase(at + 2 * HOUR, CaseClass.REMOVED)),
        "hotlines": ("beta", "alpha"),
        "delay": ("beta", 1_000),
        "host": 7,
    }
    return CaseSummary(**plain | said)


def test_a_case_is_published_without_what_names_it() -> None:
    """Its id, host and day stand in keyed hashes of this publication alone."""
    found = published(summary(), COHORT, named)
    assert found is not None
    assert (found.hoster, found.role, found.hotline) == ("acme", Role.HOSTING, "beta")
    assert (found.last_seen_at, found.gone_at) == (12 * DAY + HOUR, 12 * DAY + 2 * HOUR)
    assert (found.case_class, found.verdict) == (CaseClass.REMOVED, NormVerdict.IN_TIME)
    assert (found.as_of, found.weight, found.backed) == (51 * DAY, 1.0, True)
    assert found.case == f"publication/case:{COHORT.publication}\0c"
    assert found.incident == f"publication/incident:{COHORT.publication}\0007\00012"


@pytest.mark.parametrize(
    "said",
    [
        {"noticed_at": None},
        {"noticed_at": 10 * DAY - 1},
        {"noticed_at": 20 * DAY},
        {"naming": False},
        {"norms_s": (3_600,), "verdicts": (NormVerdict.LATE,)},
    ],
)
def test_what_is_not_of_the_cohort(said: dict[str, Any]) -> None:
    """Other times of notice, cases for no naming, and cases that nobody set this norm."""
    assert published(summary(**said), COHORT, named) is None


def test_late_in_public_needs_more_than_one_sighting() -> None:
    """A late case that may not be said to be so counts as undetermined."""
    late = {"verdicts": (NormVerdict.LATE, NormVerdict.LATE)}
    hidden, shown = (
        published(summary(**late, public_late=p), COHORT, named) for p in (False, True)
    )
    assert hidden is not None
    assert hidden.verdict is NormVerdict.UNDETERMINED
    assert shown is not None
    assert shown.verdict is NormVerdict.LATE


def test_what_follows_the_watch_is_not_known() -> None:
    """An end after as_of is no end, a return does not lengthen the first removal."""
    later = COHORT.as_of + HOUR
    online = (Phase(12 * DAY, CaseClass.ONLINE), Phase(later, CaseClass.REMOVED))
    found = published(summary(gone_at=later, last_seen_at=later, phases=online), COHORT, named)
    assert found is not None
    assert (found.gone_at, found.last_seen_at) == (None, COHORT.as_of)
    assert found.case_class is CaseClass.ONLINE
    first = (12 * DAY + HOUR, 12 * DAY + 3 * HOUR)
    back = published(summary(first_end=first, gone_at=None), COHORT, named)
    assert back is not None
    assert (back.last_seen_at, back.gone_at) == first


def test_a_sample_and_orders() -> None:
    """A sampled case stands for others, an unsampled one for none; `order` has its own verdict."""
    half = published(summary(sampling=Sampling(0.5), flags=(Flag.SAMPLED,)), COHORT, named)
    none = published(summary(sampling=Sampling(0.5, sampled=False)), COHORT, named)
    assert half is not None
    assert (half.weight, half.flags) == (2.0, ("sampled",))
    assert none is not None
    assert none.weight == 0.0
    orders = Cohort(COHORT.from_at, COHORT.to_at, None)
    assert published(summary(), orders, named) is None
    ordered = published(summary(order_verdict=NormVerdict.LATE, public_late=True), orders, named)
    assert ordered is not None
    assert ordered.verdict is NormVerdict.LATE


def test_a_pseudonym_holds_in_one_publication() -> None:
    """The same hoster has another one in another period or norm."""
    others = (Cohort(0, 20 * DAY, 86_400), Cohort(10 * DAY, 20 * DAY, 172_800))

    def hashed(purpose: str, text: str) -> str:
        return f"{hash((purpose, text)):x}".replace("-", "").rjust(20, "0")

    names = {pseudonym("acme", one, hashed) for one in (COHORT, *others)}
    assert len(names) == 3
    assert all("acme" not in name for name in names)


def test_a_country_is_where_the_address_is_used_or_the_seat() -> None:
    """A report about one country has its cases alone, and names of its own."""
    case = summary(country="NL", asn_country="DE")
    used = Cohort(COHORT.from_at, COHORT.to_at, 86_400, "DE")
    seat = Cohort(COHORT.from_at, COHORT.to_at, 86_400, "DE", SEAT)
    found = published(case, used, named)
    assert found is not None
    assert found.country == "DE"
    assert published(case, seat, named) is None
    assert used.publication != COHORT.publication


def test_who_is_left_out_and_why() -> None:
    """Cases of the period that count for no naming have a reason; others have none."""
    self_report = summary(naming=False, flags=(Flag.SELF_REPORT,))
    assert left_out(self_report, COHORT) == "self_report"
    assert left_out(summary(naming=False), COHORT) == "other"
    assert left_out(summary(norms_s=(), verdicts=()), COHORT) == "no_norm"
    assert left_out(summary(naming=False, noticed_at=20 * DAY), COHORT) is None
    assert left_out(summary(naming=False, role=Role.PROXY), COHORT) is None


def test_where_a_case_moved_and_when_it_came_back() -> None:
    """The next owner of the URL in the same role; a return after the watch is none."""
    here = summary(moved_at=13 * DAY)
    there = summary(case_id="d", hoster="beta", group="beta", opened_at=13 * DAY)
    assert moved_to(here, (here, there)) == "beta"
    assert moved_to(here, (here,)) == ""
    assert moved_to(there, (here, there)) == ""
    for back_at, seen in ((15 * DAY, 15 * DAY), (COHORT.as_of + 1, None)):
        found = published(summary(returns=(Return(0, 0, back_at),)), COHORT, named)
        assert found is not None
        assert found.back_at == seen
