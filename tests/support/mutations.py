"""Planted defects of the product and of its broker, each with what must notice it.

A defect is one function replaced in one place. Most change what the rules say of a case; those are
planted where cases are made (`streams.lifecycle.cases`), which no short way does by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_field
from typing import NamedTuple

from msgspec.structs import replace

from schemas.moments import MINUTE_MS
from schemas.reasons import Flag, NormVerdict
from sim.desks import BUSY
from sim.findings import Finding
from sim.hosters import ALL
from sim.memory.broker import Broker
from sim.memory.faults import Weather
from sim.memory.groups import Group
from sim.memory.scenario import Scenario
from sim.memory.scenarios import STORM
from sim.world import Tempo
from streams import intake, lifecycle, memory, tally
from streams.casetable import CaseTable
from streams.lifecycle import cases, notices, sights
from streams.verdict import Controls, Verdict

HARSH = tuple(
    replace_field(desk, bounced=0.2, misdirected=0.2, withdrawn=0.3, shared=0.3) for desk in BUSY
)
"""Hotlines with which everything goes wrong often enough for a small world."""


PAUSES = replace_field(STORM, pause_h=1.0)
"""Owners that stand still longer than their session, so often that two work at one partition."""

AWAY = Weather(missed=0.9)
"""A prober that is there for a tenth of the time: most looks have no control beside them."""


class Patch(NamedTuple):
    """What is replaced by what."""

    target: object
    name: str
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A planted defect.

    Attributes:
        says: what the product would do wrong.
        trips: any of these findings, or `DIFFERENCES`, has to be there.
        plant: makes the patch of the original.
        hosters: who takes part.
    """

    says: str
    trips: frozenset[str]
    plant: Callable[[], Patch]
    hosters: Sequence[str] = ("amber", "cedar", "heath", "nettle")
    storm: Weather | None = None
    busy: bool = False
    days: float = 1.2
    rate: float = 24

    def world(self) -> Scenario:
        """Return the world in which it shows."""
        return Scenario(
            says=self.says,
            hosters=tuple(hoster for hoster in ALL if hoster.id in self.hosters),
            hotlines=HARSH if self.busy else Scenario(says="").hotlines,
            tempo=Tempo(opens=True, burst_max=3),
            rate=self.rate,
            weather=self.storm or Scenario(says="").weather,
        )


DIFFERENCES = "differences"


def _recased(change):
    """Return the plant that changes every case that is judged whole."""

    def plant():
        make = cases._case

        def changed(state, span, episode, told):
            case = make(state, span, episode, told)
            return replace(case, **change(case))

        return Patch(cases, "_case", changed)

    return plant


def _judging(change):
    """Return the plant that changes the verdict of a look; it is given fingerprint and verdict."""

    def plant():
        verdict = sights.verdict

        def changed(seen, traits, controls):
            said, reason = verdict(seen, traits, controls)
            return change(seen, said), reason

        return Patch(sights, "verdict", changed)

    return plant


def _wrapped(target, name, make):
    return lambda: Patch(target, name, make(getattr(target, name)))


def _norms(change):
    def changed(case):
        return {"verdicts": tuple(change.get(v, v) for v in case.verdicts)}

    return changed


def _late_if_it_refuses(case):
    refuses = case.hoster == "nettle"
    return {"verdicts": (NormVerdict.LATE,) * len(case.verdicts)} if refuses else {}


def _ended(case):
    return case.gone_at is not None and case.last_seen_at is not None


# --- of single functions


def _uncontrolled(verdict):
    def changed(seen, traits, _):
        return verdict(seen, traits, Controls())

    return changed


def _unhidden(with_looks):
    """Drop what vantages saw that a removal does not rest on."""

    def changed(state, looks):
        asked = [(o, at) for o, at in looks if not o.asked or o.vantage in o.asked]
        return with_looks(state, asked)

    return changed


def _spelled(canonical):
    def changed(url):
        return canonical(f"{url.removesuffix('#top')}?top" if url.endswith("#top") else url)

    return changed


def _closed_only(time):
    def changed(self, case, phase, kind, *more):
        if kind.removed:
            time(self, case, phase, kind, *more)

    return changed


