"""Whether a key file is a ledger's: the broker's silence is told, at whatever step it begins."""

import asyncio
import os
import signal

import pytest
from groups import append
from loose_keys import LooseKeys
from scratch_topics import create_topic, scratch_settings
from stopped_process import stop_all_threads

from agents.edges.crypto import key_proof
from agents.edges.crypto.key_proof import proof_of
from agents.edges.local_broker.broker import LocalBroker
from agents.engine.read.log_reader import LogReader
from schemas.topics import REPORTS

DEADLINE_S = 60


async def test_a_broker_that_stands_still_behind_its_first_answers_is_told(tmp_path, monkeypatch):
    """A worker begins with this: it would wait for ever, with nothing said."""
    with LocalBroker(tmp_path / "kafka") as broker:
        settings = scratch_settings(broker.bootstrap, state_dir=tmp_path)
        await create_topic(settings, REPORTS.name, 1)
        await append(settings, REPORTS.name, [b"{}"])
        follow = LogReader.follow

        def stands_still(*told) -> None:
            stop_all_threads(broker.process.pid)
            monkeypatch.setattr(key_proof, "ANSWER_DEADLINE_S", 1.0)
            follow(*told)

        monkeypatch.setattr(LogReader, "follow", stands_still)
        try:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(DEADLINE_S) as patience:
                    await proof_of(settings, LooseKeys.create(tmp_path / "keys.json"))
            assert not patience.expired()
        finally:
            os.kill(broker.process.pid, signal.SIGCONT)
