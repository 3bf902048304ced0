"""One drawn server of an adversarial set: its material, its headers, and every face it can show.

Everything comes from the dice of one case, so a case stays the same when others are added. Nothing
here knows a rule of the product, only the names of the fields of `schemas.records.facts.Facts`.
"""

import random
from typing import Any

from schemas.closed_lists import ProbeError
from schemas.moments import HOUR_MS

Facts = dict[str, Any]
Shown = bool | None
"""Whether an answer is the material; None = neither it nor its end (trouble, a wall)."""

START_MS = 1_770_000_000_000
"""Hour 0 of every case, as the reader has it."""

PICTURES = (("image/jpeg", 12_000), ("image/png", 30_000), ("image/webp", 9_000))
MATERIALS = {
    "picture": PICTURES,
    "file": (*PICTURES, ("video/mp4", 800_000), ("application/zip", 500_000)),
    "page": (("text/html", 6_000),),
}
"""Media type and least length; the most is fifty times as much."""

PARTS: dict[str, tuple[Shown, Facts]] = {
    "expired": (True, {"tls": "TLSv1.2", "tls_valid": False}),
    "retyped": (True, {"type": "application/octet-stream"}),
    "cached": (True, {"cached": True, "age_s": 40}),
    "empty": (False, {"length": 0, "etag_key": "empty"}),
    "page": (False, {}),
    "interstitial": (None, {}),
    "default": (False, {"length": 612, "etag_key": "default"}),
    "default_403": (False, {"status": 403, "length": 4_897}),
    "suspended": (False, {"hops": 1, "location_key": "closed", "suspended": True}),
    "parked": (False, {"hops": 1, "location_key": "sale", "left_host": True, "parked": True}),
    "sale": (False, {"hops": 1, "location_key": "sale", "left_host": True}),
    "abroad": (False, {"hops": 1, "location_key": "other", "left_host": True, "to_root": True}),
    "listing": (False, {"hops": 1, "location_key": "list"}),
    "login": (None, {"hops": 1, "location_key": "login"}),
    "placeholder": (False, {"hops": 1, "location_key": "removed", "placeholder": True}),
    "picture": (False, {"type": "image/png", "etag_key": "sign"}),
    "pixel": (False, {"type": "image/gif", "length": 43}),
    "blank": (False, {"status": 204}),
    "error_picture": (False, {"status": 404, "type": "image/png", "etag_key": "sign"}),
    "store_403": (False, {"status": 403, "type": "application/xml", "length": None}),
    "store_404": (False, {"status": 404, "type": "application/xml", "length": None}),
    "cached_404": (False, {"status": 404, "cached": True, "age_s": 900}),
    "shrug": (None, {"length": None}),
}
"""Faces by what they add: to the material where it is shown or was emptied, else to a page."""

GROUPS = {
    "dead": "timeout|timeout|refused|reset|tls|protocol",
    "busy": "500|502|503|503|504|520|522",
    "refusal": "dead|barred|limit|challenge|busy",
}
"""Faces that stand for one of several."""


