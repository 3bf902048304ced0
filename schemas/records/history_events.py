"""The events of a history: what happened to its URL, and when."""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.closed_lists import (
    AnswerKind,
    Basis,
    Category,
    CheckResult,
    DecisionAction,
    Delivery,
    ProbeError,
)
from schemas.records.history_registry import DecidedCase, Hoster, Hours, Term, Word
from schemas.records.reports import HosterId, HotlineId, VantageId


class LookWord(StrEnum):
    """What an observation saw, in a word."""

    ONLINE = "online"  # 200, and the controls differ
    GONE = "gone"  # 404
    GONE_SOFT = "gone_soft"  # the answer of the made-up path
    HOME = "home"  # a redirect to the root of the same host
    ELSEWHERE = "elsewhere"  # a redirect to the root of another host
    CHANGED = "changed"  # 200 of another media type and size
    FORBIDDEN = "forbidden"  # 403 for the URL alone
    CHALLENGE = "challenge"
    LIMITED = "limited"  # 429
    ERROR = "error"  # 503
    SILENT = "silent"  # no answer in time
    NXDOMAIN = "nxdomain"
    UNKNOWN = "unknown"  # the prober's own policy forbade it


class ControlsWord(StrEnum):
    """What the made-up path and the root of the host answered beside an observation."""

    HEALTHY = "healthy"  # 404 and 200
    SAME = "same"  # both as the URL does
    DEAD = "dead"  # no answer in time
    NONE = "none"  # not probed


class LookFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an observation saw, as the probe records it; a field left out is as in `online`.

    Attributes:
        location: where a redirect led: `/path` at the same host, else at another one.
        error: why there is no complete answer.
    """

    status: Annotated[int, Meta(ge=100, le=599)] = 200
    type: Annotated[str, Meta(max_length=64)] = "video/mp4"
    length: Annotated[int, Meta(ge=0)] | None = 5_000_000
    etag: Annotated[str, Meta(max_length=64)] = "a"
    age_s: Annotated[int, Meta(ge=0)] | None = None
    x_cache: Annotated[str, Meta(max_length=64)] = ""
    location: Annotated[str, Meta(max_length=200)] = ""
    challenge: bool = False
    suspended: bool = False
    parked: bool = False
    placeholder: bool = False
    error: ProbeError | None = None


class ReportEvent(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A report; `seen_h`: when the hotline last saw the material there; `probing`: it may be
    resolved and probed.
    """

    hotline: HotlineId = "alpha"
    id: Word = "r1"
    seen_h: Hours | None = None
    category: Category = Category.CSAM
    self_report: bool = False
    probing: bool = True


