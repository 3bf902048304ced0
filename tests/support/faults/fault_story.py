"""The URLs of the fault tests: all that hotlines and probes say of one follows from a seed.

Every URL is a story of its own, made from the seed and its number. So the first hundred URLs of a
seed are the same however many follow. Its times are fixed instants before `WORLD_AT`; hotlines
`alpha` and `beta` are of the historic kind, whose entries carry the record's own times. So nothing
in what follows depends on when the broker took a record. Hotline `gamma` reports as hotlines do
every day: the broker's times are in its entries.

Hosts are addresses of the documentation networks (RFC 5737), so no name is ever resolved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from schemas.closed_lists import (
    AnswerKind,
    Basis,
    CheckResult,
    Delivery,
    HotlineMode,
    ProbeError,
    Role,
    Target,
)
from schemas.identity.ids import order_id
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, Instant, moment
from schemas.records.facts import Decision, Facts, Observation
from schemas.records.hotline import Answer, Check, HotlineRecord, Notice, Report, Withdrawal
from schemas.records.registry import HosterEntry, HotlineEntry, NormEntry, Registry

WORLD_AT: Final[Instant] = 1_770_000_000_000
"""World time when a run begins."""

HISTORIC: Final = ("alpha", "beta")
DAILY: Final = "gamma"
VANTAGES: Final = ("loud", "quiet")

_NETWORKS: Final = ("192.0.2", "198.51.100", "203.0.113")
HOSTERS: Final = {
    f"hoster{net}{half}": f"{network}.{128 * half}/25"
    for net, network in enumerate(_NETWORKS)
    for half in (0, 1)
}

_SLOTS_H: Final = (0, 0.25, 0.5, 0.9, 1.1, 2, 4, 8)
_SEEN: Final = Facts(status=200, type="image/jpeg", length=5_000)
_GONE: Final = Facts(status=404, type="text/html", length=150)
_REFUSED: Final = Facts(status=403, type="text/html", length=90)
_SILENT: Final = Facts(error=ProbeError.TIMEOUT)


def registry() -> list[Registry]:
    """Return the registry of the fault tests."""
    return [
        NormEntry(id="default", version=1, valid_from=0),
        *(
            HotlineEntry(id=id, version=1, valid_from=0, name=id, mode=HotlineMode.HISTORIC)
            for id in HISTORIC
        ),
        # its proofs hold: backdated ones would count from when the broker took them
        HotlineEntry(id=DAILY, version=1, valid_from=0, name=DAILY, feed_delay_s=2_592_000),
        *(
            HosterEntry(id=id, version=1, valid_from=0, name=id, country="XA", prefixes=(prefix,))
            for id, prefix in HOSTERS.items()
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Where:
    url_key: str
    hours: float
    vantage: str
    target: Target


@dataclass(frozen=True, slots=True)
class FaultStory:
    """One URL: who serves it, when it was reported, told about and removed.

    Attributes:
        number: of the URL.
        chance: what makes everything of it.
        url: where it stands.
        hoster: who serves it.
        reported_at, noticed_at: when.
        gone_h: hours after the notice until it is gone; more than the observations span = it stays.
    """

    number: int
    chance: Random
    url: str
    hoster: str
    reported_at: Instant
    noticed_at: Instant
    gone_h: float

    @classmethod
    def of(cls, seed: int, number: int) -> "FaultStory":
        """Return the story of a URL."""
        chance = Random(f"{seed}/{number}")
        hoster, prefix = chance.choice(sorted(HOSTERS.items()))
        network, last = prefix.removesuffix("/25").rsplit(".", 1)
        address = f"{network}.{int(last) + chance.randrange(128)}"
        old = chance.random() < 0.15
        # observations are flagged when the broker takes them a day after they were made, so none is
        # made near that edge
        before_h = chance.uniform(60, 400) if old else chance.uniform(11, 20)
        reported_at = WORLD_AT - int(before_h * HOUR_MS)
        return cls(
            number=number,
            chance=chance,
            url=f"http://{address}/material/{seed}/{number}",
            hoster=hoster,
            reported_at=reported_at,
            noticed_at=reported_at + chance.randrange(MINUTE_MS, HOUR_MS),
            gone_h=chance.choice((0.2, 0.7, 1.5, 3, 100, 100)),
        )

    def said(self) -> Iterator[tuple[str, HotlineRecord]]:
        """Yield each hotline's records, in the order in which they are sent."""
        chance, daily = self.chance, self.chance.random() < 0.1
        lines = (DAILY,) if daily else chance.sample(HISTORIC, chance.choice((1, 1, 1, 2)))
        for line in lines:
            for turn in range(chance.choice((1, 1, 1, 2))):
                yield line, self._report(f"r{self.number}.{turn}")
        if chance.random() < 0.85:
            yield lines[0], self._notice(f"n{self.number}")
        if chance.random() < 0.08:
            yield lines[-1], self._check(f"c{self.number}")
        if chance.random() < 0.06:
            yield lines[0], self._answer(f"a{self.number}")
        if chance.random() < 0.05:
            at = moment(self.noticed_at + chance.randrange(HOUR_MS))
            yield lines[0], Withdrawal(v=1, id=f"w{self.number}", url=self.url, withdrawn_at=at)

    def _report(self, id: str) -> Report:
        at = self.reported_at + self.chance.randrange(10 * MINUTE_MS)
        return Report(v=1, id=id, url=self.url, reported_at=moment(at), seen_at=moment(at))

    def _notice(self, id: str) -> Notice:
        chance, at = self.chance, moment(self.noticed_at)
        order = chance.random() < 0.1
        return Notice(
            v=1,
            id=id,
            url=self.url,
            recipient=chance.choice(sorted(HOSTERS)) if chance.random() < 0.05 else self.hoster,
            sent_at=at,
            delivered_at=at,
            result=Delivery.BOUNCED if chance.random() < 0.05 else Delivery.DELIVERED,
            basis=Basis.ORDER if order else Basis.NOTICE,
            reference=f"o{self.number}" if order else None,
            term_s=3_600 if order else None,
        )

    def _check(self, id: str) -> Check:
        at = moment(self.noticed_at + self.chance.randrange(4 * HOUR_MS))
        result = self.chance.choice((CheckResult.PRESENT, CheckResult.ABSENT))
        return Check(v=1, id=id, url=self.url, checked_at=at, result=result, checker="ann")

    def _answer(self, id: str) -> Answer:
        at = moment(self.noticed_at + self.chance.randrange(4 * HOUR_MS))
        return Answer(
            v=1,
            id=id,
            url=self.url,
            answered_at=at,
            recipient=self.hoster,
            answer=AnswerKind.REMOVED,
        )

    def observations(self, url_key: str) -> Iterator[Observation]:
        """Yield what the probes saw, of a seventh of the URLs."""
        if self.chance.random() > 0.15:
            return
        away = self.chance.random() < 0.1
        for hours in _SLOTS_H[: self.chance.randrange(3, 1 + len(_SLOTS_H))]:
            for vantage in VANTAGES:
                late_ms = self.chance.randrange(60_000)
                seen = {Target.URL: self._facts(hours, away=away), Target.MADE_UP_PATH: _GONE}
                for target, facts in seen.items():
                    where = _Where(url_key, hours, vantage, target)
                    yield self._observation(where, facts, late_ms)

    def _facts(self, hours: float, *, away: bool) -> Facts:
        if away:
            return self.chance.choice((_REFUSED, _SILENT, _SEEN))
        return _SEEN if hours < self.gone_h else _GONE

    def _observation(self, where: _Where, facts: Facts, late_ms: int) -> Observation:
        slot_at = self.noticed_at + int(where.hours * HOUR_MS)
        return Observation(
            url_key=where.url_key,
            order_id=order_id(f"story{self.number}", slot_at, where.vantage, where.target),
            case_id=f"story{self.number}",
            hoster=self.hoster,
            role=Role.HOSTING,
            vantage=where.vantage,
            target=where.target,
            slot_at=slot_at,
            sent_at=slot_at + late_ms,
            done_at=slot_at + late_ms + 300,
            asked=VANTAGES,
            hosters=(self.hoster,),
            announced=where.vantage == "loud",
            facts=facts,
        )

    def decided(self, key: str) -> Decision:
        """Return the operator's decision to leave the URL out."""
        return Decision(
            v=1,
            id=f"d{self.number}",
            url_key=key,
            decided_at=WORLD_AT - DAY_MS,
            action="exclude",
            proposed_by="analyst",
            approved_by="lead",
            reason="a reason",
        )
