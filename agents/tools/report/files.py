"""Writes the files of a report: cases, hosters, the page and its PDF, and how it was made.

The same report gives the same bytes on every machine; Parquet and PDF with the same libraries.
"""

import hashlib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from agents.edges.files.csv_text import csv_text
from agents.edges.web.messages import N_, speaking
from agents.errors import UserError
from agents.tools.documents.pdf import pdf_of
from agents.tools.report.bridge import Bridge, bridge_csv, changed_csv
from agents.tools.report.numbers import DASH
from agents.tools.report.page import report_page, title_of
from agents.tools.report.publication import PeriodReport
from agents.tools.report.sections.made import ReportParts
from schemas.moments import rfc3339
from streams.lifecycle import METHOD_VERSION
from streams.report.hosters_of_report import ReportHosters
from streams.report.published_case import PublishedCase

CASES_FILE: Final = "cases.parquet"
HOSTERS_FILE: Final = "hosters.csv"
METHOD_FILE: Final = "method.json"
BRIDGE_FILE: Final = "bridge.csv"
CHANGED_FILE: Final = "bridge-cases.csv"
PAGE_FILE: Final = "report.html"
PDF_FILE: Final = "report.pdf"
DIGESTED_ON_PAGE: Final = (CASES_FILE, HOSTERS_FILE, BRIDGE_FILE, CHANGED_FILE)
"""Their digests stand on the page."""

DIGESTED: Final = (*DIGESTED_ON_PAGE, PAGE_FILE, PDF_FILE)
_NOT_ALWAYS: Final = (BRIDGE_FILE, CHANGED_FILE, PDF_FILE)

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
        *((name, pa.string()) for name in ("group", "country", "moved_to")),
        ("back_at", _TIME),
        ("site_type", pa.string()),
        *((name, _TIME) for name in ("withdrawn_at", "reported_again_at")),
    ]
)


def write(report: PeriodReport, folder: Path, *, pdf: bool = True) -> None:
    """Write a report's files; `method.json` comes last and has the digests of the others.

    Args:
        report: the report.
        folder: where to; it is made where it is not there.
        pdf: the page is printed too; it takes a second a page.

    Raises:
        UserError: the folder cannot be written.
    """
    rows = [_row(one) for one in report.cases]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows, _SCHEMA), folder / CASES_FILE, compression="zstd")
        for name in _NOT_ALWAYS:
            (folder / name).unlink(missing_ok=True)
        (folder / HOSTERS_FILE).write_text(hosters_csv(report.hosters))
        if report.bridge is not None:
            (folder / BRIDGE_FILE).write_text(bridge_csv(report.bridge))
            (folder / CHANGED_FILE).write_text(changed_csv(report.bridge))
        page = page_of(report, digests_of(folder, DIGESTED_ON_PAGE))
        (folder / PAGE_FILE).write_text(page)
        if pdf:
            (folder / PDF_FILE).write_bytes(printed(report, page))
        stated = parameters(report) | {"positions": report.positions}
        stated["sha256"] = digests_of(folder, DIGESTED)
        stated["digest"] = digest_of(stated)
        text = msgspec.json.format(msgspec.json.encode(stated), indent=2)
        (folder / METHOD_FILE).write_bytes(text + b"\n")
    except OSError:
        raise UserError(f"{folder} cannot be written") from None


def digests_of(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Return the SHA-256 of files of a report; it may have no PDF and no bridge.

    Args:
        folder: of the report.
        names: of the files.

    Raises:
        OSError: one cannot be read.
    """
    there = [name for name in names if name not in _NOT_ALWAYS or (folder / name).exists()]
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in there}


def page_of(report: PeriodReport, digests: Mapping[str, str]) -> str:
    """Return the page of a report.

    Args:
        report: the report.
        digests: of its cases, its hosters, and its bridge where it has one.
    """
    proof = {
        N_("Method"): METHOD_VERSION,
        N_("Code"): metadata.version("hostwatch"),
        N_("Ledger read up to"): _position(report),
    }
    return report_page(_made(report), proof | {name: digests[name] for name in sorted(digests)})


def printed(report: PeriodReport, page: str) -> bytes:
    """Return the PDF of a report.

    Args:
        report: the report.
        page: of it.
    """
    language = report.context.language
    with speaking(language):
        title = title_of(report.cohort)
    return pdf_of(page, instant=report.cohort.as_of, language=language, title=title)


def _made(report: PeriodReport) -> ReportParts:
    parts = (report.hosters, report.figures, report.context, report.bridge)
    return ReportParts(report.cohort, report.threshold, *parts)


def _position(report: PeriodReport) -> str:
    """Return the sums of a position by topic, and the digest of all; a dash without a ledger."""
    if not report.positions:
        return DASH
    sums: dict[str, int] = {}
    for offsets in report.positions.values():
        for topic, offset in offsets.items():
            sums[topic] = sums.get(topic, 0) + offset
    whole = hashlib.sha256(msgspec.json.encode(report.positions, order="sorted")).hexdigest()
    return ", ".join([*(f"{topic} {n}" for topic, n in sorted(sums.items())), whole[:16]])


def _row(case: PublishedCase) -> dict[str, Any]:
    stated = msgspec.structs.asdict(case)
    return {"class": stated.pop("case_class"), **stated}


def hosters_csv(hosters: ReportHosters) -> str:
    """Return a line for each hoster; of two-ended figures each end has a column."""
    pairs = {"bounds": ("share_low", "share_high"), "interval": ("interval_low", "interval_high")}
    pairs["rank"] = ("rank_low", "rank_high")
    plain = ("hoster", "n", "incidents", "in_time", "late", "named", "reason")
    names, rows = [*plain, *(name for pair in pairs.values() for name in pair)], []
    for row in hosters.rows:
        stated = msgspec.to_builtins(row)
        for name, ends in pairs.items():
            stated |= dict(zip(ends, stated.pop(name) or ("", ""), strict=True))
        rows.append([stated[name] for name in names])
    return csv_text(names, rows)


def digest_of(stated: Mapping[str, object]) -> str:
    """Return the digest of what `method.json` says besides it."""
    kept = {name: value for name, value in stated.items() if name != "digest"}
    return hashlib.sha256(msgspec.json.encode(kept, order="deterministic")).hexdigest()


def parameters(report: PeriodReport) -> dict[str, Any]:
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
        "country": cohort.country,
        "country_basis": cohort.country_basis,
        "context": msgspec.to_builtins(report.context),
        "named": report.hosters.named,
        "bridge": None if report.bridge is None else _said_of(report.bridge),
    }


def _said_of(bridge: Bridge) -> dict[str, Any]:
    """Return what `method.json` says of two methods; the cases have a file of their own."""
    said: dict[str, Any] = msgspec.to_builtins(bridge)
    return {name: value for name, value in said.items() if name != "changed"}
