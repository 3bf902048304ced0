"""A skip is of one record that is there, or of the one whose digest a worker's log has."""

from pathlib import Path
from typing import NamedTuple

import pytest
from scratch_topics import scratch_settings

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.person_key import Card, PersonKey
from agents.edges.kafka.record_lookup import NoSuchRecord
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.registry.skips import digest_of
from agents.engine.produce.outbox import send_once
from agents.engine.stage import Send
from agents.tools.proposals import ProposalError, records_of
from agents.tools.set_aside import propose_skip
from agents.tools.two_person import confirm, propose_founders
from schemas.records.skips import Skip
from schemas.topics import FACTS

LOGGED = "0" * 32


class Ledger(NamedTuple):
    """A ledger with one fact, its secret, and the keys of Anna, Bram and one who may not sign."""

    settings: Settings
    keyring: Keyring
    keys: dict[str, PersonKey]


@pytest.fixture
async def ledger(bootstrap: str, tmp_path: Path) -> Ledger:
    """Return it."""
    made = scratch_settings(bootstrap, key_file=tmp_path / "keys.json", vantages=())
    kafka = made.kafka.model_copy(update={"partitions": 1})
    settings = made.model_copy(update={"kafka": kafka})
    await apply(settings, wanted(settings))
    keys = {id: PersonKey.create(tmp_path / f"{id}.pem") for id in ("anna", "bram", "cleo")}
    cards = [Card(id=id, name=id, public_key=keys[id].public_key) for id in ("anna", "bram")]
    await confirm(settings, await propose_founders(settings, cards, keys["anna"]), keys["bram"])
    await send_once(settings, [Send(FACTS.name, b"key", b"value", partition=0)])
    return Ledger(settings, Keyring.create(settings.key_file), keys)


async def test_a_record_is_named_by_what_it_holds(ledger: Ledger) -> None:
    """Its digest is keyed; one from a log is taken as it is, and the key file is not needed."""
    settings, anna = ledger.settings, ledger.keys["anna"]
    (skip,) = records_of(await propose_skip(settings, (FACTS.name, 0, 0), "a test", anna))
    assert isinstance(skip, Skip)
    assert (skip.topic, skip.partition, skip.offset) == (FACTS.name, 0, 0)
    assert skip.digest == digest_of(b"key", b"value", ledger.keyring.hash)
    settings.key_file.unlink()
    (logged,) = records_of(
        await propose_skip(settings, (FACTS.name, 0, 99), "a test", anna, LOGGED)
    )
    assert isinstance(logged, Skip)
    assert (logged.offset, logged.digest) == (99, LOGGED)


async def test_only_a_record_that_is_there_is_set_aside(ledger: Ledger) -> None:
    """A topic of another kind, a partition or an offset that is not there: said in one line."""
    for place, what in (
        (("nothing.v1", 0, 0), "no topic of a ledger"),
        (("skips.v1", 0, 0), "no topic of a ledger"),
        ((FACTS.name, 99, 0), "has no partition 99"),
        ((FACTS.name, 0, 1), "no record stands there"),
        (("decisions.v1", 0, 0), "no record stands there: it is empty"),
    ):
        with pytest.raises(NoSuchRecord, match=what):
            await propose_skip(ledger.settings, place, "a test", ledger.keys["anna"])


async def test_who_may_not_sign_proposes_nothing(ledger: Ledger) -> None:
    """With a digest from a log neither."""
    place, key = (FACTS.name, 0, 0), ledger.keys["cleo"]
    for digest in (None, LOGGED):
        with pytest.raises(ProposalError, match="nobody who may sign"):
            await propose_skip(ledger.settings, place, "a test", key, digest)
