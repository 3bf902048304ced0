"""What each observation of a URL says beside its controls, by time (rules 3.1 to 3.3)."""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from schemas.closed_lists import NO_PROBE, ProbeError, Role, Target, Verdict
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from schemas.records.case_observations import MARK_AGED, MARK_CACHED, MARK_CHALLENGE
from verify.ledger.facts import HttpAnswer, Observation
from verify.ledger.records import UrlRecords
from verify.method_10.observation_verdict import (
    ObservationVerdict,
    VerdictContext,
    as_control,
    head_contradicts_get,
    healthy,
    verdict_of,
)
from verify.method_10.owner import HostingSpell
from verify.method_10.resolutions import NamesOwner, behind_a_proxy

CONTROL_NEAR_MS: Final = 25 * HOUR_MS
"""A control counts for observations up to this far from it."""

AGE_MAX_MS: Final = DAY_MS
EXPLAINED_MS: Final = 35 * MINUTE_MS
"""A control of a slot so long after a probe's still says what its answer was."""

_TOO_MANY: Final = 429
_FAILS_FROM: Final = 500

GONE: Final = (Verdict.GONE_HARD, Verdict.GONE_SOFT, Verdict.DNS_GONE, Verdict.MOVED)
CONTROLS: Final = (Target.MADE_UP_PATH, Target.ROOT)


class JudgedObservation(Struct, frozen=True, kw_only=True):
    """One observation, and what it says.

    Attributes:
        observation: what was seen.
        judgement: what it says.
        sent_at: when the request was sent, less the Age of a proxy's copy.
        aged: it is such a copy.
        differs: its vantage got another answer for a made-up path within 25 h.
        alive: of a control: the host answered.
    """

    observation: Observation
    judgement: ObservationVerdict
    sent_at: Instant
    aged: bool = False
    differs: bool = False
    alive: bool = True

    @property
    def at(self) -> Instant:
        """Return when the answer was complete."""
        return self.observation.done_at

    @property
    def who(self) -> str:
        """Return the vantage."""
        return self.observation.vantage

    @property
    def is_control(self) -> bool:
        """Return whether it was at a control, and not at the URL."""
        return self.observation.target is not Target.URL

    @property
    def by_hidden_vantage(self) -> bool:
        """Return whether its vantage was not among those asked."""
        return bool(self.observation.asked) and self.who not in self.observation.asked

    @property
    def online(self) -> bool:
        """Return whether it is a sighting."""
        return not self.is_control and self.judgement.verdict is Verdict.ONLINE

    @property
    def gone(self) -> bool:
        """Return whether it says gone, and not merely that somebody else serves the name."""
        return (
            not self.is_control and self.judgement.verdict in GONE and not self.judgement.elsewhere
        )

    @property
    def unavailable(self) -> bool:
        """Return whether it was blocked or not answered."""
        return self.judgement.verdict in (Verdict.BLOCKED, Verdict.UNREACHABLE)

    @property
    def shape(self) -> tuple[object, ...]:
        """Return status, type and size class."""
        return self.observation.answer[1:4]


def observations_at(records: UrlRecords, spell: HostingSpell) -> list[JudgedObservation]:
    """Return all observations of a URL at an owner, with what each says."""
    mine = [
        observation
        for observation, _ in records.observations
        if spell.served(observation.hoster, observation.sent_at)
        and observation.role is spell.role
        and observation.answer.error not in NO_PROBE
    ]
    hidden_vantages = {
        k.vantage for k in mine if k.target is Target.URL and k.asked and k.vantage not in k.asked
    }
    found: list[JudgedObservation] = []
    for vantage in sorted(
        {observation.vantage for observation in mine}, key=lambda v: (v in hidden_vantages, v)
    ):
        observations = [k for k in mine if k.vantage == vantage]
        earlier = (
            _seen_before(found, observations, hidden_vantages) if vantage in hidden_vantages else []
        )
        found += _of_vantage(records, spell, observations, earlier)
    return found


def _seen_before(
    found: Iterable[JudgedObservation],
    observations: Iterable[Observation],
    hidden_vantages: Container[str],
) -> list[JudgedObservation]:
    """Return the sightings by vantages that are asked before a hidden one's first probe."""
    first_at = min((k.done_at for k in observations if k.target is Target.URL), default=0)
    seen = [
        s for s in found if s.online and s.observation.canary_ok and s.who not in hidden_vantages
    ]
    return sorted((s for s in seen if s.at < first_at), key=lambda s: s.at)