class NoticeEvent(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A notice; `h` of the event is the time of its delivery proof."""

    hotline: HotlineId = "alpha"
    to: HosterId = "acme"
    result: Delivery = Delivery.DELIVERED
    basis: Basis = Basis.NOTICE
    term_h: Term | None = None
    reference: Word | None = None
    id: Word | None = None

    def __post_init__(self) -> None:
        """Refuse a term that is no order's.

        Raises:
            ValueError: it is so.
        """
        if self.term_h is not None and self.basis is not Basis.ORDER:
            raise ValueError('term_h is for an order only: add "basis": "order"')


class WithdrawalEvent(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A hotline withdraws its reports and notices up to then."""

    hotline: HotlineId = "alpha"
    id: Word = "r1"


class CheckEvent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person at a hotline opened the URL."""

    hotline: HotlineId = "alpha"
    what: CheckResult
    person: Word = "p1"


class AnswerEvent(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A hoster answers a notice."""

    hoster: HosterId = "acme"
    says: AnswerKind


class DecisionEvent(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What two signatories decided.

    Attributes:
        case: which case it is about; None = all cases of the URL.
        id: a name for it, so that a `revoke` can say which one it takes back.
        revokes: beside `revoke`: that name; None = the newest decision before it.
    """

    what: DecisionAction
    to: HosterId | None = None
    by: tuple[Word, Word] = ("s1", "s2")
    case: DecidedCase | None = None
    id: Word | None = None
    revokes: Word | None = None

    def __post_init__(self) -> None:
        """Refuse what nobody could sign.

        Raises:
            ValueError: one person signed twice, or `to` or `revokes` does not fit `what`.
        """
        if self.by[0] == self.by[1]:
            raise ValueError("by needs two different names")
        if (self.to is None) == (self.what is DecisionAction.REATTRIBUTE):
            raise ValueError("to names the new hoster of a reattribute, and of nothing else")
        if self.revokes is not None and self.what is not DecisionAction.REVOKE:
            raise ValueError("revokes stands in a revoke only")


class RegistryEvent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of the registry changes from this hour on."""

    hosters: dict[HosterId, Hoster]


class HistoryEvent(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One thing that happened; with several hours, one at each.

    Attributes:
        h: when it happened.
        received_h: when the record was appended; left out: then, an observation 0.001 h later.
        report, notice, withdrawal, check, answer, decision, at, registry, vantages, look: what
            happened, exactly one of them.
        at: a resolution, and the hosters it leads to, each in the role that it has.
        origin: beside `at`: hosters behind the proxy.
        hotline: beside `at`: who stated the origin.
        disclosed: beside `at`: the proxy's operator disclosed the origin.
        contested: beside `at`: hosters of it whose address a statement of origin contradicts; an
            `origin` with no proxy before it says so too.
        behind: beside `at`: hosters behind the proxy that the name shows; nobody states them.
        answered: beside `at`: a resolver answered; false = what stands there is assumed.
        nxdomain: beside `at` or `look`: the name does not exist.
        addresses: beside `at`: an address of each hoster there, by its place in the list.
        vantages: those asked from this hour on.
        vantage: beside `at` or `look`: who made it; left out: every one that is asked. A
            resolution of `attribution` is the one that a report brings; where a history names
            none, the first resolution is that one too.
        hoster: beside `look`: where it was made; left out: every hoster that the URL is at.
        hosters: beside `look`: whom the name's addresses belonged to then; left out: as the
            vantage last resolved.
        old_address: beside `look`: made at the last known address, where the name leads no more.
        controls: beside `look`: what the controls answered.
        canary: beside `look`: the vantage's canary answered.
    """

    h: Hours | Annotated[tuple[Hours, ...], Meta(min_length=1)]
    received_h: Hours | None = None
    report: ReportEvent | UnsetType = UNSET
    notice: NoticeEvent | UnsetType = UNSET
    withdrawal: WithdrawalEvent | UnsetType = UNSET
    check: CheckEvent | UnsetType = UNSET
    answer: AnswerEvent | UnsetType = UNSET
    decision: DecisionEvent | UnsetType = UNSET
    at: tuple[HosterId, ...] | UnsetType = UNSET
    origin: tuple[HosterId, ...] | UnsetType = UNSET
    hotline: HotlineId | UnsetType = UNSET
    disclosed: bool | UnsetType = UNSET
    contested: tuple[HosterId, ...] | UnsetType = UNSET
    behind: tuple[HosterId, ...] | UnsetType = UNSET
    answered: bool | UnsetType = UNSET
    nxdomain: bool | UnsetType = UNSET
    addresses: tuple[Word, ...] | UnsetType = UNSET
    registry: RegistryEvent | UnsetType = UNSET
    vantages: Annotated[tuple[VantageId, ...], Meta(min_length=1)] | UnsetType = UNSET
    look: LookWord | LookFacts | UnsetType = UNSET
    vantage: VantageId | UnsetType = UNSET
    hoster: HosterId | UnsetType = UNSET
    hosters: tuple[HosterId, ...] | UnsetType = UNSET
    old_address: bool | UnsetType = UNSET
    controls: ControlsWord | UnsetType = UNSET
    canary: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse an event of no kind or of several, and fields that another kind has.

        Raises:
            ValueError: it is so.
        """
        mine = [name for name in KINDS if getattr(self, name) is not UNSET]
        if len(mine) != 1:
            raise ValueError(f"an event has exactly one of {', '.join(KINDS)}")
        for name, kinds in BESIDE.items():
            if getattr(self, name) is not UNSET and mine[0] not in kinds:
                raise ValueError(f"{name} stands beside {' or '.join(kinds)} only")
        early = self.received_h is not None and self.received_h < min(self.hours)
        if early and mine[0] in ("at", "look"):
            raise ValueError("received_h is before h: nobody records what he has not seen yet")
        at, addresses = self.at or (), self.addresses or ()
        if addresses and len(at) != len(addresses):
            raise ValueError("addresses needs one address for each hoster of at, in its order")
        if not {*(self.contested or ())} <= {*at}:
            raise ValueError("contested names hosters of at only")

    @property
    def kind(self) -> str:
        """Return what happened, as the name of the field that says so."""
        return next(name for name in KINDS if getattr(self, name) is not UNSET)

    @property
    def hours(self) -> tuple[float, ...]:
        """Return when it happened, one hour or several."""
        return self.h if isinstance(self.h, tuple) else (self.h,)


KINDS: Final = (
    "report",
    "notice",
    "withdrawal",
    "check",
    "answer",
    "decision",
    "at",
    "registry",
    "vantages",
    "look",
)
"""The kinds of events, one of which each has."""


BESIDE: Final = {
    "origin": ("at",),
    "hotline": ("at",),
    "disclosed": ("at",),
    "contested": ("at",),
    "behind": ("at",),
    "answered": ("at",),
    "nxdomain": ("at", "look"),
    "addresses": ("at",),
    "vantage": ("at", "look"),
    "hoster": ("look",),
    "hosters": ("look",),
    "old_address": ("look",),
    "controls": ("look",),
    "canary": ("look",),
}
"""What stands beside events of some kinds only."""
