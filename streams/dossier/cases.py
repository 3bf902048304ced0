"""The cases of a hoster as a dossier tells them."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Final, NamedTuple

from schemas.closed_lists import CaseClass, Flag, NormVerdict, Target, Verdict
from schemas.dossier.dossier import DossierCase, NormRow, Step
from schemas.dossier.rows import AttributionRow, ObservationRow
from schemas.moments import Instant
from schemas.records.case import CaseSummary, UrlState
from schemas.records.facts import Attribution, Placement
from schemas.records.reports import HosterId, VantageId
from streams import lifecycle
from streams.case_class import phase_at
from streams.dossier import for_the_hoster, rows
from streams.dossier.belonging import of_case, told_to
from streams.dossier.quoted import Quoted
from streams.history.of_case import case_view
from streams.lifecycle.evidence.decisions import in_force
from streams.lifecycle.result.grades import grades
from streams.lifecycle.result.observed import observed
from streams.norms.maturity import norms_apply
from streams.norms.verdict import late_from
from streams.views.disputes import disputed_since
from streams.views.owner_names import OwnerNames

NOTES: Final = (
    "A fine never rests on unannounced vantages alone: they may support what others saw.",
    "Vantages name themselves where they are announced; a server may answer the others otherwise.",
    "Removal is an interval (L, R]: last sighting, last required vantage's first gone verdict.",
    "Nothing that came after as_of is in this file.",
)
"""What is said with every dossier."""


class DossierScope(NamedTuple):
    """Whose cases of which period a dossier is about.

    Attributes:
        hoster: its id or its owner's.
        from_at, to_at: noticed in this period; without a clock, reported in it.
        as_of: for when they are judged.
    """

    hoster: HosterId
    from_at: Instant
    to_at: Instant
    as_of: Instant

    def has(self, case: CaseSummary) -> bool:
        """Return whether a case belongs to the dossier."""
        at = case.reported_at if case.noticed_at is None else case.noticed_at
        return self.hoster in (case.hoster, case.group) and self.from_at <= at < self.to_at

    def may_have(self, state: UrlState) -> bool:
        """Return whether a case of a URL belongs to the dossier, or did before something came.

        What came after the newest root may have moved a case, its clock or its hoster. What the
        case was made of is still among the URL's events.

        Args:
            state: of the URL, as it is now.
        """
        if any(map(self.has, state.cases)):
            return True
        names = {name for place in state.placements for name in (place.hoster, place.group)}
        names |= {name for made in state.decisions for name in (made.hoster, made.group) if name}
        instants = {at for one in state.notices for at in (one.noticed_at, one.received_at)}
        instants |= {at for one in state.reports for at in (one.reported_at, one.received_at)}
        return self.hoster in names and any(self.from_at <= at < self.to_at for at in instants)


class UnsealedFields(NamedTuple):
    """Gives sealed fields in clear to who may read them; by default every field stays sealed.

    Attributes:
        url: gives a URL in clear by its key.
        address: gives an address in clear by its URL's key and the place it is of.
        addresses: gives all addresses of an attribution of a URL in clear.
    """

    url: Callable[[str], str] = lambda _: ""
    address: Callable[[str, Placement], str] = lambda _, __: ""
    addresses: Callable[[str, Attribution], str] = lambda _, __: ""


class _Url(NamedTuple):
    """What the cases of a URL share in a dossier."""

    state: UrlState
    names: OwnerNames
    found: Sequence[Quoted]
    unsealed: str
    attributions: tuple[AttributionRow, ...]
    seen: tuple[ObservationRow, ...]
    steps: tuple[Step, ...]


def cases_of(
    url_key: str, found: Sequence[Quoted], wanted: DossierScope, unsealed: UnsealedFields
) -> list[DossierCase]:
    """Return the cases of a URL that belong to a dossier.

    Args:
        url_key: of the URL.
        found: all records of it that count.
        wanted: which cases.
        unsealed: gives what a person had opened.
    """
    happened = [(one.said, one.at) for one in found]
    state = lifecycle.advance(url_key, None, happened)
    mine = [
        (case, phase)
        for case in state.cases
        if wanted.has(case) and (phase := phase_at(case, wanted.as_of)) is not None
    ]
    if not mine:
        return []
    view = case_view(url_key, mine[0][0].case_id, happened, wanted.as_of)
    changes = () if view is None else view.changes
    url = _Url(
        state=state,
        names=OwnerNames(state),
        found=found,
        unsealed=unsealed.url(url_key),
        attributions=rows.attributions(
            found, partial(unsealed.address, url_key), partial(unsealed.addresses, url_key)
        ),
        seen=rows.observations(found, observed(state)),
        steps=tuple(
            Step(at=one.at, case=one.case, what=str(one.what), rule=one.rule) for one in changes
        ),
    )
    return [_case(url, case, phase.case_class) for case, phase in mine]


def _case(url: _Url, case: CaseSummary, case_class: CaseClass) -> DossierCase:
    state, names = url.state, url.names.of(case)
    found = of_case(url.found, case, names)
    decisions_in_force = [
        one for one in in_force(state.decisions) if one.case_id in ("", case.case_id)
    ]
    since = disputed_since(state, case)
    notices, answers = rows.notices(found), rows.answers(found)
    decisions, by = rows.decisions(found, decisions_in_force), grades(state, case)
    norms, again = _norms(case, case_class)
    mine, probed = told_to(found, names), url.names.probed(case)
    speaks = [
        *for_the_hoster.told(case, case_class, [one for one in notices if one.record in mine]),
        *for_the_hoster.norms_kept(norms),
        *for_the_hoster.answered(answers),
        *for_the_hoster.decided(decisions, since),
        *for_the_hoster.observed([one for one in url.seen if one.hoster in probed]),
    ]
    return DossierCase(
        case_id=case.case_id,
        url_key=state.url_key,
        opened=url.unsealed,
        hoster=case.hoster,
        owner=case.group,
        role=case.role,
        case_class=case_class,
        opened_at=case.opened_at,
        reported_at=case.reported_at,
        noticed_at=case.noticed_at,
        clock=case.clock,
        last_seen_at=case.last_seen_at,
        last_seen_by=by.seen_by,
        gone_at=case.gone_at,
        gone_by=by.gone_by,
        judged=case.first_end,
        norms=norms,
        again=again,
        public_late=case.public_late,
        naming=case.naming,
        flags=case.flags,
        reappearances=len(case.returns),
        vantages_seen_late=vantages_that_saw_it_late(case, probed, url.seen),
        supports_a_fine=supports_a_fine(case, case_class, since),
        disputed_since=since,
        hotline_delay_ms=None if case.delay is None else case.delay[1],
        speaks_for_the_hoster=tuple(speaks),
        reports=rows.reports(found),
        notices=notices,
        withdrawals=rows.withdrawals(found),
        checks=rows.checks(found),
        answers=answers,
        decisions=decisions,
        attributions=url.attributions,
        observations=url.seen,
        steps=url.steps,
    )


def _of_norms(norms_s: Sequence[int], verdicts: Sequence[NormVerdict]) -> tuple[NormRow, ...]:
    pairs = zip(norms_s, verdicts, strict=False)
    return tuple(NormRow(norm_s=norm_s, verdict=verdict) for norm_s, verdict in pairs)


def _norms(
    case: CaseSummary, case_class: CaseClass
) -> tuple[tuple[NormRow, ...], tuple[NormRow, ...]]:
    """Return the verdicts, and the second ones after a return; none where no norm applies."""
    if case.noticed_at is None or not norms_apply(case_class, case.flags):
        return (), ()
    found, again = (_of_norms(case.norms_s, one) for one in (case.verdicts, case.again_verdicts))
    if case.order_verdict is not None:
        found = (*found, NormRow(norm_s=None, verdict=case.order_verdict))
    return found, again


def supports_a_fine(case: CaseSummary, case_class: CaseClass, disputed_at: Instant | None) -> bool:
    """Return whether a fine may rest on a case, as far as the ledger goes.

    It is publicly late, which unannounced vantages alone never make it; nobody disputes it; its
    clock is a delivered notice; and what stands of it is neither excluded nor withdrawn.
    """
    out = (CaseClass.EXCLUDED, CaseClass.WITHDRAWN)
    stands = case_class not in out and Flag.CLOAKED not in case.flags
    return case.public_late and case.naming and stands and disputed_at is None


def vantages_that_saw_it_late(
    case: CaseSummary, probed: AbstractSet[HosterId], seen: Sequence[ObservationRow]
) -> tuple[tuple[VantageId, ...], tuple[VantageId, ...]]:
    """Return the vantages that saw a case past the shortest norm, where a control differed.

    Whether such a sighting is like those before the notice is not asked here (rule 3.3).

    Args:
        case: with its clock and norms.
        probed: names that its probes are made for.
        seen: the observations of its URL.

    Returns:
        The announced vantages, and the others.
    """
    if case.noticed_at is None or not case.norms_s:
        return (), ()
    since = late_from(min(case.norms_s), case.noticed_at)
    until = case.first_end[0] if case.first_end else None
    late = [
        one
        for one in seen
        if one.target is Target.URL
        and one.verdict is Verdict.ONLINE
        and one.backed
        and one.canary_ok
        and one.hoster in probed
        and since < one.sent_at
        and (until is None or one.sent_at <= until)
    ]
    shown: dict[bool, set[VantageId]] = {True: set(), False: set()}
    for one in late:
        shown[one.announced].add(one.vantage)
    return tuple(sorted(shown[True])), tuple(sorted(shown[False]))
