"""The page of the machinery: ledger, stages, hotlines, refusals and vantages.

Figures of hosters come from the ledger and are the same everywhere; stages and vantages are
those of the process that is asked, and the page says so.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agents.edges.metrics.engine_metrics import RolesOfProcess
from agents.edges.metrics.probe_metrics import OrderResult, ProberCounts
from agents.edges.web.case_labels import QUARANTINE_WORDS
from agents.edges.web.formatting import number, spoken
from agents.edges.web.messages import N_, gettext, translated
from agents.edges.web.overview_page import intake
from agents.edges.web.page_layout import framed, stamp
from schemas.closed_lists import ProbeError
from schemas.moments import rfc3339
from streams.views.view import View

KIB: Final = 1_024

UNPROBED: Final = {
    OrderResult.NO_ADDRESS: N_("no address that may be asked"),
    OrderResult.CLOCK: N_("no reliable time"),
    OrderResult.NO_TURN_SAMPLED: N_("no polite moment"),
    OrderResult.NO_TURN: N_("no room"),
    OrderResult.LATE: N_("too late"),
    OrderResult.REPEATED: N_("asked twice"),
    OrderResult.FORGOTTEN: N_("key destroyed"),
}
"""Why an order came to no probe."""

CANARIES: Final = {
    True: N_("answers as expected"),
    False: N_("no answer as expected"),
    None: N_("not asked"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLine:
    """A role and what this process holds of it.

    Attributes:
        here: the process runs it.
        behind: records it has not yet handled, by topic; only topics it is behind in.
    """

    name: str
    here: bool
    partitions: int
    owned: int
    ready: int
    lag: int
    behind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VantageLine:
    """A place that probes are made from, and what came of them since the process started."""

    name: str
    canary: str
    blind: bool
    held: int
    past_slot: int
    probed: int
    answered: int
    errors: str
    other: str
    requests: int
    read_kib: int
    comparisons: str


def _stages(process_roles: RolesOfProcess) -> list[StageLine]:
    held = {one.role: one for one in process_roles.ownership.holdings}
    stages = []
    for name in process_roles.roles:
        mine = held.get(name) if name in process_roles.running else None
        behind: Counter[str] = Counter()
        for lag in mine.lags if mine else ():
            behind[lag.topic] += lag.records
        stages.append(
            StageLine(
                name=name,
                here=name in process_roles.running,
                partitions=process_roles.partitions,
                owned=len(mine.owned) if mine else 0,
                ready=len(mine.ready) if mine else 0,
                lag=behind.total(),
                behind=", ".join(
                    f"{topic}: {number(n)}" for topic, n in sorted(behind.items()) if n
                ),
            )
        )
    return stages


def _words(name: str) -> str:
    return name.replace("_", " ")


def _vantages(probes: Mapping[str, ProberCounts]) -> list[VantageLine]:
    return [
        VantageLine(
            name=name,
            canary=gettext(CANARIES[counts.canary]),
            blind=counts.canary is False,
            held=counts.held,
            past_slot=sum(counts.past_slot()),
            probed=counts.settled[OrderResult.PROBED],
            answered=counts.recorded[None],
            errors=", ".join(
                f"{_words(error.value)}: {number(counts.recorded[error])}"
                for error in ProbeError
                if counts.recorded[error]
            ),
            other=", ".join(
                f"{gettext(text)}: {number(counts.settled[settled])}"
                for settled, text in UNPROBED.items()
                if counts.settled[settled]
            ),
            requests=counts.requests,
            read_kib=counts.read_bytes // KIB,
            comparisons=translated(
                "%(agreed)s agreed, %(differed)s differed",
                agreed=number(counts.agreed),
                differed=number(counts.differed),
            ),
        )
        for name, counts in sorted(probes.items())
    ]


def _refusals(view: View) -> list[tuple[str, str, int]]:
    """Return every reason for quarantine, met or not, the most frequent first."""
    counts: Counter[str] = Counter()
    for line in view.intake:
        if line.reason:
            counts[line.reason.value] += line.count
    told = [
        (_words(reason.value), gettext(QUARANTINE_WORDS[reason]), counts[reason.value])
        for reason in QUARANTINE_WORDS
    ]
    return sorted(told, key=lambda one: -one[2])


def render_pipeline(
    view: View | None,
    process_roles: RolesOfProcess,
    probes: Mapping[str, ProberCounts],
    *,
    refreshing: bool = True,
) -> str:
    """Return the page.

    Args:
        view: the ledger as this process reads it; None = it does not.
        process_roles: what this process is to its groups.
        probes: what its probers have done, by vantage.
        refreshing: it renews itself.
    """
    known = view or View()
    hotlines = sorted({line.hotline for line in known.intake})
    return framed(
        "pipeline.html",
        path="/pipeline",
        refreshing=refreshing,
        has_overview=view is not None,
        view=known,
        as_of=spoken(known.as_of),
        as_of_machine=rfc3339(known.as_of),
        ledger_at=spoken(known.ledger_at)
        if known.ledger_at is not None
        else gettext("nothing yet"),
        positions=list(known.positions.items()),
        cost=f"{number(1_000 * known.cost_s)} ms",
        stamp=stamp(known) if view is not None else None,
        stages=_stages(process_roles),
        hotlines=[(hotline, intake(known, hotline)) for hotline in hotlines],
        refusals=_refusals(known),
        vantages=_vantages(probes),
    )
