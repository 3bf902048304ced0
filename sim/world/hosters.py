"""The hosters of the practice world: who they are, where they stand, how they behave.

Nothing here can be taken for anybody. All names lie under `.example` (RFC 2606), all addresses on
loopback (127.40.0.0/16). All AS numbers are in the ranges for private use (RFC 6996), all countries
among the codes that ISO 3166 leaves to users.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from schemas.moments import HOUR_MS, SECOND_MS
from schemas.records.registry import HosterEntry, HotlineEntry, NormEntry, Registry
from sim.world.behaviour import NAME_TRICKS, Behaviour
from sim.world.delays import (
    AT_ONCE,
    DE_2019,
    DE_2020,
    DE_2022,
    NEVER,
    NL_2022_TAIL,
    NL_DOMINANT_2020,
    WITHIN_HOURS,
    DelayMixture,
)

ASN_FIRST: Final = 64_512  # RFC 6996
ASN_LAST: Final = 65_534
ASN_FIRST_LONG: Final = 4_200_000_000  # the same in 32 bits, for more hosters than those are enough
NETWORK_FIRST: Final = 40  # 127.40.0.0/16 holds the canary and the hosters up to number 255
NUMBER_MAX: Final = (255 - NETWORK_FIRST) * 256 + 255
CANARY_ADDRESS: Final = "127.40.0.1"
CANARY_HOST: Final = "canary.example"
SITES: Final = ("pics", "img", "files", "cdn", "up")


@dataclass(frozen=True, slots=True, kw_only=True)
class HosterChange:
    """What is different at a hoster from a day on.

    Attributes:
        day: number of the day in the world.
        delay_mixture: how it removes what it is told of from then on; None = as before. `NEVER`
            stops also what it was told of before and has not removed.
        weight: its share of the reports; None = as before.
    """

    day: int
    delay_mixture: DelayMixture | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimHoster:
    """A hoster of the practice world.

    Attributes:
        id: its id in the registry; its customers' names lie under `<id>.example`.
        number: place in the address plan, 1 to `NUMBER_MAX`.
        weight: share of the reports, relative; 0 = nobody reports anything there.
        gone_status: what it answers for removed material: 404, 410, 302 to its home page, 200
            with a placeholder, 403.
        second: id of the hoster that its names move to; empty = none.
        group: id of its owner; empty = itself.
        seat: country code of its seat; empty = by its number.
        through: id of the proxy that its names lead to; empty = none.
        proxy: it is one, and hosts nothing itself.
        changes: what is different from a day on, in order of days.
    """

    id: str
    number: int
    behaviour: Behaviour
    delay_mixture: DelayMixture
    weight: float
    gone_status: int = 404
    second: str = ""
    group: str = ""
    seat: str = ""
    through: str = ""
    proxy: bool = False
    changes: tuple[HosterChange, ...] = ()

    def delay_mixture_on(self, day: int) -> DelayMixture:
        """Return the mixture for what is noticed on a day."""
        laws = [
            change.delay_mixture
            for change in self.changes
            if change.day <= day and change.delay_mixture
        ]
        return laws[-1] if laws else self.delay_mixture

    def weight_on(self, day: int) -> float:
        """Return the share of a day's reports."""
        found = [c.weight for c in self.changes if c.day <= day and c.weight is not None]
        return found[-1] if found else self.weight

    @property
    def silent_from(self) -> int | None:
        """The day from which on it removes nothing more; None = there is none."""
        return next(
            (
                c.day
                for c in self.changes
                if c.delay_mixture is not None and not c.delay_mixture.parts
            ),
            None,
        )

    @property
    def owner(self) -> str:
        """The id of its owner, its own if it belongs to none."""
        return self.group or self.id

    @property
    def country(self) -> str:
        """Country code of its seat."""
        return self.seat or ("XA" if self.number % 2 else "XB")

    @property
    def named(self) -> bool:
        """Whether each of its URLs has a name of its own."""
        return self.behaviour in NAME_TRICKS

    @property
    def address(self) -> str:
        """The one address its customers' names point to."""
        return f"{self.network}.1"

    @property
    def network(self) -> str:
        """The first three numbers of its addresses."""
        return f"127.{NETWORK_FIRST + self.number // 256}.{self.number % 256}"

    @property
    def asn(self) -> int:
        """Its AS number."""
        asn = ASN_FIRST + self.number
        return asn if asn <= ASN_LAST else ASN_FIRST_LONG + self.number

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names of its customers' sites."""
        return tuple(f"{site}.{self.id}.example" for site in SITES)

    @property
    def contact(self) -> str:
        """The mailbox a notice goes to."""
        return f"abuse@{self.id}.example"

    def entry(self) -> HosterEntry:
        """Return its registry entry, valid from the beginning."""
        return HosterEntry(
            id=self.id,
            version=1,
            valid_from=0,
            name=f"{self.id.capitalize()} Practice Hosting",
            group=self.group,
            type="proxy" if self.proxy else "hosting",
            names=(f"{self.id}.example",) if self.through else (),
            country=self.country,
            asns=(self.asn,),
            prefixes=(f"{self.network}.0/24",),
            contacts=(self.contact,),
        )


def _hoster(
    number: int, id: str, behaviour: Behaviour, delay_mixture: DelayMixture, weight: float
) -> SimHoster:
    return SimHoster(
        id=id, number=number, behaviour=behaviour, delay_mixture=delay_mixture, weight=weight
    )


