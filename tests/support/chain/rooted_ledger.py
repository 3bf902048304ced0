"""A small ledger with a key file, two persons, and roots over all of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from desk_ledger import SignedLedger, desk_ledger
from ledger_events import START

from agents.edges.crypto.person_key import PersonKey
from agents.tools.dossier.make import DossierRequest
from agents.tools.roots.write import GRACE_MS, RootKey, write_roots
from schemas.moments import DAY_MS, HOUR_MS


@dataclass(slots=True)
class Rooted:
    """The desk's ledger with roots.

    Attributes:
        desk: the ledger and its persons.
        by: what the roots are signed with.
    """

    desk: SignedLedger
    by: RootKey
    hours: int = 2

    @property
    def key(self) -> str:
        """The public key of the roots."""
        return self.by.key.public_key

    async def cover(self) -> None:
        """Write roots over all that the ledger has."""
        settings, self.hours = self.desk.ledger.settings, self.hours + 2
        later = settings.clock.clock().now() + self.hours * HOUR_MS + GRACE_MS
        await write_roots(settings, self.by, later)

    def request(self, hoster: str = "acme", **more: object) -> DossierRequest:
        """Return what asks for all cases of a hoster."""
        return DossierRequest(hoster, START - DAY_MS, START + 99 * DAY_MS)._replace(**more)


@asynccontextmanager
async def rooted_ledger(bootstrap: str, folder: Path) -> AsyncIterator[Rooted]:
    """Open the desk's ledger and write its roots."""
    async with desk_ledger(bootstrap, folder) as desk:
        key = PersonKey.create(folder / "roots.pem")
        found = Rooted(desk, RootKey(key, "roots-2026"))
        await found.cover()
        yield found
