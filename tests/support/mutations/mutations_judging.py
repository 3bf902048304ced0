"""Planted defects of the rules of measurement: what is said of a probe, a case and a hoster.

Most are planted where cases are made (`streams.lifecycle.result.cases`), which no fast path does by
itself.
"""

from msgspec.structs import replace
from mutation import Mutation, Patch, trips, wrapped

from schemas.closed_lists import ClockStanding, Flag, NormVerdict
from schemas.moments import MINUTE_MS
from schemas.records.facts import Observation
from sim.memory.broker.faults import FaultRates
from sim.oracle.findings import OracleFinding
from streams import lifecycle
from streams.lifecycle.evidence import probe_reading
from streams.lifecycle.machine.case_history import CaseHistory
from streams.lifecycle.result import cases, notices
from streams.rollup import tally
from streams.verdicts.conditions import JudgingContext
from streams.verdicts.rules import Verdict

AWAY = FaultRates(missed=0.9)
"""A prober that is there for a tenth of the time: most probes have no control beside them."""


def _recased(change):
    """Return the plant that changes every case that is judged whole."""

    def plant():
        make = cases.counted_once

        def changed(found, reports):
            return [replace(case, **change(case)) for case in make(found, reports)]

        return Patch(cases, "counted_once", changed)

    return plant


def _judging(change):
    """Return the plant that changes the verdict of a probe; it is given fingerprint and verdict."""

    def plant():
        verdict = probe_reading.verdict

        def changed(seen, traits, controls):
            found, reason = verdict(seen, traits, controls)
            return change(seen, found), reason

        return Patch(probe_reading, "verdict", changed)

    return plant


def _backed(note):
    def changed(self, seen_at, **_):
        note(self, seen_at, backed=True)

    return changed


def _norms(change):
    def changed(case):
        return {"verdicts": tuple(change.get(v, v) for v in case.verdicts)}

    return changed


def _late_if_it_refuses(case):
    refuses = case.hoster == "nettle"
    return {"verdicts": (NormVerdict.LATE,) * len(case.verdicts)} if refuses else {}


def _ended(case):
    return case.gone_at is not None and case.last_seen_at is not None


def _uncontrolled(verdict):
    def changed(seen, traits, _):
        return verdict(seen, traits, JudgingContext())

    return changed


def _unhidden(update_record):
    """Drop what vantages saw that a removal does not rest on."""

    def changed(url_key, record_value, happened):
        asked = [(o, at) for o, at in happened if not _is_hidden(o)]
        return update_record(url_key, record_value, asked)

    return changed


def _is_hidden(record):
    return isinstance(record, Observation) and record.asked and record.vantage not in record.asked


def _closed_only(time):
    def changed(self, case, phase, kind, *more):
        if kind.removed:
            time(self, case, phase, kind, *more)

    return changed


def _silence_gone(_, said):
    return Verdict.GONE_HARD if said is Verdict.UNREACHABLE else said


def _refusal_gone(_, said):
    return Verdict.GONE_HARD if said is Verdict.BLOCKED else said


def _refusal_there(seen, said):
    return Verdict.ONLINE if seen.status == 403 else said


def _gone_there(_, said):
    return Verdict.ONLINE if said is Verdict.GONE_HARD else said


