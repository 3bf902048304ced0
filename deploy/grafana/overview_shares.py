"""Rows of the overview that say how fast hosters remove, and how concentrated the cases are."""

from colours import GREEN, ORANGE, SKY
from hoster_queries import SHOWN, every, verdicts
from panels import Ask, Panel, Row

SHARES = (
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
                        expr=f"sum({verdicts('in_time')}) / sum({verdicts()})",
                        legend="in time",
                        colour=GREEN,
                        band=True,
                    ),
                    Ask(
                        expr=f"1 - sum({verdicts('late')}) / sum({verdicts()})",
                        legend="not late",
                        colour=SKY,
                    ),
                ),
            ),
            Panel(
                title="Removal times",
                kind="heatmap",
                unit="s",
                text="Removed cases alone, by time from notice to R. Open cases are not in it, so it says nothing of how many are removed by when: see the share within the norm and the removal time of a hoster.",
                asks=(
                    Ask(
                        expr=f"sum by (le) ({every('hostwatch_removal_seconds_bucket', by='hoster, le')})",
                        legend="{{le}}",
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
                        expr=f"sum by (outcome) ({every('hostwatch_cases', by='hoster, outcome')})",
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
                text="Share of all open cases that the four largest hosters have.",
                asks=(
                    Ask(
                        expr=f"sum(topk(4, {every('hostwatch_open_cases', among=SHOWN)})) / sum({every('hostwatch_open_cases')})",
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
                text="Sum of the squared shares of the hosters shown by themselves: 1 = one hoster has all. The total includes the hosters in `other`, but the sum leaves out their squares.",
                asks=(
                    Ask(
                        expr=f"sum(({every('hostwatch_open_cases', among=SHOWN)} / on () group_left () sum({every('hostwatch_open_cases')})) ^ 2)",
                        legend="index",
                        colour=ORANGE,
                    ),
                ),
            ),
        ),
    ),
)
