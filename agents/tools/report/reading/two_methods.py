"""One period by two methods: the cases that each publishes, and the rules that change them.

Each method is read as `verify` keeps it. What the report itself says of a case has no part in it.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from agents.errors import UserError
from schemas.closed_lists import Flag
from schemas.identity.ids import Hash
from schemas.records.case import CaseSummary, Phase, Return, Sampling, UrlState
from streams.norms.maturity import AUTHORITY_ORDER
from streams.report.cohort import Cohort, published
from streams.report.published_case import PublishedCase
from verify.bridge import CaseDifference, changes
from verify.compared.record import Case
from verify.ledger.records import LedgerRecord, UrlRecords, url_records
from verify.methods import READINGS


class ChangedCase(Struct, frozen=True, kw_only=True):
    """A case of the period that two methods judge differently.

    Attributes:
        case: its name in this publication alone.
        hoster: its id, or its name in the publication.
        rule, about: which rules of docs/measurement.md changed it, and what they are about.
        what: what they decide and is another.
        first, second: by the two methods, in words.
    """

    case: str
    hoster: str
    rule: str
    about: str
    what: str
    first: str
    second: str


class ByTwo(Struct, kw_only=True):
    """A period by two methods.

    Attributes:
        first, second: the cases of the cohort by each, hosters by their ids.
        changed: the cases that differ.
    """

    first: list[PublishedCase] = []
    second: list[PublishedCase] = []
    changed: list[ChangedCase] = []


def methods_of(first: str, second: str) -> tuple[str, str]:
    """Return two methods that a period can be laid side by side by.

    Raises:
        UserError: one is not kept, or they are the same.
    """
    known = " and ".join(READINGS)
    for method in (first, second):
        if method not in READINGS:
            raise UserError(f"--bridge: no method {method} is kept; there are {known}")
    if first == second:
        raise UserError(f"--bridge: two methods are laid side by side; there are {known}")
    return first, second


class _HosterPlace(NamedTuple):
    """What the readings of `verify` do not say of a hoster's case."""

    country: str
    asn_country: str
    host: int


_NOWHERE: Final = _HosterPlace("??", "??", 0)


class TwoMethods:
    """Takes in URLs and lays two methods side by side.

    Args:
        methods: which.
        cohort: the period.
        hash: makes names that hold in this publication alone.
    """

    def __init__(self, methods: tuple[str, str], cohort: Cohort, hash: Hash) -> None:
        self._methods = methods
        self._cohort = cohort
        self._hash = hash
        self.found = ByTwo(first=[], second=[], changed=[])

    def url(self, url_key: str, written: Sequence[LedgerRecord], state: UrlState) -> None:
        """Take in a URL.

        Args:
            url_key: the URL.
            written: its records.
            state: what they come to; it says where a hoster is.

        Raises:
            Rejected, msgspec.DecodeError: one is no record of the ledger.
        """
        url = url_records(url_key, written)
        places = _places(state, url)
        both: list[list[Case]] = []
        ids: set[str] = set()
        for method, kept in zip(self._methods, (self.found.first, self.found.second), strict=True):
            cases = READINGS[method](url, self._cohort.as_of)
            both.append(cases)
            for case in cases:
                summary = _summary(case, url, places.get(case.hoster, _NOWHERE))
                covered = self._cohort.covers(summary)
                made = published(summary, self._cohort, self._hash) if covered else None
                if made is not None:
                    kept.append(made)
                    ids.add(case.case_id)
        for one in changes(url_key, *both):
            if one.case_id in ids:
                self.found.changed.append(self._changed(one))

    def _changed(self, one: CaseDifference) -> ChangedCase:
        publication = self._cohort.publication
        owner = one.what in _OF_OWNER
        return ChangedCase(
            case=self._hash("publication/case", f"{publication}\0{one.case_id}"),
            hoster=one.hoster,
            rule=one.rule,
            about=one.about,
            what=one.what,
            first="" if owner else one.before,
            second="" if owner else one.now,
        )


_OF_OWNER: Final = ("hoster", "group")
"""Whose it is by either method is not said: whoever is not judged has no name."""


def _places(state: UrlState, url: UrlRecords) -> dict[str, _HosterPlace]:
    host = max((one.host for one in url.reports), default=0)
    return {one.hoster: _HosterPlace(one.country, one.asn_country, host) for one in state.cases}


def _summary(case: Case, url: UrlRecords, place: _HosterPlace) -> CaseSummary:
    """Return a case as reports publish it.

    Method 9 knew no lateness that may not be said in public, and no standing of a clock: what may
    feed naming was delivered, and what of it is late is publicly late.
    """
    phases = () if case.case_class is None else (Phase(case.since_at, case.case_class),)
    return CaseSummary(
        case_id=case.case_id,
        hoster=case.hoster,
        group=case.group,
        role=case.role,
        country=place.country,
        asn_country=place.asn_country,
        opened_at=case.opened_at,
        reported_at=case.reported_at,
        received_at=case.reported_at,
        noticed_at=case.noticed_at,
        norms_s=case.norms_s,
        last_seen_at=case.last_seen_at,
        gone_at=case.gone_at,
        first_end=case.first_end,
        returns=tuple(Return(*one) for one in case.returns),
        phases=phases,
        verdicts=case.verdicts,
        order_verdict=case.order_verdict,
        late_in_public=case.late_in_public if case.matures else (AUTHORITY_ORDER, *case.norms_s),
        flags=tuple(Flag(one) for one in case.flags),
        naming=case.naming,
        hotlines=tuple(sorted({one.hotline for one in url.reports})),
        sampling=Sampling(case.inclusion, case.sampled),
        delay=case.delay,
        host=case.host or place.host,
    )