JUDGING = (
    # every (L, R] contains the truth
    Mutation(
        says="L is put right before R",
        trips=trips(OracleFinding.WRONG_INTERVAL),
        plant=_recased(lambda c: {"last_seen_at": c.gone_at - 1} if _ended(c) else {}),
    ),
    Mutation(
        says="R is put right behind L",
        trips=trips(OracleFinding.WRONG_INTERVAL),
        plant=_recased(lambda c: {"gone_at": c.last_seen_at + 1} if _ended(c) else {}),
    ),
    # no cheating hoster gains
    Mutation(
        says="silence is taken for gone",
        trips=trips(
            OracleFinding.FALSE_REMOVAL,
            OracleFinding.REWARDED,
            OracleFinding.REMOVED_WITHOUT_GONE_PROBE,
        ),
        plant=_judging(_silence_gone),
        hosters=("kelp", "quartz", "amber"),
    ),
    Mutation(
        says="whoever refuses everything has removed",
        trips=trips(
            OracleFinding.FALSE_REMOVAL,
            OracleFinding.REWARDED,
            OracleFinding.REMOVED_WITHOUT_GONE_PROBE,
        ),
        plant=_judging(_refusal_gone),
        hosters=("jade", "iris", "amber"),
    ),
    Mutation(
        says="controls are not looked at",
        trips=trips(
            OracleFinding.HIDING_NOT_SHOWN,
            OracleFinding.UNSEEN_REMOVAL,
            OracleFinding.WRONG_VERDICT,
        ),
        plant=wrapped(probe_reading, "verdict", _uncontrolled),
        hosters=("umber", "maple", "garnet", "amber"),
        short=0.6,
    ),
    Mutation(
        says="what a hidden vantage saw is ignored",
        trips=trips(OracleFinding.FALSE_REMOVAL, OracleFinding.REWARDED),
        plant=wrapped(lifecycle, "update_record", _unhidden),
        hosters=("moss", "amber"),
        days=4.0,  # hidden probes are few where nothing is in doubt
        rate=8,
        short=1.5,
        seed=3,
    ),
    Mutation(
        says="what was put back is not counted",
        trips=trips(OracleFinding.UNSEEN_RETURN),
        plant=_recased(lambda _: {"returns": ()}),
        hosters=("yarrow", "amber"),
        days=3.5,
        rate=6,
        short=2.62,
    ),
    Mutation(
        says="an open case is past no norm",
        trips=trips(OracleFinding.UNCOUNTED),
        plant=_recased(lambda _: {"norm_from_at": None, "overdue": False}),
        days=2.0,
        rate=12,
        short=1.1,
    ),
    Mutation(
        says="what is undetermined counts as in time",
        trips=trips(OracleFinding.BETTER_SHARE, OracleFinding.WRONG_VERDICT),
        plant=_recased(_norms({NormVerdict.UNDETERMINED: NormVerdict.IN_TIME})),
    ),
    Mutation(
        says="a hoster that answers everything alike is believed",
        trips=trips(OracleFinding.HIDING_NOT_SHOWN),
        plant=_recased(lambda c: {"flags": tuple(f for f in c.flags if f is not Flag.UNPROVEN)}),
        hosters=("umber", "amber"),
    ),
    # no hoster that refuses the removed URL alone is called late
    Mutation(
        says="who refuses the removed URL alone is judged late",
        trips=trips(OracleFinding.CALLED_LATE),
        plant=_recased(_late_if_it_refuses),
        hosters=("nettle", "amber"),
    ),
    Mutation(
        says="a refusal of the URL alone is no end",
        trips=trips(OracleFinding.UNSEEN_REMOVAL),
        plant=_judging(_refusal_there),
        hosters=("nettle", "amber"),
        days=3.0,
        rate=12,
        short=0.9,
    ),
    Mutation(
        says="what is undetermined counts as late",
        trips=trips(OracleFinding.WRONG_VERDICT, OracleFinding.CALLED_LATE),
        plant=_recased(_norms({NormVerdict.UNDETERMINED: NormVerdict.LATE})),
    ),
    # no hoster is wronged otherwise
    Mutation(
        says="what is gone counts as there",
        trips=trips(OracleFinding.UNSEEN_REMOVAL),
        plant=_judging(_gone_there),
        seed=2,
    ),
    Mutation(
        says="the clock begins with the report, so the hotline's delay is the hoster's",
        trips=trips(OracleFinding.NOTICED),
        plant=_recased(lambda c: {"noticed_at": c.noticed_at and c.reported_at}),
    ),
    Mutation(
        says="the clock begins a minute late",
        trips=trips(OracleFinding.NOTICED),
        plant=_recased(lambda c: {"noticed_at": c.noticed_at and c.noticed_at + MINUTE_MS}),
    ),
    Mutation(
        says="a notice that bounced starts the clock",
        trips=trips(OracleFinding.NOTICED),
        plant=lambda: Patch(notices, "standing_of", lambda _: ClockStanding.DELIVERED),
        busy=True,
        rate=30,
    ),
    Mutation(
        says="a notice to somebody else starts the clock",
        trips=trips(OracleFinding.NOTICED),
        plant=lambda: Patch(notices, "is_to", lambda notice, *_: notice.recipient != "unknown"),
        busy=True,
        rate=30,
    ),
    Mutation(
        # a control alone backs nothing: a sighting has to be like those before the notice too
        says="what nothing backs makes a case late",
        trips=trips(OracleFinding.WRONG_VERDICT),
        plant=wrapped(CaseHistory, "note", _backed),
        hosters=("maple",),
        storm=AWAY,
        days=2.2,  # past the norm of what was removed in time
        rate=40,
        short=1.65,
        seed=2,
    ),
    # the estimator's bias
    Mutation(
        says="only closed cases are averaged",
        trips=trips(OracleFinding.BIASED),
        plant=wrapped(tally.Tally, "_time", _closed_only),
        hosters=("cedar", "dune", "elm", "fjord"),
        days=4.0,  # by then most are known beyond 24 h
        rate=14,
        short=1.2,
    ),
)
