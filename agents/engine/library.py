"""Every private part of Faust, mode and aiokafka that the engine uses, each with its reason.

Nothing else touches one: other modules call the functions here, and the underscore methods that
subclasses override stand in `OVERRIDDEN`. `tests/agents/engine/test_library.py` holds the code to
that. A private part stays for correctness, or for a twentieth of what the engine spends on a
record (`engine-tx` of docs/performance.md). All were read in the versions that
`agents.engine.consume.consumer.check_version` demands.

Nothing here is called for each record, what `appender_of` returns excepted: for a fetch, a batch, a
piece of a partition or a transaction at most.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.consumer import fetcher as fetching
from aiokafka.producer import sender
from aiokafka.producer.message_accumulator import BatchBuilder
from faust.transport.consumer import Consumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types import TP
from mode.threads import ServiceThread

OVERRIDDEN: Final = {
    "StageConsumer._drain_messages": "faust 0.15.3 commits past what is in flight and acknowledges"
    " what failed here; this is the whole way from a fetched record to a committed offset.",
    "StageConsumer._new_consumer_thread": "faust 0.15.3 names its thread's class nowhere else; ours"
    " runs in the loop of the stages.",
    "GroupMemberInLoop._create_worker_consumer": "faust 0.15.3 has no setting for how a group's"
    " partitions are split or which records are read; it splits round robin and reads what was"
    " aborted.",
    "GroupMemberInLoop._gather_remaining_tasks": "mode 0.7.1 cancels every task of the thread's"
    " loop when the service stops; here that is the loop of the whole process.",
}
"""Underscore methods of a library's class that ours replace, with the reason."""


def read_batches_with(kind: type) -> None:
    """Have fetched bytes read as batches by a class of ours.

    aiokafka 0.14.0 gives no access to a batch's bytes, opens it to any size, and raises for what it
    cannot read in a task that nobody watches.

    Args:
        kind: made with the bytes; see `agents.engine.read.record_batches`.
    """
    fetching.MemoryRecords = kind


def begin_transactions_every(seconds: float) -> None:
    """Have a producer ask so often whether its next transaction can begin.

    aiokafka 0.14.0 asks after 20 ms, and has no setting for it: that would be the time of every
    transaction but the first, and the smallest list of a partition begins 20 ms after the last.

    Args:
        seconds: between two questions.
    """
    sender.BACKOFF_OVERRIDE = seconds


def ask_through(
    consumer: AIOKafkaConsumer,
    place: Callable[[Callable[..., Coroutine[Any, Any, Any]]], Callable[..., Any]],
) -> None:
    """Put something between a consumer and what it asks brokers with.

    aiokafka 0.14.0 takes no client of another's making, and asks for ever where a broker's disk is
    damaged; see `agents.engine.read.disk_damage`.

    Args:
        consumer: not yet started.
        place: gets the client's `send` and returns what is called instead.
    """
    client = consumer._client
    client.send = place(client.send)


def assign_what_is_read(consumer: AIOKafkaConsumer) -> None:
    """Have a consumer leave out of an assignment what it does not read.

    aiokafka 0.14.0 ends on it. A static member that read more before is given that too, by a broker
    that asks nobody, and every start anew renews its session.

    Args:
        consumer: not yet started.
    """
    state = consumer._subscription
    assign = state.assign_from_subscribed

    def assign_some(partitions: Iterable[TopicPartition]) -> None:
        assign({one for one in partitions if one.topic in state.subscription.topics})

    state.assign_from_subscribed = assign_some


def consumer_of(thread: AIOKafkaConsumerThread) -> AIOKafkaConsumer | None:
    """Return the consumer behind Faust's; None before it has started.

    faust 0.15.3 hands it to nobody, and its own calls for seeking, committing and fetching are what
    the engine replaces.
    """
    return thread._consumer


def coordinator_of(consumer: AIOKafkaConsumer) -> Any:
    """Return a consumer's member of its group; None before it has started.

    aiokafka 0.14.0 tells the member's id nowhere, and raises a coordinator's error to who polls
    alone: Faust does not, and a role that fetches nothing cannot.
    """
    return consumer._coordinator


def name_member(coordinator: Any, instance: str | None) -> None:
    """Say by which name a group knows a static member; without one it leaves when it is closed.

    aiokafka 0.14.0 has a static member stay until its session times out, so a clean stop hands
    nothing over.
    """
    coordinator._group_instance_id = instance


