"""The job on Bytewax as its documentation writes it: a stateful map between Kafka topics.

Its changelog is its recovery store, a SQLite file that gets a snapshot of what changed at the end
of each epoch; offsets are in the snapshot. The epoch is a second, not the 10 s it is by default,
so that a run of seconds has several.
"""

from datetime import timedelta
from pathlib import Path

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSinkMessage, KafkaSourceMessage
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.testing import run_main
from contest import Spec
from harness import Meter, spec_of, tell
from job import ENCODER, EVENT, Event, Output, State, fold

EPOCH = timedelta(seconds=1)


def flow_of(spec: Spec, meter: Meter) -> Dataflow:
    """Build the dataflow; it ends at the end of the source unless it is endless."""
    brokers = [spec.bootstrap]
    flow = Dataflow("job")
    read = kop.input("read", flow, brokers=brokers, topics=[spec.source], tail=not spec.events)

    def decoded(message: KafkaSourceMessage[bytes, bytes]) -> tuple[str, Event]:
        meter.begin()
        event = EVENT.decode(message.value)
        return event.key, event

    def advance(held: State | None, event: Event) -> tuple[State, Output]:
        state = State() if held is None else State(held.n, held.total, held.newest)
        return state, fold(state, event)

    keyed = op.map("decode", read.oks, decoded)
    said = op.stateful_map("fold", keyed, advance)
    out = op.map(
        "encode", said, lambda pair: KafkaSinkMessage(pair[0].encode(), ENCODER.encode(pair[1]))
    )
    sure = {"enable.idempotence": "true", "acks": "all"}
    kop.output("write", out, brokers=brokers, topic=spec.output, add_config=sure)
    return flow


def main(spec: Spec) -> None:
    """Run until the source is read to its end."""
    meter = Meter()
    folder = Path(spec.folder)
    if not any(folder.iterdir()):
        init_db_dir(folder, 1)
    run_main(
        flow_of(spec, meter), epoch_interval=EPOCH, recovery_config=RecoveryConfig(str(folder))
    )
    tell(meter.measured(spec.events))


if __name__ == "__main__":
    main(spec_of(Spec))
