"""Samples of the formats of files, and how they are read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from agents.edges.files.reading import using
from agents.edges.files.source_file import FileRecord, SourceFile
from schemas.closed_lists import Delivery
from schemas.records.hotline import Notice
from streams.intake.formats.base import Using

SAMPLES: Final = Path(__file__).parents[2] / "streams" / "intake" / "formats" / "samples"
MAPPING: Final = SAMPLES / "csv" / "mapping.toml"
MAIL_HOST: Final = "mail.hotline.example"
ZONE: Final = ZoneInfo("Europe/Amsterdam")

NOTICE: Final = Notice(
    v=2,
    id="n1",
    url="https://img.example/a/1.jpg",
    recipient="north",
    sent_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
    result=Delivery.SENT,
    message_id="<ntd-17@hotline.example>",
    envelope_id="QQ314159",
)
"""The notice that receipts among the samples are of."""


def reading(format: str) -> Using:
    """Return what samples of a format are read with."""
    mapping = MAPPING if format == "csv" else None
    found = {str(id): (NOTICE,) for id in (NOTICE.message_id, NOTICE.envelope_id)}
    zone = "" if format == "csv" else str(ZONE)
    return using(mapping, zone, [MAIL_HOST], lambda name: found.get(name, ()))


def read_sample(path: Path, format: str = "") -> tuple[SourceFile, list[FileRecord]]:
    """Return a file and its records, read as samples of its folder are."""
    source = SourceFile.read(path, reading(format or path.parent.parent.name))
    return source, list(source.records())
