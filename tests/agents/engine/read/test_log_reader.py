"""Laws of the bulk reader against answers that a real broker gives rarely."""

import asyncio

import pytest
from aiokafka import errors as kafka
from scripted_broker import TOPIC, PartitionAnswer, batch, scripted

from agents.engine.failures import UnreadableBatch
from agents.engine.read import recovery
from agents.engine.read.disk_damage import TIMES
from agents.engine.read.empty_fetch import CALM_WAIT_MS, WAIT_MS, FetchWait
from agents.engine.read.log_reader import LogReader, LogShrunk
from agents.engine.read.recovery import recover
from agents.engine.state.store import MemoryStore

DEADLINE_S = 30
OUT_OF_RANGE, NOT_LEADER, NOT_AVAILABLE, NOT_ALLOWED, DAMAGED = 1, 6, 78, 29, 2


async def recovered(broker, position=0):
    """Recover every partition and return what is held and where each stands."""
    stores = {partition: MemoryStore() for partition in broker.bounds}
    for store in stores.values():
        store.write([], position)
    async with asyncio.timeout(DEADLINE_S):
        await recover(broker.settings, TOPIC, stores, lambda _: None)
    return [dict(store.items()) for store in stores.values()], [s.position for s in stores.values()]


def one(offset, *keys):
    return batch(offset, [(key, b"%d" % offset) for key in keys])


NOTHING = {0: PartitionAnswer(stable=9)}


async def test_what_the_log_no_longer_holds_is_passed_over():
    """Compaction left nothing below an open transaction: so say three answers, and later places."""
    behind = {0: PartitionAnswer(stable=9, records=one(9, b"open"))}
    read = {0: PartitionAnswer(stable=9, records=one(0, b"a"))}
    script = read, *[NOTHING] * TIMES, *[behind] * 8
    async with scripted({0: (0, 9)}, *script) as broker:
        assert await recovered(broker) == ([{b"a": b"0"}], [9])
    places = [asked[0] for asked in broker.asked[TIMES + 1 :]]
    assert places == [1, 0, 2, 8, 3, 7, 5, 5]


async def test_nothing_short_of_the_end_is_no_end():
    """The file that is written is never compacted: a last record that does not come is damaged."""
    async with scripted({0: (0, 9)}, *[NOTHING] * (TIMES + 1)) as broker:
        with pytest.raises(UnreadableBatch, match=rf"{TOPIC}/0/0 "):
            await recovered(broker)


@pytest.mark.parametrize("found", ["batch", "damage"])
async def test_a_later_place_shows_what_the_broker_passed_over(found):
    """Something stands below the stable end: it was not compacted away."""
    behind = {0: PartitionAnswer(stable=9, records=one(9, b"open"))}
    later = (
        PartitionAnswer(stable=9, records=one(4, b"b"))
        if found == "batch"
        else PartitionAnswer(error=DAMAGED)
    )
    script = *[NOTHING] * TIMES, behind, behind, {0: later}
    async with scripted({0: (0, 9)}, *script) as broker:
        with pytest.raises(UnreadableBatch, match=rf"{TOPIC}/0/0 "):
            await recovered(broker)


async def test_gaps_that_compaction_left_are_passed_over():
    """The later places within one lead to where it ends."""
    far = {0: PartitionAnswer(stable=9, records=one(8, b"b"))}
    async with scripted({0: (0, 9)}, *[far] * 7) as broker:
        assert await recovered(broker) == ([{b"b": b"8"}], [9])
    assert len(broker.asked) == 7


FRONT = one(0, b"a")


@pytest.mark.parametrize(
    ("behind", "more", "is_sound"),
    [
        (one(8, b"b"), 0, True),
        (one(1, b"c") + one(8, b"b"), 0, False),
        (one(8, b"b")[:-1], 0, False),
        (b"\0", 0, False),
        (b"", 6, True),
    ],
    ids=["next in the file", "passed over", "cut off", "less than a head", "end of the file"],
)
async def test_a_file_shows_what_stands_behind_a_batch(behind, more, is_sound):
    """Its bytes come as they are: nothing in a gap, or a batch that the broker cannot find."""
    read, far = (PartitionAnswer(stable=9, records=one(n, b"a")) for n in (0, 8))
    script = {0: read}, {0: far}, {0: PartitionAnswer(stable=9, records=FRONT + behind)}
    script += ({0: far},) * more
    async with scripted({0: (0, 9)}, *script) as broker:
        if is_sound:
            assert (await recovered(broker))[1] == [9]
        else:
            with pytest.raises(UnreadableBatch, match=rf"{TOPIC}/0/1 "):
                await recovered(broker)
    assert broker.asked[2] == {0: 0}


@pytest.mark.parametrize("answer", [{}, {0: PartitionAnswer(error=NOT_LEADER)}])
async def test_a_later_place_that_nobody_answers_for_says_nothing(answer):
    """A leader that changes meanwhile, or throttles: all is asked again."""
    there = {0: PartitionAnswer(stable=9, records=batch(0, [(b"%d" % n, b"v") for n in range(9)]))}
    script = *[NOTHING] * TIMES, answer, there
    async with scripted({0: (0, 9)}, *script) as broker:
        assert (await recovered(broker))[1] == [9]


async def test_a_log_cut_in_front_may_answer_with_nothing():
    """Where it begins is asked before anything is taken for damage."""
    script = *[NOTHING] * TIMES, {0: PartitionAnswer(stable=9, records=one(8, b"a"))}
    async with scripted({0: (0, 9)}, *script, then={0: (8, 9)}) as broker:
        assert await recovered(broker) == ([{b"a": b"8"}], [9])


