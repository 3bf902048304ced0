"""What hotlines are told in a run: a stage that bends, loses or repeats it is noticed."""

import pytest

from agents.engine.stage import Send
from agents.stages.feedback.stage import FeedbackStage
from schemas.codec import HOTLINE_OUT
from sim.memory import run as runs
from sim.memory.run import Size
from sim.memory.scenarios.catalogue import SCENARIOS

SIZE = Size(hosters=1, rate=60.0, surge=5)


def differences() -> int:
    return runs.play(SCENARIOS["calm"], 3, 0.1, SIZE).differences


@pytest.mark.parametrize("how", ["lost", "bent", "twice"])
def test_what_is_told_amiss_is_noticed(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the ledger, the table or the figures shows it."""
    write = FeedbackStage._write

    def bent(send: Send) -> list[Send]:
        if (
            not send.topic.endswith(".out.v1")
            or send.value is None
            or b'"case_id"' not in send.value
        ):
            return [send]
        if how == "bent":
            said = HOTLINE_OUT.decode(send.value)
            value = HOTLINE_OUT.encode(type(said)(id=said.id, result=said.result, as_of=said.as_of))
            return [Send(send.topic, send.key, value)]
        return [] if how == "lost" else [send, send]

    async def amiss(self, partition, pairs, sends, *rest):
        await write(self, partition, pairs, [one for send in sends for one in bent(send)], *rest)

    monkeypatch.setattr(FeedbackStage, "_write", amiss)
    assert differences() > 0
