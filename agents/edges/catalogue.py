"""What /metrics says: one table of every metric, and where in a `View` its values stand.

All figures are gauges, the histograms too (gauge histograms): a withdrawal, a
decision or a return can lower every one of them, and a counter that falls counts double. Label
values come from closed lists or are ids and names of the hoster registry.
"""

from typing import Final

from agents.edges import samples
from agents.edges.declared import Declared, H
from agents.edges.histograms import DELAY, OPEN_AGE, REMOVAL
from agents.edges.instruments import INSTRUMENTS
from agents.edges.intakemetrics import INTAKE_INSTRUMENTS
from schemas.reasons import Result

FIGURES: Final = (
    Declared(
        name="hostwatch_open_cases",
        help="Cases with a delivered notice that are still open (the backlog).",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.open),
    ),
    Declared(
        name="hostwatch_awaiting_cases",
        help="Open cases without a delivered notice.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.awaiting),
    ),
    Declared(
        name="hostwatch_overdue_cases",
        help="Open cases sighted after their norm ran out; a control or a person backs that.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.overdue),
    ),
    Declared(
        name="hostwatch_overdue_unseen_cases",
        help="Open cases whose norm ran out and that no backed sighting shows since.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.overdue_unseen),
    ),
    Declared(
        name="hostwatch_unavailable_cases",
        help="Open cases that block or do not answer; they are not removed.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.unavailable),
    ),
    Declared(
        name="hostwatch_followed_cases",
        help="Cases noticed in the last 28 days that a norm is asked of and looks on time are"
        " promised.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.followed),
    ),
    Declared(
        name="hostwatch_unmeasurable_cases",
        help="Those of them that could not be measured: unavailable for a day without a break and"
        " not dark, or blocked and silent in all looks around their norm.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.unmeasurable),
    ),
    Declared(
        name="hostwatch_not_naming_cases",
        help="Cases that feed no naming and no public lateness.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.not_naming),
    ),
    Declared(
        name="hostwatch_flagged_cases",
        help="Cases by what a person has to see to; one can carry several flags.",
        labels=(*H, "flag"),
        bound="5 H",
        read=samples.flags,
    ),
    Declared(
        name="hostwatch_reappearances",
        help="Removed cases that were seen online again.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.reappearances),
    ),
    Declared(
        name="hostwatch_unprobed_cases",
        help="Open cases with a notice that were promised looks on time beside their norms and"
        " missed one.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.unprobed),
    ),
    Declared(
        name="hostwatch_rechecked_cases",
        help="Cases looked at again in hiding after their removal.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.rechecked),
    ),
    Declared(
        name="hostwatch_recheck_disagreed_cases",
        help="Cases that a hidden look after their removal saw online.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.disagreed),
    ),
    Declared(
        name="hostwatch_hoster_inclusion_ratio",
        help="Share of the cases that are promised looks on time; below 1 the figures that rest"
        " on such looks are estimated from a sample.",
        labels=H,
        bound="H",
        read=samples.each_of(lambda f: f.inclusion),
    ),
    Declared(
        name="hostwatch_oldest_open_timestamp_seconds",
        help="Notice of the oldest open case; absent without one.",
        labels=H,
        unit="seconds",
        bound="H",
        read=samples.each_of(lambda f: samples.seconds(f.oldest_open_at)),
    ),
    Declared(
        name="hostwatch_cases",
        help="Cases by class; each case is in exactly one.",
        labels=(*H, "outcome"),
        bound="15 H",
        read=samples.outcomes,
    ),
    Declared(
        name="hostwatch_norm_verdicts",
        help="Noticed cases by verdict on each norm; in_time/n and (n-late)/n are the bounds."
        " Estimated where only a sample is looked at on time.",
        labels=(*H, "norm", "verdict"),
        bound="12 H",
        read=samples.norms,
    ),
    Declared(
        name="hostwatch_norm_share_limit_ratio",
        help="95 % limits of the share within a norm; only where it is estimated from a sample.",
        labels=(*H, "norm", "limit"),
        bound="8 H",
        read=samples.intervals,
    ),
    Declared(
        name="hostwatch_removal_estimate_seconds",
        help="Kaplan-Meier quantile of the time from notice to removal; absent if not reached.",
        labels=(*H, "quantile", "percentile", "unavailable"),
        unit="seconds",
        bound="4 H",
        read=samples.estimates,
    ),
    Declared(
        name="hostwatch_window_events",
        help="What happened in the window that ends now, in event time.",
        labels=(*H, "event", "window"),
        bound="20 H",
        read=samples.windows,
    ),
    Declared(
        name="hostwatch_folded_hosters",
        help="Hosters that have no figures of their own here: theirs are added up as `other`.",
        labels=("role",),
        bound="2",
        read=samples.folded,
    ),
    Declared(
        name="hostwatch_intake_records",
        help="Records of hotlines by what became of them.",
        labels=("hotline", "result", "reason"),
        bound="11 per hotline",
        read=samples.intake,
    ),
    Declared(
        name="hostwatch_received_records",
        help="Records of hotlines received; accepted, duplicate and quarantined add up to it.",
        read=samples.one_of(lambda v: v.received()),
    ),
    Declared(
        name="hostwatch_accepted_records",
        help="Records of hotlines accepted.",
        read=samples.one_of(lambda v: v.received(Result.ACCEPTED)),
    ),
    Declared(
        name="hostwatch_pending_urls",
        help="URLs with an accepted report and no case yet.",
        read=samples.one_of(lambda v: v.pending_urls),
    ),
    Declared(
        name="hostwatch_ledger_position_timestamp_seconds",
        help="Oldest instant up to which a partition of the ledger is folded.",
        unit="seconds",
        read=samples.one_of(lambda v: samples.seconds(v.ledger_at)),
    ),
    Declared(
        name="hostwatch_as_of_timestamp_seconds",
        help="Instant the figures hold for.",
        unit="seconds",
        read=samples.one_of(lambda v: v.as_of / 1_000),
    ),
    Declared(
        name="hostwatch_rollup_duration_seconds",
        help="Time the last full round of figures took.",
        unit="seconds",
        read=samples.one_of(lambda v: v.cost_s),
    ),
)

STALE: Final = Declared(
    name="hostwatch_stale",
    help="1 when the ledger position of a partition stands still.",
    read=samples.one_of(lambda v: float(v.stale)),
)
READY: Final = Declared(
    name="hostwatch_rollup_ready",
    help="1 when the whole table was read; no figure is exported before.",
    read=samples.one_of(lambda v: float(v.ready)),
)
HOSTER: Final = Declared(
    name="hostwatch_hoster_info",
    help="What the registry says of a hoster.",
    labels=("hoster", "name", "country", "group", "type"),
    bound="H",
)
BUILD: Final = Declared(
    name="hostwatch_build_info",
    help="Versions of the code and of the method the figures were made with.",
    labels=("version", "method"),
)

METRICS: Final = (
    *(*FIGURES, STALE, READY, REMOVAL, OPEN_AGE, DELAY, HOSTER, BUILD),
    *INSTRUMENTS,
    *INTAKE_INSTRUMENTS,
)
"""Every metric, for documents and for the tests that hold rules against it."""
