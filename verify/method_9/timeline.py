"""What was seen of a URL at one stay, in order of time: observations, persons' words, names."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from schemas.moments import MINUTE_MS, SECOND_MS, Instant
from schemas.reasons import NO_LOOK, CheckResult, ProbeError, Role, Target, Verdict
from schemas.records.case import MARK_AGED, MARK_CACHED
from verify.ledger.facts import Answer, Look
from verify.ledger.records import UrlRecords
from verify.method_9.answer_shape import Shapes
from verify.method_9.backing import CONTROL_NEAR_MS, unbacked
from verify.method_9.hosting_spells import OVERFLOW, HostingSpell
from verify.method_9.sighting import NOTHING, Kind, Sight
from verify.method_9.verdict import Beside, Said, as_control, caught_head, healthy, said

EXPLAINED_MS: Final = 35 * MINUTE_MS
"""A control of a slot so long after an observation's still says what it was."""

RESOLVER: Final = "attribution"
"""Resolves once for a report and is no vantage."""

_ABSENT: Final = (CheckResult.ABSENT, CheckResult.NOT_ILLEGAL_NOW)


def sights(url: UrlRecords, spell: HostingSpell) -> list[Sight]:
    """Return all that was seen at a stay, in order."""
    found = [*_words(url, spell), *_names(url, spell)]
    mine = [
        look
        for look, _ in url.looks
        if look.hoster in spell.hosters
        and look.role is spell.role
        and look.answer.error not in NO_LOOK
    ]
    is_root = bool(url.reports) and url.reports[0].root
    hidden = {
        look.vantage
        for look, _ in url.looks
        if look.target is Target.URL and look.asked and look.vantage not in look.asked
    }
    for vantage in sorted({look.vantage for look in mine}, key=lambda v: (v in hidden, v)):
        looks = [look for look in mine if look.vantage == vantage]
        earlier = _seen_before(found, looks, hidden) if vantage in hidden else ()
        found += _looks(looks, spell, (earlier, _attested(url, spell)), is_root=is_root)
    answers = unbacked([s.look for s in found if s.online and s.look], mine)
    found = [
        replace(s, bare=True) if s.online and s.look and s.look.answer[1:5] in answers else s
        for s in found
    ]
    found.sort(key=_order)
    return found


def _order(sight: Sight) -> tuple[object, ...]:
    slot_at = sight.look.slot_at if sight.look and sight.kind is Kind.LOOK else 0
    return sight.at, sight.kind, sight.seen_at, sight.who, slot_at, sight.said.verdict


def _words(url: UrlRecords, spell: HostingSpell) -> Iterator[Sight]:
    for report in url.reports if spell.from_start else ():
        for at in (report.seen_at, report.last_online_at):
            if at is not None:
                yield Sight(at=at, kind=Kind.PRESENT, seen_at=at)
        if report.source_online is False:
            at = report.reported_at if report.last_online_at is None else report.last_online_at
            yield Sight(at=at, kind=Kind.ABSENT, seen_at=at)
    for check in url.checks:
        at = check.checked_at
        if at < spell.open_at and not spell.from_start:
            continue
        who = f"{check.hotline}/{check.checker or ''}"
        if check.result is CheckResult.PRESENT:
            yield Sight(at=at, kind=Kind.PRESENT, seen_at=at, who=who)
        elif check.result in _ABSENT:
            yield Sight(at=at, kind=Kind.ABSENT, seen_at=at, who=who)


def _names(url: UrlRecords, spell: HostingSpell) -> Iterator[Sight]:
    for made in url.resolutions:
        if made.vantage != RESOLVER and made.answered and made.at >= spell.open_at:
            here = any((p.group, p.role) in spell.members for p in made.placements)
            yield Sight(at=made.at, kind=Kind.NAMED, seen_at=made.at, who=made.vantage, named=here)


def _attested(url: UrlRecords, spell: HostingSpell) -> list[Instant]:
    """Return when persons saw the material."""
    return [
        check.checked_at
        for check in url.checks
        if check.result is CheckResult.PRESENT
        and (spell.from_start or check.checked_at >= spell.open_at)
    ]


def _seen_before(
    found: Sequence[Sight], looks: Sequence[Look], hidden: Collection[str]
) -> list[Sight]:
    """Return what the vantages that are asked saw before a hidden one's first probe, in order."""
    first_at = min((k.done_at for k in looks if k.target is Target.URL), default=0)
    seen = [s for s in found if s.kind is Kind.LOOK and s.online and s.look and s.look.canary_ok]
    known = [s for s in seen if s.who not in hidden and s.at < first_at]
    return sorted(known, key=lambda s: s.at)


