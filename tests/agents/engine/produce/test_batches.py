"""Batches are made as the library's own append makes them."""

from agents.engine.produce.batches import _filled
from agents.engine.stage import Send

PARTITIONS = 3


async def test_a_batch_holds_what_its_own_append_would_put_there(outbox):
    """Filling the builder behind a batch gives the same bytes, count and size as `append`."""
    now_ms = 1_770_000_000_250
    sent = [
        Send("out", b"k%d" % n, (b"v" * n, None)[n % 7 == 0], (("h", b"%d" % n),) * (n % 3), 0)
        for n in range(200)
    ]
    (batch,) = _filled(outbox._producer, sent, now_ms)
    wanted = outbox._producer.create_batch()
    for record in sent:
        headers = list(record.headers)
        wanted.append(timestamp=now_ms, key=record.key, value=record.value, headers=headers)
    assert batch.record_count() == wanted.record_count() == 200
    assert batch.size() == wanted.size()
    assert batch._build() == wanted._build()
