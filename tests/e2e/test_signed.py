"""Decisions on a real broker: two persons exclude a case, whoever else writes one does not."""

from pathlib import Path

from command import hostwatch
from msgspec.structs import replace
from set_aside_scene import Scene, scene
from signers import Signers
from worker_figures import Figures

from agents.engine.stage import Send
from schemas.codec import DECISION
from schemas.records.facts import Decision
from schemas.topics import DECISIONS

OPEN = {("hostwatch_open_cases", "quay", ""): 1.0, ("hostwatch_open_cases", "reef", ""): 1.0}
EXCLUDED = {
    ("hostwatch_open_cases", "quay", ""): 1.0,
    ("hostwatch_open_cases", "reef", ""): 0.0,
    ("hostwatch_cases", "reef", "excluded"): 1.0,
    ("hostwatch_cases", "quay", "excluded"): 0.0,
}


async def forge(s: Scene, url_key: str) -> None:
    """Write what somebody with the desk's password and no person's key could write."""
    now = s.world.settings.clock.clock().now()
    fields = {"url_key": url_key, "decided_at": now, "action": "exclude", "reason": "forged"}
    said = Decision(v=1, id="old", proposed_by="analyst", approved_by="lead", **fields)
    bare = Decision(id="bare", **fields)
    forgers = Signers("anna", "bram")
    signed = forgers.sign(replace(bare, id="signed"), "anna", "bram")
    ours = DECISION.decode((await s.records(DECISIONS.name))[0].value)
    copied = replace(bare, id=ours.id, signatures=ours.signatures)
    made = [DECISION.encode(one) for one in (said, bare, signed, copied)]
    sends = [Send(DECISIONS.name, url_key.encode(), value) for value in made]
    await s.world.outbox.send(sends)


async def test_two_persons_exclude_a_case_and_a_forger_does_not(
    bootstrap: str, tmp_path: Path
) -> None:
    """Unsigned, of version 1, signed by other keys, with copied signatures: nothing happens."""
    async with scene(bootstrap, tmp_path) as s:
        world = s.world
        for hoster in ("quay", "reef"):
            await world.say(world.report(hoster), world.notice(hoster))
        async with hostwatch(tmp_path, *s.command) as worker:
            figures = Figures(world.settings.web.port)
            await figures.become(OPEN, worker)
            what = ("--action", "exclude", "--reason", "a test of ours")
            await s.persons.decide(s.url_key("reef"), *what)
            await forge(s, s.url_key("quay"))
            await figures.become(EXCLUDED, worker)
            verified = await s.agrees()
            await figures.become(EXCLUDED, worker)
            decided = [DECISION.decode(one.value) for one in await s.records(DECISIONS.name)]
    assert sorted(one.url_key == s.url_key("quay") for one in decided) == [False] + [True] * 4
    assert (verified.cases, verified.differences) == (2, [])
