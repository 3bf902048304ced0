"""What the kinds of the open half are made of: a drawn site, its answers, its history."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Facts: TypeAlias = dict[str, Any]
Entry: TypeAlias = dict[str, Any]
Truth: TypeAlias = list[tuple[float, str]]

MATERIALS = (
    ("image/jpeg", 12_000, 900_000),
    ("image/png", 30_000, 3_000_000),
    ("image/webp", 8_000, 400_000),
    ("image/gif", 20_000, 5_000_000),
    ("video/mp4", 800_000, 300_000_000),
    ("video/webm", 400_000, 90_000_000),
    ("application/zip", 500_000, 700_000_000),
    ("text/html", 6_000, 220_000),
)
PICTURES = MATERIALS[:6]


def a(
    facts: Facts,
    begins: float = 0,
    ends: float | None = None,
    *,
    to: str = "any",
    at: str = "any",
    **more: Any,
) -> Entry:
    """Return one entry of a program: `to` is a vantage, `at` a target."""
    entry: Entry = {"from_h": round(begins, 4)}
    if ends is not None:
        entry["to_h"] = round(ends, 4)
    if to != "any":
        entry["vantage"] = to
    if at != "any":
        entry["target"] = at
    return entry | more | {"facts": facts}


@dataclass
class Site:
    """A drawn site.

    Attributes:
        chance: the case's own.
        material, missing, front: what the URL, a made-up path and the root answer.
    """

    chance: random.Random
    materials: Sequence[tuple[str, int, int]] = MATERIALS
    noticed_h: float | None = None
    material: Facts = field(default_factory=dict)
    missing: Facts = field(default_factory=dict)
    front: Facts = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Draw it."""
        chance = self.chance
        self.noticed_h = self.draw_notice()
        media, least, most = chance.choice(self.materials)
        self.secure = chance.random() < 0.7
        self.material = self.head(200, media, self.size(least, most))
        if chance.random() < 0.12:
            self.material.pop("length")
        if chance.random() < 0.6:
            self.material["etag_key"] = f"e{chance.randrange(16**6):06x}"
        if chance.random() < 0.1:
            self.material |= {"hops": 1, "location_key": "canon", "requests": 2}
        self.missing = self.page(chance.choice((404, 404, 404, 410)))
        front = chance.choice((200, 200, 200, 200, 403, 404))
        self.front = self.page(front)

    def draw_notice(self) -> float | None:
        """Return when its hoster is told: mostly within two days, for one in ten never."""
        chance = self.chance
        if chance.random() < 0.1:
            return None
        return round(chance.choice((0.0, chance.uniform(0.1, 3), chance.uniform(3, 40))), 2)

    def size(self, least: int, most: int) -> int:
        """Return a length, spread evenly over its magnitudes."""
        return int(least * (most / least) ** self.chance.random())

    def head(self, status: int, media: str, length: int | None, **more: Any) -> Facts:
        """Return the facts of an answer."""
        found: Facts = {"status": status, "requests": 1, "bytes": self.chance.randint(150, 900)}
        if media:
            found["type"] = media
        if length is not None:
            found["length"] = length
        if self.secure:
            found |= {"tls": "TLSv1.3", "tls_valid": self.chance.random() < 0.9}
        return found | more

    def page(self, status: int, **more: Any) -> Facts:
        """Return the facts of an HTML page."""
        length = None if self.chance.random() < 0.2 else self.size(120, 30_000)
        return self.head(status, "text/html", length, **more)

    def led(self, facts: Facts, key: str, **more: Any) -> Facts:
        """Return facts reached over a redirect."""
        return facts | {"hops": 1, "location_key": key, "requests": 2} | more

    def refusal(self) -> Facts:
        """Return what one who is unwelcome gets: no answer, or a word that says nothing of it."""
        chance = self.chance
        drawn = chance.randrange(6)
        if drawn == 0:
            return dead(chance)
        if drawn == 1:
            return self.page(403)
        if drawn == 2:
            return self.page(429, retry_after_s=chance.choice((60, 600, 3_600)))
        if drawn == 3:
            return self.page(chance.choice((403, 503)), challenge=True)
        if drawn == 4:
            return self.page(chance.choice((500, 502, 503, 520)))
        return self.page(451)

    def when(self, least: float = 1.0, most: float = 90.0) -> float:
        """Return an hour at which something happens, spread evenly over its magnitudes."""
        return round(least * (most / least) ** self.chance.random(), 3)

    def rest(self, url: Facts | None = None, begins: float = 0) -> list[Entry]:
        """Return the answers of a healthy site; `url` in place of the material."""
        return [
            a(self.material if url is None else url, begins, at="url"),
            a(self.front, begins, at="root"),
            a(self.missing, begins),
        ]

    def pick(self, *options: Any) -> Any:
        """Return one of several."""
        return self.chance.choice(options)

    def either(self) -> str:
        """Return one of the two vantages."""
        return self.chance.choice(("loud", "quiet"))


def dead(chance: random.Random) -> Facts:
    """Return the facts of no answer."""
    error = chance.choice(("timeout", "timeout", "timeout", "refused", "reset", "tls", "protocol"))
    return {"error": error, "requests": 1}


@dataclass
class Story:
    """What a kind returns: a program, what was true, and how long it is followed."""

    why: str
    answers: list[Entry]
    truth: Truth
    follow_h: float
    judgeable: bool = True
    root: bool = False


Kind: TypeAlias = Callable[[Site], Story]

ONLINE: Truth = [(-1000.0, "online")]


def gone_at(hour: float) -> Truth:
    """Return that it was online until an hour."""
    return [(-1000.0, "online"), (hour, "gone")]


def windows(
    chance: random.Random,
    begins: float,
    until: float,
    off: tuple[float, float],
    on: tuple[float, float],
) -> list[tuple[float, float]]:
    """Return stretches of time in which something is off, hours."""
    found = []
    at = begins
    while at < until:
        ends = at + chance.uniform(*off)
        found.append((round(at, 3), round(ends, 3)))
        at = ends + chance.uniform(*on)
    return found
