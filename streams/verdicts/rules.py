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

from schemas.closed_lists import ProbeError, Verdict
from schemas.records.case_observations import (
    MARK_CHALLENGE,
    MARK_HEAD_DIFFERS,
    MARK_PARKED,
    MARK_PLACEHOLDER,
    MARK_SUSPENDED,
    TRAIT_NXDOMAIN,
    TRAIT_OLD_ADDRESS,
    Fingerprint,
)
from streams.verdicts.conditions import (
    ControlledObservation,
    JudgingContext,
    contradicts,
    elsewhere,
    elsewhere_root,
    like_control,
    like_home_page,
    like_made_up_path,
    to_home_page,
    to_root,
    url_refused,
    whole_host_changed,
)
from streams.verdicts.reasons import VerdictReason

VERDICT_VERSION: Final = 6
"""Changes with every change of a rule. `UrlState.evaluated_by` carries it. Figures carry
`METHOD_VERSION` alone, so raise that too."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    Attributes:
        reason: names the rule.
        verdict: what it gives.
        when: the condition in words.
        holds: the condition.
    """

    reason: VerdictReason
    verdict: Verdict
    when: str
    holds: Callable[[ControlledObservation], bool]


_E = ProbeError
_R = VerdictReason
_V = Verdict

RULES: Final = (
    # The probe did not take place, or says nothing.
    Rule(_R.POLICY, _V.UNKNOWN, "blocked_policy", lambda s: s.error(_E.BLOCKED_POLICY)),
    Rule(_R.CLOCK, _V.UNKNOWN, "clock", lambda s: s.error(_E.CLOCK)),
    Rule(_R.MISSED, _V.UNKNOWN, "missed_politeness", lambda s: s.error(_E.MISSED_POLITENESS)),
    # The monitor is led where it may not go. Whoever runs the server or the name chose that, and
    # could choose it for the monitor alone, so it is a refusal. A server that answers with a
    # redirect is not dead, so the case must not become dark.
    Rule(_R.REDIRECT_TO_DENIED, _V.BLOCKED, "blocked_policy_hop or blocked_policy_mixed",
         lambda s: s.error(_E.BLOCKED_POLICY_HOP, _E.BLOCKED_POLICY_MIXED)),
    Rule(_R.REDIRECT_RATE_LIMITED, _V.BLOCKED, "crowded_hop",
         lambda s: s.error(_E.RATE_LIMITED_HOP)),
    # The name.
    Rule(_R.NAME_GONE, _V.DNS_GONE, "NXDOMAIN, and no address was asked",
         lambda s: s.error(_E.NXDOMAIN)),
    Rule(_R.DNS_FAILURE, _V.UNREACHABLE, "SERVFAIL, no address, or a silent name server",
         lambda s: s.error(_E.DNS_FAILURE)),
    Rule(_R.DNSSEC, _V.UNREACHABLE, "the name's DNSSEC signatures do not hold",
         lambda s: s.error(_E.DNSSEC)),
    # No complete answer.
    Rule(_R.TIMEOUT, _V.UNREACHABLE, "deadline passed", lambda s: s.error(_E.TIMEOUT)),
    Rule(_R.RESET, _V.UNREACHABLE, "connection ended early", lambda s: s.error(_E.RESET)),
    Rule(_R.CONNECTION_REFUSED, _V.UNREACHABLE, "connection refused",
         lambda s: s.error(_E.CONNECTION_REFUSED)),
    Rule(_R.TLS, _V.UNREACHABLE, "TLS failed", lambda s: s.error(_E.TLS)),
    Rule(_R.PROTOCOL, _V.UNREACHABLE, "not HTTP, or over 16 KiB of head",
         lambda s: s.error(_E.PROTOCOL, _E.TOO_LARGE)),
    Rule(_R.REDIRECTS, _V.UNREACHABLE, "more than 5 redirects",
         lambda s: s.error(_E.TOO_MANY_REDIRECTS)),
    # Served by somebody else.
    Rule(_R.MOVED, _V.MOVED, "the name's addresses belong to other hosters", elsewhere),
    # Blocked.
    Rule(_R.CHALLENGE, _V.BLOCKED, "marked as a challenge",
         lambda s: s.marked(MARK_CHALLENGE)),
    Rule(_R.URL_REFUSED, _V.BLOCKED,
         "401, 403 or 451 without the content's headers; made-up path and root are healthy, and "
         "were so at their probe before",
         url_refused),
    Rule(_R.RATE_LIMITED, _V.BLOCKED, "429", lambda s: s.status(429)),
    Rule(_R.LEGAL, _V.BLOCKED, "451", lambda s: s.status(451)),
    Rule(_R.FORBIDDEN, _V.BLOCKED, "401 or 403", lambda s: s.status(401, 403)),
    # Answers that are no answer.
    Rule(_R.SERVER_ERROR, _V.UNREACHABLE, "5xx", lambda s: 500 <= s.seen.status < 600),
    Rule(_R.CONTRADICTS, _V.BLOCKED,
         "404 or 410 with type and size class of the sightings. Also required: the ETag of the "
         "sightings; or a type other than text that the made-up path lacks with that size class",
         contradicts),
    # Gone.
    Rule(_R.GONE, _V.GONE_HARD, "410", lambda s: s.status(410)),
    Rule(_R.NOT_FOUND, _V.GONE_HARD, "404", lambda s: s.status(404)),
    Rule(_R.OTHER_STATUS, _V.UNREACHABLE, "any other status but 2xx",
         lambda s: not 200 <= s.seen.status < 300),
    Rule(_R.SUSPENDED, _V.GONE_HARD, "2xx, marked as a suspended account",
         lambda s: s.marked(MARK_SUSPENDED)),
    Rule(_R.PARKED, _V.GONE_SOFT, "2xx, marked as a parking service",
         lambda s: s.marked(MARK_PARKED)),
    Rule(_R.PLACEHOLDER, _V.GONE_SOFT, "2xx, Location is a known placeholder",
         lambda s: s.marked(MARK_PLACEHOLDER)),
    # What stands there could be anything; a person is asked.
    Rule(_R.ROOT, _V.UNKNOWN, "2xx, and the URL is its host's root",
         lambda s: s.context.is_root),
    Rule(_R.ELSEWHERE, _V.UNKNOWN, "2xx after a redirect to another host's root",
         elsewhere_root),
    # A change that could be anything.
    Rule(_R.CHANGED, _V.UNKNOWN,
         "2xx with a status, type, size class or Location new to the vantage; no controls in its "
         "slot or within 35 min after it",
         lambda s: s.context.unexplained),
    Rule(_R.WHOLE_HOST_CHANGED, _V.BLOCKED,
         "2xx, the same answer as for the made-up path; both the URL and that path had other "
         "answers at the sightings before",
         whole_host_changed),
    # Gone, by comparison.
    Rule(_R.HOME_PAGE, _V.GONE_SOFT,
         "2xx after a redirect to the host's root, where the made-up path has another answer or "
         "there were sightings before; or with the root's ETag, and the sightings before had "
         "another answer than the root",
         lambda s: to_home_page(s) or like_home_page(s)),
    Rule(_R.LIKE_CONTROL, _V.GONE_SOFT,
         "2xx, the same answer as for the made-up path; the sightings before had another",
         like_control),
    # Equality that proves nothing.
    Rule(_R.SAME_FROM_START, _V.UNKNOWN,
         "2xx, the same answer as for the made-up path from the start; or after a redirect to the "
         "host's root from the start, with no other answer of the made-up path beside it",
         lambda s: like_made_up_path(s) or to_root(s)),
    Rule(_R.HEAD_LIES, _V.UNKNOWN,
         "2xx to HEAD alone, and in a probe of this vantage GET got 404 or 410 where HEAD did not",
         lambda s: s.context.head_lies),
    Rule(_R.HEAD_DIFFERS, _V.ONLINE, "2xx to GET, where HEAD was answered otherwise",
         lambda s: s.marked(MARK_HEAD_DIFFERS)),
    Rule(_R.ONLINE, _V.ONLINE, "otherwise: 2xx", lambda _: True),
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
    reason: VerdictReason
    verdict: Verdict


AT_OLD_ADDRESS: Final = (
    OldAddressRule((*_GONE, Verdict.UNREACHABLE), True, _R.NAME_GONE, Verdict.DNS_GONE),
    OldAddressRule(_GONE, False, _R.LEFT, Verdict.MOVED),
)
"""Everything else stands: served there is online, blocked there is unavailable, and so is silent
there while the name leads elsewhere."""


def verdict(
    seen: Fingerprint, traits: int, context: JudgingContext
) -> tuple[Verdict, VerdictReason]:
    """Return what one observation says, by the first rule that holds.

    Args:
        seen: the observation's fingerprint.
        traits: its bit set of `TRAIT_*`.
        context: what to judge it against.
    """
    observation = ControlledObservation(seen, traits, context)
    rule = next(rule for rule in RULES if rule.holds(observation))
    if observation.trait(TRAIT_OLD_ADDRESS):
        nxdomain = observation.trait(TRAIT_NXDOMAIN)
        for there in AT_OLD_ADDRESS:
            if rule.verdict in there.verdicts and nxdomain == there.nxdomain:
                return there.verdict, there.reason
    return rule.verdict, rule.reason
