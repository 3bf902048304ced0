"""What one observation says: the rules from facts to a verdict, as tables that can be printed.

`RULES` is read from the top; the first rule that holds gives verdict and reason, and the last
one holds always. An observation of the case's last known address, where DNS no longer points, is
then read through `AT_OLD_ADDRESS`. Blocking and silence are never `gone` (docs/measurement.md,
Verdicts): what hides from the monitor is unavailable. One observation closes nothing; confirmation
is lifecycle's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from schemas.reasons import ProbeError, Verdict
from schemas.records.case import (
    MARK_CHALLENGE,
    MARK_HEAD_DIFFERS,
    MARK_LEFT_HOST,
    MARK_PARKED,
    MARK_PLACEHOLDER,
    MARK_SUSPENDED,
    MARK_TO_ROOT,
    TRAIT_NXDOMAIN,
    TRAIT_OLD_ADDRESS,
    TRAIT_PRESENT,
    Fingerprint,
)
from streams.verdicts.fingerprints import alike, equal, healthy
from streams.verdicts.reasons import Reason

VERDICT_VERSION: Final = 6
"""Changes with every change of a rule; figures carry it in their method version."""


class Controls(Struct, frozen=True, kw_only=True, gc=False):
    """What an observation is judged against; None = there is no such observation near in time.

    Attributes:
        random: answer of the random path, same vantage.
        root: answer of the host's root, same vantage.
        before: what the sightings before the change answered.
        random_before: answer of the random path beside those sightings.
        is_root: the reported URL is itself the host's root.
        barred: a control was refused or dead when it was last probed, in the observation's slot or
            before it.
        unchecked: the observation's shape is not one that this vantage has seen, and no controls
            were probed with it or soon after it.
        head_lies: it is an answer to HEAD alone, and GET has told this vantage "not found" where
            HEAD was answered otherwise.
    """

    random: Fingerprint | None = None
    root: Fingerprint | None = None
    before: Fingerprint | None = None
    random_before: Fingerprint | None = None
    is_root: bool = False
    barred: bool = False
    unchecked: bool = False
    head_lies: bool = False


@dataclass(frozen=True, slots=True)
class ControlledObservation:
    """One observation with what it is judged against."""

    seen: Fingerprint
    traits: int
    controls: Controls

    def error(self, *errors: ProbeError) -> bool:
        """Return whether the observation ended in one of these errors."""
        return self.seen.error in errors

    def status(self, *statuses: int) -> bool:
        """Return whether the answer has one of these statuses."""
        return self.seen.status in statuses

    def marked(self, mark: int) -> bool:
        """Return whether the fingerprint bears the mark."""
        return bool(self.seen.marks & mark)

    def trait(self, trait: int) -> bool:
        """Return whether the observation has the trait."""
        return bool(self.traits & trait)


def _like_random(observation: ControlledObservation) -> bool:
    return alike(observation.seen, observation.controls.random)


def _differed(observation: ControlledObservation, control: Fingerprint | None) -> bool:
    before = observation.controls.before
    return before is not None and not equal(before, control)


def _like_control(observation: ControlledObservation) -> bool:
    return _like_random(observation) and _differed(observation, observation.controls.random)


def _like_home_page(observation: ControlledObservation) -> bool:
    """Return whether it is the root's page; every home page is HTML of some 10 KB, so ETags say."""
    controls = observation.controls
    return (
        controls.root is not None
        and observation.seen.etag_key not in ("", getattr(controls.before, "etag_key", ""))
        and observation.seen.etag_key == controls.root.etag_key
        and equal(observation.seen, controls.root)
        and _differed(observation, controls.root)
    )


def _walled(observation: ControlledObservation) -> bool:
    """Return whether made-up paths changed too: a host says so of a log-in, a fault and an end."""
    controls = observation.controls
    return (
        _like_random(observation)
        and controls.random_before is not None
        and not equal(controls.random, controls.random_before)
        and _differed(observation, controls.random)
    )


def _contradicts(observation: ControlledObservation) -> bool:
    """Return whether "not found" comes with the headers of the content that was seen."""
    return observation.status(404, 410) and _as_content(observation)


def _as_content(observation: ControlledObservation) -> bool:
    """Return whether the headers are those of the content that was seen, whatever the status."""
    seen, before, random = (
        observation.seen,
        observation.controls.before,
        observation.controls.random,
    )
    if before is None:
        return False
    if seen.size_class <= 0 or (seen.type, seen.size_class) != (before.type, before.size_class):
        return False
    if seen.etag_key and seen.etag_key == before.etag_key:
        return True
    usual = random is not None and (random.type, random.size_class) == (seen.type, seen.size_class)
    return not seen.type.startswith("text/") and not usual


def _to_root(observation: ControlledObservation) -> bool:
    return observation.marked(MARK_TO_ROOT) and not observation.marked(MARK_LEFT_HOST)


