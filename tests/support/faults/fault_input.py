"""What is sent in the fault tests: the same records in the same order for the same seed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from fault_story import FaultStory

from agents.engine.stage import Send
from schemas.codec import DECISION, FACT, HOTLINE
from schemas.identity.ids import CanonicalUrl, canonical
from schemas.records.hotline import HotlineRecord
from schemas.topics import DECISIONS, FACTS
from schemas.topics import HOTLINE as INBOX


@dataclass(frozen=True, slots=True)
class Input:
    """All that is sent in a run.

    Attributes:
        seed: makes it.
        key_of: names a URL, by the run's key file.
    """

    seed: int
    key_of: Callable[[CanonicalUrl], str]

    def urls(self, numbers: Sequence[int]) -> list[Send]:
        """Return the records of some URLs, those of different keys shuffled among each other."""
        lanes: list[list[Send]] = []
        for number in numbers:
            lanes += self._lanes(FaultStory.of(self.seed, number))
        return interleaved(lanes, Random(f"{self.seed}/{min(numbers)}/order"))

    def late(self, numbers: Sequence[int]) -> list[Send]:
        """Return what is sent once more of some URLs much later: the same, or other content."""
        return [sent for number in numbers for sent in self._late(number)]

    def _late(self, number: int) -> Iterator[Send]:
        chance = Random(f"{self.seed}/{number}/late").random()
        if chance < 0.12:
            line, record = next(FaultStory.of(self.seed, number).said())
            value = HOTLINE.encode(record)
            if chance < 0.04:
                value = value.replace(b"/material/", b"/other/")
            yield Send(INBOX.named(line), record.id.encode(), value)

    def _lanes(self, story: FaultStory) -> Iterator[list[Send]]:
        """Yield the records of a URL, those of one key in one list: their order decides."""
        key = self.key_of(canonical(story.url))
        for line, record in story.said():
            yield list(_sent(line, record, story))
        for observation in story.observations(key):
            sent = Send(FACTS.name, key.encode(), FACT.encode(observation))
            yield [sent] * story.chance.choice((1, 1, 1, 1, 2))
        if story.chance.random() < 0.03:
            yield [Send(DECISIONS.name, key.encode(), DECISION.encode(story.decided(key)))]


def _sent(line: str, record: HotlineRecord, story: FaultStory) -> Iterator[Send]:
    """Yield a record as it is sent: now and then twice, changed, cut off or under a wrong key."""
    topic, key, value = INBOX.named(line), record.id.encode(), HOTLINE.encode(record)
    yield Send(topic, key, value)
    chance = story.chance.random()
    if chance < 0.08:
        yield Send(topic, key, value)
    elif chance < 0.10:
        yield Send(topic, key, value.replace(b"/material/", b"/other/"))
    elif chance < 0.13:
        yield Send(topic, b"cut-" + key, value[: len(value) // 2])
    elif chance < 0.14:
        yield Send(topic, b"wrong-" + key, value)
    elif chance < 0.15:
        other = value.replace(b'"id":"', b'"id":"bad-').replace(b"http://", b"gopher://")
        yield Send(topic, b"bad-" + key, other)


def interleaved(lanes: Sequence[Sequence[Send]], chance: Random) -> list[Send]:
    """Return all records in an order of chance that keeps each list's own."""
    turns = [number for number, lane in enumerate(lanes) for _ in lane]
    chance.shuffle(turns)
    places = [iter(lane) for lane in lanes]
    return [next(places[turn]) for turn in turns]


def reports_in(records: Sequence[Send]) -> int:
    """Return how many of the records are sent as reports."""
    return sum(b'"type":"report"' in (record.value or b"") for record in records)
