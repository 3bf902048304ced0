"""How often a server is asked: slots by arithmetic, per address, network and hoster.

A lane is anything that must not be asked too often. Each probe books the earliest moment that all
its lanes allow; a probe that would come after its window knows so at once. The times are world
time. That two probes of a lane never run at once is the caller's part.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, ip_address
from typing import Final

from schemas.moments import MINUTE_MS, SECOND_MS, Instant
from streams.registry.snapshot import UNKNOWN

BACK_OFF_S: Final = 60
"""Pause after a 429 or 503 that says no more."""

BACK_OFF_MAX_S: Final = 600
"""The longest pause a server can ask for: probes in doubt come every 10 min, and a server that
could stop them for longer would choose what is known about it."""

LANES_MAX: Final = 65_536
"""Lanes remembered; those whose moment has passed are forgotten first, about 150 bytes each."""


def network_of(address: str) -> str:
    """Return the /24 or /48 an address lies in, the block one customer or machine commonly has."""
    parsed = ip_address(address)
    bits = 8 if isinstance(parsed, IPv4Address) else 80
    return f"{type(parsed)(int(parsed) >> bits << bits)}/{parsed.max_prefixlen - bits}"


def hoster_lanes(hoster: str) -> tuple[str, ...]:
    """Return the lane of a hoster; none if nobody knows whose the address is."""
    return () if hoster == UNKNOWN else (f"hoster {hoster}",)


def lanes_of(hoster: str, address: str, host: str) -> tuple[str, ...]:
    """Return the lanes of a probe: hoster, network, address, and the name at the address.

    Hosters that nobody knows have only that in common: one must not slow the others, so there the
    network is the first lane.

    The last one is where a server's own wish for rest counts, so that one customer of a shared
    address cannot stop probes at the others.
    """
    return (
        *hoster_lanes(hoster),
        f"network {network_of(address)}",
        f"address {address}",
        name_lane(host, address),
    )


def name_lane(host: str, address: str) -> str:
    """Return the lane of a name at an address."""
    return f"name {host} {address}"


class Politeness:
    """Reserves start times.

    Args:
        per_minute: probes a lane allows in a minute.

    Attributes:
        step_ms: from one probe in a lane to the next, milliseconds.
    """

    def __init__(self, per_minute: int) -> None:
        self.step_ms = -(-MINUTE_MS // per_minute)  # rounded up: never more
        self._free_at: dict[str, Instant] = {}
        self._rest_until: dict[str, Instant] = {}

    def earliest(self, lanes: tuple[str, ...], now: Instant, ahead: Sequence[int] = ()) -> Instant:
        """Return the earliest moment all lanes allow.

        Args:
            lanes: what a probe would ask of.
            now: from when.
            ahead: how many probes go before it in each lane; nothing = none does.
        """
        places = ahead or (0,) * len(lanes)
        return max(
            now,
            *(self._rest_until.get(lane, now) for lane in lanes),
            *(
                max(now, self._free_at.get(lane, now)) + before * self.step_ms
                for lane, before in zip(lanes, places, strict=True)
            ),
        )

    def resting(self, lanes: tuple[str, ...], now: Instant) -> bool:
        """Return whether one of the lanes is paused now, after a 429 or 503."""
        return any(self._rest_until.get(lane, now) > now for lane in lanes)

    def book(self, lanes: tuple[str, ...], now: Instant, not_after: Instant) -> Instant | None:
        """Book the earliest moment and return it; None if it lies after the window.

        Args:
            lanes: what the probe would ask.
            now: from when.
            not_after: end of the window.
        """
        starts_at = self.earliest(lanes, now)
        if starts_at > not_after:
            return None
        for lane in lanes:
            self._free_at[lane] = starts_at + self.step_ms
        if len(self._free_at) > LANES_MAX:
            self._forget(now)
        return starts_at

    def begin(self, lanes: tuple[str, ...], now: Instant) -> None:
        """Restart the step of the lanes: their booked moment came, and the probe begins only now.

        Args:
            lanes: for which it was booked, or free.
            now: when the probe begins.
        """
        for lane in lanes:
            self._free_at[lane] = now + self.step_ms

    def give_back(self, lanes: tuple[str, ...]) -> None:
        """Give back the moment booked last, at which nothing was asked after all.

        Args:
            lanes: for which it was booked; nobody has booked one of them since.
        """
        for lane in lanes:
            if lane in self._free_at:
                self._free_at[lane] -= self.step_ms

    def charge(self, lanes: tuple[str, ...], requests: int) -> None:
        """Count the requests of a probe beyond its first: redirects and a GET."""
        for lane in lanes:
            if lane in self._free_at:
                self._free_at[lane] += max(0, requests - 1) * self.step_ms

    def back_off(self, lane: str, now: Instant, retry_after_s: int | None) -> Instant:
        """Pause a lane after a 429 or 503; return until when.

        Args:
            lane: the name's.
            now: from when.
            retry_after_s: what the server asked for; None = nothing.
        """
        pause_s = BACK_OFF_S if retry_after_s is None else min(retry_after_s, BACK_OFF_MAX_S)
        until = max(self._rest_until.get(lane, 0), now + pause_s * SECOND_MS)
        self._rest_until[lane] = until
        if len(self._rest_until) > LANES_MAX:
            self._forget(now)
        return until

    def _forget(self, now: Instant) -> None:
        for lanes in (self._free_at, self._rest_until):
            for lane in [lane for lane, at in lanes.items() if at <= now]:
                del lanes[lane]
