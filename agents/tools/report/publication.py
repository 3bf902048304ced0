"""Makes a report from the table of cases, and writes its files.

What is written depends on the ledger's position, the period and the parameters alone. The same
ledger gives the same bytes on every machine, whatever the order in which its topics are read.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.errors import UserError
from agents.tools.verification import read
from schemas.moments import rfc3339
from schemas.records.case import Position
from streams.lifecycle import METHOD_VERSION
from streams.report.cohort import Cohort, Hash, pseudonym, published
from streams.report.field import Field, judged
from streams.report.naming_gate import Reason
from streams.report.published_case import PublishedCase

CASES_FILE: Final = "cases.parquet"
HOSTERS_FILE: Final = "hosters.csv"
METHOD_FILE: Final = "method.json"

_JUDGED: Final = frozenset({Reason.NAMED, Reason.NOT_BELOW})
_TIME: Final = pa.timestamp("ms", "UTC")
_SCHEMA: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("case", "hoster", "role", "hotline", "category")),
        ("incident", pa.string()),
        *((name, _TIME) for name in ("noticed_at", "last_seen_at", "gone_at")),
        ("class", pa.string()),
        ("backed", pa.bool_()),
        ("verdict", pa.string()),
        ("weight", pa.float64()),
        ("flags", pa.list_(pa.string())),
        ("as_of", _TIME),
    ]
)


class Ledger(NamedTuple):
    """What was read of a ledger: its cases of the cohort, and the position they stand at."""

    cases: list[PublishedCase]
    positions: list[Position]


@dataclass(frozen=True, slots=True)
class Report:
    """A report before it is written.

    Attributes:
        cohort: its period and norm.
        threshold: share within the norm that a hoster must not lie below.
        positions: ledger positions that it was made at.
        cases: hosters that are not judged have pseudonyms.
        field: what is stated of the hosters, likewise.
    """

    cohort: Cohort
    threshold: float
    positions: list[Position]
    cases: list[PublishedCase]
    field: Field


async def reported(
    settings: Settings, cohort: Cohort, threshold: float, step: Callable[[int, int], None]
) -> Report:
    """Read the cases of a period and judge their hosters.

    Args:
        settings: with `kafka.bootstrap` and the key file set.
        cohort: the period and its norm.
        threshold: share within the norm, 0 to 1.
        step: told the partitions read and all of them.

    Raises:
        UserError: the broker has no cases, they cannot be read, or the period was not watched to
            its end.
        KafkaError, TimeoutError: the broker failed.
    """
    hash = Keyring.load(settings.key_file).hash
    ledger = await _ledger(settings, cohort, hash, step)
    field = judged(ledger.cases, cohort.norm_s, threshold)
    names = {
        row.hoster: row.hoster if row.reason in _JUDGED else pseudonym(row.hoster, cohort, hash)
        for row in field.rows
    }
    cases = [msgspec.structs.replace(one, hoster=names[one.hoster]) for one in ledger.cases]
    cases.sort(key=lambda one: one.case)
    again = judged(cases, cohort.norm_s, threshold)  # in the order of the published names
    return Report(cohort, threshold, ledger.positions, cases, again)


async def _ledger(
    settings: Settings, cohort: Cohort, hash: Hash, step: Callable[[int, int], None]
) -> Ledger:
    there = await read.tables(settings)
    found = Ledger([], [])
    for partition in there.partitions:
        table = await read.table(settings, partition, there.holds)
        if table.position is not None:
            _is_watched(table.position, cohort)
            found.positions.append(table.position)
            found.cases.extend(_of_table(table.states.values(), cohort, hash))
        step(partition + 1, len(there.partitions))
    return found


def _is_watched(position: Position, cohort: Cohort) -> None:
    if position.as_of < cohort.as_of:
        raise UserError(
            f"the ledger is read up to {rfc3339(position.as_of)}; this report needs it up to"
            f" {rfc3339(cohort.as_of)}, 31 days after --to"
        )
    if position.method != METHOD_VERSION:
        raise UserError("the table of cases is of another method: let lifecycle renew it first")


def _of_table(states: Iterable[bytes], cohort: Cohort, hash: Hash) -> Iterator[PublishedCase]:
    for value in states:
        for case in read.state_of(value).cases:
            found = published(case, cohort, hash)
            if found is not None:
                yield found


def write(report: Report, folder: Path) -> None:
    """Write a report's files; `method.json` comes last and has the digests of the others.

    Raises:
        UserError: the folder cannot be written.
    """
    rows = [_row(one) for one in report.cases]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows, _SCHEMA), folder / CASES_FILE, compression="zstd")
        (folder / HOSTERS_FILE).write_text(hosters_csv(report.field))
        digests = {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in (CASES_FILE, HOSTERS_FILE)
        }
        stated = parameters(report) | _positions(report) | {"sha256": digests}
        stated["digest"] = digest_of(stated)
        text = msgspec.json.format(msgspec.json.encode(stated), indent=2)
        (folder / METHOD_FILE).write_bytes(text + b"\n")
    except OSError:
        raise UserError(f"{folder} cannot be written") from None


def _row(case: PublishedCase) -> dict[str, Any]:
    stated = msgspec.structs.asdict(case)
    return {"class": stated.pop("case_class"), **stated}


def hosters_csv(field: Field) -> str:
    """Return a line for each hoster; of two-ended figures each end has a column."""
    text = io.StringIO()
    pairs = {"bounds": ("share_low", "share_high"), "interval": ("interval_low", "interval_high")}
    pairs["rank"] = ("rank_low", "rank_high")
    plain = ("hoster", "n", "incidents", "in_time", "late", "named", "reason")
    table = csv.DictWriter(text, [*plain, *(name for pair in pairs.values() for name in pair)])
    table.writeheader()
    for row in field.rows:
        stated = msgspec.to_builtins(row)
        for name, ends in pairs.items():
            stated |= dict(zip(ends, stated.pop(name) or ("", ""), strict=True))
        table.writerow(stated)
    return text.getvalue()


def digest_of(stated: Mapping[str, object]) -> str:
    """Return the digest of what `method.json` says besides it."""
    kept = {name: value for name, value in stated.items() if name != "digest"}
    return hashlib.sha256(msgspec.json.encode(kept, order="deterministic")).hexdigest()


def parameters(report: Report) -> dict[str, Any]:
    """Return what a report was made with, and whom it names."""
    cohort = report.cohort
    return {
        "method": METHOD_VERSION,
        "code": metadata.version("hostwatch"),
        "from": rfc3339(cohort.from_at),
        "to": rfc3339(cohort.to_at),
        "as_of": rfc3339(cohort.as_of),
        "norm_s": "order" if cohort.norm_s is None else cohort.norm_s,
        "threshold": report.threshold,
        "named": report.field.named,
    }


def _positions(report: Report) -> dict[str, Any]:
    return {"positions": {str(one.partition): one.offsets for one in report.positions}}