def fetcher_of(consumer: AIOKafkaConsumer) -> Any:
    """Return what a consumer fetches with.

    aiokafka 0.14.0 hands over record by record by its public calls; a batch's bytes, which have to
    be opened within bounds, are to be had of the fetcher alone.
    """
    return consumer._fetcher


def is_closed(one: Any) -> bool:
    """Say whether a consumer, or its fetcher, is closed: nothing more comes of it.

    aiokafka 0.14.0 tells so by an error of the calls that `agents.engine.consume.fetched_batches`
    replaces.
    """
    return bool(one._closed)


def subscriptions_of(fetcher: Any) -> Any:
    """Return what is assigned to a fetcher's consumer.

    aiokafka 0.14.0 has its public calls heed a rebalance under way and note that somebody polls;
    `agents.engine.consume.fetched_batches` must heed and note the same.
    """
    return fetcher._subscriptions


def pieces_of(fetcher: Any) -> OrderedDict[TP, Any]:
    """Return what was fetched and not yet taken, by partition: a piece or an error.

    aiokafka 0.14.0 has no public call that leaves the records of a piece in their batches.
    """
    found: OrderedDict[TP, Any] = fetcher._records
    return found


def arrival(fetcher: Any) -> asyncio.Future[None]:
    """Return a future that ends when something more was fetched, or with what was refused.

    aiokafka 0.14.0 wakes nobody else; asking every few milliseconds would cost a core.
    """
    found: asyncio.Future[None] = fetcher._create_fetch_waiter()
    return found


def make_room(fetcher: Any) -> None:
    """Have the next fetch begin, since a piece was taken.

    aiokafka 0.14.0 sends none for a partition whose piece is not taken, and learns of it by this.
    """
    waiting = fetcher._wait_consume_future
    if waiting is not None and not waiting.done():
        waiting.set_result(None)


def held_by(piece: Any) -> Any:
    """Return a piece's position and records; None where the piece is out of date.

    aiokafka 0.14.0 gives them record by record only.
    """
    return piece._partition_records


def batches_of(held: Any) -> tuple[Any, Sequence[Any]]:
    """Return the batches of what a piece holds, and the transactions in it that were aborted.

    aiokafka 0.14.0 gives what the class of `read_batches_with` has made back to nobody.

    Args:
        held: by `held_by`.
    """
    return held._records, held._aborted_transactions


def state_of(piece: Any, tp: TP) -> Any:
    """Return the position and the end of a partition as of the assignment it was fetched under.

    aiokafka 0.14.0 moves a position by its own taking only; a public seek would throw away the
    fetch under way.

    Args:
        piece: of the partition.
        tp: the partition.
    """
    return piece._assignment.state_value(tp)


def appender_of(batch: BatchBuilder) -> Callable[..., object]:
    """Return what puts a record into a batch: offset in it, time in ms, key, value, headers.

    aiokafka 0.14.0 calls two functions of Python for each record of its public `append`, which
    takes 5 to 9 % of what the engine spends on one. This too answers None when the batch is full.
    """
    append: Callable[..., object] = batch._builder.append
    return append


def was_filled(batch: BatchBuilder, count: int) -> None:
    """Say how many records were put into a batch with `appender_of`.

    aiokafka 0.14.0 counts in its public `append` alone, and answers each record by that number.
    """
    batch._relative_offset = count


def transactions_of(producer: AIOKafkaProducer) -> Any:
    """Return the manager of a producer's transactions.

    aiokafka 0.14.0 has no other way to name a transaction's partitions before their records, nor to
    tell why one that was begun ahead was refused.
    """
    return producer._txn_manager


def take_note_of_refusals(producer: AIOKafkaProducer) -> None:
    """Take note of what a stopped producer of transactions was refused; who wrote was told of it.

    aiokafka 0.14.0 sets a refusal also on the transaction and on batches that were never sent.
    Nobody waits for these, so asyncio would print each with a traceback.
    """
    unsent = [one for queue in producer._message_accumulator._batches.values() for one in queue]
    transaction = transactions_of(producer).wait_for_transaction_end()
    for waiter in (transaction, *(one._drain_waiter for one in unsent)):
        if waiter is not None and waiter.done() and not waiter.cancelled():
            waiter.exception()


def fetchable(consumer: Consumer) -> set[TP]:
    """Return the partitions that are assigned and not paused.

    faust 0.15.3 pauses partitions in a set of its own, which no public call shows.
    """
    return consumer._get_active_partitions()


async def serve(thread: ServiceThread) -> None:
    """Do what a service's thread does, from its start to its end.

    mode 0.7.1 runs it in a thread with a loop of its own and nowhere else.
    """
    await thread._serve()
