"""Which cases a report is about, and how each is published.

The estimand of a report: cases in the hosting role, the first of each URL at its owner,
noticed in [from, to) and watched until 31 days after `to`. What counts for no naming is left out.
"""

from dataclasses import dataclass
from typing import Final

from schemas.closed_lists import CaseClass, Flag, NormVerdict, Role
from schemas.identity.ids import Hash
from schemas.moments import DAY_MS, Instant, rfc3339
from schemas.records.case import CaseSummary
from streams.case_class import phase_at
from streams.norms.maturity import AUTHORITY_ORDER
from streams.norms.measurability import is_measurable
from streams.norms.verdict import late_from
from streams.report.published_case import (
    MOVED_FIRST,
    NOT_MEASURABLE,
    ON_CHECK,
    REMOVED_FIRST,
    PublishedCase,
)
from streams.report.url_records import (
    NOTHING_SAID,
    OfUrl,
    first_end,
    first_end_was,
    hotline_of,
)

WATCHED_MS: Final = 31 * DAY_MS
"""A case is watched so long after the period before its figures are published."""

USED: Final = "used"
SEAT: Final = "seat"
COUNTRY_BASES: Final = (USED, SEAT)
"""Where an address is used, and where its hoster has its seat. The ledger holds no registration."""

_LEFT_OUT: Final = (
    Flag.SELF_REPORT,
    Flag.CONTESTED,
    Flag.NO_DELIVERY_PROOF,
    Flag.BEHIND_PROXY,
)


@dataclass(frozen=True, slots=True)
class Cohort:
    """The period of a report and its norm.

    Attributes:
        from_at, to_at: noticed in [from, to).
        norm_s: the norm; None = the terms of orders.
        country: the one country that it is about; empty = all.
        country_basis: of `COUNTRY_BASES`.
    """

    from_at: Instant
    to_at: Instant
    norm_s: int | None
    country: str = ""
    country_basis: str = USED

    def country_of(self, case: CaseSummary) -> str:
        """Return a case's country by the basis of the report."""
        return case.country if self.country_basis == SEAT else case.asn_country

    def covers(self, case: CaseSummary) -> bool:
        """Return whether a case was noticed in the period."""
        return case.noticed_at is not None and self.from_at <= case.noticed_at < self.to_at

    @property
    def as_of(self) -> Instant:
        """The instant that classes and verdicts hold for."""
        return self.to_at + WATCHED_MS

    @property
    def publication(self) -> str:
        """What names the publication; names made for it differ from another's (instants do not)."""
        norm = "order" if self.norm_s is None else str(self.norm_s)
        about = f"/{self.country}/{self.country_basis}" if self.country else ""
        return f"{rfc3339(self.from_at)}/{rfc3339(self.to_at)}/{norm}{about}"


def published(
    case: CaseSummary, cohort: Cohort, hash: Hash, said: OfUrl = NOTHING_SAID
) -> PublishedCase | None:
    """Return a case as the report publishes it; None = it is not of the cohort.

    Args:
        case: of the table of cases, as far as the ledger is read.
        cohort: the period.
        hash: makes names that hold in this publication alone.
        said: by the records of its URL.
    """
    noticed_at, as_of = case.noticed_at, cohort.as_of
    if noticed_at is None or not cohort.covers(case) or not case.naming:
        return None
    verdict, phase = _verdict(case, cohort.norm_s), phase_at(case, as_of)
    country = cohort.country_of(case)
    if verdict is None or phase is None or cohort.country not in {"", country}:
        return None
    hidden = () if is_measurable(case, phase.case_class, as_of) else (NOT_MEASURABLE,)
    on_check = (ON_CHECK,) if said.on_check else ()
    last_seen_at, gone_at = first_end(case, as_of)
    back_at = _back_at(case, gone_at, as_of)
    first = _first_flag(first_end_was(case, as_of), phase.case_class, back_at)
    incident = f"{cohort.publication}\0{case.host}\0{noticed_at // DAY_MS}"
    return PublishedCase(
        case=hash("publication/case", f"{cohort.publication}\0{case.case_id}"),
        hoster=case.hoster,
        role=case.role,
        hotline=hotline_of(case),
        incident=hash("publication/incident", incident),
        noticed_at=noticed_at,
        last_seen_at=last_seen_at,
        gone_at=gone_at,
        case_class=phase.case_class,
        weight=1 / case.sampling.inclusion if case.sampling.sampled else 0.0,
        flags=tuple(sorted((*case.flags, *hidden, *on_check, *first))),
        backed=_is_backed(last_seen_at, verdict, _late_from(case, noticed_at, cohort.norm_s)),
        verdict=verdict,
        as_of=as_of,
        group=group_name(case.group, cohort, hash),
        country=country,
        back_at=back_at,
        moved_to=said.moved_to if phase.case_class is CaseClass.MOVED else "",
        category=said.category,
        site_type=said.site_type,
    )