_HONEST: Final = (
    _hoster(1, "amber", Behaviour.PROMPT, WITHIN_HOURS, 2.0),
    _hoster(2, "birch", Behaviour.PROMPT, NL_DOMINANT_2020, 4.0),
    _hoster(3, "cedar", Behaviour.SLOW, DE_2019, 2.5),
    replace(_hoster(4, "dune", Behaviour.SLOW, DE_2020, 2.0), gone_status=410),
    _hoster(5, "elm", Behaviour.SLOW, DE_2022, 1.5),
    _hoster(6, "fjord", Behaviour.MIXED, NL_2022_TAIL, 3.0),
    replace(_hoster(7, "garnet", Behaviour.MIXED, NL_2022_TAIL, 2.0), gone_status=302),
    replace(_hoster(13, "maple", Behaviour.SOFT_404, DE_2019, 1.5), gone_status=200),
    replace(_hoster(14, "nettle", Behaviour.REFUSES_URL, NL_DOMINANT_2020, 1.5), gone_status=403),
    _hoster(33, "poplar", Behaviour.SECOND_NOTICE, WITHIN_HOURS, 1.0),
    _hoster(34, "hazel", Behaviour.EXPIRES, NL_DOMINANT_2020, 1.0),
    replace(_hoster(35, "basalt", Behaviour.MOVES_INSIDE, NL_DOMINANT_2020, 1.0), second="flint"),
    replace(_hoster(38, "opal", Behaviour.CDN, NL_DOMINANT_2020, 1.0), through="cirrus"),
    replace(_hoster(37, "ivory", Behaviour.LEAVES, NEVER, 1.0), second="shell"),
)

_KEEP: Final = (
    _hoster(8, "heath", Behaviour.NEVER, NEVER, 2.0),
    _hoster(9, "iris", Behaviour.BLOCKS_AGENT, NEVER, 1.0),
    _hoster(10, "jade", Behaviour.BLOCKS_ALL, NEVER, 1.0),
    _hoster(11, "kelp", Behaviour.DROPS, NEVER, 1.0),
    _hoster(15, "olive", Behaviour.CHALLENGES, NEVER, 1.0),
    _hoster(16, "pine", Behaviour.RATE_LIMITS, NEVER, 1.0),
    _hoster(17, "quartz", Behaviour.FAILS, NEVER, 1.0),
    _hoster(18, "reed", Behaviour.DRIPS, NEVER, 0.5),
    _hoster(19, "sage", Behaviour.LURES, NEVER, 1.0),
    _hoster(12, "larch", Behaviour.CLOAKS, NEVER, 1.5),
    _hoster(31, "moss", Behaviour.CLOAKS_ALL, NEVER, 1.0),
    _hoster(32, "slate", Behaviour.LIES_TO_HEAD, NEVER, 1.0),
    _hoster(20, "thorn", Behaviour.SENDS_HOME, NEVER, 1.0),
    _hoster(21, "umber", Behaviour.ALL_ALIKE, NEVER, 1.0),
)

_PLAY: Final = (
    _hoster(22, "vine", Behaviour.FLAPS, NEVER, 1.0),
    _hoster(23, "willow", Behaviour.NIGHTS, NEVER, 1.0),
    _hoster(24, "yarrow", Behaviour.RETURNS_2D, AT_ONCE, 1.0),
    _hoster(25, "zinnia", Behaviour.RETURNS_10D, AT_ONCE, 1.0),
    replace(_hoster(26, "coral", Behaviour.MOVES, NEVER, 1.0), second="shell"),
    _hoster(27, "ebony", Behaviour.NO_NAME, NEVER, 1.0),
    _hoster(28, "fern", Behaviour.NAMES_INSIDE, NEVER, 1.0),
    _hoster(29, "gorse", Behaviour.NAMES_MIXED, NEVER, 1.0),
)

_SECOND: Final = (
    _hoster(30, "shell", Behaviour.NEVER, NEVER, 0.0),
    replace(_hoster(39, "cirrus", Behaviour.PROMPT, NEVER, 0.0), proxy=True),
    replace(_hoster(36, "flint", Behaviour.PROMPT, NL_DOMINANT_2020, 0.0), group="basalt"),
)

ALL: Final = (*_HONEST, *_KEEP, *_PLAY, *_SECOND)
"""The honest first, then those that keep the material, then those that play with it; the last
ones have no customers of their own: they take in those of hosters that move, or stand before one
as its proxy."""

REPORTED: Final = tuple(hoster for hoster in ALL if hoster.weight)
"""Those that somebody reports material at."""

HOTLINES: Final = ("north", "south", "west")


def registry(
    hosters: Sequence[SimHoster] = ALL, feed_delays_s: Mapping[str, int] = MappingProxyType({})
) -> list[Registry]:
    """Return the operator's registry of the practice world, valid from the beginning.

    Args:
        hosters: who hosts.
        feed_delays_s: of the hotlines whose feed takes another time than usual, by id.
    """
    return [
        NormEntry(id="default", version=1, valid_from=0),
        *(
            HotlineEntry(
                id=id,
                version=1,
                valid_from=0,
                name=f"{id.capitalize()} Hotline",
                feed_delay_s=feed_delays_s.get(id, HOUR_MS // SECOND_MS),
            )
            for id in HOTLINES
        ),
        *(hoster.entry() for hoster in hosters),
    ]
