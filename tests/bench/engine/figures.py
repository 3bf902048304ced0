"""From single measurements to the figures that are published: medians, summary, table."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

SUMMARY_KEYS = (
    "engine_eps",
    "hand_loop_eps",
    "engine_plain_eps",
    "hand_loop_plain_eps",
    "streams_eps",
    "quix_eps",
    "bytewax_eps",
    "faust_eps",
    "engine_to_hand_loop",
    "engine_to_streams",
    "engine_to_quix",
    "engine_to_faust",
    "pipeline_reports_per_s",
    "observations_per_s",
    "p99_ms",
    "gauge_p99_ms",
    "p99_cases_ms",
    "p99_gauge_ms",
    "recovery_s",
    "recovery_cases",
    "bytes_per_case",
)
"""Keys of the last line; the engine and the bare loop without `plain` are transactional. Delays in
front of `p99_cases_ms` are of the job, behind it of the real pipeline."""

RACERS = {
    "engine_eps": "engine-tx",
    "hand_loop_eps": "hand-tx",
    "engine_plain_eps": "engine",
    "hand_loop_plain_eps": "hand",
    "streams_eps": "streams-eos",
    "quix_eps": "quix",
    "bytewax_eps": "bytewax",
    "faust_eps": "faust",
}


PIPELINE_ROWS = {
    ("reports", "per_s"): "reports per second, inbox to table of cases, one worker",
    ("reports", "cpu_us"): "CPU of the worker, microseconds per report",
    ("two-workers", "per_s"): "reports per second, two workers",
    ("observations", "notices_per_s"): "notices per second, inbox to table of cases",
    ("observations", "per_s"): "observations per second, facts to table of cases",
    ("observations", "cpu_us"): "CPU of the worker, microseconds per observation",
    ("delay", "reports_per_s"): "load of the next four rows, reports per second",
    ("delay", "cases_p50_ms"): "append to table of cases, p50, ms",
    ("delay", "cases_p99_ms"): "append to table of cases, p99, ms",
    ("delay", "gauge_p50_ms"): "append to gauge, p50, ms",
    ("delay", "gauge_p99_ms"): "append to gauge, p99, ms",
    ("recovery", "cases"): "open cases in the table that is loaded",
    ("recovery", "load_s"): "loading them, s",
    ("recovery", "load_cpu_s"): "CPU of it, s",
    ("recovery", "bytes_per_case"): "memory of each, bytes",
}

MARK = "bench-engine"


def of_runs(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return medians over runs: events per second, CPU microseconds an event.

    Args:
        runs: each with `events`, `wall_s` and `cpu_s`.
    """
    return {
        "eps": round(statistics.median(run["events"] / run["wall_s"] for run in runs)),
        "cpu_us": round(statistics.median(run["cpu_s"] / run["events"] * 1e6 for run in runs), 2),
    }


def _at(found: Any, *path: str) -> Any:
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def summary(results: Mapping[str, Any]) -> dict[str, Any]:
    """Return the last line: every key, None for what was not measured."""
    line = dict.fromkeys(SUMMARY_KEYS)
    for key, name in RACERS.items():
        line[key] = _at(results, "race", name, "eps")
    for key in ("hand_loop", "streams", "quix", "faust"):
        ours, other = line["engine_eps"], line[f"{key}_eps"]
        line[f"engine_to_{key}"] = round(ours / other, 2) if ours and other else None
    for key in ("p99_ms", "gauge_p99_ms"):
        line[key] = _at(results, "latency", "engine-tx", key)
    line["pipeline_reports_per_s"] = _at(results, "pipeline", "reports", "per_s")
    line["observations_per_s"] = _at(results, "pipeline", "observations", "per_s")
    line["p99_cases_ms"] = _at(results, "pipeline", "delay", "cases_p99_ms")
    line["p99_gauge_ms"] = _at(results, "pipeline", "delay", "gauge_p99_ms")
    line["recovery_s"] = _at(results, "pipeline", "recovery", "load_s")
    line["recovery_cases"] = _at(results, "pipeline", "recovery", "cases")
    line["bytes_per_case"] = _at(results, "pipeline", "recovery", "bytes_per_case")
    return line


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


LATE = {
    "append_p99_ms": "append p99 ms",
    "p50_ms": "reader p50 ms",
    "p99_ms": "reader p99 ms",
    "gauge_p50_ms": "gauge p50 ms",
    "gauge_p99_ms": "gauge p99 ms",
    "rate": "at events/s",
}
RACE_COLUMNS = ("runs", "events/s", "CPU us/event", *LATE.values())
KILL_COLUMNS = ("kills", "lost", "doubled", "state short", "state over")


def _row(name: str, values: Sequence[Any]) -> str:
    return f"| {name} | " + " | ".join(_shown(value) for value in values) + " |"


def _head(first: str, columns: Sequence[str]) -> list[str]:
    names = " | ".join((first, *columns))
    return [f"| {names} |", "| --- " * (len(columns) + 1) + "|"]


def table(results: Mapping[str, Any]) -> str:
    """Return the results as Markdown tables."""
    lines = _head("contestant", RACE_COLUMNS)
    for name, found in results.get("race", {}).items():
        late = _at(results, "latency", name) or {}
        values = (
            found.get("rounds", len(found.get("runs", ()))),
            found.get("eps"),
            found.get("cpu_us"),
            *(late.get(key) for key in LATE),
        )
        lines.append(_row(name, values))
    if results.get("kill"):
        lines += ["", *_head("after kill -9", KILL_COLUMNS)]
        for name, found in results["kill"].items():
            keys = ("kills", "lost", "doubled", "short", "over")
            lines.append(_row(name, [found.get(key) for key in keys]))
    lines += ["", *_head("real pipeline", ("measured",))]
    for (part, key), label in PIPELINE_ROWS.items():
        lines.append(_row(label, [_at(results, "pipeline", part, key)]))
    return "\n".join(lines) + "\n"


def put_into(document: str, tables: str, mark: str = MARK) -> str:
    """Return a document with the tables between its marks, in place of what stood there.

    Args:
        document: the text.
        tables: what stands between the marks.
        mark: their name; `<!-- name -->` begins and `<!-- end of name -->` ends the part.

    Raises:
        ValueError: the marks are not there.
    """
    before, begin, rest = document.partition(f"<!-- {mark} -->")
    _, end, after = rest.partition(f"<!-- end of {mark} -->")
    if not (begin and end):
        raise ValueError(f"the document has no marks named {mark}")
    return f"{before}{begin}\n\n{tables}\n{end}{after}"
