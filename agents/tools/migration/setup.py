"""What a migration works with: the two prefixes, the ledger's keys, and a connection."""

from agents.config import Settings
from agents.edges.crypto.key_binding import held_months
from agents.edges.crypto.key_file import KeyFault, KeyFileError
from agents.edges.crypto.key_proof import KeyFileProof, proof_of
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.ledger_keys import LedgerKeys, own_months
from agents.edges.crypto.sealing import KeyGone, KeyNotLoaded, MonthKey, NoKey, NotSealed
from agents.edges.kafka.topic_copy import copier
from agents.errors import UserError
from agents.tools.migration.check import MigrationCheck, MigrationListener
from agents.tools.migration.migrate import Migrated, Migration
from schemas.moments import Instant
from schemas.seal_context import SealContext
from streams.record_upgrade import Upgrade

_LOST = (
    "a text of the ledger was sealed in a month whose key the key file does not have: use the"
    " newest key file of the hosts that wrote the ledger"
)


async def migrated(
    settings: Settings, prefixes: tuple[str, str], say: MigrationListener, *, keep: bool
) -> Migrated:
    """Copy a ledger, verify the copy and remove the ledger.

    Args:
        settings: broker, partitions and key file.
        prefixes: of the old ledger and of the new one.
        say: is told the progress.
        keep: leave the old ledger where it is.

    Raises:
        UserError: see `Migration`; or the key file is not the ledger's.
    """
    old, new = (_at(settings, prefix) for prefix in prefixes)
    keys = LedgerKeys(new)
    ring = keys.ring
    for month, own in own_months(ring.content).items():
        ring.put(int(month), [MonthKey(int(month), key) for key in own])
    for number, held in (await held_months(new, ring.content)).items():  # of other hosts, too
        ring.put(number, held)
    opener = _Opener(ring)
    upgrade = Upgrade(hash=ring.hash, seal=opener.seal, reseal=opener.reseal)
    async with copier(settings.kafka, *prefixes) as copy:
        check = MigrationCheck(copy, upgrade, opener.show, say)
        migration = Migration(new, copy, ring.ready, upgrade, check, say)
        await migration.examine()
        if await proof_of(old, ring) is KeyFileProof.FOREIGN:
            raise KeyFileError(KeyFault.FOREIGN)
        await migration.prepare()
        await keys.start()
        try:
            return await migration.run(keep=keep)
        except NotSealed:
            raise KeyFileError(KeyFault.FOREIGN) from None
        finally:
            await keys.stop()


class _Opener:
    """Opens and seals; what a destroyed month sealed stays as it is.

    Args:
        ring: the ledger's keys.
    """

    def __init__(self, ring: Keyring) -> None:
        self.ring = ring

    def seal(self, raw: bytes, at: Instant, bound: SealContext) -> str:
        """Seal bytes; give nothing where the month's key was destroyed."""
        try:
            return self.ring.seal_bytes(raw, at, bound)
        except NoKey:
            return ""

    def reseal(self, sealed: str, bound: SealContext) -> str:
        """Seal a text anew for its place, in its month."""
        try:
            raw = self.ring.open_bytes(sealed, bound).reveal()
            return self.ring.key_of(sealed).seal(raw, bound)
        except KeyNotLoaded:
            raise UserError(_LOST) from None
        except KeyGone:
            return sealed

    def show(self, sealed: str, bound: SealContext) -> str:
        """Return what a text says."""
        try:
            return self.ring.open_bytes(sealed, bound).reveal().decode("latin-1")
        except NoKey:
            return sealed


def _at(settings: Settings, prefix: str) -> Settings:
    kafka = settings.kafka.model_copy(update={"topic_prefix": prefix})
    return settings.model_copy(update={"kafka": kafka})
