"""The generated part of docs/scaling.md: what was measured, and what the model says."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import scaling_curves
import scaling_plan
from scaling_model import FIGURES, Model, checks, fit, measured
from scaling_pipeline import SHARES
from scaling_plan import flow, stock
from scaling_table import number, put_into, table

RATES: Final = (10, 100, 1_000, 5_000, 10_000, 50_000)
STOCKS: Final = (100_000, 1_000_000, 3_000_000, 10_000_000, 100_000_000)
DOCUMENT: Final = "scaling.md"
RESULTS: Final = "scaling.json"
PICTURE: Final = Path("pictures") / "scaling.svg"
TIMES_FROM: Final = 3
_GB: Final = 1e9


def publish(results: Mapping[str, Any], folder: Path, text: str) -> None:
    """Write the document's generated part, its picture, and the results they follow from.

    Args:
        results: complete.
        folder: of documents.
        text: of the results' file.

    Raises:
        KeyError: a part was not measured.
        ValueError: the document has no marks.
    """
    document = folder / DOCUMENT
    made = put_into(document.read_text(encoding="utf-8"), generated(results))
    picture = scaling_curves.picture(results)
    document.write_text(made, encoding="utf-8")
    (folder / PICTURE).write_text(picture, encoding="utf-8")
    (folder / RESULTS).write_text(text, encoding="utf-8")


def generated(results: Mapping[str, Any]) -> str:
    """Return everything between the document's marks."""
    model = fit(results)
    parts = (
        _machine(results),
        f"![What open cases and reports cost]({PICTURE.as_posix()})",
        "### By partitions and workers",
        _pipeline(results),
        "### By open cases",
        _cases(results),
        "### Unit costs",
        _units(results, model),
        "### The model, held against what it was not fitted to",
        _checked(results),
        "### A rate of reports",
        _flows(model),
        "### A number of open cases",
        _stocks(model),
    )
    return "\n\n".join(parts) + "\n"


def _machine(results: Mapping[str, Any]) -> str:
    machine = results["machine"]
    day = datetime.fromtimestamp(results["begun_at"], UTC).date().isoformat()
    return (
        f"Measured on {day}: {machine['cpus']} cores ({machine['processor']}),"
        f" {machine['memory_bytes'] / _GB:.0f} GB of memory, Python {machine['python']},"
        f" Apache Kafka {machine['kafka']} on the same cores; load average before the run"
        f" {results['load_before']:g}."
    )


def _pipeline(results: Mapping[str, Any]) -> str:
    rows = []
    for partitions, workers in SHARES:
        one = results["pipeline"].get(f"p{partitions}-w{workers}", {"reason": ""})
        if "reason" not in one:
            costs = f"{one['worker_us']:.0f}", f"{one['broker_us']:.0f}"
            rows.append([str(partitions), str(workers), f"{one['per_s']:,}", *costs])
    head = ["partitions", "workers", "reports/s on two cores", "workers, µs", "broker, µs"]
    return table(head, rows)


def _cases(results: Mapping[str, Any]) -> str:
    sizes = sorted(measured(results, FIGURES[0]))
    head = ["open cases", *(f"{n:,}" for n in sizes)]
    rows = [
        [figure.name, *(number(y / figure.unit) for y in measured(results, figure).values())]
        for figure in FIGURES
    ]
    points = results["cases"].values()
    done = sorted((p for p in points if "reason" not in p), key=lambda point: point["cases"])
    rows.append(["a scrape, ms of CPU", *(number(p["rollup"]["scrape_cpu_ms"]) for p in done)])
    return table(head, rows)


