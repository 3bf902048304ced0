"""What was seen of a URL at one spell, in order of time: observations, persons' words, names."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from schemas.closed_lists import NO_PROBE, CheckResult, ProbeError, Role, Target, Verdict
from schemas.moments import MINUTE_MS, SECOND_MS, Instant
from schemas.records.case_observations import MARK_AGED, MARK_CACHED
from verify.ledger.facts import HttpAnswer, Observation
from verify.ledger.records import UrlRecords
from verify.method_9.answer_shape import Shapes
from verify.method_9.backing import CONTROL_NEAR_MS, unbacked
from verify.method_9.hosting_spells import OVERFLOW, HostingSpell
from verify.method_9.timeline_entry import NOTHING, EntryKind, TimelineEntry
from verify.method_9.verdict import (
    Said,
    VerdictContext,
    as_control,
    head_contradicts_get,
    healthy,
    said,
)

EXPLAINED_MS: Final = 35 * MINUTE_MS
"""A control of a slot so long after an observation's still says what it was."""

RESOLVER: Final = "attribution"
"""Resolves once for a report and is no vantage."""

_ABSENT: Final = (CheckResult.ABSENT, CheckResult.NOT_ILLEGAL_NOW)


def entries(records: UrlRecords, spell: HostingSpell) -> list[TimelineEntry]:
    """Return all that was seen at a spell, in order."""
    found = [*_words(records, spell), *_names(records, spell)]
    mine = [
        observation
        for observation, _ in records.observations
        if observation.hoster in spell.hosters
        and observation.role is spell.role
        and observation.answer.error not in NO_PROBE
    ]
    is_root = bool(records.reports) and records.reports[0].root
    hidden = {
        observation.vantage
        for observation, _ in records.observations
        if observation.target is Target.URL
        and observation.asked
        and observation.vantage not in observation.asked
    }
    for vantage in sorted(
        {observation.vantage for observation in mine}, key=lambda v: (v in hidden, v)
    ):
        observations = [observation for observation in mine if observation.vantage == vantage]
        earlier = _seen_before(found, observations, hidden) if vantage in hidden else ()
        found += _observations(
            observations, spell, (earlier, _attested(records, spell)), is_root=is_root
        )
    answers = unbacked([s.observation for s in found if s.online and s.observation], mine)
    found = [
        replace(s, unbacked=True)
        if s.online and s.observation and s.observation.answer[1:5] in answers
        else s
        for s in found
    ]
    found.sort(key=_order)
    return found


def _order(entry: TimelineEntry) -> tuple[object, ...]:
    slot_at = (
        entry.observation.slot_at
        if entry.observation and entry.kind is EntryKind.OBSERVATION
        else 0
    )
    return entry.at, entry.kind, entry.seen_at, entry.who, slot_at, entry.said.verdict


def _words(records: UrlRecords, spell: HostingSpell) -> Iterator[TimelineEntry]:
    for report in records.reports if spell.from_start else ():
        for at in (report.seen_at, report.last_online_at):
            if at is not None:
                yield TimelineEntry(at=at, kind=EntryKind.PRESENT, seen_at=at)
        if report.source_online is False:
            at = report.reported_at if report.last_online_at is None else report.last_online_at
            yield TimelineEntry(at=at, kind=EntryKind.ABSENT, seen_at=at)
    for check in records.checks:
        at = check.checked_at
        if at < spell.open_at and not spell.from_start:
            continue
        who = f"{check.hotline}/{check.checker or ''}"
        if check.result is CheckResult.PRESENT:
            yield TimelineEntry(at=at, kind=EntryKind.PRESENT, seen_at=at, who=who)
        elif check.result in _ABSENT:
            yield TimelineEntry(at=at, kind=EntryKind.ABSENT, seen_at=at, who=who)


