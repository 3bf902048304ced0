"""Which cases a report is about, and how each is published.

The estimand of a report: cases in the hosting role, in their first episode, noticed in [from, to)
and watched until 31 days after `to`. What counts for no naming is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.moments import DAY_MS, Instant, rfc3339
from schemas.reasons import CaseClass, Flag, NormVerdict, Role
from schemas.records.case import CaseSummary
from streams.case_class import phase_at
from streams.norms.measurability import is_measurable
from streams.norms.verdict import late_from
from streams.report.published_case import NOT_MEASURABLE, PublishedCase

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

Hash = Callable[[str, str], str]
"""A keyed hash of a text for a purpose, under the ledger's secret."""


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

    @property
    def as_of(self) -> Instant:
        """The instant that classes and verdicts hold for."""
        return self.to_at + WATCHED_MS

    @property
    def publication(self) -> str:
        """What names the publication; names made for it cannot be joined with another's."""
        norm = "order" if self.norm_s is None else str(self.norm_s)
        about = f"/{self.country}/{self.country_basis}" if self.country else ""
        return f"{rfc3339(self.from_at)}/{rfc3339(self.to_at)}/{norm}{about}"


def published(
    case: CaseSummary, cohort: Cohort, hash: Hash, moved_to: str = ""
) -> PublishedCase | None:
    """Return a case as the report publishes it; None = it is not of the cohort.

    Args:
        case: of the table of cases, as far as the ledger is read.
        cohort: the period.
        hash: makes names that hold in this publication alone.
        moved_to: the hoster that had the URL after it moved; empty = none is known.
    """
    noticed_at, as_of = case.noticed_at, cohort.as_of
    if noticed_at is None or not cohort.from_at <= noticed_at < cohort.to_at or not case.naming:
        return None
    verdict, phase = _verdict(case, cohort.norm_s), phase_at(case, as_of)
    country = cohort.country_of(case)
    if verdict is None or phase is None or cohort.country not in {"", country}:
        return None
    hidden = () if is_measurable(case, phase.outcome, as_of) else (NOT_MEASURABLE,)
    back_at = case.returns[0].back_at if case.returns else None
    last_seen_at, gone_at = _first_end(case, as_of)
    incident = f"{cohort.publication}\0{case.host}\0{noticed_at // DAY_MS}"
    return PublishedCase(
        case=hash("publication/case", f"{cohort.publication}\0{case.case_id}"),
        hoster=case.hoster,
        role=case.role,
        hotline=case.delay[0] if case.delay else min(case.hotlines, default=""),
        incident=hash("publication/incident", incident),
        noticed_at=noticed_at,
        last_seen_at=last_seen_at,
        gone_at=gone_at,
        case_class=phase.outcome,
        weight=1 / case.sampling.inclusion if case.sampling.sampled else 0.0,
        flags=tuple(sorted((*case.flags, *hidden))),
        backed=_is_backed(last_seen_at, noticed_at, verdict, cohort.norm_s),
        verdict=verdict,
        as_of=as_of,
        group="group-" + hash("publication/group", f"{cohort.publication}\0{case.group}")[:12],
        country=country,
        back_at=None if back_at is None or back_at > as_of else back_at,
        moved_to=moved_to if phase.outcome is CaseClass.MOVED else "",
    )


def moved_to(case: CaseSummary, of_url: Sequence[CaseSummary]) -> str:
    """Return the hoster that had a case's URL after it moved; empty = it did not, or none had.

    Args:
        case: the case.
        of_url: all cases of its URL.
    """
    if case.moved_at is None:
        return ""
    later = [
        one
        for one in of_url
        if one.role is case.role and one.group != case.group and one.opened_at >= case.opened_at
    ]
    return min(later, key=lambda one: (one.opened_at, one.case_id)).hoster if later else ""


def left_out(case: CaseSummary, cohort: Cohort) -> str | None:
    """Return why a case of the period is not published; None = it is not of the period.

    Args:
        case: one that `published` left out.
        cohort: the period.
    """
    noticed_at = case.noticed_at
    if noticed_at is None or not cohort.from_at <= noticed_at < cohort.to_at:
        return None
    if case.role is not Role.HOSTING or cohort.country not in {"", cohort.country_of(case)}:
        return None
    if case.naming:
        return "no_norm"
    return next((flag.value for flag in _LEFT_OUT if flag in case.flags), "other")


def pseudonym(hoster: str, cohort: Cohort, hash: Hash) -> str:
    """Return the name in this publication of a hoster that is not judged."""
    return "hoster-" + hash("publication/hoster", f"{cohort.publication}\0{hoster}")[:12]


def _first_end(case: CaseSummary, as_of: Instant) -> tuple[Instant | None, Instant | None]:
    """Return L and R of the first end after the clock began, as known at an instant."""
    last_seen_at, gone_at = case.first_end or (case.last_seen_at, case.gone_at)
    if gone_at is not None and gone_at > as_of:
        gone_at = None
    if last_seen_at is not None and last_seen_at > as_of:
        last_seen_at = as_of
    return last_seen_at, gone_at


def _verdict(case: CaseSummary, norm_s: int | None) -> NormVerdict | None:
    """Return the verdict that may be said in public; None = the case has no such norm."""
    if norm_s is None:
        found = case.order_verdict
    else:
        said = dict(zip(case.norms_s, case.verdicts, strict=False))
        found = said.get(norm_s)
    if found is NormVerdict.LATE and not case.public_late:
        return NormVerdict.UNDETERMINED
    return found


def _is_backed(
    last_seen_at: Instant | None, noticed_at: Instant, verdict: NormVerdict, norm_s: int | None
) -> bool:
    """Return whether L may count for `late`: it does where the verdict says so."""
    if verdict is NormVerdict.LATE or last_seen_at is None or norm_s is None:
        return True
    return last_seen_at <= late_from(norm_s, noticed_at)
