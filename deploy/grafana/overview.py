"""Overview and Hoster: for the ministry, the regulator and analysts."""

from panels import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY, Ask, Panel, Row, Words

ALL = 'role="hosting",hoster!~"other|total"'
ONE = 'hoster="$hoster",role="$role"'
NORM = 'norm="$norm"'


def every(metric: str, more: str = "", back: str = "") -> str:
    """Return a figure of all companies, once however many replicas export it."""
    inside = f"{ALL},{more}" if more else ALL
    return f"max by (hoster) ({metric}{{{inside}}}{back})"


def one(metric: str, more: str = "", by: str = "") -> str:
    """Return a figure of the chosen company."""
    inside = f"{ONE},{more}" if more else ONE
    return f"max by ({by or 'hoster'}) ({metric}{{{inside}}})"


HOW_TO_READ = Words(
    title="How to read this",
    markdown=(
        "**Open** cases are those a company was told of and that were not found removed. **Overdue** were seen "
        "online after the time allowed; **overdue, unseen** are past it and were not seen since. Blocked and "
        "silent servers are **unavailable**: never removed. Shares within a norm are given as **bounds**, because "
        "a removal is known only as an interval between two looks. Removal times count open cases as still open; "
        "**not reached** is an answer. Companies with an inclusion ratio below 1 are estimated from a sample."
    ),
)

OVERVIEW = (
    Row(
        "Now",
        (
            Panel(
                title="Open cases",
                kind="stat",
                width=4,
                height=4,
                unit="short",
                text="Cases with a delivered notice that are not found removed, all companies.",
                asks=(Ask(expr=f"sum({every('hostwatch_open_cases')})"),),
            ),
            Panel(
                title="Change in a day",
                kind="stat",
                width=4,
                height=4,
                unit="short",
                text="Open cases now less those a day ago.",
                asks=(
                    Ask(
                        expr=f"sum({every('hostwatch_open_cases')}) - sum({every('hostwatch_open_cases', back=' offset 1d')})"
                    ),
                ),
            ),
            Panel(
                title="Overdue",
                kind="stat",
                width=4,
                height=4,
                unit="short",
                text="Open cases that were seen online after the time allowed.",
                steps=((0, GREEN), (1, RED)),
                asks=(Ask(expr=f"sum({every('hostwatch_overdue_cases')})"),),
            ),
            Panel(
                title="Removed in 7 days",
                kind="stat",
                width=4,
                height=4,
                unit="short",
                text="Removals by the time at which they were first seen.",
                asks=(
                    Ask(
                        expr="sum("
                        + every("hostwatch_window_events", 'event="removed",window="7d"')
                        + ")"
                    ),
                ),
            ),
            Panel(
                title="Came back in 28 days",
                kind="stat",
                width=4,
                height=4,
                unit="short",
                text="Removed cases that were seen online again a day later or more.",
                asks=(
                    Ask(
                        expr="sum("
                        + every("hostwatch_window_events", 'event="reappeared",window="28d"')
                        + ")"
                    ),
                ),
            ),
            Panel(
                title="Figures are from",
                kind="stat",
                width=4,
                height=4,
                unit="dateTimeFromNow",
                text="The instant up to which the ledger is in the figures.",
                asks=(Ask(expr="min(hostwatch_ledger_position_timestamp_seconds) * 1000"),),
            ),
        ),
    ),
    Row(
        "Who",
        (
            Panel(
                title="Companies by open cases",
                kind="table",
                width=24,
                height=10,
                unit="short",
                text="The largest backlogs. Small companies are folded into `other` for display only.",
                asks=(
                    Ask(expr=f"topk(66, {every('hostwatch_open_cases')})", legend="open"),
                    Ask(expr=every("hostwatch_overdue_cases"), legend="overdue"),
                    Ask(expr=every("hostwatch_unavailable_cases"), legend="unavailable"),
                    Ask(expr=every("hostwatch_hoster_inclusion_ratio"), legend="inclusion"),
                ),
            ),
        ),
    ),
    Row(
        "Flow",
        (
            Panel(
                title="Told and removed",
                kind="bars",
                unit="short",
                text="Notices of a day above the line, removals below it: the backlog's story in one picture.",
                asks=(
                    Ask(
                        expr="sum("
                        + every("hostwatch_window_events", 'event="noticed",window="24h"')
                        + ")",
                        legend="noticed",
                        colour=BLUE,
                    ),
                    Ask(
                        expr="-sum("
                        + every("hostwatch_window_events", 'event="removed",window="24h"')
                        + ")",
                        legend="removed",
                        colour=GREEN,
                    ),
                ),
            ),
            Panel(
                title="Ten largest backlogs",
                unit="short",
                text="Open cases of the ten companies with most.",
                asks=(Ask(expr=f"topk(10, {every('hostwatch_open_cases')})", legend="{{hoster}}"),),
            ),
        ),
    ),
    Row(
        "How fast",
        (
            Panel(
                title="Within the norm: bounds",
                unit="percentunit",
                minimum=0,
                maximum=1,
                text="Between removed in time for certain and not late for certain, of all noticed cases.",
                asks=(
                    Ask(
                        expr=f'sum(max by (hoster) (hostwatch_norm_verdicts{{{ALL},{NORM},verdict="in_time"}})) / sum(max by (hoster, verdict) (hostwatch_norm_verdicts{{{ALL},{NORM}}}))',
                        legend="in time",
                        colour=GREEN,
                        band=True,
                    ),
                    Ask(
                        expr=f'1 - sum(max by (hoster) (hostwatch_norm_verdicts{{{ALL},{NORM},verdict="late"}})) / sum(max by (hoster, verdict) (hostwatch_norm_verdicts{{{ALL},{NORM}}}))',
                        legend="not late",
                        colour=SKY,
                    ),
                ),
            ),
            Panel(
                title="Removal times",
                kind="heatmap",
                unit="s",
                text="Removed cases by time from notice to the first look that saw it gone. Open cases are not in it.",
                asks=(
                    Ask(
                        expr=f"sum by (le) (max by (hoster, le) (hostwatch_removal_seconds_bucket{{{ALL}}}))",
                        legend="{{le}}",
                    ),
                ),
            ),
            Panel(
                title="Share removed by time",
                kind="gauge",
                unit="percentunit",
                minimum=0,
                maximum=1,
                text="Of the removed cases how many were gone within each bound. Open cases are not in it.",
                asks=(
                    Ask(
                        expr=f"sum by (le) (max by (hoster, le) (hostwatch_removal_seconds_bucket{{{ALL}}})) / on () group_left () sum(max by (hoster) (hostwatch_removal_seconds_gcount{{{ALL}}}))",
                        legend="{{le}} s",
                    ),
                ),
            ),
            Panel(
                title="Outcomes",
                unit="short",
                stacked=True,
                text="Every case is in exactly one class.",
                asks=(
                    Ask(
                        expr=f"sum by (outcome) (max by (hoster, outcome) (hostwatch_cases{{{ALL}}}))",
                        legend="{{outcome}}",
                    ),
                ),
            ),
        ),
    ),
    Row(
        "Concentration",
        (
            Panel(
                title="Share of the four largest",
                unit="percentunit",
                minimum=0,
                maximum=1,
                text="Open cases at the four companies with most, of all.",
                asks=(
                    Ask(
                        expr=f"sum(topk(4, {every('hostwatch_open_cases')})) / sum({every('hostwatch_open_cases')})",
                        legend="four largest",
                        colour=ORANGE,
                    ),
                ),
            ),
            Panel(
                title="Herfindahl-Hirschman index",
                unit="percentunit",
                minimum=0,
                maximum=1,
                text="Sum of the squared shares: 1 = one company has all.",
                asks=(
                    Ask(
                        expr=f"sum(({every('hostwatch_open_cases')} / on () group_left () sum({every('hostwatch_open_cases')})) ^ 2)",
                        legend="index",
                        colour=ORANGE,
                    ),
                ),
            ),
        ),
    ),
    Row("Reading", (HOW_TO_READ,)),
)

