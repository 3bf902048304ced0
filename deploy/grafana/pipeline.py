"""Pipeline: for those who run the machine."""

from colours import BLUE, GREEN, GREY, ORANGE, RED
from operation import DONE, JOB, rate
from panels import Ask, Panel, Row

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
            Panel(title="Records by result", unit="short", text="Received = accepted + duplicate + quarantined + set aside, since the beginning.",
                  asks=(Ask(expr=f"sum by (result) (max by (hotline, result, reason) (hostwatch_intake_records{{{JOB}}}))", legend="{{result}}"),)),
            Panel(title="Quarantined by reason", unit="short", text="None is lost, none counts.", asks=(Ask(expr=f'sum by (reason) (max by (hotline, reason) (hostwatch_intake_records{{{JOB},result="quarantined"}}))', legend="{{reason}}"),)),
            Panel(title="Accepted in an hour", unit="short", text="By hotline: the difference to an hour before.",
                  asks=(Ask(expr=f'sum by (hotline) (max by (hotline, reason) (hostwatch_intake_records{{{JOB},result="accepted"}})) - sum by (hotline) (max by (hotline, reason) (hostwatch_intake_records{{{JOB},result="accepted"}} offset 1h))', legend="{{hotline}}", colour=BLUE),)),
            Panel(title="All received", unit="short", text="Records of hotlines, duplicates and quarantined ones included.", asks=(Ask(expr=f"max(hostwatch_received_records{{{JOB}}})", legend="received", colour=BLUE),)),
            Panel(title="Connections to the intake", unit="short", minimum=0, text="Open ones of each HTTP intake, and the grey line: as many as it takes.",
                  asks=(Ask(expr=f"sum by (instance) (hostwatch_intake_connections{{{JOB}}})", legend="{{instance}}"), Ask(expr=f"max(hostwatch_intake_connections_max{{{JOB}}})", legend="most", colour=GREY))),
            Panel(title="Connections refused by reason", unit="ops", minimum=0, stacked=True, text="By the caps on all (`all`), on an address and on a hotline (`key`); displaced by another, out of descriptors, too slow. Above one a second an alert fires.",
                  asks=(Ask(expr=rate("hostwatch_intake_refused_connections_total", "reason"), legend="{{reason}}"),)),
            Panel(title="Changes told to hotlines", unit="ops", minimum=0, stacked=True, text="Written to their topics. Withheld: the id looks like an address. Unopened: the key of its month was destroyed.",
                  asks=(Ask(expr=rate("hostwatch_feedback_records_total", "result"), legend="{{result}}"),)),
            Panel(title="Answers to hotlines that ask", unit="ops", minimum=0, stacked=True, text="By the HTTP intake: a record, no such record, changes, a cursor that is too old, or unavailable. While its index is behind, an alert fires.",
                  asks=(Ask(expr=rate("hostwatch_intake_feedback_answers_total", "result"), legend="{{result}}"),)),
            Panel(title="Requests refused by reason", unit="ops", minimum=0, stacked=True, text="By the HTTP intake, each with a reason and what to do. Where a hotline sends too much for 15 minutes an alert fires.",
                  asks=(Ask(expr=rate("hostwatch_intake_refused_requests_total", "reason"), legend="{{reason}}"),)),
            Panel(title="Records set aside, by topic", unit="short", minimum=0, text="By two persons, because no stage could handle them. Every worker knows all of them.",
                  asks=(Ask(expr=f"max by (topic) (hostwatch_set_aside_records{{{JOB}}})", legend="{{topic}}"),)),
        ),
    ),
    Row(
        "What persons have to see to",
        (
            Panel(title="Oldest proposal that waits", unit="s", minimum=0, steps=((0, GREEN), (86_400, RED)), text="Since one person proposed a decision that no second one has confirmed or rejected; nothing where none waits. After a day an alert fires.",
                  asks=(Ask(expr=f"time() - min(hostwatch_oldest_waiting_proposal_timestamp_seconds{{{JOB}}} != 0)", legend="waits"),)),
            Panel(title="Newest signed root", unit="s", minimum=0, steps=((0, GREEN), (7_200, RED)), text="Since the end of the newest hour of the ledger that has a signed root; nothing where roots were never written. After two hours an alert fires.",
                  asks=(Ask(expr=f"time() - max(hostwatch_newest_root_timestamp_seconds{{{JOB}}} != 0)", legend="newest"),)),
            Panel(title="Answers of hosters", unit="short", minimum=0, stacked=True, text="Of the last 24 h, on their own pages, by what they say. Where one disputes a case an alert fires.",
                  asks=(Ask(expr=f"max by (answer) (hostwatch_hoster_answers_recent{{{JOB}}})", legend="{{answer}}"),)),
            Panel(title="Keys of hotlines end in", unit="s", steps=((0, RED), (14 * 86_400, GREEN)), text="The last key of each hotline at the HTTP intake. Below 14 days an alert fires.",
                  asks=(Ask(expr=f"min by (hotline) (hostwatch_intake_key_expiry_timestamp_seconds{{{JOB}}}) - time()", legend="{{hotline}}"),)),
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
            Panel(title="Reports attributed", unit="ops", stacked=True, text="Reports by result: placed at a hoster or a network, at none, no such name, no answer, not asked because the URL may not be probed.", asks=(Ask(expr=rate("hostwatch_attributed_reports_total", "result"), legend="{{result}}"),)),
            Panel(title="Records folded", unit="ops", stacked=True, text="By what they told of their URL: nothing new, that all is as it was, its beginning, or something for which all was judged again.", asks=(Ask(expr=rate("hostwatch_lifecycle_records_total", "result"), legend="{{result}}"),)),
            Panel(title="Hosters summed up as `other`", unit="short", minimum=0, text="By role. No alert can fire for them.", asks=(Ask(expr=f"max by (role) (hostwatch_hosters_in_other{{{JOB}}})", legend="{{role}}"),)),
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
            Panel(title="Series", unit="short", steps=((0, GREEN), (9_000, RED)), text="Exported by each worker. Above 9,000 an alert fires.", asks=(Ask(expr=f"max by (instance) (scrape_samples_post_metric_relabeling{{{JOB}}})", legend="{{instance}}"),)),
            Panel(title="Method and code", kind="table", unit="short", text="Versions that the figures were made with.", asks=(Ask(expr=f"max by (version, method) (hostwatch_build_info{{{JOB}}})"),)),
        ),
    ),
)  # one panel a line # fmt: skip
