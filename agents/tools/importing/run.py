"""Files and folders into a hotline's inbox, once or as they come.

Nothing is kept beside the inbox: which records of which file stand there, the inbox says itself.
So a run that was killed anywhere goes on where it left off, and no file of its own can hold an
address.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from agents.config import Settings
from agents.edges.files.source_file import SourceFile
from agents.engine.stage import Outbox
from agents.errors import UserError
from agents.tools.importing.hand_in import (
    HandedIn,
    Imported,
    ProgressListener,
    hand_in,
    reported_urls,
)
from agents.tools.importing.inbox import ImportedFiles, read_inbox
from schemas.records.reports import HotlineId
from streams.intake.formats.base import Using


class NotAsked(UserError):
    """URLs would be probed for the first time, and nobody said that they may be."""


class ImportListener(Protocol):
    """Is told what became of each file."""

    def file(self, path: Path) -> ProgressListener:
        """Return what is told the progress of a file that is begun."""

    def handed_in(self, path: Path, result: HandedIn) -> None:
        """Take what became of a file."""

    def failed(self, path: Path, why: str) -> None:
        """Take why a file could not be read."""


@dataclass(slots=True, kw_only=True)
class ImportRun:
    """What was handed in by one command.

    Attributes:
        settings: with `kafka.bootstrap` set.
        hotline: whose inbox.
        outbox: writes the records.
        using: what files are read with.
        probing: the URLs of its reports may be resolved and probed.
        may_probe: asked with the number of URLs and a format, before the first files of it.
        told: is told of each file.
        inbox: what stands there.
        total: what became of all files at the door.
        digests: of files that were read.
        failed: files that could not be read.
    """

    settings: Settings
    hotline: HotlineId
    outbox: Outbox
    using: Using
    probing: bool
    may_probe: Callable[[int, str], bool]
    told: ImportListener
    inbox: ImportedFiles
    total: HandedIn = field(default_factory=HandedIn)
    digests: set[str] = field(default_factory=set)
    failed: int = 0

    async def take(self, paths: Sequence[Path]) -> None:
        """Hand in files, those that can be read.

        Raises:
            NotAsked: URLs would be probed that nobody allowed; nothing of such files is written.
            SendFailed, KafkaError, TimeoutError: the broker failed; run again to go on.
        """
        sources: list[SourceFile] = []
        for path in paths:
            try:
                sources.append(await asyncio.to_thread(SourceFile.read, path, self.using))
            except UserError as error:
                self.failed += 1
                self.told.failed(path, str(error))
        await self._ask(sources)
        for source in sources:
            result = await hand_in(
                self.settings,
                source,
                self.inbox,
                self.outbox,
                self.told.file(source.path),
                probing=self.probing,
            )
            self.total.add(result)
            self.digests.add(source.digest)
            self.told.handed_in(source.path, result)

    async def _ask(self, sources: Sequence[SourceFile]) -> None:
        if not self.probing:
            return
        new = defaultdict[str, set[int]](set)
        for source in sources:
            if source.format not in self.inbox.formats:
                new[source.format] |= await asyncio.to_thread(reported_urls, source)
        for format, found in sorted(new.items()):
            urls = len(found)
            if urls and not self.may_probe(urls, format):
                raise NotAsked(
                    f"{urls} URLs of hotline {self.hotline} would be resolved and probed, the"
                    f" first of its {format} files: add --probe, or --no-probing to keep them"
                    " unprobed for good; nothing was handed in"
                )

    async def refresh(self) -> None:
        """Read the inbox anew, for notices that came meanwhile by other ways."""
        inbox = await read_inbox(self.settings, self.hotline, notices=True)
        inbox.done |= self.inbox.done
        inbox.formats |= self.inbox.formats
        self.inbox = inbox
        self.using = replace(self.using, notices=inbox.noticed)

    async def imported(self) -> Imported:
        """Return what stands in the inbox of all files of this run.

        Raises:
            KafkaError, TimeoutError: the broker failed.
        """
        after = await read_inbox(self.settings, self.hotline, self.digests)
        total = self.total
        return Imported(
            topic=after.topic,
            sent=total.sent,
            found=total.found,
            origins=after.origins(),
        )
