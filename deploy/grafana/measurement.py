"""Measurement: for those who must trust the figures."""

from colours import GREEN, GREY, ORANGE, PURPLE, RED
from operation import JOB, rate
from panels import Ask, Panel, Row

MEASUREMENT = (
    Row(
        "Vantages",
        (
            Panel(
                title="Canaries",
                kind="state",
                unit="bool_yes_no",
                text="Whether each vantage sees its own page. Until a vantage does, its observations count for nothing.",
                steps=((0, RED), (1, GREEN)),
                asks=(
                    Ask(
                        expr=f"max by (vantage) (hostwatch_canary_healthy{{{JOB}}})",
                        legend="{{vantage}}",
                    ),
                ),
            ),
            Panel(
                title="Orders by what became of them",
                unit="ops",
                text="Orders by result: `looked` was probed. `impolite` had no turn in time, case of a sample; `crowded` the same, other case. `late` came after its window. `unseen` had no address that may be asked.",
                asks=(
                    Ask(expr=rate("hostwatch_probe_orders_total", "result"), legend="{{result}}"),
                ),
            ),
            Panel(
                title="Orders in hand",
                unit="short",
                text="Most of them wait for their moment.",
                asks=(
                    Ask(
                        expr=f"sum by (vantage) (hostwatch_probe_orders_held{{{JOB}}})",
                        legend="{{vantage}}",
                    ),
                ),
            ),
            Panel(
                title="Probes under way",
                unit="short",
                text="Orders whose moment has come and whose server is asked now, each with a socket of its own.",
                asks=(
                    Ask(
                        expr=f"sum by (vantage) (hostwatch_probes_in_flight{{{JOB}}})",
                        legend="{{vantage}}",
                    ),
                ),
            ),
            Panel(
                title="Past their slot",
                unit="short",
                text="Orders in hand that can no longer be on time, of a sample and of the rest.",
                asks=(
                    Ask(
                        expr=f"sum by (vantage, sample) (hostwatch_probe_orders_past_slot{{{JOB}}})",
                        legend="{{vantage}}, sample {{sample}}",
                    ),
                ),
            ),
            Panel(
                title="Missed probes",
                unit="percentunit",
                minimum=0,
                text="Of all orders those that were too late, or had no turn in time and are of a sample. Above 5 % an alert fires.",
                steps=((0, GREEN), (0.05, RED)),
                asks=(
                    Ask(
                        expr=rate(
                            "hostwatch_probe_orders_total", "vantage", 'result=~"late|impolite"'
                        )
                        + " / "
                        + rate("hostwatch_probe_orders_total", "vantage"),
                        legend="{{vantage}}",
                        colour=RED,
                    ),
                ),
            ),
        ),
    ),
    Row(
        "Probes",
        (
            Panel(
                title="Observations by error",
                unit="ops",
                stacked=True,
                text="`none` is a complete answer, whatever it says.",
                asks=(
                    Ask(
                        expr=rate("hostwatch_probe_observations_total", "error"), legend="{{error}}"
                    ),
                ),
            ),
            Panel(
                title="Without an answer",
                unit="percentunit",
                minimum=0,
                steps=((0, GREEN), (0.3, RED)),
                text="Above 30 % an alert fires. Timeouts, names without a valid answer of a name server, no route, and a wrong clock. Orders for which no request was sent count too. If it rises for all hosters at once, check the vantage's network.",
                asks=(
                    Ask(
                        expr=rate(
                            "hostwatch_probe_observations_total",
                            "vantage",
                            'error=~"timeout|dns_failure|dnssec|blocked_policy|clock"',
                        )
                        + " / "
                        + rate(
                            "hostwatch_probe_observations_total",
                            "vantage",
                            'error!~"missed_politeness|crowded_hop"',
                        ),
                        legend="{{vantage}}",
                        colour=PURPLE,
                    ),
                ),
            ),
            Panel(
                title="Delay of probes after their slot",
                unit="s",
                minimum=0,
                steps=((0, GREEN), (300, RED)),
                text="90 % of the probes start within this time after their slot. An order counts as past its slot after five minutes.",
                asks=(
                    Ask(
                        expr=f"histogram_quantile(0.9, {rate('hostwatch_probe_delay_seconds_bucket', 'vantage, le')})",
                        legend="{{vantage}}",
                    ),
                ),
            ),
            Panel(
                title="How long each phase takes",
                unit="s",
                minimum=0,
                text="95 % of the probes, all vantages. A phase that was not reached is not counted.",
                asks=(
                    Ask(
                        expr=f"histogram_quantile(0.95, {rate('hostwatch_probe_duration_seconds_bucket', 'phase, le')})",
                        legend="{{phase}}",
                    ),
                ),
            ),
            Panel(
                title="Names asked for",
                unit="ops",
                stacked=True,
                text="Names by answer of the name servers. Without an answer nothing is attributed and nothing probed.",
                asks=(
                    Ask(expr=rate("hostwatch_dns_lookups_total", "result"), legend="{{result}}"),
                ),
            ),
            Panel(
                title="How long names take",
                unit="s",
                minimum=0,
                text="95 of 100 answers of name servers, from when the question went out.",
                asks=(
                    Ask(
                        expr=f"histogram_quantile(0.95, {rate('hostwatch_dns_lookup_duration_seconds_bucket', 'instance, le')})",
                        legend="{{instance}}",
                    ),
                ),
            ),
            Panel(
                title="Requests",
                unit="reqps",
                text="Redirects and GETs included.",
                asks=(
                    Ask(
                        expr=rate("hostwatch_probe_requests_total", "vantage"), legend="{{vantage}}"
                    ),
                ),
            ),
            Panel(
                title="Read",
                unit="Bps",
                text="Bytes of answers; none of a body is kept.",
                asks=(
                    Ask(
                        expr=rate("hostwatch_probe_read_bytes_total", "vantage"),
                        legend="{{vantage}}",
                    ),
                ),
            ),
        ),
    ),
    Row(
        "Doubts",
        (
            Panel(
                title="Disagreement of vantages",
                unit="short",
                text="Cases in which one vantage saw it against the others and was believed, and those that only a known vantage saw removed.",
                asks=(
                    Ask(
                        expr='sum by (flag) (max by (hoster, role, flag) (hostwatch_flagged_cases{flag=~"split|announced_only|unproven"}))',
                        legend="{{flag}}",
                    ),
                ),
            ),
            Panel(
                title="Hidden re-checks that disagree",
                unit="percentunit",
                minimum=0,
                text="Share of the re-checked removed cases that the hidden vantage found online.",
                asks=(
                    Ask(
                        expr="sum(max by (hoster, role) (hostwatch_recheck_disagreed_cases)) / clamp_min(sum(max by (hoster, role) (hostwatch_rechecked_cases)), 1)",
                        legend="disagree",
                        colour=RED,
                    ),
                ),
            ),
            Panel(
                title="Not probed on time",
                unit="short",
                text="Open noticed cases with a norm slot not probed on time.",
                asks=(
                    Ask(
                        expr="sum(max by (hoster, role) (hostwatch_unprobed_cases))",
                        legend="unprobed",
                        colour=GREY,
                    ),
                ),
            ),
            Panel(
                title="Addresses looked up",
                unit="ops",
                stacked=True,
                text="In the address databases. Many that are absent: the database is old, or not the one it is taken for.",
                asks=(
                    Ask(
                        expr=rate("hostwatch_dataset_lookups_total", "dataset, result"),
                        legend="{{dataset}}, {{result}}",
                    ),
                ),
            ),
            Panel(
                title="How long an address takes",
                unit="s",
                minimum=0,
                text="99 of 100 look-ups in an address database. Microseconds in memory, more where the disk has to be read.",
                asks=(
                    Ask(
                        expr=f"histogram_quantile(0.99, {rate('hostwatch_dataset_lookup_duration_seconds_bucket', 'dataset, le')})",
                        legend="{{dataset}}",
                    ),
                ),
            ),
            Panel(
                title="Age of address databases",
                unit="s",
                steps=((0, GREEN), (45 * 86_400, RED)),
                text="Above 45 days an alert fires.",
                asks=(
                    Ask(
                        expr=f"time() - min by (dataset) (hostwatch_dataset_build_timestamp_seconds{{{JOB}}})",
                        legend="{{dataset}}",
                    ),
                ),
            ),
        ),
    ),
    Row(
        "Hotlines",
        (
            Panel(
                title="Report to notice, median",
                unit="s",
                steps=((0, GREEN), (2 * 86_400, RED)),
                text="Above two days an alert fires. The hotline's own delay. It counts against no hoster.",
                asks=(
                    Ask(
                        expr="histogram_quantile(0.5, sum by (hotline, le) (max by (hotline, role, le) (hostwatch_report_to_notice_seconds_bucket)))",
                        legend="{{hotline}}",
                    ),
                ),
            ),
            Panel(
                title="Waiting for a notice",
                unit="short",
                text="Open cases whose clock does not run.",
                asks=(
                    Ask(
                        expr="sum(max by (hoster, role) (hostwatch_awaiting_cases))",
                        legend="awaiting",
                        colour=ORANGE,
                    ),
                ),
            ),
        ),
    ),
)
