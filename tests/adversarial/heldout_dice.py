"""Seeded chance with the shapes of the web on its faces: hours, files, error pages, hosts."""

import random
from dataclasses import replace

from msgspec.structs import replace as altered

from schemas.reasons import ProbeError
from schemas.records.facts import Facts
from tests.adversarial.heldout_shapes import Site

FOLLOWED_H_MAX = 400.0
FILES = {
    "image/jpeg": (18_000, 2_400_000),
    "image/png": (9_000, 3_000_000),
    "image/webp": (12_000, 900_000),
    "image/gif": (40_000, 6_000_000),
    "video/mp4": (900_000, 700_000_000),
    "video/webm": (700_000, 90_000_000),
    "application/zip": (2_000_000, 900_000_000),
    "application/octet-stream": (50_000, 80_000_000),
    "application/x-rar-compressed": (4_000_000, 400_000_000),
}


class Dice(random.Random):
    """A seeded generator that also draws what web servers answer."""

    def hours(self, low: float, high: float) -> float:
        """Return a time between two hours, in hundredths."""
        return round(self.uniform(low, high), 2)

    def notice(self) -> float | None:
        """Return when the notice was delivered: mostly soon, at times late or never."""
        face = self.random()
        if face < 0.05:
            return None
        return self.hours(0.0, 0.5) if face < 0.6 else self.hours(0.5, 9.0)

    def gone_h(self) -> float:
        """Return an hour at which material goes: within hours, days, or a week and more."""
        low, high = self.choice([(0.4, 12), (0.4, 12), (12, 72), (12, 72), (12, 72), (72, 230)])
        return self.hours(low, high)

    def until(self, last_h: float) -> float:
        """Return how long to follow, so that looks after the last change tell it."""
        return min(FOLLOWED_H_MAX, last_h + self.hours(80, 160))

    def key(self) -> str:
        """Return an opaque key, as a keyed hash would stand in a fact."""
        return f"{self.getrandbits(48):012x}"

    def timed(self, facts: Facts) -> Facts:
        """Return facts with the bytes, requests and durations of one more look."""
        if facts.error is not None:
            return altered(facts, connect_ms=self.randint(2, 400))
        return altered(
            facts,
            bytes=self.randint(140, 1_900),
            requests=facts.hops + (2 if facts.method == "GET" else 1),
            connect_ms=self.randint(2, 90),
            processing_ms=self.randint(3, 400),
        )

    def file(self, *, page: bool = False) -> Facts:
        """Return the answer to a HEAD of a file, or of a page, that is there."""
        kind = "text/html" if page else self.choice(list(FILES))
        low, high = FILES.get(kind, (9_000, 240_000))
        length = None if page and self.random() < 0.5 else self.randint(low, high)
        tagged = self.random() < (0.25 if page else 0.75)
        dated = self.random() < (0.2 if page else 0.8)
        return self.timed(
            Facts(
                status=200,
                type=kind,
                length=length,
                etag_key=self.key() if tagged else "",
                modified=1_700_000_000_000 + self.randint(0, 90_000_000) * 1_000 if dated else None,
            )
        )

    def page(self, low: int = 9_000, high: int = 120_000) -> Facts:
        """Return the answer of some HTML page of a length between two."""
        return self.timed(Facts(status=200, type="text/html", length=self.randint(low, high)))

    def not_found(self, status: int = 404) -> Facts:
        """Return an honest error page."""
        kind = self.choice(["text/html", "text/html", "text/html", "text/plain", ""])
        length = self.choice([None, 0, 146, 162, 548, self.randint(200, 9_000)])
        return self.timed(Facts(status=status, type=kind, length=length))

    def missing(self, style: str, root: Facts) -> Facts:
        """Return what a host says of a path that is not there, in its own style."""
        if style == "soft":
            tag = self.key() if self.random() < 0.4 else ""
            return altered(self.page(1_500, 30_000), etag_key=tag)
        if style == "home":
            return altered(root, hops=root.hops + 1, to_root=True, location_key=self.key())
        if style == "placeholder":
            return self.placeholder()
        return self.not_found()

    def placeholder(self) -> Facts:
        """Return a redirect to a picture or page that is known to say "removed"."""
        kind = self.choice(["image/png", "image/gif", "text/html"])
        facts = Facts(
            status=200,
            type=kind,
            length=self.randint(300, 6_000),
            hops=1,
            placeholder=True,
            location_key=self.key(),
            etag_key=self.key(),
        )
        return self.timed(facts)

    def suspended(self) -> Facts:
        """Return the answer of an account that its hoster has suspended."""
        facts = Facts(
            status=self.choice([200, 200, 403, 503]),
            type="text/html",
            hops=1,
            length=self.choice([None, self.randint(2_000, 8_000)]),
            location_key=self.key(),
            suspended=True,
        )
        return self.timed(facts)

    def parked(self) -> Facts:
        """Return the answer of a domain that leads to a parking service."""
        facts = Facts(
            status=200,
            type="text/html",
            hops=1,
            left_host=True,
            parked=True,
            location_key=self.key(),
            length=self.choice([None, self.randint(900, 20_000)]),
        )
        return self.timed(facts)

    def broken(self, *errors: ProbeError) -> Facts:
        """Return a look that got no complete response."""
        usual = (ProbeError.TIMEOUT, ProbeError.RESET, ProbeError.REFUSED)
        error = self.choice(errors or usual)
        return Facts(error=error, requests=1, connect_ms=self.randint(2, 400))

    def overloaded(self, *statuses: int) -> Facts:
        """Return a server's own word that it cannot just now."""
        status = self.choice(statuses or (500, 502, 503, 503, 504))
        wait = self.choice([None, 30, 120, 3_600]) if status in {429, 503} else None
        return self.timed(altered(self.not_found(status), retry_after_s=wait))

    def site(self, style: str = "hard", *, page: bool | None = None) -> Site:
        """Return an ordinary host in one style of saying that a path is not there.

        Args:
            style: `hard` (404), `soft` (a page with 200), `home` (a redirect to the root) or
                `placeholder` (a redirect to a picture that says so).
            page: the URL is an HTML page; None = one in five.
        """
        is_page = self.random() < 0.2 if page is None else page
        root = self.choice([self.page(), self.page(), self.not_found(403), self.not_found(404)])
        if style == "home":
            root = self.page()
        url, lost = self.file(page=is_page), self.missing(style, root)
        made = Site(url=url, random=lost, root=root)
        if self.random() < 0.6:
            version = self.choice(["TLSv1.2", "TLSv1.3", "TLSv1.3"])
            made = self.each(made, tls=version, tls_valid=self.random() < 0.93)
            if style == "hard" and self.random() < 0.3:  # plain http is led to https, path kept
                made = self.each(made, hops=1, location_key=self.key())
        return made

    def each(self, site: Site, **said: object) -> Site:
        """Return a host that says something beside everything it answers."""
        return replace(
            site,
            url=altered(site.url, **said),
            random=altered(site.random, **said),
            root=altered(site.root, **said),
        )

    def lost(self, site: Site) -> Site:
        """Return a host from which the material was removed, with a plain error status."""
        said = {key: getattr(site.url, key) for key in ("tls", "tls_valid", "hops", "location_key")}
        error = site.random if site.random.status == 404 and self.random() < 0.7 else None
        url = error or altered(self.not_found(self.choice([404, 404, 410])), **said)
        return site.gone(self.timed(url))

    def whole(self, site: Site, facts: Facts) -> Site:
        """Return a host that answers one and the same to every path."""
        return site.gone(self.timed(facts), random=self.timed(facts), root=self.timed(facts))

    def out(self, site: Site, facts: Facts) -> Site:
        """Return a host that answers nothing but trouble, neither the file nor its end."""
        return replace(self.whole(site, facts), shows=None)
