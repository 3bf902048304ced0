"""The records of a flood, one after the other: reports, what follows them, and what is wrong.

Each record says what must become of it. The same seed, hosters and times give the same records, but
for the run's name in ids and paths. So two runs on one ledger do not repeat each other.
"""

import heapq
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from schemas.closed_lists import AnswerKind, CheckResult, Delivery, Result
from schemas.moments import Instant, moment
from schemas.records.hotline import Answer, Check, Notice, Report, Withdrawal
from sim.load import shares
from sim.load.places import Places, PracticeHoster
from sim.world.delays import pick
from sim.world.hotlines import HotlineEvent, bad, conflict, event_of

_RUN_DIGITS: Final = 9
"""Of a run's name: milliseconds of thirty years, in base 16 and cut to the left."""

_TOLD_DIGITS: Final = shares.PATH_DIGITS - _RUN_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedUrl:
    """One URL: who told of it and where it is.

    Attributes:
        id: suffix of its records' ids.
        url: as first reported.
        hotline: who reported it first.
        hoster: who serves it.
        at: when its report is handed in.
    """

    id: str
    url: str
    hotline: str
    hoster: str
    at: Instant


class Mix:
    """Makes records without end.

    Args:
        rng: where all sampling comes from.
        hotlines: ids, the first with the most to say.
        places: where material lies.
        run: when the run began; names it.
    """

    def __init__(
        self, rng: random.Random, hotlines: Sequence[str], places: Places, run: Instant
    ) -> None:
        """Have said nothing yet."""
        self._rng = rng
        self._hotlines = hotlines
        self._weights = [1 / rank for rank in range(1, len(hotlines) + 1)]  # Zipf
        self._places = places
        self._run = f"{run:x}"[-_RUN_DIGITS:]
        self._run_number = run * 1_000_000
        self._told = 0
        self._numbers = itertools.count(1)
        self._later: list[tuple[Instant, int, HotlineEvent]] = []
        self._burst = 0
        self._hotline = hotlines[0]
        self._hoster: PracticeHoster = places.hoster()

    def record(self, at: Instant) -> HotlineEvent:
        """Return the next record, to be handed in at an instant no earlier than the last one's."""
        while not self._later or self._later[0][0] > at:
            self._begin(at)
        return replace(heapq.heappop(self._later)[2], at=at)

    def _begin(self, at: Instant) -> None:
        """Think of a URL, and of everything that will be said of it."""
        if not self._burst:
            self._burst = self._rng.randint(1, shares.BURST_MAX)
            self._hotline = self._hotlines[pick(self._rng, self._weights)]
            self._hoster = self._places.hoster()
        self._burst -= 1
        self._told += 1
        name = f"{self._run}-{self._told}"
        story = ReportedUrl(
            id=name,
            url=f"{self._places.host(self._hoster)}/{self._run}{self._told:0{_TOLD_DIGITS}x}",
            hotline=self._hotline,
            hoster=self._hoster.id,
            at=at,
        )
        report = self._report(story)
        self._say(at, report)
        if self._rng.random() < shares.NOTICED:
            self._notice(story)
        self._follow(story)
        self._spoil(story, report)

    def _report(self, story: ReportedUrl) -> HotlineEvent:
        lag_ms = shares.LATE_MAX_MS if self._rng.random() < shares.LATE else shares.LAG_MAX_MS
        made = moment(story.at - self._rng.randrange(lag_ms))
        told = Report(v=1, id=f"r-{story.id}", url=story.url, reported_at=made, seen_at=made)
        return event_of(0, story.hotline, told)

    def _notice(self, story: ReportedUrl) -> None:
        """Say that the hoster was told, before the report arrives or after it, and what it says."""
        sent = moment(story.at)
        told = Notice(
            v=1,
            id=f"n-{story.id}",
            url=story.url,
            recipient=story.hoster,
            sent_at=sent,
            delivered_at=sent,
            result=Delivery.DELIVERED,
        )
        early = self._rng.random() < shares.EARLY
        noticed_at = story.at if early else self._soon(story.at)
        self._say(noticed_at, event_of(0, story.hotline, told), first=early)
        if self._rng.random() < shares.ANSWERED:
            answer = Answer(
                v=1,
                id=f"a-{story.id}",
                url=story.url,
                answered_at=sent,
                recipient=story.hoster,
                answer=AnswerKind.REMOVED,
            )
            self._say(self._soon(noticed_at), event_of(0, story.hotline, answer))

    def _follow(self, story: ReportedUrl) -> None:
        """Let another hotline report it, a person check it, its hotline take it back."""
        rng, at = self._rng, moment(story.at)
        if len(self._hotlines) > 1 and rng.random() < shares.SHARED:
            other = rng.choice([one for one in self._hotlines if one != story.hotline])
            url = f"{story.url}#top"  # the same URL, spelled another way
            again = Report(v=1, id=f"r-{story.id}", url=url, reported_at=at, seen_at=at)
            self._say(self._soon(story.at), event_of(0, other, again))
        if rng.random() < shares.CHECKED:
            seen = rng.choice((CheckResult.PRESENT, CheckResult.ABSENT))
            check = Check(v=1, id=f"c-{story.id}", url=story.url, checked_at=at, result=seen)
            self._say(self._soon(story.at), event_of(0, story.hotline, check))
        if rng.random() < shares.WITHDRAWN:
            back = Withdrawal(v=1, id=f"w-{story.id}", url=story.url, withdrawn_at=at)
            self._say(self._soon(story.at), event_of(0, story.hotline, back))

    def _spoil(self, story: ReportedUrl, report: HotlineEvent) -> None:
        """Send the report again, and things that cannot be taken."""
        if self._rng.random() < shares.RESENT:
            self._say(self._soon(story.at), replace(report, result=Result.DUPLICATE))
        if self._rng.random() < shares.BAD and story.url.startswith("http:"):
            like = replace(report, at=story.at)
            number = self._run_number + self._told
            self._say(self._soon(story.at), bad(story.hotline, number, story.at, like))
        if self._rng.random() < shares.CONFLICTING:
            self._say(self._soon(story.at), conflict(report, 0))

    def _soon(self, at: Instant) -> Instant:
        return at + 1 + int(self._rng.expovariate(1 / shares.SOON_MS))

    def _say(self, at: Instant, event: HotlineEvent, *, first: bool = False) -> None:
        """Put a record in its place; `first` lets it overtake what is said at the same instant."""
        number = next(self._numbers)
        heapq.heappush(self._later, (at, -number if first else number, event))