def _units(results: Mapping[str, Any], model: Model) -> str:
    prober_us, probe_us = scaling_plan.ORDER_US, results["probe"]["nginx"].get("probe_us")
    held = model.line("lifecycle", "held_bytes").at(1e6)
    rollup = model.line("rollup", "held_bytes").at(1e6)
    disk = model.line("", "disk_bytes").at(1e6)
    rows = [
        [
            "a million reports, inbox to case",
            f"{model.report_us:.0f} s of workers, {model.broker_us:.0f} s of the broker",
            "-",
            f"{model.report_disk() / 1e3:.1f} GB, {_kept(model) / 1e3:.1f} GB of them for ever",
            f"{model.report_sent() / 1e3:.1f} GB",
        ],
        [
            "a million probes of a million cases, order to case",
            f"{prober_us:.0f} s of the prober, {model.mixed_us(1e6):.0f} s of lifecycle",
            "-",
            (
                f"{model.observation_disk() / 1e3:.1f} GB, "
                f"{model.fact_bytes / 1e3:.2f} GB of them for ever"
            ),
            f"{model.observation_sent() / 1e3:.1f} GB, and what servers answer",
        ],
        [
            "of those, the asking alone (nginx on loopback)",
            "-" if probe_us is None else f"{probe_us:.0f} s of the prober",
            "-",
            "-",
            "-",
        ],
        [
            "a million open cases",
            (
                f"{model.line('lifecycle', 'load_cpu_s').at(1e6):.0f} s to load,"
                f" {model.line('lifecycle', 'asked_cpu_s').at(1e6):.0f} s to ask after it"
            ),
            f"{held / _GB:.1f} GB of lifecycle, {rollup / _GB:.1f} GB of each rollup",
            f"{disk / _GB:.1f} GB in `cases.v1`",
            f"{2 * disk / _GB:.1f} GB at a start, worker and rollup",
        ],
    ]
    return table(["for", "CPU", "memory", "disk, a replica", "network"], rows)


def _kept(model: Model) -> float:
    return sum(model.report_bytes[topic] for topic in ("reports", "facts", "outcomes"))


def _checked(results: Mapping[str, Any]) -> str:
    rows = [
        [
            check.figure.name,
            f"{check.cases:,}",
            number(check.measured / check.figure.unit),
            number(check.predicted / check.figure.unit),
            f"{check.error:+.1%}",
        ]
        for check in checks(results)
    ]
    return table(["figure", "open cases", "measured", "predicted", "error"], rows)


def _flows(model: Model) -> str:
    head = [
        "reports/s",
        "workers, cores",
        "broker, cores",
        "probes/s that follow",
        "lifecycle for them, cores",
        "probers, cores",
        "disk",
        "network",
        "what is used most",
    ]
    rows = []
    for per_s in RATES:
        one = flow(model, per_s)
        rows.append(
            [
                f"{per_s:,}",
                number(one.worker_cores),
                number(one.broker_cores),
                f"{one.probes_per_s:,.0f}",
                number(one.observation_cores),
                number(one.prober_cores),
                f"{one.disk_bytes_s / 1e6:,.1f} MB/s",
                f"{one.sent_bytes_s / 1e6:,.1f} MB/s",
                _used(one.needs),
            ]
        )
    return table(head, rows)


def _stocks(model: Model) -> str:
    head = [
        "open cases",
        "workers",
        "lifecycle, GB in all",
        "rollup, GB",
        "`cases.v1`, GB",
        "figures are at most",
        "a worker is ready in, has asked all in",
        "figures stand after",
        "probes/s, cores for them",
        "what is used most",
    ]
    rows = []
    for cases in STOCKS:
        for workers in (2, 12):
            one = stock(model, cases, workers)
            rows.append(
                [
                    f"{cases:,}",
                    str(workers),
                    number(one.lifecycle_bytes / _GB),
                    number(one.rollup_bytes / _GB),
                    number(one.disk_bytes / _GB),
                    f"{number(one.figures_age_s)} s old",
                    f"{number(one.worker_start_s)} s, {number(one.asked_s)} s",
                    f"{number(one.rollup_start_s)} s",
                    f"{one.probes_per_s:,.0f}, {number(one.cores)}",
                    _used(one.needs),
                ]
            )
    return table(head, rows)


def _used(needs: Sequence[scaling_plan.Need]) -> str:
    """Return what is used most, in bold where it does not do."""
    most = scaling_plan.first(needs)
    share = f"{most.used:.0%}" if most.used < TIMES_FROM else f"{most.used:,.0f} times the limit"
    text = f"{most.name}: {share}"
    return f"**{text}**" if most.used > 1 else text
