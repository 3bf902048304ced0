"""Which dossiers were handed over, on a real broker."""

from desk_ledger import desk_ledger
from msgspec.structs import replace

from agents.engine.stage import Send
from agents.tools.dossier.handovers import hand_over, read_handovers
from schemas.codec import HANDOVER
from schemas.records.custody import Handover
from schemas.topics import HANDOVERS

MADE = Handover(
    hoster="acme",
    person="nobody",
    at=0,
    recipient="its abuse desk",
    digest="0" * 32,
    cases=2,
    from_at=0,
    to_at=1,
    signatures=(),
)


async def test_a_handover_is_its_persons_or_is_not_genuine(bootstrap, tmp_path) -> None:
    """Dated by the broker; one that was changed is shown, and not believed."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        made = await hand_over(desk.ledger.settings, MADE, desk.by("anna").key)
        assert made.person == "anna"
        forged = HANDOVER.encode(replace(made, hoster="other"))
        await desk.ledger.outbox.send([Send(HANDOVERS.name, b"other", forged, partition=0)])
        found = await read_handovers(desk.ledger.settings)
        assert [(one.record.hoster, one.genuine) for one in found] == [
            ("acme", True),
            ("other", False),
        ]
        assert found[0].at >= made.at - 1_000
