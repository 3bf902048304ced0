"""Hoster: one hoster, its backlog, its norms and what is in doubt."""

from colours import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY
from panels import Ask, Panel, Row
from removal_cells import cells

ONE = 'hoster="$hoster",role="$role"'
NORM = 'norm="$norm"'
WINDOW = 'window="$window"'


def one(metric: str, more: str = "", by: str = "") -> str:
    """Return a figure of the chosen hoster."""
    inside = f"{ONE},{more}" if more else ONE
    return f"max by ({by or 'hoster'}) ({metric}{{{inside}}})"


HOSTER = (
    Row(
        "Now",
        (
            Panel(title="Open", kind="stat", width=4, height=4, unit="short", text="Cases whose clock runs and whose removal is not confirmed.", asks=(Ask(expr=one("hostwatch_open_cases")),)),
            Panel(title="Overdue", kind="stat", width=4, height=4, unit="short", steps=((0, GREEN), (1, RED)), text="Open cases that are late for a norm. Only cases whose notice was delivered.", asks=(Ask(expr=one("hostwatch_overdue_cases")),)),
            Panel(title="Overdue, unseen", kind="stat", width=4, height=4, unit="short", text="Open cases whose due norm has run out, and in time or late is undetermined. It proves nothing. Only cases whose notice was delivered.", asks=(Ask(expr=one("hostwatch_overdue_unseen_cases")),)),
            Panel(title="Unavailable", kind="stat", width=4, height=4, unit="short", text="Block the monitor or do not answer; never removed.", asks=(Ask(expr=one("hostwatch_unavailable_cases")),)),
            Panel(title="Oldest open notice", kind="stat", width=4, height=4, unit="dateTimeFromNow", text="When the oldest running clock of an open case began.", asks=(Ask(expr=one("hostwatch_oldest_open_timestamp_seconds") + " * 1000"),)),
            Panel(title="Inclusion", kind="stat", width=4, height=4, unit="percentunit", text="Mean inclusion probability of the hoster's cases. Below 100 %, norm shares and removal times are estimated from the sample.", asks=(Ask(expr=one("hostwatch_hoster_inclusion_ratio")),)),
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
            Panel(title="Told and removed", kind="bars", unit="short", text="Notices of the chosen window above the line, removals and returns of it below.",
                  asks=(Ask(expr=one("hostwatch_window_events", f'event="noticed",{WINDOW}'), legend="noticed", colour=BLUE),
                        Ask(expr="-" + one("hostwatch_window_events", f'event="removed",{WINDOW}'), legend="removed", colour=GREEN),
                        Ask(expr="-" + one("hostwatch_window_events", f'event="reappeared",{WINDOW}'), legend="came back", colour=RED))),
            Panel(title="Open cases by kind", unit="short", stacked=True, text="Every open case is in one of these classes.",
                  asks=(Ask(expr=one("hostwatch_cases", 'outcome=~"awaiting|online|suspect|doubted|unavailable"', "outcome"), legend="{{outcome}}"),)),
            Panel(title="Age of open cases", kind="heatmap", unit="s", text="Open cases by the time since their clock began: what moves up is a backlog that nobody works off, what stays low are new cases.",
                  asks=(Ask(expr=one("hostwatch_open_age_seconds_bucket", "", "le"), legend="{{le}}"),)),
            Panel(title="Late against told", unit="percentunit", minimum=0, text="Cases that ran past their norm in the window, of those noticed in it; nothing where they are few. The line is the sector's aim.",
                  asks=(Ask(expr=f"hoster_window:hostwatch_late_per_noticed:ratio{{{ONE}}}", legend="{{window}}"), Ask(expr="vector(0.1)", legend="aim", colour=GREY))),
        ),
    ),
    Row(
        "Norms",
        (
            Panel(title="Within the norm: bounds", unit="percentunit", minimum=0, maximum=1, text="The band lies between in time for certain and not late for certain, of all noticed cases.",
                  asks=(Ask(expr="sum(" + one("hostwatch_norm_verdicts", f'{NORM},verdict="in_time"') + ") / sum(" + one("hostwatch_norm_verdicts", NORM, "verdict") + ")", legend="at least", colour=GREEN, band=True),
                        Ask(expr="1 - sum(" + one("hostwatch_norm_verdicts", f'{NORM},verdict="late"') + ") / sum(" + one("hostwatch_norm_verdicts", NORM, "verdict") + ")", legend="at most", colour=SKY))),
            Panel(title="Within each norm: bounds", kind="gauge", unit="percentunit", minimum=0, maximum=1, text="In time for certain and not late for certain, of all noticed cases.",
                  asks=(Ask(expr=one("hostwatch_norm_verdicts", 'verdict="in_time"', "norm") + " / sum by (norm) (" + one("hostwatch_norm_verdicts", "", "norm, verdict") + ")", legend="{{norm}}, at least"),
                        Ask(expr="1 - " + one("hostwatch_norm_verdicts", 'verdict="late"', "norm") + " / sum by (norm) (" + one("hostwatch_norm_verdicts", "", "norm, verdict") + ")", legend="{{norm}}, at most"))),
            Panel(title="Verdicts on the norm", unit="short", stacked=True, text="In time, late and undetermined; undetermined is neither for nor against the hoster.",
                  asks=(Ask(expr=one("hostwatch_norm_verdicts", NORM, "verdict"), legend="{{verdict}}"),)),
            Panel(title="95 % limits of the share", unit="percentunit", minimum=0, maximum=1, text="Only where the share is estimated from a sample.",
                  asks=(Ask(expr=one("hostwatch_norm_share_limit_ratio", f'{NORM},limit="low"'), legend="low", colour=SKY, band=True),
                        Ask(expr=one("hostwatch_norm_share_limit_ratio", f'{NORM},limit="high"'), legend="high", colour=SKY))),
            Panel(title="Removal time, 90 days", kind="stat", unit="s", text="Kaplan-Meier, of cases noticed in the last 90 days, open cases as still open; both readings of unavailable cases and of (L, R]. They are no bounds. Each is the cell of the timetable that the time lies in, since it is known no better. No value = not reached.",
                  asks=(Ask(expr=one("hostwatch_removal_estimate_seconds", 'cohort="90d",unavailable="online"', "quantile"), legend="quantile {{quantile}}, unavailable as online", mappings=cells(is_found=True)),
                        Ask(expr=one("hostwatch_removal_estimate_seconds", 'cohort="90d",unavailable="ended"', "quantile"), legend="quantile {{quantile}}, unavailable as ended", mappings=cells(is_found=False)))),
        ),
    ),
    Row(
        "Doubts",
        (
            Panel(title="Not measurable", unit="percentunit", text="Share of the cases noticed in 28 days that were unavailable for a day, or in all probes around their norm.",
                  asks=(Ask(expr=one("hostwatch_unmeasurable_cases") + " / (" + one("hostwatch_followed_cases") + " > 0)", legend="not measurable", colour=PURPLE),)),
            Panel(title="Not probed on time", unit="short", text="Open noticed cases with a norm slot not probed on time.", asks=(Ask(expr=one("hostwatch_unprobed_cases"), legend="unprobed", colour=GREY),)),
            Panel(title="Hidden re-checks", unit="short", text="Removed cases that a hidden vantage probed again, and those that it found online.",
                  asks=(Ask(expr=one("hostwatch_rechecked_cases"), legend="probed again", colour=BLUE), Ask(expr=one("hostwatch_recheck_disagreed_cases"), legend="online", colour=RED))),
            Panel(title="What a person has to see to", unit="short", text="Cases by flag: bounced and misdirected notices, disagreement of vantages, targets that prove nothing, removals that only a known vantage saw.",
                  asks=(Ask(expr=one("hostwatch_flagged_cases", "", "flag"), legend="{{flag}}"),)),
            Panel(title="Came back", unit="short", text="Removed cases that were seen online again, since the beginning.", asks=(Ask(expr=one("hostwatch_reappearances"), legend="came back", colour=RED),)),
        ),
    ),
)  # one panel a line # fmt: skip
