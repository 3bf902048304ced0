"""What hotlines were told, beside the second reading, on a real broker."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from histories import written
from ledger_events import GONE, KEY, MIN, ONLINE, at, fold, notice, placed, report, slots
from loose_keys import LooseKeys
from msgspec.structs import replace
from scratch_topics import scratch_settings

from agents.config import Settings
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.produce.transactions import Transactions
from agents.engine.stage import Received, Send
from agents.stages.feedback.stage import ROLE, FeedbackStage
from agents.tools.verification.broker import opened
from agents.tools.verification.feedback import ToldHotlines, UrlAtInstant
from schemas import codec, topics
from schemas.closed_lists import CaseClass
from schemas.identity.ids import keyed_record_id
from schemas.records.case import Position, position_key
from schemas.records.feedback import Feedback
from schemas.seal_context import hotline_ids
from verify.compared.compare import Difference
from verify.compared.outcomes import OUTCOME
from verify.feedback.told import ENTRY
from verify.ledger.records import url_records
from verify.method_10.cases import cases

OUT = topics.HOTLINE_OUT.named("alpha")
AS_OF = at(7)
STORY = (
    report(seen=0),
    placed(),
    notice(1),
    slots([1.5, 4], ONLINE),
    slots([5, 5 + 10 * MIN, 5 + 20 * MIN, 5 + 31 * MIN], GONE),
)


@dataclass
class Told:
    """A ledger whose hotline was told what became of its one record."""

    settings: Settings
    outbox: KafkaOutbox
    keys: LooseKeys

    def name(self, id: str) -> str:
        """Return the keyed name of a record of the hotline."""
        return keyed_record_id(self.keys.hash, "alpha", id)

    def entry(self, id: str = "r-1") -> bytes:
        """Return the entry of a report as intake writes it."""
        made, appended_at = report(seen=0)
        sealed = self.keys.seal(f'{{"id":"{id}"}}', appended_at, hotline_ids(KEY))
        return codec.REPORTS_ENTRY.encode(replace(made, record_id=self.name(id), sealed_ids=sealed))

    async def say(self, said: Feedback) -> None:
        """Write something into the hotline's topic."""
        await self.outbox.send([Send(OUT, said.id.encode(), codec.HOTLINE_OUT.encode(said))])

    async def read(self) -> ToldHotlines:
        """Read what was told."""
        found = ToldHotlines()
        async with opened(self.settings) as broker:
            await found.read(self.settings, broker, await broker.topics())
        found.ring = self.keys  # months of loose keys stand in no topic
        return found

    def compared(self, found: ToldHotlines, *ids: str, state_at: int = 0) -> list[Difference]:
        """Lay what was told beside the second reading."""
        happened = [one for part in STORY for one in (part if isinstance(part, list) else [part])]
        records = url_records(KEY, written(happened))
        entries = [(n, ENTRY.decode(self.entry(id))) for n, id in enumerate(ids or ("r-1",))]
        url = UrlAtInstant(
            partition=0,
            records=records,
            cases=cases(records, AS_OF),
            entries=entries,
            state_at=state_at,
        )
        return [*found.url(url), *found.finish()]


@pytest.fixture
async def told(bootstrap: str, tmp_path: Path) -> AsyncIterator[Told]:
    made = scratch_settings(bootstrap)
    kafka = made.kafka.model_copy(update={"partitions": 1})
    settings = made.model_copy(update={"kafka": kafka, "key_file": tmp_path / "keys.json"})
    await apply(settings, wanted(settings, ["alpha"]))
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        found = Told(settings, outbox, LooseKeys.create(settings.key_file))
        await tell(found)
        yield found
    finally:
        await outbox.stop()


async def tell(ledger: Told) -> None:
    """Run the feedback stage over a report, its state and a position."""
    stage = FeedbackStage(ledger.settings, ledger.keys, Transactions(ledger.settings, ROLE))
    position = Position(partition=0, offsets={}, as_of=AS_OF, code="", method="")
    said = (
        (topics.REPORTS, KEY.encode(), 9, ledger.entry()),
        (topics.CASES, KEY.encode(), 0, codec.STATE.encode(fold(*STORY))),
        (topics.CASES, position_key(0), 1, codec.POSITION.encode(position)),
    )
    await stage.assigned(frozenset({0}))
    try:
        for spec, key, offset, value in said:
            await stage.handle([Received(spec.name, 0, offset, at(0), key, value)])
    finally:
        await stage.revoked(frozenset({0}))


async def test_what_the_stage_tells_is_what_the_second_reading_says(told: Told) -> None:
    """Compared once, with no difference, and nothing is told twice or not at all."""
    found = await told.read()
    assert told.compared(found) == []
    assert (found.compared, found.untold, found.retold, found.behind) == (1, 0, 0, 0)


async def test_what_is_told_otherwise_is_named(told: Told) -> None:
    """By field, URL and case; of a record that nobody accepted; and of one that is told nothing."""
    found = await told.read()
    newest = found.newest["alpha", told.name("r-1")]
    case = replace(newest.cases[0], case_class=CaseClass.ONLINE)
    await told.say(replace(newest, cases=(case,)))
    await told.say(Feedback(id="r-9", result=newest.result, as_of=newest.as_of))
    found = await told.read()
    differences = told.compared(found, "r-1", "r-2", "www.a-3")
    said = {(one.what, one.ledger, one.published) for one in differences}
    assert said == {
        ("case_class told to alpha", "removed", "online"),
        ("told to alpha of a record", "there", ""),
        ("accepted record of alpha", "", f"told {told.name('r-9')[:8]}"),
    }
    assert found.untold == 2


async def test_what_was_told_under_an_id_that_is_told_nothing_now_is_counted(told: Told) -> None:
    """Its state moves on, and nothing tells so: that is no lie of the record that stands."""
    newest = (await told.read()).newest["alpha", told.name("r-1")]
    case = replace(newest.cases[0], case_class=CaseClass.ONLINE)
    await told.say(replace(newest, id="path/1", cases=(case,)))
    found = await told.read()
    assert told.compared(found, "r-1", "path/1") == []
    assert (found.compared, found.untold) == (1, 1)


async def test_a_word_said_again_is_counted(told: Told) -> None:
    """At least once is allowed, so it is no difference."""
    newest = (await told.read()).newest["alpha", told.name("r-1")]
    await told.say(newest)
    found = await told.read()
    assert told.compared(found) == []
    assert found.retold == 1


async def test_what_the_stage_has_not_come_to_is_not_compared(told: Told) -> None:
    """A state or an entry behind its position: what follows may still be told."""
    found = await told.read()
    assert told.compared(found, state_at=2) == []
    assert (found.compared, found.behind) == (0, 1)


async def test_a_refused_record_of_which_nothing_is_told_is_counted(told: Told) -> None:
    """Its id is not known here, so whether it could be told is not either."""
    found = await told.read()
    outcome = OUTCOME.decode(
        b'{"hotline":"alpha","record_id":"x","result":"duplicate",'
        b'"origin":{"topic":"hotline.alpha.v1","partition":0,"offset":0}}'
    )
    found.outcome(outcome)
    assert found.untold == 1


async def test_without_the_key_file_nothing_is_compared(told: Told) -> None:
    """Records are named by a keyed hash of their ids."""
    told.settings.key_file.unlink()
    found = ToldHotlines()
    async with opened(told.settings) as broker:
        await found.read(told.settings, broker, await broker.topics())
    assert found.closed == ["*"]
