"""For every alert of the measurement and its processes a story: what is seen, what it does."""

from alert_story import DAY, HOUR, AlertStory, InputSeries

WORKER = {"instance": "worker-1", "job": "hostwatch"}


def _worker(metric: str, values: str, **labels: str) -> InputSeries:
    return InputSeries(metric=metric, values=values, labels={**WORKER, **labels})


PROCESSES = (
    AlertStory(
        alert="HostwatchTargetDown",
        seen=(_worker("up", "1x9 0x9 1x60"),),
        labels={**WORKER, "severity": "critical"},
        silent_at=14,
        fires_at=15,
        over_at=20,
    ),
    AlertStory(
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
    AlertStory(
        alert="HostwatchTargetDown",
        seen=(
            _worker("up", "1x70"),
            _worker("up", "1x9 0x9 1x60", job="hostwatch-proxy", instance="proxy"),
        ),
        labels={"job": "hostwatch-proxy", "instance": "proxy", "severity": "critical"},
        silent_at=14,
        fires_at=15,
        over_at=20,
    ),
    AlertStory(
        alert="HostwatchIntakeRefusing",
        seen=tuple(
            _worker(
                "hostwatch_intake_refused_connections",
                values,
                job="hostwatch-intake",
                instance="intake",
                reason=reason,
            )
            for reason, values in (
                ("address", "0x9 0+60x30 1800x60"),
                ("slow", "0x9 0+60x30 1800x60"),
            )
        ),
        labels={"instance": "intake", "severity": "warning"},
        silent_at=18,
        fires_at=30,
        over_at=50,
    ),
    AlertStory(
        alert="HostwatchIntakeLimited",
        seen=(
            _worker(
                "hostwatch_intake_limited_requests",
                "0x9 0+60x30 1800x60",
                job="hostwatch-intake",
                instance="intake",
                hotline="north",
            ),
        ),
        labels={"hotline": "north", "severity": "warning"},
        silent_at=24,
        fires_at=32,
        over_at=50,
    ),
    AlertStory(
        alert="HostwatchIntakeKeyEnding",
        seen=(
            _worker(
                "hostwatch_intake_key_expiry_timestamp_seconds",
                f"{14 * 86_400 + 3_600}x{3 * HOUR} {90 * 86_400}x{HOUR}",
                job="hostwatch-intake",
                instance="intake",
                hotline="north",
            ),
        ),
        labels={"hotline": "north", "severity": "warning"},
        silent_at=2 * HOUR,
        fires_at=2 * HOUR + 1,
        over_at=3 * HOUR + 1,
    ),
    AlertStory(
        alert="HostwatchIntakeKeysUnreadable",
        seen=(
            _worker(
                "hostwatch_intake_keys_current",
                "1x9 0x9 1x60",
                job="hostwatch-intake",
                instance="intake",
            ),
        ),
        labels={"job": "hostwatch-intake", "instance": "intake", "severity": "warning"},
        silent_at=14,
        fires_at=15,
        over_at=20,
    ),
    AlertStory(
        alert="HostwatchFeedbackBehind",
        seen=(
            _worker(
                "hostwatch_intake_feedback_current",
                "1x9 0x14 1x60",
                job="hostwatch-intake",
                instance="intake",
            ),
        ),
        labels={"job": "hostwatch-intake", "instance": "intake", "severity": "warning"},
        silent_at=19,
        fires_at=20,
        over_at=25,
    ),
    AlertStory(
        alert="HostwatchFeedbackWithheld",
        seen=(_worker("hostwatch_feedback_records", "0x9 3x120", result="withheld"),),
        labels={"severity": "info"},
        silent_at=14,
        fires_at=15,
        over_at=75,
    ),
    AlertStory(
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
    AlertStory(
        alert="HostwatchStageStalled",
        seen=(
            _worker(
                "hostwatch_oldest_unhandled_timestamp_seconds",
                "_x10 600x40 _x20",
                role="intake",
            ),
            _worker(
                "hostwatch_oldest_unhandled_timestamp_seconds",
                "0+60x70",
                role="attribution",
            ),
        ),
        labels={"role": "intake", "severity": "critical"},
        silent_at=29,
        fires_at=32,
        over_at=60,
    ),
    AlertStory(
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
    AlertStory(
        alert="HostwatchFiguresStale",
        seen=(_worker("hostwatch_stale", "0x9 1x19 0x30"),),
        labels={"severity": "critical"},
        silent_at=14,
        fires_at=15,
        over_at=30,
    ),
    AlertStory(
        alert="HostwatchCaseDisputed",
        seen=(_worker("hostwatch_hoster_answers_recent", "0x9 2x20 0x60", answer="disputed"),),
        labels={"answer": "disputed", "severity": "info"},
        silent_at=9,
        fires_at=10,
        over_at=32,
    ),
    # A report a minute; from the second day on a fifth of them is nobody's, for a day.
    AlertStory(
        alert="HostwatchUnattributed",
        seen=(
            _worker("hostwatch_attributed_reports", f"0+40x{4 * DAY // 10}", result="hoster"),
            # of a feed that is kept unprobed nobody is asked: it hides nothing and alerts nobody
            _worker("hostwatch_attributed_reports", f"0+900x{4 * DAY // 10}", result="not_asked"),
            _worker(
                "hostwatch_attributed_reports",
                f"0x{DAY // 10 - 1} 0+10x{DAY // 10 - 1} {DAY - 10}x{2 * DAY // 10}",
                result="no_answer",
            ),
        ),
        labels={"severity": "warning"},
        silent_at=DAY + 700,
        fires_at=DAY + 710,
        over_at=3 * DAY,
        step=10,
    ),
    # Ten minutes of a clock an hour behind; another that is 59 s off is nobody's concern.
    # the worker is away between its starts, and says 1 again when it is there
    AlertStory(
        alert="HostwatchRecordStopsStage",
        seen=(_worker("hostwatch_record_stops_stage", "0x9 1 _x4 1 _x4 0x60", role="intake"),),
        labels={"role": "intake", "severity": "critical"},
        silent_at=9,
        fires_at=10,
        over_at=20,
    ),
    AlertStory(
        alert="HostwatchClockApart",
        seen=(
            _worker("hostwatch_clock_apart_seconds", "0x9 -3600x9 0x60"),
            _worker("hostwatch_clock_apart_seconds", "59x80", instance="worker-2"),
        ),
        labels={**WORKER, "severity": "warning"},
        silent_at=14,
        fires_at=15,
        over_at=20,
    ),
    # promtool's clock begins at 1970, so a build in the past is one before it.
    AlertStory(
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
    AlertStory(
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
    AlertStory(
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
    AlertStory(
        alert="HostwatchProposalWaiting",
        seen=(
            _worker(
                "hostwatch_oldest_waiting_proposal_timestamp_seconds",
                f"{-86_400 + 3_600}x{3 * HOUR} 0x{HOUR}",
            ),
        ),
        labels={"severity": "warning"},
        silent_at=2 * HOUR,
        fires_at=2 * HOUR + 1,
        over_at=3 * HOUR + 1,
    ),
    AlertStory(
        alert="HostwatchRootsBehind",
        seen=(
            _worker(
                "hostwatch_newest_root_timestamp_seconds",
                f"{-7_200 + 3_600}x{3 * HOUR} 0x{HOUR}",
            ),
        ),
        labels={"severity": "warning"},
        silent_at=75,
        fires_at=76,
        over_at=3 * HOUR + 1,
    ),
    AlertStory(
        alert="HostwatchMasterKeyReplaced",
        seen=(_worker("hostwatch_master_key_outdated", f"0x59 1x{HOUR} 0x{HOUR}"),),
        labels={"instance": "worker-1", "severity": "warning"},
        silent_at=69,
        fires_at=70,
        over_at=2 * HOUR + 2,
    ),
    AlertStory(
        alert="HostwatchKeysLost",
        seen=(_worker("hostwatch_lost_key_months", f"0x59 1x{HOUR} 0x{HOUR}"),),
        labels={"instance": "worker-1", "severity": "critical"},
        silent_at=60,
        fires_at=61,
        over_at=2 * HOUR + 2,
    ),
    AlertStory(
        alert="HostwatchDiskFilling",
        seen=(_worker("hostwatch_disk_free_ratio", f"0.5x59 0.09x30 0.5x{DAY}"),),
        labels={"instance": "worker-1", "severity": "critical"},
        silent_at=74,
        fires_at=75,
        over_at=10 * HOUR,
    ),
    AlertStory(
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
    AlertStory(
        alert="HostwatchSeriesBudget",
        seen=(_worker("scrape_samples_post_metric_relabeling", "9000x9 9001x29 9000x30"),),
        labels={"instance": "worker-1", "severity": "info"},
        silent_at=24,
        fires_at=25,
        over_at=40,
    ),
)
