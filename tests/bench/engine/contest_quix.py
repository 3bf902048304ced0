"""The job on Quix Streams as its documentation writes it: a dataframe with state."""

from typing import Any

from contest import Spec
from harness import Meter, spec_of, tell
from quixstreams import Application, State


def main(spec: Spec) -> None:
    """Run until the number of events is reached; `run` ends with a checkpoint."""
    meter = Meter()
    app = Application(
        broker_address=spec.bootstrap,
        consumer_group=spec.group,
        auto_offset_reset="earliest",
        state_dir=spec.folder,
        processing_guarantee="exactly-once" if spec.transactional else "at-least-once",
        consumer_extra_config={"session.timeout.ms": int(spec.session_s * 1_000)},
        producer_extra_config={"enable.idempotence": True, "acks": "all"},
        loglevel="ERROR",
    )
    source = app.topic(spec.source, key_deserializer="str", value_deserializer="json")
    output = app.topic(spec.output, key_serializer="str", value_serializer="json")

    def job(event: dict[str, Any], state: State) -> dict[str, Any]:
        meter.begin()
        held = state.get("held") or {"n": 0, "total": 0, "newest": 0}
        n, total = held["n"] + 1, held["total"] + event["amount"]
        state.set("held", {"n": n, "total": total, "newest": max(held["newest"], event["at"])})
        return {"key": event["key"], "seq": event["seq"], "n": n, "total": total}

    app.dataframe(source).apply(job, stateful=True).to_topic(output)
    if spec.events:
        app.run(count=spec.events, collect=False)
        tell(meter.measured(spec.events))
    else:
        app.run()


if __name__ == "__main__":
    main(spec_of(Spec))