def _looks(
    looks: Sequence[Look],
    spell: HostingSpell,
    known: tuple[Sequence[Sight], Sequence[Instant]],
    *,
    is_root: bool,
) -> Iterator[Sight]:
    """Give the observations of one vantage with what each says beside its controls.

    A hidden vantage goes on from what others saw earlier; the rest begin with nothing.

    Args:
        looks: of the vantage.
        spell: what they are of.
        known: what others saw earlier, and when persons saw the material.
        is_root: the URL is its host's root.
    """
    earlier, attested = known
    randoms = sorted((k for k in looks if k.target is Target.RANDOM), key=_by_sending)
    roots = sorted((k for k in looks if k.target is Target.ROOT), key=_by_sending)
    random_times, root_times = [k.sent_at for k in randoms], [k.sent_at for k in roots]
    yield from (_control(control) for control in (*randoms, *roots) if control.canary_ok)
    answers = [(s.look.answer, s.differs) for s in earlier if s.look]
    before: Answer | None = next((one for one, differs in reversed(answers) if differs), None)
    once: Answer | None = None
    lies = any(k.canary_ok and k.target is Target.URL and caught_head(k.answer) for k in looks)
    shapes = Shapes({answer[1:5] for answer, _ in answers}, attested)
    for look in sorted((k for k in looks if k.target is Target.URL), key=_by_answer):
        random = _nearest(randoms, random_times, look.sent_at)
        root = _nearest(roots, root_times, look.sent_at)
        shape = look.answer[1:5]
        shapes.come_to(look.done_at)
        held = [_held(randoms, look), _held(roots, look)]
        beside = Beside(
            random=random,
            root=root,
            before=before,
            once=once,
            is_root=is_root,
            barred=any(one is not None and not healthy(one) for one in held),
            by_liar=lies and not look.checked,
            unexplained=shapes.is_new(shape)
            and not (_explained(randoms, look) and _explained(roots, look)),
        )
        verdict = said(look, beside)
        differs = random is not None and not as_control(look.answer, random)
        if look.canary_ok and verdict.verdict is Verdict.ONLINE and differs:
            before, once = look.answer, held[0]
        copied = spell.role is Role.HOSTING and look.answer.marked(MARK_CACHED)
        aged = copied and look.answer.marked(MARK_AGED)
        if copied and not aged and verdict.verdict is Verdict.ONLINE:
            verdict = NOTHING  # a copy of unknown age shows nothing of the origin
        changed = verdict.verdict is Verdict.ONLINE and shapes.is_changed(shape)
        if verdict.verdict is Verdict.ONLINE and look.canary_ok:
            shapes.note(shape)
        no_word = look.answer.error in (ProbeError.DNS_FAILURE, ProbeError.DNSSEC)
        yield Sight(
            at=look.done_at,
            kind=Kind.LOOK,
            seen_at=look.sent_at - (look.age_s * SECOND_MS if aged else 0),
            who=look.vantage,
            look=look,
            said=verdict,
            differs=differs,
            aged=aged,
            changed=changed,
            named=None if no_word else look.present,
            away=_led_away(look, verdict, spell),
        )


def _led_away(look: Look, verdict: Said, spell: HostingSpell) -> bool:
    """Return whether the last known address was asked, as the name led to another hoster."""
    gone = verdict.verdict is Verdict.DNS_GONE
    return look.old_address and not gone and spell.group != OVERFLOW


def _held(controls: Sequence[Look], look: Look) -> Answer | None:
    """Return what the newest control said of slots up to the observation's."""
    known = [c for c in controls if c.slot_at <= look.slot_at]
    newest = max(((c.slot_at, c.sent_at) for c in known), default=None)
    return next((c.answer for c in known if (c.slot_at, c.sent_at) == newest), None)


def _explained(controls: Sequence[Look], look: Look) -> bool:
    """Return whether there is a control of the observation's slot or of one soon after it."""
    return any(0 <= c.slot_at - look.slot_at <= EXPLAINED_MS for c in controls)


def _control(look: Look) -> Sight:
    dead = said(look, Beside()).verdict in (Verdict.UNREACHABLE, Verdict.DNS_GONE)
    return Sight(
        at=look.done_at,
        kind=Kind.CONTROL,
        seen_at=look.sent_at,
        who=look.vantage,
        look=look,
        alive=not dead,
    )


def _by_sending(look: Look) -> tuple[object, ...]:
    return look.sent_at, _text(look.answer), look.done_at


def _by_answer(look: Look) -> tuple[object, ...]:
    return look.done_at, look.sent_at, _text(look.answer)


def _text(answer: Answer) -> tuple[object, ...]:
    return answer.error or "", *answer[1:]


def _nearest(controls: Sequence[Look], times: Sequence[Instant], at: Instant) -> Answer | None:
    """Return the control nearest in time, the earlier of two as near.

    Args:
        controls: by sending.
        times: when they were sent.
        at: the observation's time.
    """
    after = bisect_left(times, at)
    before = bisect_left(times, times[after - 1]) if after else 0
    beside = controls[before : after + 1]
    near = min(beside, key=lambda c: (abs(c.sent_at - at), c.sent_at), default=None)
    if near is None or abs(near.sent_at - at) > CONTROL_NEAR_MS:
        return None
    return near.answer