def _skipping(begins):
    """A new owner begins at the end of what there is, not where the last one stopped."""

    def changed(self, owner):
        for topic in self.topics:
            end = self.broker.log(topic, owner.partition).end
            self.broker.commit(self.role, owner.partition, {topic: end})
        begins(self, owner)

    return changed


def _first_stays(put_record):
    def changed(self, url_key, raw, as_of):
        if url_key not in self._urls:
            put_record(self, url_key, raw, as_of)

    return changed


def _in_order(refold):
    """Look only at what is newer than anything of the URL before it."""
    newest = {}

    def changed(url_key, record_value, happened):
        ordered = []
        for record, at in happened:
            if at >= newest.get(url_key, 0):
                ordered.append((record, at))
                newest[url_key] = at
        return refold(url_key, record_value, ordered)

    return changed


def _silence_gone(_, said):
    return Verdict.GONE_HARD if said is Verdict.UNREACHABLE else said


def _refusal_gone(_, said):
    return Verdict.GONE_HARD if said is Verdict.BLOCKED else said


def _refusal_there(seen, said):
    return Verdict.ONLINE if seen.status == 403 else said


def _gone_there(_, said):
    return Verdict.ONLINE if said is Verdict.GONE_HARD else said


def _trips(*found):
    return frozenset(str(one.name if isinstance(one, Finding) else one) for one in found)


