"""The true share within the norm, in one world and in the long run."""

from dataclasses import replace

import pytest

from schemas.moments import DAY_MS, HOUR_MS
from sim.memory.reports import truth
from sim.memory.reports.field import COHORT, JUDGED
from sim.memory.reports.truth import happened, long_run
from sim.world.hotline_records import UNTOLD_AT
from sim.world.material import Material

FIRST = COHORT.from_at + DAY_MS
GONE = Material(
    hoster="acme",
    host="a.example",
    path="/1",
    url="http://a.example/1",
    since_at=FIRST - DAY_MS,
    reported_at=FIRST - HOUR_MS,
    noticed_at=FIRST,
    removed_at=FIRST + HOUR_MS,
    length=1,
)
STAYS = replace(GONE, removed_at=None)


def test_an_incident_counts_once_however_large_it_is() -> None:
    """Three URLs of one site that stay and one of another that goes: a half."""
    assert happened([STAYS, STAYS, STAYS, replace(GONE, host="b.example")], COHORT) == {"acme": 0.5}


@pytest.mark.parametrize(
    "other",
    [
        replace(GONE, noticed_at=UNTOLD_AT),
        replace(STAYS, withdrawn_at=FIRST + HOUR_MS),
        replace(STAYS, leaves=True, second="shell", moved_at=FIRST + 2 * HOUR_MS),
        replace(GONE, removed_at=FIRST - 1),
        replace(GONE, noticed_at=COHORT.to_at),
        replace(GONE, noticed_at=COHORT.from_at - 1),
    ],
    ids=["untold", "withdrawn", "left", "gone before", "noticed later", "noticed before"],
)
def test_a_norm_is_not_asked_of_all(other: Material) -> None:
    """What a report leaves out the truth leaves out too."""
    assert happened([other], COHORT) == {}
    assert happened([STAYS, replace(other, host="b.example")], COHORT) == {"acme": 0.0}


def test_who_is_late_told_may_have_been_in_time() -> None:
    """A late feed that the registry explains: the clock is the notice's."""
    late = replace(GONE, notice_late_ms=5 * HOUR_MS, feed_delay_ms=36 * HOUR_MS)
    assert happened([late], COHORT) == {"acme": 1.0}
    assert happened([replace(late, feed_delay_ms=HOUR_MS)], COHORT) == {}


def test_the_long_run_is_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """A median of 24 h gives a half, whoever leaves; one of 240 h nearly nothing."""
    monkeypatch.setattr(truth, "LONG_RUN", 1_500)
    by_id = {one.id: one for one in JUDGED}
    found = {id: long_run.__wrapped__(by_id[id]) for id in ("leaving24", "hours240")}
    assert 0.45 <= found["leaving24"] <= 0.62
    assert found["hours240"] < 0.08
