"""The demo's result as a script reads it."""

from typing import Any

import msgspec

from schemas.closed_lists import Result
from sim.oracle.findings import OracleFinding
from sim.oracle.oracle import HosterComparison, RunReport
from sim.oracle.truth import ComparedFigures


def as_json(run_report: RunReport) -> bytes:
    """Return the result as one JSON object.

    Its keys: accepted, duplicate, quarantined (by reason), unaccounted, wrong_intervals,
    hosters (id, behaviour, measured, truth), gains (id, behaviour, gained,
    awaiting_recheck, grounds) and ok.
    Times are seconds, null = not reached.
    """
    outcomes = run_report.outcomes
    result = {
        "accepted": outcomes.get((Result.ACCEPTED, ""), 0),
        "duplicate": outcomes.get((Result.DUPLICATE, ""), 0),
        "quarantined": {
            str(reason): count
            for (kind, reason), count in sorted(outcomes.items())
            if kind is Result.QUARANTINED
        },
        "unaccounted": run_report.unaccounted,
        "wrong_intervals": run_report.findings.get(OracleFinding.WRONG_INTERVAL, 0),
        "hosters": [_line(line) for line in run_report.lines],
        "gains": [
            {
                "id": line.hoster.id,
                "behaviour": line.hoster.behaviour.value,
                "gained": bool(line.gains),
                "awaiting_recheck": line.awaiting,
                "grounds": [ground.name.lower() for ground in line.gains],
            }
            for line in run_report.lines
        ],
        "ok": run_report.ok,
    }
    return msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"


def _line(line: HosterComparison) -> dict[str, Any]:
    return {
        "id": line.hoster.id,
        "behaviour": line.hoster.behaviour.value,
        "measured": _side(line.measured),
        "truth": _side(line.truth),
    }


def _side(side: ComparedFigures) -> dict[str, Any]:
    return {
        "reported": side.reported,
        "open": side.backlog,
        "overdue": side.overdue,
        "unseen": side.unseen,
        "hidden": side.unavailable,
        "removed": side.removed,
        "back": side.back,
        "found_out": side.found_out,
        "median_s": side.median_s,
        "share_24h": side.share_24h,
    }
