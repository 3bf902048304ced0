"""Reads `proposals.v1`: which decisions wait for a second person, and how the others ended.

A proposal that its person did not sign, and an end that nobody who may sign signed, are passed
over: the desk's password at the broker is not enough to propose or to reject.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from agents.config import Settings
from agents.engine.read.bulk import Follower, read_partitions
from agents.engine.stage import Received
from agents.engine.supervision import Supervisor
from schemas.codec import PROPOSAL as CODEC
from schemas.codec import Rejected
from schemas.moments import Instant
from schemas.records.facts import Decision
from schemas.records.proposals import EndedProposal, ProposedDecision
from schemas.signing import SignedKind
from schemas.topics import PROPOSALS
from streams.registry.signatories import Persons


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal.

    Attributes:
        decision: with the proposer's signature alone.
        at: when the broker took it.
        ended: how it ended; None = it waits.
    """

    decision: Decision
    at: Instant
    ended: EndedProposal | None = None

    @property
    def proposer(self) -> str:
        """Return who proposed it."""
        return self.decision.signatures[0].person


@dataclass(slots=True)
class ProposalBook:
    """All proposals by id; of several of one id the first counts, and of its ends the first.

    Attributes:
        refused: records that count for nothing.
    """

    refused: int = 0
    _all: dict[str, Proposed] = field(default_factory=dict)

    def add(self, records: Iterable[Received], persons: Persons) -> None:
        """Take in records of `proposals.v1`, in their order."""
        for record in records:
            try:
                said = CODEC.decode(record.value)
            except Rejected:
                self.refused += 1
                continue
            taken = (
                self._open(said, record.appended_at, persons)
                if isinstance(said, ProposedDecision)
                else self._end(said, record.appended_at, persons)
            )
            self.refused += not taken

    def _open(self, said: ProposedDecision, at: Instant, persons: Persons) -> bool:
        decision = said.decision
        if len(decision.signatures) != 1 or decision.id in self._all:
            return False
        (signature,) = decision.signatures
        if not persons.signed_by_one(SignedKind.DECISION, decision, signature, at):
            return False
        self._all[decision.id] = Proposed(decision, at)
        return True

    def _end(self, said: EndedProposal, at: Instant, persons: Persons) -> bool:
        there = self._all.get(said.id)
        (signature,) = said.signatures
        genuine = signature.person == said.person and persons.signed_by_one(
            SignedKind.ENDING, said, signature, at
        )
        if there is None or there.ended is not None or not genuine:
            return False
        self._all[said.id] = Proposed(there.decision, there.at, said)
        return True

    def of(self, id: str) -> Proposed | None:
        """Return a proposal; None = there is none of that id."""
        return self._all.get(id)

    def all(self) -> list[Proposed]:
        """Return all proposals, the oldest first."""
        return sorted(self._all.values(), key=lambda one: one.at)

    def oldest_at(self) -> Instant | None:
        """Return when the oldest proposal that waits was made; None = none waits."""
        waiting = self.waiting()
        return waiting[0].at if waiting else None

    def waiting(self) -> list[Proposed]:
        """Return those that no second person has confirmed or rejected, the oldest first."""
        return [one for one in self.all() if one.ended is None]


async def read_proposals(settings: Settings, persons: Persons) -> ProposalBook:
    """Return what stands in `proposals.v1`.

    Raises:
        KafkaError, TimeoutError: the broker does not answer, or there is no such topic.
    """
    book = ProposalBook()
    async for records in read_partitions(settings, PROPOSALS.name, (0,)):
        book.add(records, persons)
    return book


class ProposalReader:
    """Follows `proposals.v1` outside any group, for the figures of what waits.

    Args:
        settings: names the broker.
        persons: gives who may sign.

    Attributes:
        book: what was read so far.
    """

    def __init__(self, settings: Settings, persons: Callable[[], Persons]) -> None:
        """Read nothing yet."""
        self.book = ProposalBook()
        self._persons = persons
        self._follower = Follower(settings, PROPOSALS.name, (0,))
        self._following: Supervisor | None = None

    async def start(self) -> None:
        """Connect, and read in the background.

        Raises:
            KafkaError, TimeoutError: the broker does not answer, or there is no such topic.
        """
        try:
            await self._follower.start()
        except BaseException:  # a cancelled start too leaves no connection open
            await self._follower.stop()
            raise
        self._following = Supervisor(self._follow(), "proposals")

    async def stop(self) -> None:
        """Stop following."""
        following, self._following = self._following, None
        if following is not None:
            await following.end()
        await self._follower.stop()

    async def _follow(self) -> None:
        while True:
            self.book.add(await self._follower.poll(), self._persons())