def left_out(case: CaseSummary, cohort: Cohort) -> str | None:
    """Return why a case of the period is not published.

    None = it was not noticed in the period, is no hosting case, or is of another country.

    Args:
        case: one that `published` left out.
        cohort: the period.
    """
    if not cohort.covers(case):
        return None
    if case.role is not Role.HOSTING or cohort.country not in {"", cohort.country_of(case)}:
        return None
    if case.naming:
        return "no_norm"
    return next((flag.value for flag in _LEFT_OUT if flag in case.flags), "other")


def group_name(group: str, cohort: Cohort, hash: Hash) -> str:
    """Return the name of an owner in this publication."""
    return "group-" + hash("publication/group", f"{cohort.publication}\0{group}")[:12]


def pseudonym(hoster: str, cohort: Cohort, hash: Hash) -> str:
    """Return the name in this publication of a hoster that is not judged."""
    return "hoster-" + hash("publication/hoster", f"{cohort.publication}\0{hoster}")[:12]


def _back_at(case: CaseSummary, gone_at: Instant | None, as_of: Instant) -> Instant | None:
    """Return when a case was first seen again after its removal, as known at an instant."""
    found = (one.back_at for one in case.returns if one.gone_at == gone_at and not one.moved)
    back_at = next(found, None)
    return None if back_at is None or back_at > as_of else back_at


def _first_flag(
    was: CaseClass | None, case_class: CaseClass, back_at: Instant | None
) -> tuple[str, ...]:
    """Return what is said of a first end that neither the class nor a return tells."""
    if was is None or was is case_class or back_at is not None:
        return ()
    return (MOVED_FIRST if was is CaseClass.MOVED else REMOVED_FIRST,)


def _verdict(case: CaseSummary, norm_s: int | None) -> NormVerdict | None:
    """Return the verdict that may be said in public; None = the case has no such norm."""
    if norm_s is None:
        found = case.order_verdict
    else:
        said = dict(zip(case.norms_s, case.verdicts, strict=False))
        found = said.get(norm_s)
    term = AUTHORITY_ORDER if norm_s is None else norm_s
    if found is NormVerdict.LATE and term not in case.late_in_public:
        return NormVerdict.UNDETERMINED
    return found


def _late_from(case: CaseSummary, noticed_at: Instant, norm_s: int | None) -> Instant | None:
    """Return from when on a sighting speaks against the hoster; None = nobody set it a term."""
    if norm_s is not None:
        return late_from(norm_s, noticed_at)
    return min((late_from(term_s, at) for at, term_s in case.order_terms), default=None)


def _is_backed(last_seen_at: Instant | None, verdict: NormVerdict, late_at: Instant | None) -> bool:
    """Return whether L may count for `late`: it does where the verdict says so."""
    if verdict is NormVerdict.LATE or last_seen_at is None or late_at is None:
        return True
    return last_seen_at <= late_at
