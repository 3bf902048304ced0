"""What /metrics says: one table of every metric, and where in a `View` its values stand.

All figures are gauges, the histograms too (gauge histograms): a withdrawal, a
decision or a return can lower every one of them, and a counter that falls counts double. Label
values come from closed lists or are ids and names of the hoster registry.
"""

from typing import Final

from agents.edges.metric_types.declaration import Declared, H
from agents.edges.metric_types.instruments import INSTRUMENTS
from agents.edges.metrics.figures import samples
from agents.edges.metrics.figures.gauge_histograms import DELAY, OPEN_AGE, REMOVAL
from agents.edges.metrics.intake_metrics import INTAKE_INSTRUMENTS
from schemas.closed_lists import CaseClass, NormVerdict, Quarantine, Result, Role
from streams.rollup.figures import NoticeCohort, RemovalTimeReading
from streams.rollup.windows import Window, WindowEvent

FIGURES: Final = (
    Declared(
        name="hostwatch_open_cases",
        help="Open cases whose clock runs (the backlog).",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.backlog),
    ),
    Declared(
        name="hostwatch_awaiting_cases",
        help="Open cases whose clock does not run.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.awaiting),
    ),
    Declared(
        name="hostwatch_overdue_cases",
        help="Open cases whose running verdict is late for a norm. Only cases whose clock is"
        " `delivered`.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.overdue),
    ),
    Declared(
        name="hostwatch_overdue_unseen_cases",
        help="Open cases whose due norm has run out and whose running verdict is undetermined."
        " Only cases whose clock is `delivered`.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.overdue_unseen),
    ),
    Declared(
        name="hostwatch_unavailable_cases",
        help="Open cases whose server blocks the probes or does not answer. They are not removed.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.unavailable),
    ),
    Declared(
        name="hostwatch_followed_cases",
        help="Denominator of hostwatch_unmeasurable_cases: cases of the sample noticed in the"
        " last 28 days that have a norm.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.followed),
    ),
    Declared(
        name="hostwatch_unmeasurable_cases",
        help="Cases of hostwatch_followed_cases that nobody can measure. Either they were"
        " unavailable for 24 h without a break and are not dark. Or no probe around their due"
        " norm was conclusive, and at least one was blocked or unreachable.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.unmeasurable),
    ),
    Declared(
        name="hostwatch_not_naming_cases",
        help="Cases that may not be used to name a hoster, nor be called publicly late.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.not_naming),
    ),
    Declared(
        name="hostwatch_flagged_cases",
        help="Cases by the flag that asks a person to act. A case can carry several flags.",
        labels=(*H, "flag"),
        series_max=f"{len(samples.SHOWN_FLAGS)} H",
        read=samples.flags,
    ),
    Declared(
        name="hostwatch_reappearances",
        help="Removed cases that were seen again, by a backed sighting.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.reappearances),
    ),
    Declared(
        name="hostwatch_untold_returns",
        help="Returns of cases that had ended before any notice to the hoster. They do not count"
        " for naming.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.untold_returns),
    ),
    Declared(
        name="hostwatch_unprobed_cases",
        help="Open noticed cases of the sample with a norm slot not probed on time.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.unprobed),
    ),
    Declared(
        name="hostwatch_rechecked_cases",
        help="Removed cases that a hidden vantage probed again.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.rechecked),
    ),
    Declared(
        name="hostwatch_recheck_disagreed_cases",
        help="Removed cases that a hidden vantage found online.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.disagreed),
    ),
    Declared(
        name="hostwatch_hoster_inclusion_ratio",
        help="Mean inclusion probability of the hoster's cases. Below 1, removal times and norm"
        " shares are estimated from the sample.",
        labels=H,
        series_max="H",
        read=samples.each_of(lambda f: f.inclusion),
    ),
    Declared(
        name="hostwatch_oldest_open_timestamp_seconds",
        help="When the oldest running clock of an open case began. Absent if none runs.",
        labels=H,
        unit="seconds",
        series_max="H",
        read=samples.each_of(lambda f: samples.seconds(f.oldest_open_at)),
    ),
    Declared(
        name="hostwatch_cases",
        help="Cases by class. Each case is in exactly one class.",
        labels=(*H, "outcome"),
        series_max=f"{len(CaseClass)} H",
        read=samples.classes,
    ),
    Declared(
        name="hostwatch_norm_verdicts",
        help="Noticed cases by verdict on each norm, once it has run out; norm=order for"
        " the terms of orders. The share within a norm lies between in_time/n and"
        " (n-late)/n. Estimated if the hoster has a sample.",
        labels=(*H, "norm", "verdict"),
        series_max=f"{len(NormVerdict)} H per norm and for orders",
        read=samples.norms,
    ),
    Declared(
        name="hostwatch_second_verdicts",
        help="Cases that came back, by the second verdict on each norm, once it has run out"
        " since the first notice after the removal or, if later, the return.",
        labels=(*H, "norm", "verdict"),
        series_max=f"{len(NormVerdict)} H per norm",
        read=samples.second,
    ),
    Declared(
        name="hostwatch_norm_share_limit_ratio",
        help="95 % limits of the share within a norm. Present only if the share is"
        " estimated from a sample.",
        labels=(*H, "norm", "limit"),
        series_max="2 H per norm and for orders",
        read=samples.intervals,
    ),
    Declared(
        name="hostwatch_removal_estimate_seconds",
        help="Kaplan-Meier quantile of the time from notice to removal, of cases noticed in the"
        " last 28 or 90 days, or ever. Absent if the quantile is not reached.",
        labels=(*H, "quantile", "percentile", "unavailable", "cohort"),
        unit="seconds",
        series_max=f"{len(samples.PERCENTILES) * len(RemovalTimeReading) * len(NoticeCohort)} H",
        read=samples.estimates,
    ),
    Declared(
        name="hostwatch_window_events",
        help="Events by kind in the window that ends now, by the time they happened.",
        labels=(*H, "event", "window"),
        series_max=f"{len(WindowEvent) * len(Window)} H",
        read=samples.windows,
    ),
    Declared(
        name="hostwatch_hosters_in_other",
        help="Hosters without figures of their own in this export. Their figures are"
        " summed up as `other`.",
        labels=("role",),
        series_max=str(len(Role)),
        read=samples.folded,
    ),
    Declared(
        name="hostwatch_intake_records",
        help="Records of hotlines by result and reason.",
        labels=("hotline", "result", "reason"),
        series_max=f"{len(Quarantine) + len(Result) - 1} per hotline",
        read=samples.intake,
    ),
    Declared(
        name="hostwatch_received_records",
        help="Records received from hotlines: accepted, duplicate, quarantined and set aside.",
        read=samples.one_of(lambda v: v.received()),
    ),
    Declared(
        name="hostwatch_accepted_records",
        help="Records accepted from hotlines.",
        read=samples.one_of(lambda v: v.received(Result.ACCEPTED)),
    ),
    Declared(
        name="hostwatch_pending_urls",
        help="URLs with an accepted report and no case yet.",
        read=samples.one_of(lambda v: v.pending_urls),
    ),
    Declared(
        name="hostwatch_ledger_position_timestamp_seconds",
        help="Time up to which the slowest partition of the ledger is folded.",
        unit="seconds",
        read=samples.one_of(lambda v: samples.seconds(v.ledger_at)),
    ),
    Declared(
        name="hostwatch_as_of_timestamp_seconds",
        help="Time that the figures hold for.",
        unit="seconds",
        read=samples.one_of(lambda v: v.as_of / 1_000),
    ),
    Declared(
        name="hostwatch_rollup_duration_seconds",
        help="Duration of the last full computation of the figures.",
        unit="seconds",
        read=samples.one_of(lambda v: v.cost_s),
    ),
)

STALE: Final = Declared(
    name="hostwatch_stale",
    help="1 if the ledger position of a partition does not advance, else 0.",
    read=samples.one_of(lambda v: float(v.stale)),
)
READY: Final = Declared(
    name="hostwatch_rollup_ready",
    help="1 if rollup has read the whole table of cases, else 0. No figure is exported before.",
    read=samples.one_of(lambda v: float(v.ready)),
)
HOSTER: Final = Declared(
    name="hostwatch_hoster_info",
    help="Registry entry of a hoster.",
    labels=("hoster", "name", "country", "group", "type"),
    series_max="H",
)
BUILD: Final = Declared(
    name="hostwatch_build_info",
    help="Version of the code and of the method behind the figures.",
    labels=("version", "method"),
)

METRICS: Final = (
    *(*FIGURES, STALE, READY, REMOVAL, OPEN_AGE, DELAY, HOSTER, BUILD),
    *INSTRUMENTS,
    *INTAKE_INSTRUMENTS,
)
"""Every metric, for documents and for the tests that hold rules against it."""
