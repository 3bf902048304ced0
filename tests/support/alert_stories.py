"""For every alert a story: what is seen, when it is still silent, when it fires, when it is over.

Values are written as promtool has them: `3x10` is eleven times 3, `0+1x10` counts up, `_x5` five
gaps. One value a minute. Where a story has two replicas, both say the same; the alert must come
once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

HOSTER = {"hoster": "alpha", "role": "hosting"}
HOUR = 60
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One series."""

    metric: str
    values: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What an alert does; times in minutes.

    Attributes:
        alert: its name.
        seen: the series.
        labels: of the alert, severity included.
        silent_at: one step before it fires.
        fires_at: it fires.
        over_at: it is silent again.
        step: between values and between evaluations.
    """

    alert: str
    seen: tuple[Seen, ...]
    labels: Mapping[str, str]
    silent_at: int
    fires_at: int
    over_at: int
    step: int = 1


def of(metric: str, values: str, **labels: str) -> Seen:
    """Return a series of one company."""
    return Seen(metric=metric, values=values, labels={**HOSTER, **labels})


FIGURES = Seen(metric="hostwatch_rollup_ready", values=f"1x{5 * DAY}")


def _window(event: str, window: str, values: str) -> Seen:
    return of("hostwatch_window_events", values, event=event, window=window)


def _hoster(alert: str, seen: tuple[Seen, ...], severity: str, at: tuple[int, int, int]) -> Story:
    labels = {**HOSTER, "severity": severity}
    silent_at, fires_at, over_at = at
    return Story(
        alert=alert,
        seen=seen,
        labels=labels,
        silent_at=silent_at,
        fires_at=fires_at,
        over_at=over_at,
    )


HOSTERS = (
    # 20 for eight days, 40 from then on: above the band at once, for two hours before it fires.
    Story(
        alert="HosterBacklogAboveOwnBand",
        seen=(of("hostwatch_open_cases", f"20x{8 * DAY // 10 - 1} 40x{DAY // 10 - 1} 20x{DAY}"),),
        labels={**HOSTER, "severity": "warning"},
        silent_at=8 * DAY + 2 * HOUR - 10,
        fires_at=8 * DAY + 2 * HOUR,
        over_at=9 * DAY + 2 * HOUR,
        step=10,
    ),
    # Never seen before, then twelve open cases for a day.
    _hoster(
        "HosterBacklogNew",
        (of("hostwatch_open_cases", f"_x{DAY} 12x{2 * DAY}"), FIGURES),
        "warning",
        (DAY + HOUR - 1, DAY + HOUR, 2 * DAY + 1),
    ),
    # One case more every half hour: 48 a day, 144 in three.
    _hoster(
        "HosterBacklogProjected",
        (of("hostwatch_open_cases", f"10x{DAY} 10+0.034x{2 * DAY} 108x{3 * DAY}"),),
        "info",
        (DAY, 2 * DAY + 12 * HOUR, 5 * DAY),
    ),
    # Twelve open cases of which three are younger, then two.
    _hoster(
        "HosterCasesOld",
        (
            of("hostwatch_open_age_seconds_gcount", f"12x{2 * DAY}"),
            of(
                "hostwatch_open_age_seconds_bucket",
                f"3x{HOUR - 1} 2x{DAY - HOUR - 1} 3x{DAY}",
                le="2592000.0",
            ),
        ),
        "info",
        (2 * HOUR - 1, 2 * HOUR, DAY),
    ),
    _hoster(
        "HosterSilent",
        (
            of("hostwatch_open_cases", f"12x{2 * DAY}"),
            of("hostwatch_overdue_cases", f"9x{HOUR - 1} 10x{2 * DAY}"),
            _window("removed", "7d", f"0x{DAY - 1} 1x{DAY}"),
        ),
        "warning",
        (2 * HOUR - 1, 2 * HOUR, DAY),
    ),
    _hoster(
        "HosterNormBurnFast",
        (
            _window("noticed", "24h", f"10x{DAY}"),
            _window("late", "24h", f"6x{HOUR - 1} 7x{3 * HOUR - 1} 1x{DAY}"),
            _window("noticed", "7d", f"40x{DAY}"),
            _window("late", "7d", f"13x{DAY}"),
        ),
        "critical",
        (HOUR + 29, HOUR + 30, 6 * HOUR),
    ),
    _hoster(
        "HosterNormBurnSlow",
        (
            _window("noticed", "7d", f"50x{DAY}"),
            _window("late", "7d", f"10x{HOUR - 1} 11x{5 * HOUR - 1} 5x{DAY}"),
            _window("noticed", "28d", f"100x{DAY}"),
            _window("late", "28d", f"11x{DAY}"),
        ),
        "warning",
        (4 * HOUR - 1, 4 * HOUR, 7 * HOUR),
    ),
    _hoster(
        "HosterNotMeasurable",
        (
            of("hostwatch_open_cases", f"20x{DAY}"),
            of("hostwatch_unavailable_cases", f"10x{HOUR - 1} 11x{9 * HOUR - 1} 3x{DAY}"),
        ),
        "warning",
        (7 * HOUR - 1, 7 * HOUR, 10 * HOUR + 1),
    ),
    _hoster(
        "HosterNotMeasurable",
        (
            of("hostwatch_followed_cases", f"20x{DAY}"),
            of("hostwatch_unmeasurable_cases", f"10x{HOUR - 1} 11x{9 * HOUR - 1} 3x{DAY}"),
        ),
        "warning",
        (7 * HOUR - 1, 7 * HOUR, 10 * HOUR + 1),
    ),
    _hoster(
        "HosterOverdueUnseen",
        (
            of("hostwatch_overdue_cases", f"5x{DAY}"),
            of("hostwatch_overdue_unseen_cases", f"10x{HOUR - 1} 11x{9 * HOUR - 1} 2x{DAY}"),
        ),
        "warning",
        (7 * HOUR - 1, 7 * HOUR, 10 * HOUR + 1),
    ),
    _hoster(
        "HosterReappearances",
        (_window("reappeared", "7d", f"2x{HOUR - 1} 3x{HOUR - 1} 2x{HOUR}"),),
        "warning",
        (HOUR - 1, HOUR, 2 * HOUR),
    ),
    _hoster(
        "HosterUnprobed",
        (
            of("hostwatch_open_cases", f"100x{DAY}"),
            of("hostwatch_unprobed_cases", f"10x{HOUR - 1} 11x{3 * HOUR - 1} 4x{DAY}"),
        ),
        "warning",
        (2 * HOUR - 1, 2 * HOUR, 4 * HOUR + 1),
    ),
    Story(
        alert="HosterNoticesBouncing",
        seen=(
            of("hostwatch_awaiting_cases", f"12x{DAY}"),
            of("hostwatch_flagged_cases", f"6x{HOUR - 1} 7x{3 * HOUR - 1} 0x{DAY}", flag="bounced"),
        ),
        labels={**HOSTER, "flag": "bounced", "severity": "warning"},
        silent_at=2 * HOUR - 1,
        fires_at=2 * HOUR,
        over_at=4 * HOUR + 1,
    ),
    Story(
        alert="HosterNoticesMisdirected",
        seen=(of("hostwatch_flagged_cases", f"7x{DAY - 1} 12x{2 * DAY}", flag="misdirected"),),
        labels={**HOSTER, "flag": "misdirected", "severity": "warning"},
        silent_at=DAY + HOUR - 1,
        fires_at=DAY + HOUR,
        over_at=2 * DAY + 1,
    ),
    # The same of a company that was not named the day before.
    Story(
        alert="HosterNoticesMisdirected",
        seen=(
            of("hostwatch_flagged_cases", f"_x{DAY} 5x{2 * DAY}", flag="misdirected"),
            FIGURES,
        ),
        labels={**HOSTER, "flag": "misdirected", "severity": "warning"},
        silent_at=DAY + HOUR - 1,
        fires_at=DAY + HOUR,
        over_at=2 * DAY + 1,
    ),
)


def _delay(part: str, values: str, **labels: str) -> Seen:
    return Seen(
        metric=f"hostwatch_hotline_delay_seconds_{part}",
        values=values,
        labels={"hotline": "north", "role": "hosting", **labels},
    )


HOTLINES = (
    # 12 notices of which 5, then 7, took more than two days.
    Story(
        alert="HotlineSlowToNotify",
        seen=(
            _delay("bucket", f"2x{2 * DAY}", le="86400.0"),
            _delay("bucket", f"7x{HOUR - 1} 5x{9 * HOUR - 1} 9x{DAY}", le="172800.0"),
            _delay("bucket", f"12x{2 * DAY}", le="604800.0"),
            _delay("bucket", f"12x{2 * DAY}", le="+Inf"),
            _delay("gcount", f"12x{2 * DAY}"),
        ),
        labels={"hotline": "north", "role": "hosting", "severity": "warning"},
        silent_at=7 * HOUR - 1,
        fires_at=7 * HOUR,
        over_at=10 * HOUR + 1,
    ),
    Story(
        alert="HotlineRecordsQuarantined",
        seen=(
            Seen(
                metric="hostwatch_intake_records",
                values=f"3x{2 * HOUR - 1} 13x{DAY}",
                labels={"hotline": "north", "result": "quarantined", "reason": "malformed"},
            ),
        ),
        labels={"hotline": "north", "result": "quarantined", "severity": "warning"},
        silent_at=2 * HOUR - 1,
        fires_at=2 * HOUR,
        over_at=5 * HOUR,
    ),
    # The first records a hotline ever sent, none of which could be taken.
    Story(
        alert="HotlineRecordsQuarantined",
        seen=(
            Seen(
                metric="hostwatch_intake_records",
                values=f"_x{2 * HOUR} 10x{DAY}",
                labels={"hotline": "north", "result": "quarantined", "reason": "malformed"},
            ),
            FIGURES,
        ),
        labels={"hotline": "north", "result": "quarantined", "severity": "warning"},
        silent_at=2 * HOUR - 1,
        fires_at=2 * HOUR,
        over_at=5 * HOUR,
    ),
)

WORKER = {"instance": "worker-1", "job": "hostwatch"}


def _worker(metric: str, values: str, **labels: str) -> Seen:
    return Seen(metric=metric, values=values, labels={**WORKER, **labels})


PROCESSES = (
    Story(
        alert="HostwatchTargetDown",
        seen=(_worker("up", "1x9 0x9 1x60"),),
        labels={**WORKER, "severity": "critical"},
        silent_at=14,
        fires_at=15,
        over_at=20,
    ),
    Story(
        alert="HostwatchTargetDown",
        seen=(
            _worker("up", "1x70"),
            _worker("up", "1x9 0x9 1x60", job="hostwatch-intake", instance="intake"),
        ),
        labels={"job": "hostwatch-intake", "instance": "intake", "severity": "critical"},
        silent_at=14,
        fires_at=15,
        over_at=20,
    ),
    Story(
        alert="HostwatchPartitionOwnedTwice",
        seen=(
            _worker("hostwatch_partition_owned", "1x300", role="lifecycle", partition="3"),
            _worker("hostwatch_partition_owned", "1x300", role="lifecycle", partition="4"),
            _worker(
                "hostwatch_partition_owned",
                "_x10 1x20 _x270",
                role="lifecycle",
                partition="3",
                instance="worker-2",
            ),
        ),
        labels={"role": "lifecycle", "partition": "3", "severity": "warning"},
        silent_at=14,
        fires_at=15,
        over_at=40,
    ),
    Story(
        alert="HostwatchStageStalled",
        seen=(
            _worker(
                "hostwatch_consumer_lag_records",
                "0x9 200x40 200-20x10",
                role="intake",
                topic="reports.v1",
                partition="0",
            ),
        ),
        labels={
            **WORKER,
            "role": "intake",
            "topic": "reports.v1",
            "partition": "0",
            "severity": "critical",
        },
        silent_at=28,
        fires_at=40,
        over_at=60,
    ),
    Story(
        alert="HostwatchLagGrowing",
        seen=(
            _worker(
                "hostwatch_consumer_lag_records",
                "0x29 9000+100x60 15000-1000x60",
                role="intake",
                topic="reports.v1",
                partition="0",
            ),
        ),
        labels={"role": "intake", "severity": "warning"},
        silent_at=40,
        fires_at=60,
        over_at=120,
    ),
    Story(
        alert="HostwatchFiguresStale",
        seen=(_worker("hostwatch_stale", "0x9 1x19 0x30"),),
        labels={"severity": "critical"},
        silent_at=14,
        fires_at=15,
        over_at=30,
    ),
    Story(
        alert="HostwatchProberBlind",
        seen=(_worker("hostwatch_canary_healthy", "1x9 0x19 1x30", vantage="quiet"),),
        labels={"vantage": "quiet", "severity": "critical"},
        silent_at=14,
        fires_at=15,
        over_at=30,
    ),
    Story(
        alert="HostwatchProbesOverdue",
        seen=(
            _worker("hostwatch_probe_orders", "0+100x400", vantage="quiet", result="looked"),
            _worker(
                "hostwatch_probe_orders", "0x60 0+10x100 1000x300", vantage="quiet", result="late"
            ),
        ),
        labels={"vantage": "quiet", "severity": "critical"},
        silent_at=89,
        fires_at=130,
        over_at=240,
    ),
    Story(
        alert="HostwatchProbesWithoutAnswer",
        seen=(
            _worker("hostwatch_probe_looks", "0+60x400", vantage="quiet", error="none"),
            _worker(
                "hostwatch_probe_looks", "0x60 0+60x100 6000x300", vantage="quiet", error="timeout"
            ),
        ),
        labels={"vantage": "quiet", "severity": "warning"},
        silent_at=89,
        fires_at=140,
        over_at=240,
    ),
    Story(
        alert="HostwatchProbesWithoutAnswer",
        seen=(
            _worker("hostwatch_probe_looks", "0+60x400", vantage="late", error="none"),
            _worker(
                "hostwatch_probe_looks", "0x60 0+60x100 6000x300", vantage="late", error="clock"
            ),
        ),
        labels={"vantage": "late", "severity": "warning"},
        silent_at=89,
        fires_at=140,
        over_at=240,
    ),
    # promtool's clock begins at 1970, so a build in the past is one before it.
    # A report a minute; from the second day on a fifth of them is nobody's, for a day.
    Story(
        alert="HostwatchUnattributed",
        seen=(
            _worker("hostwatch_attributed_reports", f"0+4x{4 * DAY}", result="hoster"),
            _worker(
                "hostwatch_attributed_reports",
                f"0x{DAY - 1} 0+1x{DAY - 1} {DAY - 1}x{2 * DAY}",
                result="no_answer",
            ),
        ),
        labels={"severity": "warning"},
        silent_at=DAY + 700,
        fires_at=DAY + 701,
        over_at=3 * DAY,
    ),
    Story(
        alert="HostwatchDatasetOld",
        seen=(
            _worker(
                "hostwatch_dataset_build_timestamp_seconds",
                f"{-45 * 86_400 + 3_600}x{3 * HOUR} 0x{HOUR}",
                dataset="asn",
            ),
        ),
        labels={"dataset": "asn", "severity": "warning"},
        silent_at=2 * HOUR,
        fires_at=2 * HOUR + 1,
        over_at=3 * HOUR + 1,
    ),
    Story(
        alert="HostwatchCertificateEnding",
        seen=(
            _worker(
                "hostwatch_certificate_expiry_timestamp_seconds",
                f"{14 * 86_400 + 3_600}x{3 * HOUR} {90 * 86_400}x{HOUR}",
                certificate="web",
            ),
        ),
        labels={"certificate": "web", "severity": "warning"},
        silent_at=2 * HOUR,
        fires_at=2 * HOUR + 1,
        over_at=3 * HOUR + 1,
    ),
    Story(
        alert="HostwatchKeyOld",
        seen=(
            _worker(
                "hostwatch_key_month_timestamp_seconds",
                f"{-35 * 86_400 + 3_600}x{3 * HOUR} 0x{HOUR}",
            ),
        ),
        labels={"severity": "warning"},
        silent_at=2 * HOUR,
        fires_at=2 * HOUR + 1,
        over_at=3 * HOUR + 1,
    ),
    Story(
        alert="HostwatchDiskFilling",
        seen=(_worker("hostwatch_disk_free_ratio", f"0.5x59 0.09x30 0.5x{DAY}"),),
        labels={"instance": "worker-1", "severity": "critical"},
        silent_at=74,
        fires_at=75,
        over_at=10 * HOUR,
    ),
    Story(
        alert="HostwatchCollectorFailing",
        seen=(
            _worker("hostwatch_collector_errors", f"0x9 0+1x29 29x{DAY}", collector="figures"),
            _worker("hostwatch_collector_errors", f"0x{DAY}", collector="probers"),
        ),
        labels={"instance": "worker-1", "collector": "figures", "severity": "warning"},
        silent_at=15,
        fires_at=16,
        over_at=60,
    ),
    Story(
        alert="HostwatchSeriesBudget",
        seen=(_worker("scrape_samples_post_metric_relabeling", "8000x9 8001x29 8000x30"),),
        labels={"instance": "worker-1", "severity": "info"},
        silent_at=24,
        fires_at=25,
        over_at=40,
    ),
)
