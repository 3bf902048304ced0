"""What a rollup publishes is put into the one form in which it is compared, all of it."""

from collections import Counter

import pytest
from ledger_events import GONE, ONLINE, at, fold, notice, place, placed, report, slots

from agents.tools.verification.published import Published, PublishedIntake, PublishedState
from schemas.closed_lists import CaseClass, HotlineMode, Quarantine, Result, Role
from schemas.codec import OUTCOME, STATE, Rejected
from schemas.records.processing import Origin, OutcomeRecord
from streams.rollup.figures import PLAIN
from verify.compared.record import HAPPENINGS, WIDTHS_MS

AS_OF = at(100)
KEYS = tuple(f"{n:032x}" for n in range(1, 5))


def state(*happened: object) -> PublishedState:
    """Return what a state says of a URL with this story."""
    return PublishedState.of(STATE.encode(fold(*happened)))


def removed(hoster: str) -> PublishedState:
    """Return a URL that was removed at a hoster."""
    told = {"hoster": hoster, "hosters": (hoster,)}
    return state(
        report(seen=0),
        placed(0, place(hoster)),
        notice(1, recipient=hoster),
        slots([1.5, 4], ONLINE, **told),
        slots([5, 5.2, 5.4, 5.6], GONE, **told),
    )


def pending() -> PublishedState:
    """Return a URL that is not attributed yet."""
    return state(report(seen=0))


@pytest.fixture
def published() -> Published:
    """Return a table of three URLs at two hosters and one that is pending."""
    found = Published(AS_OF)
    for key, held in zip(
        KEYS, (removed("acme"), removed("acme"), removed("other"), pending()), strict=True
    ):
        found.put(key, held)
    return found


def test_the_table_as_a_whole_counts_what_is_pending(published: Published) -> None:
    """It stands beside the cases, as the pages and the metrics show it."""
    assert published.numbers() == {"cases": 3, "pending_urls": 1, "pending_reports": 1}


def test_each_hoster_has_its_figures_and_each_role_its_total(published: Published) -> None:
    """A total is what its hosters add up to; roles are never summed."""
    hosters, totals = published.figures()
    assert hosters.keys() == {("acme", Role.HOSTING), ("other", Role.HOSTING)}
    (whole,) = [one for (_, role), one in totals.items() if role is Role.HOSTING]
    summed = sum((Counter(one.counts) for one in hosters.values()), Counter())
    for name in ("cases", "noticed 7d", "removed 7d", f"class {CaseClass.REMOVED}"):
        assert whole.counts[name] == summed[name] == 3


def test_no_figure_of_a_hoster_is_left_out_of_the_comparison(published: Published) -> None:
    """Every whole number of the record, every window and bucket; `untold_returns` by one alone."""
    compared = published.figures()[0]["acme", Role.HOSTING].counts
    assert {"followed", "removal_weight_ms"} <= {*PLAIN} & compared.keys()
    windows = {f"{what} {width}" for what in HAPPENINGS for width in WIDTHS_MS}
    assert {name for name in compared if name in windows} >= {"removed 7d", "noticed 7d"}
    assert sum(n for name, n in compared.items() if name.startswith("class ")) == compared["cases"]
    assert any(name.startswith("removal_bucket ") for name in compared)
    assert 0 not in compared.values()


def test_a_case_is_told_as_of_an_instant() -> None:
    """Before it was opened it has no class; later the one that it is in by then."""
    held = removed("acme")
    ((before,), (after,)) = held.cases(at(-1)), held.cases(AS_OF)
    assert (before.case_class, before.since_at) == (None, 0)
    assert (after.case_class, after.hoster) == (CaseClass.REMOVED, "acme")
    assert (after.noticed_at, after.overdue) == (at(1), False)
    assert after.last_seen_at < after.gone_at


def test_only_replayed_reports_have_the_figures_of_a_replay() -> None:
    """A live ledger says nothing of networks."""
    found = Published(AS_OF)
    found.put(KEYS[0], removed("acme"))
    assert found.replayed() == {}
    old = {"source_online": False, "last_online_at": at(5), "mode": HotlineMode.HISTORIC}
    found.put(KEYS[1], state(report(0, **old), placed(0, place())))
    assert found.replayed()["AS64500", "asn"].counts["replayed"] == 1
    assert found.replayed()["all", "all"].counts["removed"] == 1


@pytest.mark.parametrize("value", [b"", b"{}", b"\xff\xff"])
def test_what_is_no_state_is_said_to_be_none(value: bytes) -> None:
    """Whoever compares names it and goes on."""
    with pytest.raises(Rejected):
        PublishedState.of(value)


def test_outcomes_are_counted_by_hotline_type_and_fate() -> None:
    """As the counts that the pages show."""
    intake = PublishedIntake()
    for number, (result, reason) in enumerate(
        [(Result.ACCEPTED, None)] * 2 + [(Result.QUARANTINED, Quarantine.BAD_URL)]
    ):
        origin = Origin(topic="hotline.alpha.v1", partition=0, offset=number, appended_at=at(0))
        outcome = OutcomeRecord(
            hotline="alpha",
            record_id=f"r{number}",
            origin=origin,
            result=result,
            reason=reason,
            type="report",
            digest="d",
        )
        intake.add(OUTCOME.encode(outcome))
    assert dict(intake.counts()) == {
        ("alpha", "report", Result.ACCEPTED, None): 2,
        ("alpha", "report", Result.QUARANTINED, Quarantine.BAD_URL): 1,
    }
