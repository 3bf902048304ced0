"""What a decision of the ledger is worth."""

from desk_ledger import CASE, URL_KEY, desk_ledger

from agents.engine.stage import Send
from agents.tools.decisions.written import written_decisions
from schemas.codec import DECISION
from schemas.records.facts import Decision
from schemas.topics import DECISIONS

WHY = ("--reason", "as a test")


async def test_a_revoked_revoke_revokes_nothing(bootstrap, tmp_path) -> None:
    """Each is listed with what it is worth, also one that nobody signed."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        ids = [await desk.persons.decide(CASE, "--action", "exclude", *WHY)]
        for _ in range(2):
            await desk.ledger.fold()
            undo = (CASE, "--action", "revoke", "--revokes", ids[-1], *WHY)
            ids.append(await desk.persons.decide(*undo))
        bare = Decision(id="bare", url_key=URL_KEY, decided_at=1, action="exclude", reason="x")
        await desk.ledger.outbox.send(
            [Send(DECISIONS.name, URL_KEY.encode(), DECISION.encode(bare))]
        )
        found = await written_decisions(desk.ledger.settings)
        assert [(made.id, worth) for made, worth in found] == [
            ("bare", "no effect: not signed by two persons who may"),
            (ids[0], "takes effect"),
            (ids[1], f"revoked by {ids[2]}"),
            (ids[2], "takes effect"),
        ]