def _names(records: UrlRecords, spell: HostingSpell) -> Iterator[TimelineEntry]:
    for made in records.resolutions:
        if made.vantage != RESOLVER and made.answered and made.at >= spell.open_at:
            here = any((p.group, p.role) in spell.members for p in made.placements)
            yield TimelineEntry(
                at=made.at, kind=EntryKind.NAMED, seen_at=made.at, who=made.vantage, named=here
            )


def _attested(records: UrlRecords, spell: HostingSpell) -> list[Instant]:
    """Return when persons saw the material."""
    return [
        check.checked_at
        for check in records.checks
        if check.result is CheckResult.PRESENT
        and (spell.from_start or check.checked_at >= spell.open_at)
    ]


def _seen_before(
    found: Sequence[TimelineEntry], observations: Sequence[Observation], hidden: Collection[str]
) -> list[TimelineEntry]:
    """Return what the vantages that are asked saw before a hidden one's first probe, in order."""
    first_at = min((k.done_at for k in observations if k.target is Target.URL), default=0)
    seen = [
        s
        for s in found
        if s.kind is EntryKind.OBSERVATION
        and s.online
        and s.observation
        and s.observation.canary_ok
    ]
    known = [s for s in seen if s.who not in hidden and s.at < first_at]
    return sorted(known, key=lambda s: s.at)


def _observations(
    observations: Sequence[Observation],
    spell: HostingSpell,
    known: tuple[Sequence[TimelineEntry], Sequence[Instant]],
    *,
    is_root: bool,
) -> Iterator[TimelineEntry]:
    """Give the observations of one vantage with what each says beside its controls.

    A hidden vantage goes on from what others saw earlier; the rest begin with nothing.

    Args:
        observations: of the vantage.
        spell: what they are of.
        known: what others saw earlier, and when persons saw the material.
        is_root: the URL is its host's root.
    """
    earlier, attested = known
    controls = _Controls.among(observations)
    yield from controls.entries()
    answers = [(s.observation.answer, s.differs) for s in earlier if s.observation]
    earlier_answer = next((one for one, differs in reversed(answers) if differs), None)
    earlier_made_up_path: HttpAnswer | None = None
    head_unreliable = any(
        k.canary_ok and k.target is Target.URL and head_contradicts_get(k.answer)
        for k in observations
    )
    shapes = Shapes({answer[1:5] for answer, _ in answers}, attested)
    for observation in sorted((k for k in observations if k.target is Target.URL), key=_by_answer):
        made_up_path = _nearest(controls.made_up_paths, observation.sent_at)
        shape = observation.answer[1:5]
        shapes.come_to(observation.done_at)
        beside = VerdictContext(
            made_up_path=made_up_path,
            root=_nearest(controls.roots, observation.sent_at),
            earlier_answer=earlier_answer,
            earlier_made_up_path=earlier_made_up_path,
            is_root=is_root,
            control_unhealthy=controls.bar(observation),
            head_unreliable=head_unreliable and not observation.checked,
            unexplained=shapes.is_new(shape) and not controls.explain(observation),
        )
        verdict = said(observation, beside)
        differs = made_up_path is not None and not as_control(observation.answer, made_up_path)
        if observation.canary_ok and verdict.verdict is Verdict.ONLINE and differs:
            earlier_answer = observation.answer
            earlier_made_up_path = _held(controls.made_up_paths, observation)
        copied = spell.role is Role.HOSTING and observation.answer.marked(MARK_CACHED)
        aged = copied and observation.answer.marked(MARK_AGED)
        if copied and not aged and verdict.verdict is Verdict.ONLINE:
            verdict = NOTHING  # a copy of unknown age shows nothing of the origin
        changed = verdict.verdict is Verdict.ONLINE and shapes.is_changed(shape)
        if verdict.verdict is Verdict.ONLINE and observation.canary_ok:
            shapes.note(shape)
        no_word = observation.answer.error in (ProbeError.DNS_FAILURE, ProbeError.DNSSEC)
        yield TimelineEntry(
            at=observation.done_at,
            kind=EntryKind.OBSERVATION,
            seen_at=observation.sent_at - (observation.age_s * SECOND_MS if aged else 0),
            who=observation.vantage,
            observation=observation,
            said=verdict,
            differs=differs,
            aged=aged,
            changed=changed,
            named=None if no_word else observation.present,
            away=_led_away(observation, verdict, spell),
        )