MUTATIONS = (
    # nothing lost
    Mutation(
        says="a new owner of a partition begins behind what the last one had in hand",
        trips=_trips(Finding.INTAKE, Finding.LOST, DIFFERENCES),
        plant=_wrapped(Group, "_replace", _skipping),
        storm=STORM,
    ),
    Mutation(
        says="a state forgets the withdrawal of a report",
        trips=_trips(Finding.WITHDRAWN),
        plant=lambda: Patch(cases, "_withdrawn_at", lambda *_: None),
        busy=True,
        rate=30,
    ),
    # nothing doubled
    Mutation(
        says="a record that comes again is taken again",
        trips=_trips(Finding.INTAKE),
        plant=lambda: Patch(memory.Seen, "known", lambda *_: None),
        rate=48,
    ),
    Mutation(
        says="one URL in two spellings is two URLs",
        trips=_trips(Finding.DOUBLED),
        plant=_wrapped(intake, "canonical", _spelled),
        busy=True,
        rate=40,
    ),
    Mutation(
        says="a URL's first state in the table stays",
        trips=_trips(DIFFERENCES),
        plant=_wrapped(CaseTable, "put_record", _first_stays),
    ),
    # the same figures with faults and without
    Mutation(
        says="an owner that lost its partition may go on writing",
        trips=_trips(DIFFERENCES),
        plant=lambda: Patch(Broker, "_check", lambda *_: None),
        storm=PAUSES,
        days=2.0,
        rate=40,
    ),
    Mutation(
        says="what comes late is left out",
        trips=_trips(DIFFERENCES),
        plant=_wrapped(lifecycle, "refold", _in_order),
        storm=STORM,
    ),
    # every (L, R] contains the truth
    Mutation(
        says="L is put right before R",
        trips=_trips(Finding.WRONG_INTERVAL),
        plant=_recased(lambda c: {"last_seen_at": c.gone_at - 1} if _ended(c) else {}),
    ),
    Mutation(
        says="R is put right behind L",
        trips=_trips(Finding.WRONG_INTERVAL),
        plant=_recased(lambda c: {"gone_at": c.last_seen_at + 1} if _ended(c) else {}),
    ),
    # no cheating hoster gains
    Mutation(
        says="silence is taken for gone",
        trips=_trips(Finding.FALSE_REMOVAL, Finding.REWARDED, Finding.RASH),
        plant=_judging(_silence_gone),
        hosters=("kelp", "quartz", "amber"),
    ),
    Mutation(
        says="whoever refuses everything has removed",
        trips=_trips(Finding.FALSE_REMOVAL, Finding.REWARDED, Finding.RASH),
        plant=_judging(_refusal_gone),
        hosters=("jade", "iris", "amber"),
    ),
    Mutation(
        says="controls are not looked at",
        trips=_trips(Finding.UNMARKED, Finding.UNSEEN_REMOVAL, Finding.WRONG_VERDICT),
        plant=_wrapped(sights, "verdict", _uncontrolled),
        hosters=("umber", "maple", "garnet", "amber"),
    ),
    Mutation(
        says="what a hidden vantage saw is ignored",
        trips=_trips(Finding.FALSE_REMOVAL, Finding.REWARDED),
        plant=_wrapped(lifecycle, "with_looks", _unhidden),
        hosters=("moss", "amber"),
        days=4.0,  # hidden looks are few where nothing is in doubt
        rate=8,
    ),
    Mutation(
        says="what was put back is not counted",
        trips=_trips(Finding.UNSEEN_RETURN),
        plant=_recased(lambda _: {"returns": ()}),
        hosters=("yarrow", "amber"),
        days=3.5,
        rate=6,
    ),
    Mutation(
        says="an open case is past no norm",
        trips=_trips(Finding.UNCOUNTED),
        plant=_recased(lambda _: {"norm_from_at": None}),
        days=2.0,
        rate=12,
    ),
    Mutation(
        says="what is undetermined counts as in time",
        trips=_trips(Finding.BETTER_SHARE, Finding.WRONG_VERDICT),
        plant=_recased(_norms({NormVerdict.UNDETERMINED: NormVerdict.IN_TIME})),
    ),
    Mutation(
        says="a hoster that answers everything alike is believed",
        trips=_trips(Finding.UNMARKED),
        plant=_recased(lambda c: {"flags": tuple(f for f in c.flags if f is not Flag.UNPROVEN)}),
        hosters=("umber", "amber"),
    ),
    # nobody that disables lawfully is called late
    Mutation(
        says="who disables by refusing is judged late",
        trips=_trips(Finding.CALLED_LATE),
        plant=_recased(_late_if_it_refuses),
        hosters=("nettle", "amber"),
    ),
    Mutation(
        says="a refusal of the URL alone is no end",
        trips=_trips(Finding.UNSEEN_REMOVAL),
        plant=_judging(_refusal_there),
        hosters=("nettle", "amber"),
        days=3.0,
        rate=12,
    ),
    Mutation(
        says="what is undetermined counts as late",
        trips=_trips(Finding.WRONG_VERDICT, Finding.CALLED_LATE),
        plant=_recased(_norms({NormVerdict.UNDETERMINED: NormVerdict.LATE})),
    ),
    # no hoster is wronged otherwise
    Mutation(
        says="what is gone counts as there",
        trips=_trips(Finding.UNSEEN_REMOVAL),
        plant=_judging(_gone_there),
    ),
    Mutation(
        says="the clock begins with the report, so the hotline's delay is the hoster's",
        trips=_trips(Finding.NOTICED),
        plant=_recased(lambda c: {"noticed_at": c.noticed_at and c.reported_at}),
    ),
    Mutation(
        says="the clock begins a minute late",
        trips=_trips(Finding.NOTICED),
        plant=_recased(lambda c: {"noticed_at": c.noticed_at and c.noticed_at + MINUTE_MS}),
    ),
    Mutation(
        says="a notice that bounced starts the clock",
        trips=_trips(Finding.NOTICED),
        plant=lambda: Patch(notices, "_starts_clock", lambda _: True),
        busy=True,
        rate=30,
    ),
    Mutation(
        says="a notice to somebody else starts the clock",
        trips=_trips(Finding.NOTICED),
        plant=lambda: Patch(notices, "_to", lambda notice, _: notice.recipient != "unknown"),
        busy=True,
        rate=30,
    ),
    Mutation(
        says="what was seen where no control was looked at makes a case late",
        trips=_trips(Finding.WRONG_VERDICT),
        plant=lambda: Patch(sights.Proofs, "wanting", lambda _: ()),
        hosters=("maple",),
        storm=AWAY,
        days=2.2,  # past the norm of what was removed in time
        rate=40,
    ),
    # the estimator's bias
    Mutation(
        says="only closed cases are averaged",
        trips=_trips(Finding.BIASED),
        plant=_wrapped(tally.Tally, "_time", _closed_only),
        hosters=("cedar", "dune", "elm", "fjord"),
        days=4.0,  # by then most are known beyond 24 h
        rate=14,
    ),
)
