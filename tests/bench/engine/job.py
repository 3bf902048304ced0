"""The job every contestant does: decode an event, fold it into keyed state, write both down.

Events are JSON of 300 bytes over 100,000 keys in 4 partitions. Per event one output record, per
changed key one changelog record. An event's number and its state's count stand in the output, so
what was lost or doubled can be read off it.
"""

import random
from collections.abc import Iterator

import msgspec

KEYS = 100_000
PARTITIONS = 4
EVENT_BYTES = 300
AMOUNT_MAX = 1_000
KINDS = ("seen", "moved", "gone", "back")
SEED = 20_240_501


class Event(msgspec.Struct):
    """One event.

    Attributes:
        key: which of the keys it belongs to.
        seq: its number, from 0.
        at: when it was made, ms since epoch.
        kind, amount, text: payload; the text fills it up to the size of all events.
    """

    key: str
    seq: int
    at: int
    kind: str
    amount: int
    text: str


class State(msgspec.Struct):
    """What is held for a key, and what its changelog record says."""

    n: int = 0
    total: int = 0
    newest: int = 0


class Output(msgspec.Struct):
    """What follows from one event.

    Attributes:
        key, seq: of the event.
        n, total: of the state with the event in it.
    """

    key: str
    seq: int
    n: int
    total: int


EVENT = msgspec.json.Decoder(Event)
STATE = msgspec.json.Decoder(State)
OUTPUT = msgspec.json.Decoder(Output)
ENCODER = msgspec.json.Encoder()


def fold(state: State, event: Event) -> Output:
    """Put an event into the state of its key and return what follows."""
    state.n += 1
    state.total += event.amount
    state.newest = max(state.newest, event.at)
    return Output(event.key, event.seq, state.n, state.total)


def events(count: int, *, first: int = 0, at: int = 1_700_000_000_000) -> Iterator[Event]:
    """Yield the events of a run, always the same for the same count and first number.

    Args:
        count: how many.
        first: number of the first.
        at: when the first was made, ms since epoch; each next one a millisecond later.
    """
    chance = random.Random(SEED + first)
    filler = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz ", k=EVENT_BYTES))
    for seq in range(first, first + count):
        number = chance.randrange(KEYS)
        event = Event(f"k{number:07d}", seq, at + seq, KINDS[number % 4], seq % AMOUNT_MAX, "")
        room = EVENT_BYTES - len(ENCODER.encode(event))
        event.text = filler[:room]
        yield event


def truth(made: Iterator[Event]) -> dict[str, State]:
    """Return the state of every key after each event was folded once."""
    states: dict[str, State] = {}
    for event in made:
        fold(states.setdefault(event.key, State()), event)
    return states
