"""A small world served as the rollup serves it: for tests and pictures of the pages."""

from itertools import count

from examples import told
from msgspec import structs
from views import WORLD, cases_of, sample_view

from agents.config import Settings
from agents.edges.hoster_web.own_page import Visit, render_own
from agents.edges.lookup.firing_alerts import Alert, Firing
from agents.edges.lookup.ledger import LedgerLookup
from agents.edges.metrics.engine_metrics import RolesOfProcess
from agents.edges.metrics.probe_metrics import OrderResult, ProberCounts
from agents.edges.web.case_lookup import CaseLookup
from agents.edges.web.hoster_page import render_hoster
from agents.engine.observe.ownership import Lag, Ownership
from agents.stages.rollup.case_finder import CaseFinder
from schemas.closed_lists import Flag, ProbeError, Role
from schemas.identity.ids import KeyedHash, case_id
from schemas.moments import Instant
from streams.history.made_probe import URL_KEY
from streams.history.of_case import CaseView, case_view
from streams.rollup.case_table import CaseTable, UrlCases
from streams.views.case_list import HosterCases
from streams.views.hoster_view import hoster_view

VIEW = sample_view()


def sample_table(as_of: Instant) -> CaseTable:
    """Return the table that the sample view was made from, each case at a URL of its own."""
    table = CaseTable()
    keys = (number.to_bytes(16) for number in count())
    for hoster, role, size, pace, _, _ in WORLD:
        for case in cases_of(hoster, role, size, pace):
            key = next(keys)
            named = structs.replace(case, case_id=case_id(key.hex(), hoster, role, 0))
            table.put(key, UrlCases((None,), (named,)), as_of)
    return table


TABLE = sample_table(VIEW.as_of)


def held(hoster: str) -> HosterCases | None:
    """Return what the table holds of a hoster."""
    held = {role: TABLE.held((hoster, role)) for role in Role}
    roles = {role: cases for role, cases in held.items() if cases.urls}
    return HosterCases(roles=roles) if roles else None


def sample_roles() -> RolesOfProcess:
    """Return a process that runs three of four roles, one partition not yet loaded."""
    ownership = Ownership()
    ownership.set("intake", frozenset({0, 1}), frozenset({0, 1}))
    ownership.set("lifecycle", frozenset({0, 1, 2}), frozenset({0, 2}))
    ownership.behind("lifecycle", [Lag(topic="facts.v1", partition=0, records=1_204)])
    ownership.set("probe-north", frozenset({0}), frozenset({0}))
    return RolesOfProcess(
        running=("intake", "lifecycle", "probe-north"),
        roles=("intake", "attribution", "lifecycle", "probe-north"),
        partitions=8,
        ownership=ownership,
    )


def sample_probes() -> dict[str, ProberCounts]:
    """Return a vantage that sees and one that is blind."""
    north, south = ProberCounts(canary=True, held=12), ProberCounts(canary=False)
    north.settled.update(
        {OrderResult.PROBED: 9_120, OrderResult.NO_TURN_SAMPLED: 14, OrderResult.LATE: 3}
    )
    north.recorded.update({None: 8_800, ProbeError.TIMEOUT: 300, ProbeError.NXDOMAIN: 20})
    north.requests, north.read_bytes = 12_400, 40 << 20
    north.agreed, north.differed = 410, 3
    return {"north": north, "south": south}


FIRING = Firing(
    VIEW.as_of,
    True,
    (
        Alert(
            "HosterBacklogGrowing",
            "warning",
            "hoster gamma, role hosting",
            "The backlog of gamma (hosting) grew by 21 cases in a day.",
            "https://runbook.example/runbook.md#hosterbackloggrowing",
            "https://prometheus.example/alerts?search=HosterBacklogGrowing",
        ),
    ),
    1,
)


def sample_desk() -> CaseLookup:
    """Return the search and the pages of cases over the table; its ledger is never read."""
    hash = KeyedHash(b"a secret of the sample's own ledger")
    ledger = LedgerLookup(Settings(), hash, lambda _: False, lambda _, __: True)
    return CaseLookup(CaseFinder(TABLE, lambda: VIEW), ledger, lambda: VIEW)


def view_of(name: str, hour: float | None = None) -> CaseView:
    """Return the first case of an example of docs/examples at an hour."""
    history = told(name)
    as_of = history.as_of(hour)
    state = history.state(as_of)
    assert state is not None
    found = case_view(URL_KEY, state.cases[0].case_id, history.happened, as_of)
    assert found is not None
    return found


def flagged_page(hoster: str) -> str:
    """Return a hoster's page on which a case has every flag, and a verdict of each norm."""
    table = CaseTable()
    flagged = structs.replace(cases_of(hoster, Role.HOSTING, 1, 99.0)[0], flags=tuple(Flag))
    table.put(bytes(16), UrlCases((None,), (flagged,)), VIEW.as_of)
    roles = {Role.HOSTING: table.held((hoster, Role.HOSTING))}
    found = hoster_view(hoster, VIEW, HosterCases(roles=roles))
    return render_hoster(found, VIEW)


def own_page(hoster: str) -> str:
    """Return a hoster's own page."""
    cases = held(hoster)
    assert cases is not None
    visit = Visit(path="/h/token", form="f" * 32, expires_at=VIEW.as_of, hotlines=("north",))
    return render_own(hoster_view(hoster, VIEW, cases), VIEW, visit)
