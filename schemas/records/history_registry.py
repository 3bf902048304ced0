"""The registry of a history: who takes part in it, and what its words and hours are."""

from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta, Struct

from schemas.closed_lists import Role
from schemas.records.reports import HosterId

HOURS_MAX: Final = 200_000
"""Over 20 years: longer than any case is followed."""


Hours: TypeAlias = Annotated[float, Meta(ge=-HOURS_MAX, le=HOURS_MAX)]
"""Hours after the start; before it, below 0."""


Word: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]


Term: TypeAlias = Annotated[float, Meta(gt=0, le=HOURS_MAX)]


class Mode(StrEnum):
    """What is known of the delivery of a hotline's notices."""

    DELIVERY = "delivered"
    SENT_ONLY = "sent_only"
    ON_REPORT = "on_report"
    HISTORIC = "historic"


class Hoster(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A hoster of the registry.

    Attributes:
        group: its owner; empty = itself.
        proxy: it stands in front of another hoster's server.
        renamed: the name that it has from now on; in an event `registry` only.
        formerly: other names that its owner had; who had one of them is renamed.
    """

    group: HosterId | Literal[""] = ""
    proxy: bool = False
    renamed: HosterId | Literal[""] = ""
    formerly: Annotated[tuple[HosterId, ...], Meta(max_length=16)] = ()


class Hotline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A hotline of the registry; `assesses`: its analysts see what they report."""

    jurisdiction: Word = "nl"
    mode: Mode = Mode.DELIVERY
    feed_delay_h: Annotated[float, Meta(ge=0, le=720)] = 1.0
    assesses: bool = True


class DecidedCase(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A case of the URL, as a decision names it.

    Attributes:
        owner: whose it is, under the name that the owner had when it was found first.
        number: the how manyeth of the owner in that role.
    """

    owner: HosterId
    role: Role = Role.HOSTING
    number: Annotated[int, Meta(ge=1)] = 1


class Vantage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A vantage: whether its probes name the monitor, and its AS number (0 = one of its own)."""

    announced: bool = True
    asn: Annotated[int, Meta(ge=0, lt=1 << 32)] = 0
