"""For every alert of a hoster or a hotline a story: what is seen, and what the alert does."""

from alert_story import DAY, FIGURES, HOUR, AlertStory, InputSeries

HOSTER = {"hoster": "alpha", "role": "hosting"}


def _of(metric: str, values: str, **labels: str) -> InputSeries:
    """Return a series of one hoster."""
    return InputSeries(metric=metric, values=values, labels={**HOSTER, **labels})


def _window(event: str, window: str, values: str) -> InputSeries:
    return _of("hostwatch_window_events", values, event=event, window=window)


def _hoster(
    alert: str, seen: tuple[InputSeries, ...], severity: str, at: tuple[int, int, int]
) -> AlertStory:
    labels = {**HOSTER, "severity": severity}
    silent_at, fires_at, over_at = at
    return AlertStory(
        alert=alert,
        seen=seen,
        labels=labels,
        silent_at=silent_at,
        fires_at=fires_at,
        over_at=over_at,
    )


HOSTERS = (
    # 20 for eight days, 40 from then on: above the band at once, for two hours before it fires.
    AlertStory(
        alert="HosterBacklogAboveOwnBand",
        seen=(_of("hostwatch_open_cases", f"20x{8 * DAY // 10 - 1} 40x{DAY // 10 - 1} 20x{DAY}"),),
        labels={**HOSTER, "severity": "warning"},
        silent_at=8 * DAY + 2 * HOUR - 10,
        fires_at=8 * DAY + 2 * HOUR,
        over_at=9 * DAY + 2 * HOUR,
        step=10,
    ),
    # Never seen before, then twelve open cases for a day.
    _hoster(
        "HosterBacklogNew",
        (_of("hostwatch_open_cases", f"_x{DAY} 12x{2 * DAY}"), FIGURES),
        "warning",
        (DAY + HOUR - 1, DAY + HOUR, 2 * DAY + 1),
    ),
    # One case more every half hour: 48 a day, 144 in three.
    AlertStory(
        alert="HosterBacklogProjected",
        seen=(
            _of(
                "hostwatch_open_cases",
                f"10x{DAY // 10} 10+0.34x{2 * DAY // 10} 108x{3 * DAY // 10}",
            ),
        ),
        labels={**HOSTER, "severity": "info"},
        silent_at=DAY,
        fires_at=2 * DAY + 12 * HOUR,
        over_at=5 * DAY,
        step=10,
    ),
    # Twelve open cases of which three are younger, then two.
    _hoster(
        "HosterCasesOld",
        (
            _of("hostwatch_open_age_seconds_gcount", f"12x{2 * DAY}"),
            _of(
                "hostwatch_open_age_seconds_bucket",
                f"3x{HOUR - 1} 2x{DAY - HOUR - 1} 3x{DAY}",
                le="2592000.0",
            ),
        ),
        "info",
        (2 * HOUR - 1, 2 * HOUR, DAY),
    ),
    _hoster(
        "HosterRemovesNothing",
        (
            _of("hostwatch_open_cases", f"12x{2 * DAY}"),
            _of("hostwatch_overdue_cases", f"9x{HOUR - 1} 10x{2 * DAY}"),
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
            _of("hostwatch_open_cases", f"20x{DAY}"),
            _of("hostwatch_unavailable_cases", f"10x{HOUR - 1} 11x{9 * HOUR - 1} 3x{DAY}"),
        ),
        "warning",
        (7 * HOUR - 1, 7 * HOUR, 10 * HOUR + 1),
    ),
    _hoster(
        "HosterNotMeasurable",
        (
            _of("hostwatch_followed_cases", f"20x{DAY}"),
            _of("hostwatch_unmeasurable_cases", f"10x{HOUR - 1} 11x{9 * HOUR - 1} 3x{DAY}"),
        ),
        "warning",
        (7 * HOUR - 1, 7 * HOUR, 10 * HOUR + 1),
    ),
    _hoster(
        "HosterOverdueUnseen",
        (
            _of("hostwatch_overdue_cases", f"5x{DAY}"),
            _of("hostwatch_overdue_unseen_cases", f"10x{HOUR - 1} 11x{9 * HOUR - 1} 2x{DAY}"),
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
            _of("hostwatch_open_cases", f"100x{DAY}"),
            _of("hostwatch_unprobed_cases", f"10x{HOUR - 1} 11x{3 * HOUR - 1} 4x{DAY}"),
        ),
        "warning",
        (2 * HOUR - 1, 2 * HOUR, 4 * HOUR + 1),
    ),
    AlertStory(
        alert="HosterNoticesBouncing",
        seen=(
            _of("hostwatch_awaiting_cases", f"12x{DAY}"),
            _of(
                "hostwatch_flagged_cases", f"6x{HOUR - 1} 7x{3 * HOUR - 1} 0x{DAY}", flag="bounced"
            ),
        ),
        labels={**HOSTER, "flag": "bounced", "severity": "warning"},
        silent_at=2 * HOUR - 1,
        fires_at=2 * HOUR,
        over_at=4 * HOUR + 1,
    ),
    AlertStory(
        alert="HosterNoticesMisdirected",
        seen=(_of("hostwatch_flagged_cases", f"7x{DAY - 1} 12x{2 * DAY}", flag="misdirected"),),
        labels={**HOSTER, "flag": "misdirected", "severity": "warning"},
        silent_at=DAY + HOUR - 1,
        fires_at=DAY + HOUR,
        over_at=2 * DAY + 1,
    ),
    # The same of a hoster that was not shown by itself the day before.
    AlertStory(
        alert="HosterNoticesMisdirected",
        seen=(
            _of("hostwatch_flagged_cases", f"_x{DAY} 5x{2 * DAY}", flag="misdirected"),
            FIGURES,
        ),
        labels={**HOSTER, "flag": "misdirected", "severity": "warning"},
        silent_at=DAY + HOUR - 1,
        fires_at=DAY + HOUR,
        over_at=2 * DAY + 1,
    ),
    # One case, until a person has checked it.
    AlertStory(
        alert="HosterCloaked",
        seen=(_of("hostwatch_flagged_cases", f"0x{HOUR - 1} 1x{DAY} 0x{DAY}", flag="cloaked"),),
        labels={**HOSTER, "flag": "cloaked", "severity": "warning"},
        silent_at=2 * HOUR - 1,
        fires_at=2 * HOUR,
        over_at=DAY + HOUR + 1,
    ),
)