def _to_home_page(observation: ControlledObservation) -> bool:
    """Return whether the URL alone leads to its host's root, or did not do so before."""
    random = observation.controls.random
    apart = random is not None and not _like_random(observation)
    return _to_root(observation) and (observation.controls.before is not None or apart)


def _elsewhere_root(observation: ControlledObservation) -> bool:
    return observation.marked(MARK_TO_ROOT) and observation.marked(MARK_LEFT_HOST)


def _disabled(observation: ControlledObservation) -> bool:
    controls = observation.controls
    around = healthy(controls.random) and healthy(controls.root) and not controls.barred
    return observation.status(401, 403, 451) and around and not _as_content(observation)


def _elsewhere(observation: ControlledObservation) -> bool:
    return not observation.trait(TRAIT_PRESENT) and not observation.trait(TRAIT_OLD_ADDRESS)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    Attributes:
        reason: names the rule.
        verdict: what it gives.
        when: the condition in words.
        holds: the condition.
    """

    reason: Reason
    verdict: Verdict
    when: str
    holds: Callable[[ControlledObservation], bool]


_E = ProbeError
_V = Verdict

RULES: Final = (
    # The probe did not take place, or says nothing.
    Rule(Reason.POLICY, _V.UNKNOWN, "blocked_policy", lambda s: s.error(_E.BLOCKED_POLICY)),
    Rule(Reason.CLOCK, _V.UNKNOWN, "clock", lambda s: s.error(_E.CLOCK)),
    Rule(Reason.MISSED, _V.UNKNOWN, "missed_politeness", lambda s: s.error(_E.MISSED_POLITENESS)),
    # The monitor is led where it may not go. Whoever runs the server or the name chose that, and
    # could choose it for the monitor alone, so it is a refusal; and a server that answers with a
    # redirect is not dead, so it must not become dark.
    Rule(Reason.LURED, _V.BLOCKED, "blocked_policy_hop or blocked_policy_mixed",
         lambda s: s.error(_E.BLOCKED_POLICY_HOP, _E.BLOCKED_POLICY_MIXED)),
    Rule(Reason.CROWDED, _V.BLOCKED, "crowded_hop", lambda s: s.error(_E.CROWDED_HOP)),
    # The name.
    Rule(Reason.NAME_GONE, _V.DNS_GONE, "NXDOMAIN, and no address was asked",
         lambda s: s.error(_E.NXDOMAIN)),
    Rule(Reason.DNS_FAILURE, _V.UNREACHABLE, "SERVFAIL, no address, or a silent name server",
         lambda s: s.error(_E.DNS_FAILURE)),
    Rule(Reason.DNSSEC, _V.UNREACHABLE, "the name's DNSSEC signatures do not hold",
         lambda s: s.error(_E.DNSSEC)),
    # No complete answer.
    Rule(Reason.TIMEOUT, _V.UNREACHABLE, "deadline passed", lambda s: s.error(_E.TIMEOUT)),
    Rule(Reason.RESET, _V.UNREACHABLE, "connection ended early", lambda s: s.error(_E.RESET)),
    Rule(Reason.REFUSED, _V.UNREACHABLE, "connection refused", lambda s: s.error(_E.REFUSED)),
    Rule(Reason.TLS, _V.UNREACHABLE, "TLS failed", lambda s: s.error(_E.TLS)),
    Rule(Reason.PROTOCOL, _V.UNREACHABLE, "not HTTP, or over 16 KiB of head",
         lambda s: s.error(_E.PROTOCOL, _E.TOO_LARGE)),
    Rule(Reason.REDIRECTS, _V.UNREACHABLE, "more than 5 redirects",
         lambda s: s.error(_E.TOO_MANY_REDIRECTS)),
    # Served by somebody else.
    Rule(Reason.MOVED, _V.MOVED, "the name's addresses belong to other hosters", _elsewhere),
    # Blocked.
    Rule(Reason.CHALLENGE, _V.BLOCKED, "marked as a challenge",
         lambda s: s.marked(MARK_CHALLENGE)),
    Rule(Reason.DISABLED, _V.BLOCKED,
         "401, 403 or 451 without the content's headers; made-up path and root are healthy, and "
         "were so at their probe before",
         _disabled),
    Rule(Reason.RATE_LIMITED, _V.BLOCKED, "429", lambda s: s.status(429)),
    Rule(Reason.LEGAL, _V.BLOCKED, "451", lambda s: s.status(451)),
    Rule(Reason.FORBIDDEN, _V.BLOCKED, "401 or 403", lambda s: s.status(401, 403)),
    # Answers that are no answer.
    Rule(Reason.SERVER_ERROR, _V.UNREACHABLE, "5xx", lambda s: 500 <= s.seen.status < 600),
    Rule(Reason.CONTRADICTS, _V.BLOCKED,
         "404 or 410 with type and size class of the sightings. Also required: the ETag of the "
         "sightings; or a type other than text that the made-up path lacks with that size class",
         _contradicts),
    # Gone.
    Rule(Reason.GONE, _V.GONE_HARD, "410", lambda s: s.status(410)),
    Rule(Reason.NOT_FOUND, _V.GONE_HARD, "404", lambda s: s.status(404)),
    Rule(Reason.OTHER_STATUS, _V.UNREACHABLE, "any other status but 2xx",
         lambda s: not 200 <= s.seen.status < 300),
    Rule(Reason.SUSPENDED, _V.GONE_HARD, "2xx, marked as a suspended account",
         lambda s: s.marked(MARK_SUSPENDED)),
    Rule(Reason.PARKED, _V.GONE_SOFT, "2xx, marked as a parking service",
         lambda s: s.marked(MARK_PARKED)),
    Rule(Reason.PLACEHOLDER, _V.GONE_SOFT, "2xx, Location is a known placeholder",
         lambda s: s.marked(MARK_PLACEHOLDER)),
    # What stands there could be anything; a person is asked.
    Rule(Reason.ROOT, _V.UNKNOWN, "2xx, and the URL is its host's root",
         lambda s: s.controls.is_root),
    Rule(Reason.ELSEWHERE, _V.UNKNOWN, "2xx after a redirect to another host's root",
         _elsewhere_root),
    # A change that could be anything.
    Rule(Reason.CHANGED, _V.UNKNOWN,
         "2xx with a status, type, size class or Location new to the vantage; no controls in its "
         "slot or within 35 min after it",
         lambda s: s.controls.unchecked),
    Rule(Reason.WALLED, _V.BLOCKED,
         "2xx, the same answer as for the made-up path; both the URL and that path had other "
         "answers at the sightings before",
         _walled),
    # Gone, by comparison.
    Rule(Reason.HOME_PAGE, _V.GONE_SOFT,
         "2xx after a redirect to the host's root, where the made-up path has another answer or "
         "there were sightings before; or with the root's ETag, and the sightings before had "
         "another answer than the root",
         lambda s: _to_home_page(s) or _like_home_page(s)),
    Rule(Reason.LIKE_CONTROL, _V.GONE_SOFT,
         "2xx, the same answer as for the made-up path; the sightings before had another",
         _like_control),
    # Equality that proves nothing.
    Rule(Reason.UNPROVEN, _V.UNKNOWN,
         "2xx, the same answer as for the made-up path from the start; or after a redirect to the "
         "host's root from the start, with no other answer of the made-up path beside it",
         lambda s: _like_random(s) or _to_root(s)),
    Rule(Reason.HEAD_LIES, _V.UNKNOWN,
         "2xx to HEAD alone, and in a probe of this vantage GET got 404 or 410 where HEAD did not",
         lambda s: s.controls.head_lies),
    Rule(Reason.HEAD_DIFFERS, _V.ONLINE, "2xx to GET, where HEAD was answered otherwise",
         lambda s: s.marked(MARK_HEAD_DIFFERS)),
    Rule(Reason.ONLINE, _V.ONLINE, "otherwise: 2xx", lambda _: True),
)  # one rule beside the other # fmt: skip
"""The table, in order."""

_GONE: Final = (Verdict.GONE_HARD, Verdict.GONE_SOFT)


@dataclass(frozen=True, slots=True)
class OldAddressRule:
    """How a verdict reads when it was got at the case's last known address.

    Attributes:
        verdicts: what `RULES` gave.
        nxdomain: the name no longer exists; False = it points elsewhere.
        reason, verdict: what it means there.
    """

    verdicts: tuple[Verdict, ...]
    nxdomain: bool
    reason: Reason
    verdict: Verdict


AT_OLD_ADDRESS: Final = (
    OldAddressRule((*_GONE, Verdict.UNREACHABLE), True, Reason.NAME_GONE, Verdict.DNS_GONE),
    OldAddressRule(_GONE, False, Reason.LEFT, Verdict.MOVED),
)
"""Everything else stands: served there is online, blocked or silent there is unavailable."""


def verdict(seen: Fingerprint, traits: int, controls: Controls) -> tuple[Verdict, Reason]:
    """Return what one observation says, by the first rule that holds.

    Args:
        seen: the observation's fingerprint.
        traits: its bit set of `TRAIT_*`.
        controls: what to judge it against.
    """
    observation = ControlledObservation(seen, traits, controls)
    rule = next(rule for rule in RULES if rule.holds(observation))
    if observation.trait(TRAIT_OLD_ADDRESS):
        nxdomain = observation.trait(TRAIT_NXDOMAIN)
        for there in AT_OLD_ADDRESS:
            if rule.verdict in there.verdicts and nxdomain == there.nxdomain:
                return there.verdict, there.reason
    return rule.verdict, rule.reason
