"""The held-out half's building blocks: how web servers answer, and how a history is put together.

Everything comes from one seeded `Dice` per case, so that a case stays the same when others are
added. Nothing here knows a rule of the product: only `schemas.records.facts.Facts`, which says what
a probe can write down.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from schemas.records.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One entry of a case's program; `shows` says whether the visitor's material is in it.

    Attributes:
        shows: True = the material, False = something else, None = neither (an outage, a refusal,
            noise of a network). It checks the labels and is not written to the file.
    """

    facts: Facts
    from_h: float = 0.0
    to_h: float | None = None
    vantage: str = "any"
    target: str = "any"
    chance: float = 1.0
    get: Facts | None = None
    nxdomain: bool = False
    present: bool = True
    canary_ok: bool = True
    shows: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How one host answers for the URL, for a made-up path beside it and for its root."""

    url: Facts
    random: Facts
    root: Facts
    shows: bool | None = True

    def like(self, **facts: Facts) -> "Site":
        """Return the same host with some of its answers changed."""
        return replace(self, **facts)

    def gone(self, url: Facts, **facts: Facts) -> "Site":
        """Return the same host with the material taken away: `url` is what stands there now."""
        return replace(self, url=url, shows=False, **facts)

    def over(
        self, from_h: float = 0.0, to_h: float | None = None, vantage: str = "any", **more: object
    ) -> list[Answer]:
        """Return the program's entries for one vantage and span of hours; root's comes last."""
        span = Answer(facts=self.root, from_h=from_h, to_h=to_h, vantage=vantage)
        span = replace(span, **more)  # fields of Answer by name
        return [
            replace(span, target="url", facts=self.url, shows=self.shows),
            replace(span, target="random", facts=self.random),
            span,
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A case before it has a name: the program, first match first, and what was true."""

    why: str
    answers: list[Answer]
    truth: list[tuple[float, str]]
    follow_h: float
    noticed_h: float | None = 0.0
    root: bool = False


def program(*parts: Iterable[Answer]) -> list[Answer]:
    """Join parts of a program, the strongest first."""
    return [one for part in parts for one in part]


def for_each(vantages: Iterable[str], site: Site, *span: float | None) -> list[Answer]:
    """Return a host's entries for several vantages over one span."""
    return [
        one for vantage in vantages for one in site.over(*span, vantage=vantage)
    ]  # a span is from and to