def _of_vantage(
    records: UrlRecords,
    spell: HostingSpell,
    observations: Sequence[Observation],
    earlier: Sequence[JudgedObservation],
) -> Iterator[JudgedObservation]:
    """Give the observations of one vantage; a hidden one goes on from what others saw earlier."""
    made_up_paths = sorted(
        (k for k in observations if k.target is Target.MADE_UP_PATH), key=_by_sending
    )
    roots = sorted((k for k in observations if k.target is Target.ROOT), key=_by_sending)
    yield from (_control(k) for k in (*made_up_paths, *roots) if k.canary_ok)
    times = [k.sent_at for k in made_up_paths], [k.sent_at for k in roots]
    sound = [k for k in made_up_paths if k.canary_ok]
    is_root = bool(records.reports) and records.reports[0].root
    head_unreliable = any(
        k.canary_ok and k.target is Target.URL and head_contradicts_get(k.answer)
        for k in observations
    )
    earlier_answer = next((s.observation.answer for s in reversed(earlier) if s.differs), None)
    earlier_made_up_path: HttpAnswer | None = None
    known = {s.observation.answer[1:5] for s in earlier}
    for observation in sorted((k for k in observations if k.target is Target.URL), key=_by_answer):
        made_up_path = _nearest(made_up_paths, times[0], observation.sent_at)
        held = [_newest(made_up_paths, observation), _newest(roots, observation)]
        verdict = verdict_of(
            observation,
            VerdictContext(
                made_up_path=made_up_path,
                root=_nearest(roots, times[1], observation.sent_at),
                earlier_answer=earlier_answer,
                earlier_made_up_path=earlier_made_up_path,
                is_root=is_root,
                control_unhealthy=any(one is not None and not healthy(one) for one in held),
                unexplained=bool(known)
                and observation.answer[1:5] not in known
                and not (_explained(made_up_paths, observation) and _explained(roots, observation)),
                head_unreliable=head_unreliable and not observation.checked,
            ),
        )
        if observation.canary_ok and verdict.verdict is Verdict.ONLINE:
            known.add(observation.answer[1:5])
            if made_up_path is not None and not as_control(observation.answer, made_up_path):
                earlier_answer, earlier_made_up_path = observation.answer, held[0]
        placed = not spell.is_nowhere(observation.hoster, observation.sent_at)
        differs = placed and differs_from_its_control(observation, sound)
        yield _with_age(records, spell, (observation, verdict), differs=differs)


def _explained(controls: Iterable[Observation], observation: Observation) -> bool:
    """Return whether there is a control of the probe's slot or of one soon after it."""
    return any(0 <= c.slot_at - observation.slot_at <= EXPLAINED_MS for c in controls)


def differs_from_its_control(observation: Observation, controls: Iterable[Observation]) -> bool:
    """Return whether the vantage got another answer for a made-up path within 25 h (3.3)."""
    return any(
        not _told_nothing(control.answer) and not as_control(observation.answer, control.answer)
        for control in controls
        if abs(control.sent_at - observation.sent_at) <= CONTROL_NEAR_MS
    )


def _told_nothing(control: HttpAnswer) -> bool:
    """Return whether a control is no answer: an error, 429, 5xx or a challenge (rule 3.3)."""
    failed = control.status == _TOO_MANY or control.status >= _FAILS_FROM
    return control.error is not None or failed or control.marked(MARK_CHALLENGE)


def _with_age(
    records: UrlRecords,
    spell: HostingSpell,
    told: tuple[Observation, ObservationVerdict],
    *,
    differs: bool,
) -> JudgedObservation:
    """Believe a cached answer only of a registered proxy before the hoster (rule 3.8)."""
    observation, verdict = told
    sent_at, aged = observation.sent_at, False
    copy = observation.answer.marked(MARK_CACHED) or observation.answer.marked(MARK_AGED)
    copied = copy and verdict.verdict is Verdict.ONLINE
    blocked = verdict.verdict is Verdict.BLOCKED
    hosting = (
        observation.role is Role.HOSTING and not observation.old_address and (copied or blocked)
    )
    if hosting and behind_a_proxy(records, spell, observation.done_at):
        aged = copied and observation.answer.marked(MARK_AGED)
        if aged:
            sent_at -= min(observation.age_s * SECOND_MS, AGE_MAX_MS)
        else:  # a copy of unknown age; and what a proxy blocks counts for the proxy's case (5.2)
            verdict = ObservationVerdict(Verdict.UNKNOWN)
    return JudgedObservation(
        observation=observation, judgement=verdict, sent_at=sent_at, aged=aged, differs=differs
    )


def _control(observation: Observation) -> JudgedObservation:
    verdict = verdict_of(observation, VerdictContext())
    alive = verdict.verdict not in (Verdict.UNREACHABLE, Verdict.DNS_GONE)
    return JudgedObservation(
        observation=observation, judgement=verdict, sent_at=observation.sent_at, alive=alive
    )


def resolved_by(seen: Iterable[JudgedObservation]) -> Iterator[NamesOwner]:
    """Give (when, vantage, whether the name led to the owner) of the probes of the URL.

    None = its name servers gave no answer.
    """
    for one in seen:
        failed = one.observation.answer.error in (ProbeError.DNS_FAILURE, ProbeError.DNSSEC)
        if not one.is_control and not one.by_hidden_vantage:
            yield one.at, one.who, None if failed else one.observation.present


def _by_sending(observation: Observation) -> tuple[object, ...]:
    return observation.sent_at, _text(observation.answer), observation.done_at


def _by_answer(observation: Observation) -> tuple[object, ...]:
    return observation.done_at, observation.sent_at, _text(observation.answer)


def _text(answer: HttpAnswer) -> tuple[object, ...]:
    return answer.error or "", *answer[1:]


def _newest(controls: Sequence[Observation], observation: Observation) -> HttpAnswer | None:
    """Return what the newest control said of slots up to the observation's."""
    known = [c for c in controls if c.slot_at <= observation.slot_at]
    newest = max(((c.slot_at, c.sent_at) for c in known), default=None)
    return next((c.answer for c in known if (c.slot_at, c.sent_at) == newest), None)


def _nearest(
    controls: Sequence[Observation], times: Sequence[Instant], at: Instant
) -> HttpAnswer | None:
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
