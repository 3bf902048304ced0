"""Any pattern of facts, with any controls: there is a verdict, and it is fair.

Oracles: the rules and their second implementation in `verify` agree. A refusal, a fault of the
server and a silence are never gone, and a 404 or an error never online. How long a probe took and
the number of its requests change nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from fuzz_bytes import Reader
from msgspec.structs import replace

from schemas.closed_lists import NO_PROBE, ProbeError, Target, Verdict
from schemas.records.case_observations import TRAIT_NXDOMAIN, TRAIT_OLD_ADDRESS, TRAIT_PRESENT
from schemas.records.facts import Facts, Observation
from streams.verdicts.conditions import JudgingContext
from streams.verdicts.fingerprints import fingerprint
from streams.verdicts.reasons import WORDING, VerdictReason
from streams.verdicts.rules import verdict
from verify.ledger.facts import HttpAnswer, fact
from verify.ledger.facts import Observation as ReadObservation
from verify.method_10.observation_verdict import VerdictContext, verdict_of

_ERRORS = (None, None, None, *ProbeError)
_STATUSES = (200, 200, 200, 404, 206, 301, 302, 401, 403, 410, 416, 429, 451, 500, 503, 999)
_TYPES = ("", "text/html", "image/jpeg")
_LENGTHS = (None, 0, 1, 5_000, 5_100, 90_000)
_KEYS = ("", "a", "b")
_GONE = (Verdict.GONE_HARD, Verdict.GONE_SOFT, Verdict.DNS_GONE)
_PLAINLY_GONE = tuple(
    Facts(status=status, type=type, length=length)
    for status in (404, 410)
    for type in _TYPES
    for length in _LENGTHS
)
_REFUSED = (401, 403, 429, 451)


@dataclass(frozen=True, slots=True)
class _Where:
    present: bool
    old_address: bool
    nxdomain: bool

    @property
    def traits(self) -> int:
        return (
            TRAIT_PRESENT * self.present
            | TRAIT_OLD_ADDRESS * self.old_address
            | TRAIT_NXDOMAIN * self.nxdomain
        )


_HERE = _Where(present=True, old_address=False, nxdomain=False)


def check(data: bytes) -> None:
    """Judge one input: facts, where they were got, what holds, and up to four answers beside."""
    reader = Reader(data)
    facts = _facts(reader)
    bits, told = reader.number(), reader.number()
    where = _Where(bool(bits & 1), bool(bits & 2), bool(bits & 4))
    beside = [_facts(reader) if bits & flag else None for flag in (8, 16, 32, 128)]
    random, root, before, once = (None if one is None else fingerprint(one) for one in beside)
    controls = JudgingContext(
        made_up_path=random,
        root=root,
        before=before,
        made_up_before=once,
        is_root=bool(bits & 64),
        control_unhealthy=bool(told & 1),
        unexplained=bool(told & 2),
    )
    found, reason = verdict(fingerprint(facts), where.traits, controls)
    assert isinstance(reason, VerdictReason)
    assert WORDING[reason]
    _check_fair(facts, where, found)
    if not any(beside) and where == _HERE and facts in _PLAINLY_GONE:
        assert found is Verdict.GONE_HARD, "a plain 404 is not gone"
    other = replace(facts, requests=9, bytes=9, processing_ms=9, tls="none")
    assert verdict(fingerprint(other), where.traits, controls) == (found, reason)
    if facts.error not in NO_PROBE:
        plain = _plainly(beside, controls)
        assert verdict_of(_observed(facts, where), plain).verdict is found, (
            "two readings of one table"
        )


def _facts(reader: Reader) -> Facts:
    error = reader.pick(_ERRORS)
    status = reader.pick(_STATUSES)
    marks = reader.number()
    method = reader.pick(("HEAD", "GET"))
    return Facts(
        error=error,
        status=0 if error is not None else status,
        type=reader.pick(_TYPES),
        length=reader.pick(_LENGTHS),
        location_key=reader.pick(_KEYS),
        etag_key=reader.pick(_KEYS),
        age_s=60 if marks & 1 else None,
        cached=bool(marks & 2),
        left_host=bool(marks & 4),
        to_root=bool(marks & 8),
        challenge=bool(marks & 16),
        suspended=bool(marks & 32),
        parked=bool(marks & 64),
        placeholder=bool(marks & 128),
        method=method,
        head_status=reader.pick((0, 200, 404)) if method == "GET" else 0,
    )


def _check_fair(facts: Facts, where: _Where, found: Verdict) -> None:
    ended = where.old_address and where.nxdomain  # no name leads there: silence ends it
    refused = facts.status in _REFUSED or facts.challenge
    silent = facts.error not in {None, ProbeError.NXDOMAIN} or 500 <= facts.status < 600
    if facts.error is None and refused:
        assert found not in _GONE, "a refusal is gone"
    if silent and not ended:
        assert found not in _GONE, "a silence is gone"
    if facts.error is not None or not 200 <= facts.status < 300:
        assert found is not Verdict.ONLINE, "what was not shown is online"


def _observed(facts: Facts, where: _Where) -> ReadObservation:
    """Return an observation as the second implementation reads it from the ledger."""
    seen = Observation(
        url_key="0" * 32,
        order_id="0" * 24,
        case_id="0" * 24,
        hoster="a",
        vantage="one",
        target=Target.URL,
        slot_at=0,
        sent_at=0,
        done_at=0,
        asked=("one",),
        facts=facts,
        hosters=("a",) if where.present else ("b",),
        nxdomain=where.nxdomain,
        old_address=where.old_address,
    )
    found = fact(msgspec.json.encode(seen))
    assert isinstance(found, ReadObservation)
    return found


def _plainly(beside: Sequence[Facts | None], controls: JudgingContext) -> VerdictContext:
    """Return what the second implementation judges the observation against."""
    random, root, before, once = (_beside(one) for one in beside)
    return VerdictContext(
        made_up_path=random,
        root=root,
        earlier_answer=before,
        earlier_made_up_path=once,
        is_root=controls.is_root,
        control_unhealthy=controls.control_unhealthy,
        unexplained=controls.unexplained,
    )


def _beside(facts: Facts | None) -> HttpAnswer | None:
    return None if facts is None else _observed(facts, _HERE).answer
