"""Recomputes a published report, and says where it differs."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple, cast

import msgspec

from agents.errors import UserError
from agents.tools.report.bridge import Bridge, bridge_csv, changed_csv, changed_in
from agents.tools.report.context import ReportContext
from agents.tools.report.files import (
    BRIDGE_FILE,
    CASES_FILE,
    CHANGED_FILE,
    DIGESTED,
    DIGESTED_ON_PAGE,
    HOSTERS_FILE,
    METHOD_FILE,
    PAGE_FILE,
    PDF_FILE,
    digest_of,
    digests_of,
    hosters_csv,
    page_of,
    parameters,
    printed,
)
from agents.tools.report.publication import PeriodReport
from agents.tools.report.published_file import published_cases
from agents.tools.report.reading.position import Positions
from schemas.moments import instant
from streams.report.cohort import USED, Cohort
from streams.report.hosters_of_report import judged

METHOD_BYTES_MAX = 1_048_576
"""A position takes some 100 bytes a partition, and a broker has a few thousand at most."""


class Parameters(NamedTuple):
    """What a report says that it was made with.

    Attributes:
        bridge: of two methods, without the cases that differ; None = it has none.
    """

    cohort: Cohort
    threshold: float
    context: ReportContext
    positions: Positions
    bridge: Bridge | None


def parameters_of(folder: Path) -> Parameters:
    """Return the period, norm and threshold of a published report.

    Raises:
        UserError: the folder holds no report.
    """
    stated = published_method(folder)
    try:
        from_at, to_at = (instant(datetime.fromisoformat(str(stated[n]))) for n in ("from", "to"))
        norm = stated["norm_s"]
        norm_s = None if norm == "order" else int(str(norm))
        basis = str(stated.get("country_basis", USED))
        return Parameters(
            Cohort(from_at, to_at, norm_s, str(stated.get("country", "")), basis),
            float(str(stated["threshold"])),
            msgspec.convert(stated.get("context", {}), ReportContext),
            msgspec.convert(stated.get("positions", {}), Positions),
            None if not stated.get("bridge") else _bridge(stated["bridge"]),
        )
    except (KeyError, ValueError, TypeError):
        raise UserError(f"{folder / METHOD_FILE} lacks what a report was made with") from None


def _bridge(said: object) -> Bridge:
    """Return what `method.json` says of two methods."""
    return msgspec.convert({"changed": ()} | dict(cast("dict[str, object]", said)), Bridge)


def from_cases(folder: Path) -> PeriodReport:
    """Make the report again from the cases that it publishes.

    Raises:
        UserError: the folder holds no report.
    """
    cohort, threshold, context, positions, bridge = parameters_of(folder)
    if bridge is not None:
        changed = changed_in(folder / CHANGED_FILE)
        bridge = msgspec.structs.replace(bridge, changed=changed)
    cases = published_cases(folder / CASES_FILE)
    try:
        hosters = judged(cases, cohort.norm_s, threshold)
    except ValueError as error:
        raise UserError(f"{folder / CASES_FILE}: {error}") from None
    return PeriodReport(cohort, threshold, positions, cases, hosters, context, bridge)


def differences(folder: Path, again: PeriodReport) -> list[str]:
    """Return a line for each thing in which a published report differs from one made again.

    Args:
        folder: the published report.
        again: made from the ledger, or from the folder's own cases.

    Raises:
        UserError: the folder holds no report.
    """
    return list(_differences(folder, again))


def _differences(folder: Path, again: PeriodReport) -> Iterator[str]:
    stated = published_method(folder)
    for name, value in json.loads(json.dumps(parameters(again))).items():
        if stated.get(name) != value:
            yield f"{METHOD_FILE}, {name}: published {stated.get(name)}, found {value}"
    if stated.get("digest") != digest_of(stated):
        yield f"{METHOD_FILE}, digest: the file is not as it was published"
    digests = stated.get("sha256")
    there = _digests(folder)
    for name in DIGESTED:
        if not isinstance(digests, dict) or digests.get(name) != there.get(name):
            yield f"{METHOD_FILE}, sha256: {name} is not the file that was published"
    yield from _lines(folder / HOSTERS_FILE, hosters_csv(again.hosters))
    if again.bridge is not None:
        yield from _lines(folder / BRIDGE_FILE, bridge_csv(again.bridge))
        yield from _lines(folder / CHANGED_FILE, changed_csv(again.bridge))
    page = page_of(again, _digests_on_page(there))
    yield from _lines(folder / PAGE_FILE, page)
    cases = sorted(published_cases(folder / CASES_FILE), key=lambda one: one.case)
    for published_case, found_case in zip_longest(cases, again.cases):
        if published_case != found_case:
            name = (published_case or found_case).case
            yield f"{CASES_FILE}: case {name} or one after it differs"
            return


def pdf_differs(folder: Path, again: PeriodReport) -> bool:
    """Return whether a report's PDF is another than its page gives with the libraries installed.

    Args:
        folder: the published report, which agrees else.
        again: made from the ledger, or from the folder's own cases.

    Raises:
        UserError: the folder holds no report.
    """
    there = _digests(folder)
    if PDF_FILE not in there:
        return False
    page = page_of(again, _digests_on_page(there))
    return _read(folder / PDF_FILE) != printed(again, page)


def _digests_on_page(there: dict[str, str]) -> dict[str, str]:
    return {name: there[name] for name in DIGESTED_ON_PAGE if name in there}


def _digests(folder: Path) -> dict[str, str]:
    try:
        return digests_of(folder, DIGESTED)
    except OSError:
        raise UserError(f"{folder} lacks a file of a report") from None


def _lines(file: Path, again: str) -> Iterator[str]:
    lines = _read(file).decode(errors="replace").splitlines()
    for number, (published, found) in enumerate(
        zip_longest(lines, again.splitlines(), fillvalue="nothing"), 1
    ):
        if published != found:
            yield f"{file.name}, line {number}: published {published}; found {found}"


def published_method(folder: Path) -> dict[str, object]:
    """Return what a report says of how it was made.

    Raises:
        UserError: the folder holds no report.
    """
    try:
        found = json.loads(_read(folder / METHOD_FILE)[:METHOD_BYTES_MAX])
    except ValueError:
        raise UserError(f"{folder / METHOD_FILE} is no JSON") from None
    if not isinstance(found, dict):
        raise UserError(f"{folder / METHOD_FILE} is no report's")
    return found


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise UserError(f"{file} cannot be read") from None
