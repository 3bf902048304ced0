"""What the second held-out half is written with: a server, its material, and who is asked."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Facts = dict[str, Any]
Entry = dict[str, Any]
Truth = list[tuple[float, str]]

KNOWN = ("loud", "quiet")
"""Vantages a careful hoster may know: all that are asked by the timetable."""

HOUR_MS = 3_600_000
START_MS = 1_770_000_000_000
"""Hour 0 of every case, as the reader has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a kind of case says: the world's program and what was true."""

    why: str
    answers: list[Entry]
    truth: Truth
    judgeable: bool = True
    root: bool = False


def say(
    facts: Facts,
    start: float = 0.0,
    end: float | None = None,
    *,
    to: str = "any",
    at: str = "any",
    odds: float = 1.0,
    **more: Any,
) -> Entry:
    """Return one entry of a program; what equals its default is left out.

    Args:
        facts: what is answered.
        start: hour from which it holds.
        end: hour at which it ends; None = never.
        to: the vantage.
        at: the target.
        odds: chance that it holds at one look.
        more: `get`, `nxdomain`, `present`, `canary_ok`.
    """
    entry: Entry = {"from_h": round(start, 4), "facts": facts, **more}
    if end is not None:
        entry["to_h"] = round(end, 4)
    if to != "any":
        entry["vantage"] = to
    if at != "any":
        entry["target"] = at
    if odds < 1:
        entry["chance"] = round(odds, 3)
    return entry


def known(
    facts: Facts, start: float = 0.0, end: float | None = None, *, at: str = "url", **more: Any
) -> list[Entry]:
    """Return the same entry for each vantage that a hoster may know."""
    return [say(facts, start, end, to=vantage, at=at, **more) for vantage in KNOWN]


class World:
    """One server, drawn: its material, its way to say "not found", its front page, its notice."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.noticed_h: float | None = round(self.between(0.1, 30), 3)
        if self.odds(0.06):
            self.noticed_h = None
        self.follow_h = float(chance.choice((10, 14, 17, 21, 28, 35))) * 24
        secure = self.odds(0.8)
        self.wire: Facts = {"bytes": chance.randint(220, 900), "connect_ms": chance.randint(4, 160)}
        self.wire["processing_ms"] = chance.randint(2, 400)
        if secure:
            self.wire |= {"tls": chance.choice(("TLSv1.2", "TLSv1.3")), "tls_valid": True}
        self.media = chance.choice(("image/jpeg", "image/jpeg", "image/png", "video/mp4", "page"))
        self.content = self._material()
        self.lost = self.error(404, length=chance.choice((None, 146, 162, 548, 1245, 9034)))
        self.front = self.page(length=chance.choice((None, chance.randint(900, 90_000))))

    def odds(self, share: float) -> bool:
        """Return True in this share of the draws."""
        return self.chance.random() < share

    def between(self, low: float, high: float) -> float:
        """Return a number between two, each order of magnitude alike."""
        return round(math.exp(self.chance.uniform(math.log(low), math.log(high))), 4)

    def tag(self) -> str:
        """Return a short text no other draw gives."""
        return f"{self.chance.getrandbits(40):010x}"

    def _material(self) -> Facts:
        facts: Facts = {"status": 200, **self.wire}
        if self.media == "page":
            facts["type"] = "text/html"
            if self.odds(0.5):
                facts["length"] = self.chance.randint(4_000, 160_000)
            if self.odds(0.3):
                facts["etag_key"] = self.tag()
            return facts
        heavy = 60 if self.media == "video/mp4" else 1
        facts |= {"type": self.media, "length": self.chance.randint(18_000, 900_000) * heavy}
        if self.odds(0.85):
            facts["etag_key"] = self.tag()
        if self.odds(0.85):
            facts["modified"] = START_MS - self.chance.randint(1, 9_000) * HOUR_MS
        return facts

    def show(self, *media: str) -> None:
        """Make the material one of these kinds of file."""
        self.media = self.chance.choice(media)
        self.content = self._material()

    def error(self, status: int, **more: Any) -> Facts:
        """Return an error page of this server."""
        facts: Facts = {"status": status, "type": "text/html", **self.wire, **more}
        return {name: value for name, value in facts.items() if value is not None}

    def page(self, **more: Any) -> Facts:
        """Return a page of this server that is not the material."""
        return self.error(200, **more)

    def broken(self, *kinds: str) -> Facts:
        """Return a look without an answer, of one of these kinds."""
        return {"error": self.chance.choice(kinds or ("timeout", "refused", "reset"))}

    def lawful(self) -> Facts:
        """Return what an honest server says of what it has deleted."""
        if self.odds(0.25):
            return self.error(410, length=self.chance.choice((None, 0, 312)))
        return dict(self.lost)

    def after(self, low: float, high: float) -> float:
        """Return an hour so long after the notice, or the report where there is no notice."""
        hour = (self.noticed_h or 0.0) + self.between(low, high)
        self.follow_h = max(self.follow_h, math.ceil(hour) + 120.0)
        return round(hour, 4)

    def gone_at(self) -> float:
        """Return the hour of a removal: minutes, hours, or days after the notice."""
        low, high = self.chance.choice(((0.2, 3), (1, 30), (3, 60), (24, 200)))
        return self.after(low, high)

    def rest(self, url: Facts | None = None, **more: Any) -> list[Entry]:
        """Return the end of a program: a missing path, the front page, the material."""
        return [
            say(self.lost, at="random"),
            say(self.front, at="root"),
            say(self.content if url is None else url, **more),
        ]


Kind = Callable[[World], Story]
ONLINE: Truth = [(0.0, "online")]


def until(hour: float) -> Truth:
    """Return the truth of material that is there until an hour."""
    if hour <= 0:
        return [(0.0, "gone")]
    return [(0.0, "online"), (round(hour, 4), "gone")]


def away(start: float, end: float) -> Truth:
    """Return the truth of material that was away between two hours."""
    return [*until(start), (round(end, 4), "online")]