def _delay(part: str, values: str, **labels: str) -> InputSeries:
    return InputSeries(
        metric=f"hostwatch_report_to_notice_seconds_{part}",
        values=values,
        labels={"hotline": "north", "role": "hosting", **labels},
    )


HOTLINES = (
    # 12 notices of which 5, then 7, took more than two days.
    AlertStory(
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
    AlertStory(
        alert="HotlineRecordsQuarantined",
        seen=(
            InputSeries(
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
    AlertStory(
        alert="HotlineBatchUnreadable",
        seen=(
            InputSeries(
                metric="hostwatch_intake_records",
                values=f"3x{2 * HOUR - 1} 4x{DAY}",
                labels={"hotline": "north", "result": "quarantined", "reason": "too_large"},
            ),
        ),
        labels={"hotline": "north", "reason": "too_large", "severity": "warning"},
        silent_at=2 * HOUR - 1,
        fires_at=2 * HOUR,
        over_at=5 * HOUR,
    ),
    # The first batch that a disk ever damaged.
    AlertStory(
        alert="HotlineBatchUnreadable",
        seen=(
            InputSeries(
                metric="hostwatch_intake_records",
                values=f"_x{2 * HOUR} 1x{DAY}",
                labels={"hotline": "north", "result": "quarantined", "reason": "unreadable"},
            ),
            FIGURES,
        ),
        labels={"hotline": "north", "reason": "unreadable", "severity": "warning"},
        silent_at=2 * HOUR - 1,
        fires_at=2 * HOUR,
        over_at=5 * HOUR,
    ),
    # The first records a hotline ever sent, none of which could be taken.
    AlertStory(
        alert="HotlineRecordsQuarantined",
        seen=(
            InputSeries(
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