async def test_a_partition_that_had_no_room_in_an_answer_is_asked_again():
    """Empty beside one that is full it may have records: its position does not move."""
    async with scripted(
        {0: (0, 2), 1: (0, 1)},
        {0: PartitionAnswer(stable=2, records=one(0, b"a")), 1: PartitionAnswer(stable=1)},
        {0: PartitionAnswer(stable=2, records=one(1, b"b")), 1: PartitionAnswer(stable=1)},
        {1: PartitionAnswer(stable=1, records=one(0, b"c"))},
    ) as broker:
        assert (await recovered(broker))[0] == [{b"a": b"0", b"b": b"1"}, {b"c": b"0"}]
    assert broker.asked[-1] == {1: 0}


async def test_an_answer_that_names_no_partition_moves_nothing():
    """A broker that throttles answers so at once."""
    async with scripted(
        {0: (0, 1)}, {}, {}, {0: PartitionAnswer(stable=1, records=one(0, b"a"))}
    ) as broker:
        assert await recovered(broker) == ([{b"a": b"0"}], [1])


async def test_of_a_batch_fetched_from_its_middle_only_the_rest_is_taken():
    """A store that stands inside a batch does not see what it holds already once more."""
    async with scripted(
        {0: (0, 4)}, {0: PartitionAnswer(stable=4, records=one(0, b"a", b"b", b"c", b"d"))}
    ) as broker:
        assert await recovered(broker, 2) == ([{b"c": b"0", b"d": b"0"}], [4])


async def test_a_log_cut_in_front_while_it_is_read_is_read_from_where_it_begins():
    """Also when it was cut to its end, where no record is left to wait for."""
    fetches = (
        {0: PartitionAnswer(error=OUT_OF_RANGE)},
        {0: PartitionAnswer(stable=6, records=one(5, b"a"))},
    )
    async with scripted({0: (0, 6)}, *fetches, then={0: (5, 6)}) as broker:
        assert await recovered(broker) == ([{b"a": b"5"}], [6])
    async with scripted({0: (0, 6)}, *fetches, then={0: (6, 6)}) as broker:
        assert await recovered(broker) == ([{}], [6])


async def test_a_log_that_became_shorter_is_not_read_on():
    """Its end lies before the position: it is another log now, or records were lost."""
    async with scripted(
        {0: (0, 9)}, {0: PartitionAnswer(error=OUT_OF_RANGE)}, then={0: (0, 3)}
    ) as broker:
        with pytest.raises(LogShrunk):
            await recovered(broker, 5)


@pytest.mark.parametrize("code", [NOT_LEADER, NOT_AVAILABLE])
async def test_a_partition_that_finds_its_leader_is_waited_for(code):
    """Errors that pass, of fetches and of questions for offsets, are asked over."""
    async with scripted(
        {0: (0, 1)},
        {0: PartitionAnswer(error=code)},
        {0: PartitionAnswer(stable=1, records=one(0, b"a"))},
        refusals=[code, code],
    ) as broker:
        assert await recovered(broker) == ([{b"a": b"0"}], [1])


async def test_an_error_that_does_not_pass_ends_it():
    """What is not allowed now is not allowed in a minute."""
    async with scripted({0: (0, 1)}, {0: PartitionAnswer(error=NOT_ALLOWED)}) as broker:
        with pytest.raises(kafka.TopicAuthorizationFailedError):
            await recovered(broker)


async def test_a_batch_with_a_wrong_checksum_ends_it():
    """What came broken over the network is not state; the error says where it stands."""
    broken = bytearray(one(0, b"a"))
    broken[-2] ^= 1  # the value; its length and the headers stay as they are
    async with scripted(
        {0: (0, 1)}, {0: PartitionAnswer(stable=1, records=bytes(broken))}
    ) as broker:
        with pytest.raises(UnreadableBatch, match=rf"{TOPIC}/0/0 "):
            await recovered(broker)


async def test_what_the_broker_itself_cannot_read_ends_it():
    """A state is not loaded without it; the error says where it stands."""
    async with scripted({0: (0, 1)}, {0: PartitionAnswer(stable=1, error=DAMAGED)}) as broker:
        with pytest.raises(UnreadableBatch, match=rf"{TOPIC}/0/0 "):
            await recovered(broker)


async def test_a_broker_that_answers_and_gives_nothing_ends_it(monkeypatch):
    """Answers alone are no progress."""
    monkeypatch.setattr(recovery, "PROGRESS_DEADLINE_S", 1.0)
    async with scripted({0: (0, 1)}) as broker:
        with pytest.raises(TimeoutError):
            await recovered(broker)


def test_a_fetch_is_held_for_long_only_where_all_stands_at_its_end():
    """Short of a known end it is short: an empty answer there is asked for several times."""
    wait = FetchWait()
    assert wait.ms({0: 5}) == WAIT_MS
    wait.heard(0, 5)
    assert wait.ms({0: 5}) == CALM_WAIT_MS
    assert wait.ms({0: 5, 1: 0}) == wait.ms({0: 4}) == WAIT_MS
    wait.heard(0, 9)
    assert wait.ms({0: 5}) == WAIT_MS


async def test_a_reader_at_its_end_asks_seldom_and_takes_what_comes():
    """Following a topic at rest costs a question a second, and news is answered at once."""
    end, news = {0: PartitionAnswer(stable=1)}, {0: PartitionAnswer(stable=2, records=one(1, b"b"))}
    async with scripted({0: (0, 1)}, end, end, news) as broker:
        reader = LogReader(broker.settings.kafka, TOPIC)
        async with asyncio.timeout(DEADLINE_S):
            await reader.start()
            reader.follow({0: 1})
            while not (spans := await reader.poll()):
                pass
            await reader.stop()
    assert [span.position for span in spans] == [2]
    assert broker.waits[:3] == [WAIT_MS, CALM_WAIT_MS, CALM_WAIT_MS]