HOSTER = (
    Row(
        "Now",
        (
            Panel(title="Open", kind="stat", width=4, height=4, unit="short", text="Cases with a delivered notice that are not found removed.", asks=(Ask(expr=one("hostwatch_open_cases")),)),
            Panel(title="Overdue", kind="stat", width=4, height=4, unit="short", steps=((0, GREEN), (1, RED)), text="Seen online after the time allowed.", asks=(Ask(expr=one("hostwatch_overdue_cases")),)),
            Panel(title="Overdue, unseen", kind="stat", width=4, height=4, unit="short", text="Past the time allowed and not seen since; it proves nothing.", asks=(Ask(expr=one("hostwatch_overdue_unseen_cases")),)),
            Panel(title="Unavailable", kind="stat", width=4, height=4, unit="short", text="Block the monitor or do not answer; never removed.", asks=(Ask(expr=one("hostwatch_unavailable_cases")),)),
            Panel(title="Oldest open notice", kind="stat", width=4, height=4, unit="dateTimeFromNow", text="Notice of the oldest open case.", asks=(Ask(expr=one("hostwatch_oldest_open_timestamp_seconds") + " * 1000"),)),
            Panel(title="Inclusion", kind="stat", width=4, height=4, unit="percentunit", text="Share of the cases that are promised looks on time; below 100 % shares and removal times are estimated from these.", asks=(Ask(expr=one("hostwatch_hoster_inclusion_ratio")),)),
        ),
    ),
    Row(
        "Backlog",
        (
            Panel(title="Backlog against its own week", unit="short", text="Open cases, the band of the last week's median and three quartile ranges above it, and the line of the last two days drawn on for three.",
                  asks=(Ask(expr=f"hoster:hostwatch_open_cases:max{{{ONE}}}", legend="open", colour=ORANGE),
                        Ask(expr=f"quantile_over_time(0.5, hoster:hostwatch_open_cases:max{{{ONE}}}[7d])", legend="median", colour=GREY, band=True),
                        Ask(expr=f"quantile_over_time(0.5, hoster:hostwatch_open_cases:max{{{ONE}}}[7d]) + 3 * clamp_min(quantile_over_time(0.75, hoster:hostwatch_open_cases:max{{{ONE}}}[7d]) - quantile_over_time(0.25, hoster:hostwatch_open_cases:max{{{ONE}}}[7d]), 3)", legend="band", colour=SKY),
                        Ask(expr=f"predict_linear(hoster:hostwatch_open_cases:max{{{ONE}}}[2d], 3 * 86400)", legend="in three days", colour=PURPLE))),
            Panel(title="Told and removed", kind="bars", unit="short", text="Notices of a day above the line, removals and returns below it.",
                  asks=(Ask(expr=one("hostwatch_window_events", 'event="noticed",window="24h"'), legend="noticed", colour=BLUE),
                        Ask(expr="-" + one("hostwatch_window_events", 'event="removed",window="24h"'), legend="removed", colour=GREEN),
                        Ask(expr="-" + one("hostwatch_window_events", 'event="reappeared",window="24h"'), legend="came back", colour=RED))),
            Panel(title="Open cases by kind", unit="short", stacked=True, text="Every open case is in one of these classes.",
                  asks=(Ask(expr=one("hostwatch_cases", 'outcome=~"awaiting|online|suspect|doubted|unavailable"', "outcome"), legend="{{outcome}}"),)),
            Panel(title="Late against told", unit="percentunit", minimum=0, text="Cases that ran past their norm in the window, of those noticed in it; nothing where they are few. The line is the sector's aim.",
                  asks=(Ask(expr=f"hoster_window:hostwatch_late_per_noticed:ratio{{{ONE}}}", legend="{{window}}"), Ask(expr="vector(0.1)", legend="aim", colour=GREY))),
        ),
    ),
    Row(
        "Norms",
        (
            Panel(title="Within each norm: bounds", kind="gauge", unit="percentunit", minimum=0, maximum=1, text="In time for certain, of all noticed cases; the rest is undetermined or late.",
                  asks=(Ask(expr=one("hostwatch_norm_verdicts", 'verdict="in_time"', "norm") + " / sum by (norm) (" + one("hostwatch_norm_verdicts", "", "norm, verdict") + ")", legend="{{norm}}"),)),
            Panel(title="Verdicts on the norm", unit="short", stacked=True, text="In time, late and undetermined; undetermined is neither for nor against the company.",
                  asks=(Ask(expr=one("hostwatch_norm_verdicts", NORM, "verdict"), legend="{{verdict}}"),)),
            Panel(title="95 % limits of the share", unit="percentunit", minimum=0, maximum=1, text="Only where the share is estimated from a sample.",
                  asks=(Ask(expr=one("hostwatch_norm_share_limit_ratio", NORM, "limit"), legend="{{limit}}"),)),
            Panel(title="Removal time", unit="s", text="Kaplan-Meier, open cases as still open; both ways of taking unavailable ones. No line = not reached.",
                  asks=(Ask(expr=one("hostwatch_removal_estimate_seconds", "", "percentile, unavailable"), legend="p{{percentile}}, unavailable as {{unavailable}}"),)),
        ),
    ),
    Row(
        "Doubts",
        (
            Panel(title="Not looked at on time", unit="short", text="Open noticed cases that were not looked at beside one of their norms.", asks=(Ask(expr=one("hostwatch_unprobed_cases"), legend="unprobed", colour=GREY),)),
            Panel(title="Hidden re-checks", unit="short", text="Removed cases that a vantage nobody knows looked at again, and those that it saw online.",
                  asks=(Ask(expr=one("hostwatch_rechecked_cases"), legend="looked at", colour=BLUE), Ask(expr=one("hostwatch_recheck_disagreed_cases"), legend="online", colour=RED))),
            Panel(title="What a person has to see to", unit="short", text="Cases by flag: bounced and misdirected notices, disagreement of vantages, targets that prove nothing, removals that only a known vantage saw.",
                  asks=(Ask(expr=one("hostwatch_flagged_cases", "", "flag"), legend="{{flag}}"),)),
            Panel(title="Came back", unit="short", text="Removed cases that were seen online again, since the beginning.", asks=(Ask(expr=one("hostwatch_reappearances"), legend="came back", colour=RED),)),
        ),
    ),
)  # fmt: skip