class CaseWorld(random.Random):
    """The dice of one case and the server that they drew.

    Attributes:
        one, other: two vantages of the timetable in a drawn order.
        material, lost, front: what the URL, a made-up path and the root answer.
        age_h: how long the origin has been without what caches still serve, h.
    """

    def __init__(self, seed: str, material: str, missing: str) -> None:
        super().__init__(seed)
        self.age_h = 0.0
        self.one, self.other = self.sample(("loud", "quiet"), 2)
        secure = self.random() < 0.75
        self._wire: Facts = {"tls": "TLSv1.3", "tls_valid": self.odds(0.93)} if secure else {}
        self._kept: dict[str, Facts] = {}
        self.material = self._bare() if material == "bare" else self._file(material)
        self.front = (
            self.page(200) if missing == "home" else self.page(self.choice((200, 200, 403)))
        )
        self.lost = self.page(self.choice((404, 404, 404, 410)))
        if missing == "bare":
            self.lost = {"status": 404} | self._wire
        elif missing == "soft":
            self.lost = self.page(200)
        elif missing != "hard":
            self.lost = self.face(missing)[0]

    def odds(self, share: float) -> bool:
        """Return True in this share of the draws."""
        return self.random() < share

    def between(self, low: float, high: float) -> float:
        """Return a number between two, each order of magnitude alike."""
        return round(low * (high / low) ** self.random(), 3)

    def key(self) -> str:
        """Return a short text that no other draw gives."""
        return f"{self.getrandbits(40):010x}"

    def noise(self) -> Facts:
        """Return what differs from probe to probe: bytes and durations."""
        ranges = {"bytes": (140, 1_900), "connect_ms": (2, 90), "processing_ms": (3, 400)}
        return {k: self.randint(*span) for k, span in ranges.items()} | {"requests": 1}

    def page(self, status: int, **more: Any) -> Facts:
        """Return an HTML page of this server; a field of `more` that is None is left out."""
        length = None if self.odds(0.2) else int(self.between(120, 30_000))
        page = {"status": status, "type": "text/html", "length": length} | self.noise()
        return {k: v for k, v in (page | self._wire | more).items() if v is not None}

    def _file(self, material: str) -> Facts:
        name = material if material in MATERIALS else self.choice(("file", "file", "file", "page"))
        media, least = self.choice(MATERIALS[name])
        drawn = int(self.between(least, 50 * least))
        file = self.page(200, type=media, length=drawn)
        if name == "page" and self.odds(0.3):
            del file["length"]
        if self.odds(0.3 if name == "page" else 0.75):
            file["etag_key"] = self.key()
        if self.odds(0.2 if name == "page" else 0.75):
            file["modified"] = START_MS - self.randint(1, 9_000) * HOUR_MS
        if self.odds(0.08):  # the path has a canonical form, to which a redirect leads
            file |= {"hops": 1, "location_key": "canon", "requests": 2}
        return file

    def _bare(self) -> Facts:
        media = {"type": "application/octet-stream"} if self.odds(0.5) else {}
        return {"status": self.choice((200, 200, 203, 206))} | self._wire | media

    def face(self, names: str) -> tuple[Facts, Shown]:
        """Return one of the faces that are named, and whether it shows the material.

        Args:
            names: faces with bars between them, one of which is drawn: a status, an error of a
                probe, a key of `PARTS` or `GROUPS`, or what a method below makes.
        """
        name = self.choice(names.split("|"))
        if name in GROUPS:
            return self.face(GROUPS[name])
        if name.isdigit():
            return self.page(int(name)), None if int(name) == 429 or int(name) >= 500 else False
        if name in set(ProbeError):
            return {"error": name, "requests": 1}, None
        if name in PARTS:
            shown, part = PARTS[name]
            if shown or name == "empty":
                return self.material | self.noise() | part, shown
            return self.page(200, **part) if "status" not in part else self.page(**part), shown
        return getattr(self, f"_{name}")()

    def _stale(self) -> tuple[Facts, Shown]:
        return self.material | {"cached": True, "age_s": int(self.age_h * 3_600) + 600}, True

    def _material(self) -> tuple[Facts, Shown]:
        return self.material | self.noise(), True

    def _lost(self) -> tuple[Facts, Shown]:
        return self.lost | ({} if "hops" in self.lost else self.noise()), False

    def _front(self) -> tuple[Facts, Shown]:
        return self.front, None

    def _not_found(self) -> tuple[Facts, Shown]:
        return self._lost() if self.odds(0.7) else (self.page(self.choice((404, 410))), False)

    def _home(self) -> tuple[Facts, Shown]:
        return self.front | {"hops": 1, "to_root": True, "location_key": "home"}, False

    def _limit(self) -> tuple[Facts, Shown]:
        after_s = self.choice((60, 600, 3_600, 86_400))
        return self.page(self.choice((429, 429, 503)), retry_after_s=after_s), None

    def _challenge(self) -> tuple[Facts, Shown]:
        return self.page(self.choice((403, 403, 429, 503)), challenge=True), None

    def _barred(self) -> tuple[Facts, Shown]:
        return self.page(self.choice((401, 403, 403, 418))), None

    def _circles(self) -> tuple[Facts, Shown]:
        name = self.choice(("too_many_redirects", "too_large", "blocked_policy_hop"))
        return {"error": name, "requests": 6, "hops": 5}, None

    def _elsewhere(self, **more: Any) -> tuple[Facts, Shown]:
        led = {"hops": self.material.get("hops", 0) + 1, "location_key": self.key(), "requests": 2}
        return self.material | led | more, True

    _respelled = _elsewhere

    def _mirror(self) -> tuple[Facts, Shown]:
        return self._elsewhere(left_host=True)

    def _status_lie(self) -> tuple[Facts, Shown]:
        return self.material | {"status": self.choice((404, 404, 410, 451))}, True

    def _sized(self, low: float, high: float, **more: Any) -> Facts:
        length = int(self.material.get("length", 40_000) * self.uniform(low, high)) + 90
        return self.material | {"length": length, "etag_key": self.key()} | more

    def _resized(self) -> tuple[Facts, Shown]:
        return self._sized(0.3, 0.8, type="image/webp"), True

    def _padded(self) -> tuple[Facts, Shown]:
        return self._sized(1, 1.002), True

    def _optimised(self) -> tuple[Facts, Shown]:
        return self._sized(0.93, 0.99, modified=START_MS), True

    def _harmless(self) -> tuple[Facts, Shown]:
        return self._sized(0.05, 0.6), False

    def _uploaded(self) -> tuple[Facts, Shown]:
        return self.material | {"etag_key": self.key()}, True

    def _dated(self) -> tuple[Facts, Shown]:
        return self.material | {"modified": START_MS + self.randint(-400, 400) * HOUR_MS}, True

    def _kept_page(self, name: str, **more: Any) -> Facts:
        """Return the same page at every draw of a case."""
        return self._kept.setdefault(name, self.page(**more))

    def _no_head(self) -> tuple[Facts, Shown]:
        return self._kept_page("no_head", status=self.choice((405, 405, 501, 400, 403))), None

    def _shell(self) -> tuple[Facts, Shown]:
        return self._kept_page("shell", status=200, length=2_310, etag_key="shell"), None

    def _new_shell(self) -> tuple[Facts, Shown]:
        return self._kept_page("new_shell", status=200, length=3_370), False

    def _template(self) -> tuple[Facts, Shown]:
        return self.page(200, length=2_000 + self.randint(0, 90)), False

    def _any_page(self) -> tuple[Facts, Shown]:
        return self.page(200, length=9_000 + self.randint(0, 90), etag_key=self.key()), None