class _Controls(NamedTuple):
    """What a vantage got for a made-up path and for the root of the host, each by sending."""

    made_up_paths: Sequence[Observation]
    roots: Sequence[Observation]

    @classmethod
    def among(cls, observations: Sequence[Observation]) -> "_Controls":
        """Return the controls among the observations of a vantage."""
        kinds = (Target.MADE_UP_PATH, Target.ROOT)
        found = ([k for k in observations if k.target is kind] for kind in kinds)
        return cls(*(sorted(of_kind, key=_by_sending) for of_kind in found))

    def entries(self) -> Iterator[TimelineEntry]:
        """Give what they say by themselves."""
        return (_control(one) for one in (*self.made_up_paths, *self.roots) if one.canary_ok)

    def bar(self, observation: Observation) -> bool:
        """Return whether one that held at an observation was not healthy."""
        held = (_held(self.made_up_paths, observation), _held(self.roots, observation))
        return any(one is not None and not healthy(one) for one in held)

    def explain(self, observation: Observation) -> bool:
        """Return whether there are both for an observation."""
        return _explained(self.made_up_paths, observation) and _explained(self.roots, observation)


def _led_away(observation: Observation, verdict: Said, spell: HostingSpell) -> bool:
    """Return whether the last known address was asked, as the name led to another hoster."""
    gone = verdict.verdict is Verdict.DNS_GONE
    return observation.old_address and not gone and spell.group != OVERFLOW


def _held(controls: Sequence[Observation], observation: Observation) -> HttpAnswer | None:
    """Return what the newest control said of slots up to the observation's."""
    known = [c for c in controls if c.slot_at <= observation.slot_at]
    newest = max(((c.slot_at, c.sent_at) for c in known), default=None)
    return next((c.answer for c in known if (c.slot_at, c.sent_at) == newest), None)


def _explained(controls: Sequence[Observation], observation: Observation) -> bool:
    """Return whether there is a control of the observation's slot or of one soon after it."""
    return any(0 <= c.slot_at - observation.slot_at <= EXPLAINED_MS for c in controls)


def _control(observation: Observation) -> TimelineEntry:
    dead = said(observation, VerdictContext()).verdict in (Verdict.UNREACHABLE, Verdict.DNS_GONE)
    return TimelineEntry(
        at=observation.done_at,
        kind=EntryKind.CONTROL,
        seen_at=observation.sent_at,
        who=observation.vantage,
        observation=observation,
        alive=not dead,
    )


def _by_sending(observation: Observation) -> tuple[object, ...]:
    return observation.sent_at, _text(observation.answer), observation.done_at


def _sent_at(observation: Observation) -> Instant:
    return observation.sent_at


def _by_answer(observation: Observation) -> tuple[object, ...]:
    return observation.done_at, observation.sent_at, _text(observation.answer)


def _text(answer: HttpAnswer) -> tuple[object, ...]:
    return answer.error or "", *answer[1:]


def _nearest(controls: Sequence[Observation], at: Instant) -> HttpAnswer | None:
    """Return the control nearest in time, the earlier of two as near.

    Args:
        controls: by sending.
        at: the observation's time.
    """
    after = bisect_left(controls, at, key=_sent_at)
    before = bisect_left(controls, controls[after - 1].sent_at, key=_sent_at) if after else 0
    beside = controls[before : after + 1]
    near = min(beside, key=lambda c: (abs(c.sent_at - at), c.sent_at), default=None)
    if near is None or abs(near.sent_at - at) > CONTROL_NEAR_MS:
        return None
    return near.answer
