"""How a kind of an adversarial set is declared, and how a declaration becomes a case.

A kind is a script of phases, each with what is true and who is answered what. The first phase, the
ordinary site with its material online, need not be written. An answer that no rule of the phase
gives is the ordinary site's. Hours are numbers or ranges of which one is drawn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from set_world import CaseWorld, Facts, Shown

Hours = float | tuple[float, float] | tuple[tuple[float, float], ...]

AFTER: Hours = ((0.3, 3), (1, 30), (3, 60), (24, 200))
"""When something happens: minutes, hours or days after what was before."""

USUAL: Hours = ((0.05, 0.5), (0.05, 0.5), (0.5, 9), (3, 40))
NEVER = 0.04
"""Share of hosters that nobody tells."""

FOLLOWED: Hours = ((80, 160), (80, 160), (80, 160), (200, 500))
"""How long after its last event a case is followed."""

KNOWN = ("loud", "quiet")
"""Vantages that a careful hoster may know: all that the timetable asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who is answered what in a phase; words with bars between them are drawn from.

    Attributes:
        target: `url`, `random`, `root`, several with a plus between them, or `any`.
        face: what they get (`CaseWorld.face`); the target's ordinary answer where it is empty.
        to: `any`, `loud`, `quiet`, `hidden`, `known` (both of the timetable), `one`, `other`.
        chance: share of the probes, or several shares of which one is drawn.
        times: draws of the face, of which each probe gets one.
        get: the face that a GET gets, where it differs.
        nxdomain, away, sick: the name does not exist; it leads elsewhere; the canary fails.
    """

    target: str
    face: str
    to: str = "any"
    chance: float | tuple[float, ...] = 1
    times: int = 1
    get: str = ""
    nxdomain: bool = False
    away: bool = False
    sick: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of time: how long after the phase before it begins, what is true, the rules."""

    truth: str
    rules: tuple[Rule, ...]
    after: Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Phases played so many times, each round with the same gaps, or by chance not at all."""

    times: tuple[int, int]
    share: float
    phases: "tuple[Step, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """Ways to go on, one of which is drawn."""

    ways: "tuple[Step, ...]"


Step = Phase | Several | Either


def on(target: str, face: str, **more: Any) -> Rule:
    """Return a rule for a target; `more` are fields of `Rule`."""
    return Rule(target=target, face=face, **more)


def url(face: str, **more: Any) -> Rule:
    """Return a rule for the URL alone."""
    return on("url", face, **more)


def every(face: str, **more: Any) -> Rule:
    """Return a rule for every path."""
    return on("any", face, **more)


def same(**more: Any) -> Rule:
    """Return a rule under which each path gets what it ordinarily gets."""
    return on("url+random+root", "", **more)


def stays(*rules: Rule, after: Hours = AFTER) -> Phase:
    """Return a phase in which the material is online."""
    return Phase(truth="online", rules=rules, after=after)


def gone(*rules: Rule, after: Hours = AFTER) -> Phase:
    """Return a phase in which the material is gone."""
    return Phase(truth="gone", rules=rules, after=after)


def repeat(times: tuple[int, int], *phases: Step) -> Several:
    """Return phases that are played several times."""
    return Several(times=times, share=1, phases=phases)


def maybe(share: float, *phases: Step) -> Several:
    """Return phases that are played in a share of the cases."""
    return Several(times=(1, 1), share=share, phases=phases)


def either(*ways: Step) -> Either:
    """Return ways of which one is drawn."""
    return Either(ways=ways)


def unsure(*rules: Rule, after: Hours = AFTER) -> Either:
    """Return a phase whose answers are alike whether the material is gone or stays."""
    return either(gone(*rules, after=after), stays(*rules, after=after))


@dataclass(frozen=True, slots=True)
class CaseScript:
    """A kind of case.

    Attributes:
        names: its name, then the names of the kinds of the frozen sets that it stands for.
        why: one sentence: what happens and what is true.
        script: its phases, in order.
    """

    names: str
    why: str
    script: tuple[Step, ...]
    material: str
    missing: str
    notice: Hours | None
    always: tuple[Rule, ...]
    root: bool
    judgeable: bool

    @property
    def name(self) -> str:
        """Its name."""
        return self.names.split()[0]


def kind(names: str, why: str, *script: Step, **more: Any) -> CaseScript:
    """Declare a kind.

    Args:
        names: its name and those of the kinds that it stands for.
        why: what happens and what is true.
        *script: its phases.
        **more: `material` and `missing` say what the ordinary site is like (`CaseWorld`); `notice`
            says when the notice comes, hours, and that phases count from the report, None = never;
            `always` are rules before those of all phases; `root`, `judgeable` as in a case.
    """
    usual = {"material": "any", "missing": "hard", "notice": USUAL, "always": (), "root": False}
    return CaseScript(names, why, script, **(usual | {"judgeable": True} | more))


class Entry(NamedTuple):
    """One answer of a program, and whether it shows the material."""

    said: dict[str, Any]
    shows: Shown


class Made(NamedTuple):
    """A case that was made: what the file says of it, and its answers with what they show."""

    case: dict[str, Any]
    entries: list[Entry]


ORDINARY = {"url": "material", "random": "lost", "root": "front"}
"""What each target gets where no rule says otherwise."""

ELSE = (on("random+root", ""),)


def drawn(world: CaseWorld, hours: Hours) -> float:
    """Return hours: a number as it is, a number of a range, or of one of several ranges."""
    if not isinstance(hours, tuple):
        return hours
    ranges = hours if isinstance(hours[0], tuple) else (hours,)
    return world.between(*world.choice(ranges))


def _flat(world: CaseWorld, steps: Sequence[Step]) -> Iterator[Phase]:
    """Yield the phases that are played, each with its gap drawn."""
    for step in steps:
        if isinstance(step, Phase):
            yield replace(step, after=drawn(world, step.after))
        elif isinstance(step, Either):
            yield from _flat(world, (world.choice(step.ways),))
        elif world.odds(step.share):
            yield from tuple(_flat(world, step.phases)) * world.randint(*step.times)


def _answered(world: CaseWorld, rule: Rule, begins: float, ends: float | None) -> Iterator[Entry]:
    """Yield the entries of a rule that holds between two hours."""
    to = world.choice(rule.to.split("|"))
    to = {"one": world.one, "other": world.other}.get(to, to)
    chance = world.choice(rule.chance) if isinstance(rule.chance, tuple) else rule.chance
    usual = {"vantage": "any", "target": "any", "chance": 1}
    usual |= {"nxdomain": False, "present": True, "canary_ok": True}
    here = not (rule.away or rule.nxdomain)
    flags = {"nxdomain": rule.nxdomain, "present": here, "canary_ok": not rule.sick}
    targets = world.choice(rule.target.split("|")).split("+")
    for left in range(rule.times, 0, -1):
        face = world.face(rule.face) if rule.face else None
        for target in targets:
            facts, shows = face or world.face(ORDINARY[target])
            said = {"target": target, "chance": chance if left == 1 else round(1 / left, 3)} | flags
            answer: Facts = {"from_h": begins, "to_h": ends, "facts": facts}
            if rule.get:
                answer["get"], shows = world.face(rule.get)
            if rule.away or rule.sick:
                shows = shows or None  # what is elsewhere, or who else answers, says no end
            for vantage in KNOWN if to == "known" else (to,):
                differs = {k: v for k, v in (said | {"vantage": vantage}).items() if v != usual[k]}
                yield Entry(said=answer | differs, shows=shows)


def made(one: CaseScript, number: int, seed: str) -> Made:
    """Return a case of a kind: the same for the same seed and number."""
    world = CaseWorld(f"{seed} {one.name} {number}", one.material, one.missing)
    told = None if one.notice is None else round(drawn(world, one.notice), 3)
    hour = told if told is not None and one.notice is USUAL and world.odds(0.5) else 0.0
    noticed_h = None if one.notice is USUAL and world.odds(NEVER) else told
    spans: list[tuple[tuple[Rule, ...], float, float | None]] = []
    truth: list[tuple[float, str]] = [(0.0, "online")]
    for phase in _flat(world, one.script):
        first = not spans
        hour = 0.0 if first and phase.after == 0 else round(hour + phase.after, 3)
        if not first:
            spans[-1] = (*spans[-1][:2], hour)
        spans.append((phase.rules, hour, None))
        if hour == 0:
            truth = [(0.0, phase.truth)]
        elif truth[-1][1] != phase.truth:
            truth.append((hour, phase.truth))
    lost_h = spans[0][1] if spans else 0.0
    entries: list[Entry] = []
    for rules, begins, ends in [(one.always, 0.0, None), *spans, (ELSE, 0.0, None)]:
        world.age_h = (ends or begins + 1) - lost_h
        entries += [e for rule in rules for e in _answered(world, rule, begins, ends)]
    entries.append(Entry(said={"from_h": 0.0, "facts": world.material}, shows=True))
    case = {"id": f"{seed}-{one.name}-{number}", "kind": one.name, "why": one.why}
    case |= {"noticed_h": noticed_h, "root": one.root, "judgeable": one.judgeable, "truth": truth}
    case["follow_h"] = round(max(hour, noticed_h or 0) + drawn(world, FOLLOWED), 2)
    return Made(case=case | {"answers": [e.said for e in entries]}, entries=entries)
