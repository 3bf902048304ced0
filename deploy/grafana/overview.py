"""Overview: all hosters, for the ministry, the regulator and analysts."""

from colours import BLUE, GREEN, RED
from hoster_queries import HERE, SHOWN, WINDOW, every, judged
from overview_shares import SHARES
from panels import Ask, Panel, Row, TextPanel

HOW_TO_READ = TextPanel(
    title="How to read this",
    markdown=(
        "**Open** cases are those whose clock runs and whose removal is not confirmed. **Overdue** ones are late for "
        "a norm. Of **overdue, unseen** ones the due norm has run out, and in time or late is undetermined. Both "
        "count only cases whose notice was delivered. Blocked and "
        "silent servers are **unavailable**: never removed. Shares within a norm are given as **bounds**, because "
        "a removal is known only as an interval between two probes. Removal times count open cases as still open; "
        "**not reached** is an answer. Hosters with an inclusion ratio below 1 are estimated from a sample."
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
                text="Cases whose clock runs and whose removal is not confirmed, all hosters of the chosen countries and role, those summed up as `other` too.",
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
                text="Open cases that are late for a norm. Only cases whose notice was delivered.",
                steps=((0, GREEN), (1, RED)),
                asks=(Ask(expr=f"sum({every('hostwatch_overdue_cases')})"),),
            ),
            Panel(
                title="Removed in $window",
                kind="stat",
                width=4,
                height=4,
                unit="short",
                text="Removals by R, the time when the last required vantage had first found it gone.",
                asks=(
                    Ask(
                        expr="sum("
                        + every("hostwatch_window_events", f'event="removed",{WINDOW}')
                        + ")"
                    ),
                ),
            ),
            Panel(
                title="Came back in $window",
                kind="stat",
                width=4,
                height=4,
                unit="short",
                text="Removed cases that were seen online again a day later or more.",
                asks=(
                    Ask(
                        expr="sum("
                        + every("hostwatch_window_events", f'event="reappeared",{WINDOW}')
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
                title="Hosters by open cases",
                kind="table",
                width=24,
                height=10,
                unit="short",
                text="One row for each hoster, the largest backlog first. The id links to the hoster's dashboard. Removal times are on the hosters' pages, since a median is a range of time and ranks nobody. `other` sums up small hosters for display only.",
                asks=(
                    Ask(expr=every("hostwatch_open_cases"), legend="Open"),
                    Ask(
                        expr=f"{every('hostwatch_open_cases')} - {every('hostwatch_open_cases', back=' offset 1d')}",
                        legend="Change in a day",
                    ),
                    Ask(expr=every("hostwatch_overdue_cases"), legend="Overdue"),
                    Ask(expr=every("hostwatch_unavailable_cases"), legend="Unavailable"),
                    Ask(
                        expr=f"{judged('in_time')} / {judged()}",
                        legend="Within the norm, at least",
                        unit="percentunit",
                    ),
                    Ask(
                        expr=f"1 - {judged('late')} / {judged()}",
                        legend="Within the norm, at most",
                        unit="percentunit",
                    ),
                    Ask(
                        expr=every("hostwatch_oldest_open_timestamp_seconds") + " * 1000",
                        legend="Oldest open notice",
                        unit="dateTimeFromNow",
                    ),
                    Ask(
                        expr=every("hostwatch_hoster_inclusion_ratio"),
                        legend="Inclusion",
                        unit="percentunit",
                    ),
                    Ask(
                        expr=f"max by (hoster, name, country) ({HERE}) and on (hoster) "
                        + every("hostwatch_open_cases"),
                    ),
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
                text="Notices of the chosen window above the line, removals of it below: the backlog's story in one picture.",
                asks=(
                    Ask(
                        expr="sum("
                        + every("hostwatch_window_events", f'event="noticed",{WINDOW}')
                        + ")",
                        legend="noticed",
                        colour=BLUE,
                    ),
                    Ask(
                        expr="-sum("
                        + every("hostwatch_window_events", f'event="removed",{WINDOW}')
                        + ")",
                        legend="removed",
                        colour=GREEN,
                    ),
                ),
            ),
            Panel(
                title="Ten largest backlogs",
                unit="short",
                text="Open cases of the ten hosters with the most open cases.",
                asks=(
                    Ask(
                        expr=f"topk(10, {every('hostwatch_open_cases', among=SHOWN)})",
                        legend="{{hoster}}",
                    ),
                ),
            ),
            Panel(
                title="Open cases by country",
                unit="short",
                stacked=True,
                text="Seat of the hosters by the registry. `other` has none.",
                asks=(
                    Ask(
                        expr=f"sum by (country) ({every('hostwatch_open_cases')} * on (hoster) group_left (country) max by (hoster, country) (hostwatch_hoster_info))",
                        legend="{{country}}",
                    ),
                ),
            ),
            Panel(
                title="Age of open cases",
                kind="heatmap",
                unit="s",
                text="Open cases by time since their notice. A band that climbs is a backlog that nobody works off.",
                asks=(
                    Ask(
                        expr=f"sum by (le) ({every('hostwatch_open_age_seconds_bucket', by='hoster, le')})",
                        legend="{{le}}",
                    ),
                ),
            ),
        ),
    ),
    *SHARES,
    Row(
        "Alerts",
        (
            Panel(
                title="Alerts that fire",
                kind="table",
                width=24,
                unit="short",
                text="Of all countries. What each asks for stands in the runbook. Empty is good.",
                asks=(
                    Ask(
                        expr='max by (severity, alertname, hoster, role, hotline, vantage) (ALERTS{alertstate="firing",severity!="none"})'
                    ),
                ),
            ),
        ),
    ),
    Row("Reading", (HOW_TO_READ,)),
)
