"""Writes the metrics of docs/operator.md anew: `python -m agents.edges.metrics.figures`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from agents.edges.metrics.figures.catalogue import METRICS

_HEAD: Final = (
    "| metric | type | exposed as | labels | meaning |\n| --- | --- | --- | --- | --- |\n"
)

SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "gauge": ("",),
    "info": ("",),
    "summary": ("",),
    "counter": ("_total",),
    "histogram": ("_bucket", "_count", "_sum"),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
}
"""What is put behind a name on /metrics, by type. The one summary has quantiles alone."""

_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "counter": (
        "hostwatch_probe_orders",
        "hostwatch_probe_observations",
        "hostwatch_probe_requests",
        "hostwatch_probe_read_bytes",
        "hostwatch_probe_get_comparisons",
        "hostwatch_dns_lookups",
        "hostwatch_attributed_reports",
        "hostwatch_lifecycle_records",
        "hostwatch_feedback_records",
        "hostwatch_dataset_lookups",
        "hostwatch_collector_errors",
        "hostwatch_intake_refused_connections",
        "hostwatch_intake_feedback_answers",
        "hostwatch_intake_refused_requests",
        "hostwatch_intake_limited_requests",
        "process_cpu_seconds",
    ),
    "histogram": (
        "hostwatch_stage_delay_seconds",
        "hostwatch_probe_delay_seconds",
        "hostwatch_feed_delay_seconds",
        "hostwatch_probe_duration_seconds",
        "hostwatch_dns_lookup_duration_seconds",
        "hostwatch_dataset_lookup_duration_seconds",
    ),
    "gaugehistogram": (
        "hostwatch_removal_seconds",
        "hostwatch_open_age_seconds",
        "hostwatch_report_to_notice_seconds",
    ),
    "info": ("hostwatch_hoster_info", "hostwatch_build_info"),
    "summary": ("hostwatch_removal_estimate_seconds",),
}


def type_of(name: str) -> str:
    """Return the type of a metric: a key of `SUFFIXES`."""
    return next((kind for kind, names in _TYPES.items() if name in names), "gauge")


def _exposed_cell(name: str) -> str:
    suffixes = SUFFIXES[type_of(name)]
    return "its name" if suffixes == ("",) else ", ".join(f"`{suffix}`" for suffix in suffixes)


def table() -> str:
    """Return the table: every metric with its type, suffixes, labels and help."""
    rows = (
        f"| `{one.name}` | {type_of(one.name)} | {_exposed_cell(one.name)}"
        f" | {', '.join(one.labels) or '-'} | {one.help} |\n"
        for one in METRICS
    )
    return _HEAD + "".join(rows)


def rewritten(text: str) -> str:
    """Return a document with the table in place of the one that stands in it."""
    before, _, rest = text.partition(_HEAD)
    lines = rest.splitlines(keepends=True)
    after = next((i for i, line in enumerate(lines) if not line.startswith("|")), len(lines))
    return before + table() + "".join(lines[after:])


def main(document: Path) -> None:
    """Rewrite a document."""
    document.write_text(rewritten(document.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(Path("docs/operator.md"))
