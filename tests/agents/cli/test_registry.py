"""`hostwatch registry`: what is proposed can be applied as it is."""

import json

import pytest
from cases import case
from command import hostwatch, said
from intake_world import world
from ledger_events import START
from msgspec import structs

from agents.engine.stage import Send
from schemas.closed_lists import CaseClass
from schemas.codec import STATE
from schemas.records.case import UrlState


@pytest.fixture
async def ledger(bootstrap, tmp_path):
    async with world(bootstrap, tmp_path) as made:
        yield made


def state(number: int, now: int, hoster: str, outcome: CaseClass = CaseClass.ONLINE) -> Send:
    """Return a URL's record with one case at a hoster, noticed an hour ago."""
    shift = now - START
    one = case(outcome, hoster=hoster, reported=-1, noticed=-1)
    one = structs.replace(
        one,
        opened_at=one.opened_at + shift,
        reported_at=one.reported_at + shift,
        received_at=one.received_at + shift,
        noticed_at=one.noticed_at + shift,
        phases=tuple([structs.replace(p, from_at=p.from_at + shift) for p in one.phases]),
    )
    url_key = f"{number:032x}"
    return Send("cases.v1", url_key.encode(), STATE.encode(UrlState(url_key=url_key, cases=(one,))))


async def run(ledger, folder, *arguments: str) -> int:
    kafka = ledger.settings.kafka
    variables = {"KAFKA__BOOTSTRAP": kafka.bootstrap, "KAFKA__TOPIC_PREFIX": kafka.topic_prefix}
    variables["KAFKA__PARTITIONS"] = str(kafka.partitions)
    async with hostwatch(folder, "registry", *arguments, **variables) as process:
        return await process.wait()


async def test_what_is_suggested_is_applied(ledger, tmp_path):
    """A hoster with more probes than its limit gets an entry, in a file that `apply` takes."""
    now = ledger.settings.clock.clock().now()
    records = [state(n, now, "north") for n in range(400)]
    records += [state(n, now, "south") for n in range(400, 440)]
    records += [state(0, now, "north", CaseClass.WITHDRAWN)]  # the newest one holds
    records += [Send("cases.v1", b"position/0", b"{}")]
    await ledger.outbox.send(records)
    out = tmp_path / "inclusion.json"
    assert await run(ledger, tmp_path, "suggest", "--json", str(out)) == 0, said(tmp_path)
    (entry,) = json.loads(out.read_bytes())["inclusion"]
    assert (entry["id"], entry["seed"]) == ("north", "north")
    assert 0.1 < entry["probability"] < 0.5
    assert "399" in said(tmp_path)
    assert await run(ledger, tmp_path, "apply", str(out)) == 0, said(tmp_path)
    assert await run(ledger, tmp_path, "apply", str(out)) == 0
    assert "nothing has changed" in said(tmp_path)
    shown = tmp_path / "shown.json"
    assert await run(ledger, tmp_path, "show", "--json", str(shown)) == 0, said(tmp_path)
    entries = {(one["kind"], one["id"]): one for one in json.loads(shown.read_bytes())}
    assert entries["inclusion", "north"]["probability"] == entry["probability"]
    assert entries["hoster", "north"]["asns"] == [64500]
    assert await run(ledger, tmp_path, "propose", "--json", str(out)) == 0  # its older name
    assert json.loads(out.read_bytes())["inclusion"] == [entry]


async def test_without_need_nothing_is_suggested(ledger, tmp_path):
    """The file is there all the same, and applying it changes nothing."""
    out = tmp_path / "inclusion.json"
    assert await run(ledger, tmp_path, "suggest", "--json", str(out)) == 0, said(tmp_path)
    assert json.loads(out.read_bytes()) == {}
    assert "no hoster has more probes planned" in said(tmp_path)
    assert await run(ledger, tmp_path, "apply", str(out)) == 0, said(tmp_path)
