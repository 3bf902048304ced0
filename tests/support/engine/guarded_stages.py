"""A stage behind its guard, with what is set aside held in memory."""

from stages import Recording, record

from agents.engine.consume.failed_attempts import Attempts
from agents.engine.consume.guarded_stage import guarded
from agents.engine.consume.poison_records import Guard

ROLE = "recording"


class Aside(dict):
    """Offsets that are set aside, of every partition."""

    def holds(self, record):
        """Say whether it is one of them."""
        return record.offset in self

    def of(self, topic, partition):
        """Return them."""
        return self

    def digest(self, record):
        """Return what stands for it."""
        return f"digest-{record.offset}"


class Noted(Recording):
    """Remembers what it is told is set aside."""

    __slots__ = ("aside",)

    async def set_aside(self, records):
        """Remember."""
        self.told.append(("aside", [one.offset for one in records]))


class Once:
    """A process: a stage that fails at some offsets, and what earlier processes noted."""

    def __init__(self, folder, fails=(), aside=(), stopped_wait_s=0.0):
        """Start where earlier processes of the folder stopped."""
        self.stage = Noted(fails=frozenset(fails))
        self.aside = Aside.fromkeys(aside)
        self.attempts = Attempts(folder, ROLE)
        guard = Guard(ROLE, self.aside, self.attempts, stopped_wait_s=stopped_wait_s)
        self.guarded = guarded(self.stage, guard)

    async def handle(self, *offsets):
        """Hand over a list."""
        await self.guarded.handle([record(offset) for offset in offsets])

    @property
    def handed(self):
        """Return what the stage was told, in order."""
        return [what for _, what in self.stage.told]
