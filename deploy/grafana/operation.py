"""Measurement and Pipeline: for those who must trust the figures, and those who run the machine."""

from colours import BLUE, GREEN, GREY, ORANGE, PURPLE, RED
from panels import Ask, Panel, Row

JOB = 'job=~"$job"'


DONE = f"max by (role, topic, partition) (hostwatch_consumer_done_records{{{JOB}}})"


def rate(metric: str, by: str, more: str = "") -> str:
    """Return a counter's rate, added up over the processes that count."""
    inside = f"{JOB},{more}" if more else JOB
    return f"sum by ({by}) (rate({metric}{{{inside}}}[$__rate_interval]))"


MEASUREMENT = (
    Row(
        "Vantages",
        (
            Panel(
                title="Canaries",
                kind="state",
                unit="bool_yes_no",
                text="Whether each vantage sees its own page. A blind one closes nothing.",
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
                text="Orders by result: `looked` was probed, `impolite` found no moment within the limits, `late` came after its window.",
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
                        expr=f"sum by (vantage, sample) (hostwatch_probe_orders_overdue{{{JOB}}})",
                        legend="{{vantage}}, sample {{sample}}",
                    ),
                ),
            ),
            Panel(
                title="Missed probes",
                unit="percentunit",
                minimum=0,
                text="Of all orders those that found no moment. Above 5 % an alert fires.",
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
                title="Probes by error",
                unit="ops",
                stacked=True,
                text="`none` is a complete answer, whatever it says.",
                asks=(Ask(expr=rate("hostwatch_probe_looks_total", "error"), legend="{{error}}"),),
            ),
            Panel(
                title="Without an answer",
                unit="percentunit",
                minimum=0,
                steps=((0, GREEN), (0.3, RED)),
                text="Above 30 % an alert fires. Timeouts, and names without an answer of a name server. If it rises for all hosters at once, check the vantage's network.",
                asks=(
                    Ask(
                        expr=rate(
                            "hostwatch_probe_looks_total", "vantage", 'error=~"timeout|dns_failure"'
                        )
                        + " / "
                        + rate("hostwatch_probe_looks_total", "vantage"),
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
                text="90 % of the probes start within this time after their slot. An order counts as overdue after five minutes.",
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
                text="Open noticed cases that missed the probe of a norm slot.",
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
                        expr="histogram_quantile(0.5, sum by (hotline, le) (max by (hotline, role, le) (hostwatch_hotline_delay_seconds_bucket)))",
                        legend="{{hotline}}",
                    ),
                ),
            ),
            Panel(
                title="Waiting for a notice",
                unit="short",
                text="Open cases without a delivered notice.",
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

PIPELINE = (
    Row(
        "Now",
        (
            Panel(title="Workers", kind="stat", width=4, height=4, unit="short", text="Processes that answer.", asks=(Ask(expr=f"sum(up{{{JOB}}})"),)),
            Panel(title="Partitions without an owner", kind="stat", width=4, height=4, unit="short", steps=((0, GREEN), (1, RED)), text="Nothing of them is handled; what arrives waits.",
                  asks=(Ask(expr=f"sum(max by (role) (hostwatch_partitions{{{JOB}}}) - on (role) (count by (role) (group by (role, partition) (hostwatch_partition_owned{{{JOB}}})) or 0 * max by (role) (hostwatch_partitions{{{JOB}}})))"),)),
            Panel(title="Behind", kind="stat", width=4, height=4, unit="short", text="Records that wait, all roles.", asks=(Ask(expr=f"sum(hostwatch_consumer_lag_records{{{JOB}}})"),)),
            Panel(title="Figures do not advance", kind="stat", width=4, height=4, unit="bool_yes_no", steps=((0, GREEN), (1, RED)), text="The ledger's position has not moved.", asks=(Ask(expr=f"min(hostwatch_stale{{{JOB}}})"),)),
            Panel(title="Pending URLs", kind="stat", width=4, height=4, unit="short", text="Accepted and not yet attributed.", asks=(Ask(expr=f"max(hostwatch_pending_urls{{{JOB}}})"),)),
            Panel(title="Ledger", kind="stat", width=4, height=4, unit="dateTimeFromNow", text="The instant up to which it is folded.", asks=(Ask(expr=f"min(hostwatch_ledger_position_timestamp_seconds{{{JOB}}}) * 1000"),)),
        ),
    ),
    Row(
        "Intake",
        (
            Panel(title="Records by result", unit="short", text="Received = accepted + duplicate + quarantined, since the beginning.",
                  asks=(Ask(expr=f"sum by (result) (max by (hotline, result, reason) (hostwatch_intake_records{{{JOB}}}))", legend="{{result}}"),)),
            Panel(title="Quarantined by reason", unit="short", text="None is lost, none counts.", asks=(Ask(expr=f'sum by (reason) (max by (hotline, reason) (hostwatch_intake_records{{{JOB},result="quarantined"}}))', legend="{{reason}}"),)),
            Panel(title="Accepted in an hour", unit="short", text="By hotline: the difference to an hour before.",
                  asks=(Ask(expr=f'sum by (hotline) (max by (hotline, reason) (hostwatch_intake_records{{{JOB},result="accepted"}})) - sum by (hotline) (max by (hotline, reason) (hostwatch_intake_records{{{JOB},result="accepted"}} offset 1h))', legend="{{hotline}}", colour=BLUE),)),
            Panel(title="All received", unit="short", text="Records of hotlines, duplicates and quarantined ones included.", asks=(Ask(expr=f"max(hostwatch_received_records{{{JOB}}})", legend="received", colour=BLUE),)),
            Panel(title="Connections to the intake", unit="short", minimum=0, text="Open ones of each HTTP intake, and the grey line: as many as it takes.",
                  asks=(Ask(expr=f"sum by (instance) (hostwatch_intake_connections{{{JOB}}})", legend="{{instance}}"), Ask(expr=f"max(hostwatch_intake_connections_max{{{JOB}}})", legend="most", colour=GREY))),
            Panel(title="Connections refused by reason", unit="ops", minimum=0, stacked=True, text="By the caps on all, on an address and on a key; displaced by another, out of descriptors, too slow. Above one a second an alert fires.",
                  asks=(Ask(expr=rate("hostwatch_intake_refused_connections_total", "reason"), legend="{{reason}}"),)),
            Panel(title="Records set aside, by topic", unit="short", minimum=0, text="By two persons, because no stage could handle them. Every worker knows all of them.",
                  asks=(Ask(expr=f"max by (topic) (hostwatch_set_aside_records{{{JOB}}})", legend="{{topic}}"),)),
        ),
    ),
    Row(
        "Stages",
        (
            Panel(title="Behind, by role", unit="short", steps=((0, GREEN), (10_000, RED)), text="Offsets not done yet. Above 10,000 and rising an alert fires.", asks=(Ask(expr=f"sum by (role) (hostwatch_consumer_lag_records{{{JOB}}})", legend="{{role}}"),)),
            Panel(title="Partitions owned", unit="short", text="By role, and the grey line: all that have to be owned.", asks=(Ask(expr=f"count by (role) (group by (role, partition) (hostwatch_partition_owned{{{JOB}}}))", legend="{{role}}"), Ask(expr=f"max(hostwatch_partitions{{{JOB}}})", legend="all", colour=GREY))),
            Panel(title="Done in a second, by role", unit="ops", minimum=0, text="Offsets done over five minutes; one that moves to another worker goes on where it was.",
                  asks=(Ask(expr=f"sum by (role) (deriv({DONE}[5m:1m]))", legend="{{role}}"),)),
            Panel(title="Behind in seconds, by role", unit="s", minimum=0, steps=((0, GREEN), (900, RED)), text="At the pace of the last five minutes; nothing where nothing is done.",
                  asks=(Ask(expr=f"sum by (role) (hostwatch_consumer_lag_records{{{JOB}}}) / (sum by (role) (deriv({DONE}[5m:1m])) > 0)", legend="{{role}}"),)),
            Panel(title="From the broker to done, by role", unit="s", minimum=0, text="95 of 100 records, the oldest of each list counting for all of it. A prober's orders wait for their moment in it.",
                  asks=(Ask(expr=f"histogram_quantile(0.95, {rate('hostwatch_stage_delay_seconds_bucket', 'role, le')})", legend="{{role}}"),)),
            Panel(title="Since the last record, by role", unit="s", minimum=0, text="By whichever worker was done with one last. Long where nothing comes in is no fault.",
                  asks=(Ask(expr=f"time() - max by (role) (hostwatch_stage_done_timestamp_seconds{{{JOB}}})", legend="{{role}}"),)),
            Panel(title="Ledger position, seconds behind", unit="s", text="Now less the instant up to which the ledger is folded.", asks=(Ask(expr=f"time() - min(hostwatch_ledger_position_timestamp_seconds{{{JOB}}})", legend="behind", colour=ORANGE),)),
            Panel(title="Still to load, by role", unit="short", minimum=0, text="Offsets of state to be read before owned partitions are worked off, all workers; 0 when all is loaded. What arrives meanwhile waits.", asks=(Ask(expr=f"sum by (role) (hostwatch_recovery_remaining_records{{{JOB}}})", legend="{{role}}"),)),
            Panel(title="Keys of tables", unit="short", minimum=0, text="Held by those who own partitions, all workers; a URL each. An estimate where the states are on disk: what is written again counts more than once until files are merged.", asks=(Ask(expr=f"sum by (table) (max by (table, partition) (hostwatch_table_keys{{{JOB}}}))", legend="{{table}}"),)),
            Panel(title="Reports attributed", unit="ops", stacked=True, text="Reports by result: placed at a hoster or a network, at none, no such name, no answer.", asks=(Ask(expr=rate("hostwatch_attributed_reports_total", "result"), legend="{{result}}"),)),
            Panel(title="Records folded", unit="ops", stacked=True, text="By what they told of their URL: nothing new, that all is as it was, its beginning, or something for which all was judged again.", asks=(Ask(expr=rate("hostwatch_lifecycle_records_total", "result"), legend="{{result}}"),)),
            Panel(title="Hosters not named", unit="short", minimum=0, text="Hosters whose figures are summed up as `other`, by role. No alert can fire for them.", asks=(Ask(expr=f"max by (role) (hostwatch_folded_hosters{{{JOB}}})", legend="{{role}}"),)),
            Panel(title="Time of a round of figures", unit="s", text="Above a second figures are renewed less often.", asks=(Ask(expr=f"max by (instance) (hostwatch_rollup_duration_seconds{{{JOB}}})", legend="{{instance}}"),)),
        ),
    ),
    Row(
        "Machine",
        (
            Panel(title="Processor", unit="percentunit", minimum=0, text="Of one core, by worker; above 100 % other cores help, for what runs beside Python.", asks=(Ask(expr=rate("process_cpu_seconds_total", "instance"), legend="{{instance}}"),)),
            Panel(title="Memory", unit="bytes", minimum=0, text="Held by each worker.", asks=(Ask(expr=f"max by (instance) (process_resident_memory_bytes{{{JOB}}})", legend="{{instance}}"),)),
            Panel(title="Free disk", unit="percentunit", minimum=0, maximum=1, steps=((0, RED), (0.1, GREEN)), text="Under the state folder.", asks=(Ask(expr=f"min by (instance) (hostwatch_disk_free_ratio{{{JOB}}})", legend="{{instance}}"),)),
            Panel(title="Certificates end in", unit="s", steps=((0, RED), (14 * 86_400, GREEN)), text="Below 14 days an alert fires.", asks=(Ask(expr=f"min by (certificate) (hostwatch_certificate_expiry_timestamp_seconds{{{JOB}}}) - time()", legend="{{certificate}}"),)),
            Panel(title="Parts of the metrics left out", unit="ops", minimum=0, steps=((0, GREEN), (0.0001, RED)), text="Scrapes at which a part failed. An alert fires.", asks=(Ask(expr=rate("hostwatch_collector_errors_total", "instance, collector"), legend="{{instance}}, {{collector}}"),)),
            Panel(title="Time to gather the metrics", unit="s", minimum=0, text="By part, the slowest worker.", asks=(Ask(expr=f"max by (collector) (hostwatch_collector_duration_seconds{{{JOB}}})", legend="{{collector}}"),)),
            Panel(title="Series", unit="short", steps=((0, GREEN), (8_000, RED)), text="Exported by each worker. Above 8,000 an alert fires.", asks=(Ask(expr=f"max by (instance) (scrape_samples_post_metric_relabeling{{{JOB}}})", legend="{{instance}}"),)),
            Panel(title="Method and code", kind="table", unit="short", text="Versions that the figures were made with.", asks=(Ask(expr=f"max by (version, method) (hostwatch_build_info{{{JOB}}})"),)),
        ),
    ),
)  # one panel a line # fmt: skip
