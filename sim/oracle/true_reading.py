"""What the second reading makes of a removal, had each probe seen what a visitor would.

What was there when a probe was made only the world knows. Whether and when such probes confirm a
removal the rules say, so `verify` is asked for the case as `hostwatch verify` asks it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from schemas.closed_lists import HotlineMode, ProbeError, Role, Target
from schemas.moments import Instant
from schemas.records.case_observations import MARK_TO_ROOT
from schemas.records.reports import ReportAccepted
from sim.oracle.made_probes import ProbeTimes
from sim.world.behaviour import Behaviour
from sim.world.hosters import SimHoster
from sim.world.http_answers import page
from sim.world.http_messages import HOME, TO_HOME
from sim.world.material import Material
from verify.ledger.facts import HttpAnswer, Observation, Placement, Resolution
from verify.ledger.records import UrlRecords
from verify.method_10.cases import cases

READ_MAX: Final = 1_024
"""Removals whose R is kept: a small world has some hundred, and each is asked for several times."""

_KEY: Final = "0" * 32
_PATHS: Final = {Target.MADE_UP_PATH: "/made-up", Target.ROOT: "/"}


def confirmed_gone_at(
    item: Material, hoster: SimHoster, probes: Iterable[ProbeTimes], vantages: Sequence[str]
) -> Instant | None:
    """Return R of the removal that the probes must have confirmed; None = they need not have.

    A probe that was under way when it was removed may have seen it there.

    Args:
        item: what was probed; its removal is the truth.
        hoster: who serves it, and says the same to everybody.
        probes: that were made.
        vantages: those that have to agree.
    """
    if item.removed_at is None:
        return None
    until = item.back_at
    asked = tuple(
        probe
        for probe in probes
        if probe.vantage in vantages and (until is None or probe.done_at < until)
    )
    return _gone_at(item, hoster, asked, tuple(vantages))


@lru_cache(maxsize=READ_MAX)
def _gone_at(
    item: Material, hoster: SimHoster, probes: tuple[ProbeTimes, ...], vantages: tuple[str, ...]
) -> Instant | None:
    """Return R by what the probes would have seen.

    Args:
        item: what was probed; it is not back before the last of the probes.
        hoster: who serves it.
        probes: of the vantages that have to agree.
        vantages: those that have to agree.
    """
    alone = replace(item, gaps=(), moved_at=None)  # of the removal, and of no other absence
    records = UrlRecords(
        url_key=_KEY,
        reports=(_report(item),),
        resolutions=(_resolution(item),),
        observations=[(_seen(alone, hoster, probe, vantages), False) for probe in probes],
    )
    return cases(records, item.removed_at or item.reported_at)[0].gone_at


def _report(item: Material) -> ReportAccepted:
    return ReportAccepted(
        url_key=_KEY,
        hotline="",
        record_id="",
        received_at=item.reported_at,
        reported_at=item.reported_at,
        mode=HotlineMode.DELIVERY,
        sealed="",
    )


def _resolution(item: Material) -> Resolution:
    place = Placement(hoster=item.hoster, group=item.hoster)
    return Resolution(vantage="", at=item.reported_at, placements=(place,))


def _seen(
    item: Material, hoster: SimHoster, probe: ProbeTimes, asked: Sequence[str]
) -> Observation:
    nameless = probe.nameless and hoster.behaviour is Behaviour.EXPIRES  # others only feign it
    return Observation(
        hoster=item.hoster,
        role=Role.HOSTING,
        vantage=probe.vantage,
        target=probe.target,
        asked=tuple(asked),
        slot_at=probe.slot_at,
        sent_at=probe.sent_at,
        done_at=probe.done_at,
        canary_ok=True,
        announced=False,
        asn=0,
        old_address=nameless,
        nxdomain=nameless,
        present=not nameless,
        age_s=0,
        checked=False,
        answer=_answer(item, hoster, probe),
    )


def _answer(item: Material, hoster: SimHoster, probe: ProbeTimes) -> HttpAnswer:
    """Return what a visitor would have got, at the end of a redirect."""
    if not probe.answered:
        return HttpAnswer(ProbeError.TIMEOUT, 0, "", -1, "", "", 0)
    at_url = probe.target is Target.URL
    path = item.path if at_url else _PATHS[probe.target]
    got = page(path, hoster, item if at_url else None, probe.sent_at)
    last = HOME if got == TO_HOME else got
    marks = MARK_TO_ROOT if got == TO_HOME else 0
    size = last.length.bit_length()
    return HttpAnswer(None, last.status, last.type, size, got.location, last.etag, marks)
