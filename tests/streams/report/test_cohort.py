"""Which cases a report is about, and what of each is published."""

from typing import Any

import pytest
from reported import DAY, HOUR
from summarised import summary

from schemas.closed_lists import CaseClass, Flag, NormVerdict, Role
from schemas.records.case import Phase, Return, Sampling
from streams.report.cohort import SEAT, Cohort, group_name, left_out, pseudonym, published
from streams.report.published_case import ON_CHECK
from streams.report.url_records import OfUrl

COHORT = Cohort(from_at=10 * DAY, to_at=20 * DAY, norm_s=86_400)


def named(purpose: str, text: str) -> str:
    """Stand for a keyed hash that hides nothing, so that a test sees what went into it."""
    return f"{purpose}:{text}"


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


def test_to_be_publicly_late_takes_more_than_one_sighting() -> None:
    """A late case that may not be said to be so counts as undetermined.

    What proves an order's term or another norm proves nothing of the report's.
    """
    late = {"verdicts": (NormVerdict.LATE, NormVerdict.LATE)}
    hidden, shown = (
        published(summary(**late, late_in_public=terms), COHORT, named)
        for terms in ((0, 172_800), (86_400,))
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
    ordered = published(summary(order_verdict=NormVerdict.LATE, late_in_public=(0,)), orders, named)
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


def test_a_return_after_the_watch_is_none() -> None:
    """The figures hold for the end of the watch."""
    for back_at, seen in ((15 * DAY, 15 * DAY), (COHORT.as_of + 1, None)):
        first = (12 * DAY + HOUR, 12 * DAY + 3 * HOUR)
        back = summary(first_end=first, returns=(Return(*first, back_at),))
        found = published(back, COHORT, named)
        assert found is not None
        assert found.back_at == seen


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ((Return(12 * DAY, 14 * DAY, 15 * DAY),), 15 * DAY),
        ((Return(12 * DAY, 13 * DAY, 13 * DAY + HOUR, moved=True),), None),
        ((Return(12 * DAY, 13 * DAY, 13 * DAY + HOUR),), None),  # of an end before, as dark is
        (
            (Return(0, 13 * DAY, 13 * DAY + HOUR, moved=True), Return(0, 14 * DAY, 16 * DAY)),
            16 * DAY,
        ),
        ((Return(12 * DAY, 14 * DAY, 15 * DAY, moved=True),), None),
    ],
)
def test_a_return_is_that_of_the_removal(returns: tuple[Return, ...], expected: int | None) -> None:
    """It follows the end (L, R] that is published; one after a move or another end is none."""
    found = published(summary(gone_at=14 * DAY, returns=returns), COHORT, named)
    assert found is not None
    assert found.back_at == expected


def test_what_the_records_of_its_url_say_is_published() -> None:
    """Category, site type, and that a check alone says that it was gone."""
    found = published(summary(), COHORT, named, OfUrl("", "csam", "forum", on_check=True))
    assert found is not None
    assert (found.category, found.site_type, found.flags) == ("csam", "forum", (ON_CHECK,))
    none = published(summary(), COHORT, named)
    assert none is not None
    assert (none.category, none.site_type, none.flags) == ("", "", ())


@pytest.mark.parametrize(
    ("seen_h", "verdict", "backed"),
    [
        (2, NormVerdict.UNDETERMINED, False),
        (1, NormVerdict.UNDETERMINED, True),
        (2, NormVerdict.LATE, True),
    ],
)
def test_a_sighting_after_an_orders_term_counts_where_the_verdict_says_so(
    seen_h: float, verdict: NormVerdict, *, backed: bool
) -> None:
    """Of several orders the first term that runs out, each from its own time."""
    case = summary(
        order_verdict=verdict,
        late_in_public=(0,),
        order_terms=((12 * DAY, 43_200), (12 * DAY + HOUR // 2, 3_600)),
        last_seen_at=12 * DAY + seen_h * HOUR,
        gone_at=13 * DAY,
    )
    found = published(case, Cohort(COHORT.from_at, COHORT.to_at, None), named)
    assert found is not None
    assert found.backed is backed


def test_an_owner_has_one_name_in_a_publication() -> None:
    """Its hosters can be told to be one owner's, and not which."""
    found = published(summary(), COHORT, named)
    assert found is not None
    assert found.group == group_name("acme", COHORT, named)


FIRST = (13 * DAY, 14 * DAY)
GONE_AND_THERE = (
    Phase(12 * DAY, CaseClass.ONLINE),
    Phase(14 * DAY, CaseClass.MOVED),
    Phase(15 * DAY, CaseClass.ONLINE),
)


@pytest.mark.parametrize(
    ("said", "flags", "ends"),
    [
        # it moved, came back and is there: the first end was the move
        (
            {"moved_at": 14 * DAY, "returns": (Return(*FIRST, 15 * DAY, moved=True),)},
            ("moved_first",),
            FIRST,
        ),
        # the same, back after the watch only: the class says it
        (
            {
                "moved_at": 14 * DAY,
                "returns": (Return(*FIRST, 60 * DAY, moved=True),),
                "phases": GONE_AND_THERE[:2],
            },
            (),
            FIRST,
        ),
        # it moved, nothing backs that it was back, and it was removed at the hoster later
        (
            {
                "moved_at": 14 * DAY,
                "last_seen_at": 15 * DAY,
                "gone_at": 16 * DAY,
                "phases": (*GONE_AND_THERE, Phase(16 * DAY, CaseClass.REMOVED)),
            },
            ("moved_first",),
            (14 * DAY, 14 * DAY),
        ),
        # removed, and seen again by what nothing backs: no return, and removed all the same
        ({"first_end": FIRST}, ("removed_first",), FIRST),
        ({"first_end": FIRST, "phases": (Phase(12 * DAY, CaseClass.REMOVED),)}, (), FIRST),
        # removed first and back: the return says it, whatever moved later
        (
            {
                "first_end": FIRST,
                "returns": (Return(*FIRST, 15 * DAY), Return(0, 20 * DAY, 21 * DAY, moved=True)),
            },
            (),
            FIRST,
        ),
        ({"first_end": (50 * DAY, 52 * DAY)}, (), (50 * DAY, None)),
    ],
)
def test_what_the_first_end_was_is_told(
    said: dict[str, Any], flags: tuple[str, ...], ends: tuple[int, int | None]
) -> None:
    """By the class, by a return, or else by a flag; L and R are of that end."""
    there = {"last_seen_at": 40 * DAY, "gone_at": None, "phases": GONE_AND_THERE}
    found = published(summary(**there | said), COHORT, named)
    assert found is not None
    assert (found.last_seen_at, found.gone_at) == ends
    assert found.flags == flags
