"""Whether the gone verdicts since the newest sighting suffice for an end, and which.

Rules 4.1 to 4.4, 4.9 and 4.12 of docs/measurement.md, and 1.3 where the name has left.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from schemas.closed_lists import CaseClass
from schemas.moments import Instant
from streams.lifecycle.machine.case_history import End
from streams.lifecycle.machine.evidence_since_sighting import (
    EvidenceSinceSighting,
    GoneKind,
    VantageTally,
)
from streams.lifecycle.machine.vantages import Vantages
from streams.verdicts.confirmation_limits import CONFIRM_SPAN_MS

ALL_BUT_ONE_FROM: Final = 3
"""From so many required vantages on, one of them may have given no gone verdict at all."""


def confirmed_end(evidence: EvidenceSinceSighting, vantages: Vantages, at: Instant) -> End | None:
    """Return the end that the gone verdicts confirm at an instant, without L; None = not yet.

    All evidence is newer than the newest sighting, as each sighting begins it anew. The span
    tested first only spares work: `VantageTally.is_enough` says what of one vantage is enough.
    """
    first_at = min([tally.first_at for tally in evidence.gone.values()], default=at)
    if not evidence.control_probed or at - first_at < CONFIRM_SPAN_MS:
        return None
    required = vantages.required(at)
    left_at = vantages.presence.left_at(at)
    for state, kinds in _possible_ends(evidence, left=left_at is not None):
        tallies = {vantage: evidence.tally(vantage, kinds) for vantage in required}
        enough = [t for t in tallies.values() if t is not None and t.is_enough()]
        lacking = [v for v, t in tallies.items() if t is None or not t.is_enough()]
        if not enough or not (not lacking or _may_lack(evidence, required, lacking, enough)):
            continue
        gone_at = max(tally.first_at for tally in enough)
        if state is CaseClass.MOVED and left_at is not None:
            gone_at = max(gone_at, left_at)
        return End(
            state=state,
            last_seen_at=None,
            gone_at=gone_at,
            confirmed_at=at,
            announced_only=all(tally.announced for tally in enough),
            single_vantage=len(required) == 1,
        )
    return None


def _possible_ends(
    evidence: EvidenceSinceSighting, *, left: bool
) -> Iterator[tuple[CaseClass, Sequence[GoneKind]]]:
    """Yield the ends that evidence may come to, each with what counts for it.

    That the name does not exist is confirmed like a removal: by as many verdicts of its own. If the
    old IP address was not probed, they confirm no end. Who removed a DNS name is unknown, so that
    is never a removal. A move is one from the old address, so what was gone there before the name
    left counts too.
    """
    if evidence.old_address:
        yield CaseClass.DNS_ENDED, (GoneKind.NAME,)
    if left and any(kind is GoneKind.AWAY for (_, kind), _ in evidence.counting()):
        yield CaseClass.MOVED, (GoneKind.AWAY, GoneKind.HERE)
    yield CaseClass.REMOVED, (GoneKind.HERE,)


def _may_lack(
    evidence: EvidenceSinceSighting,
    required: frozenset[str],
    lacking: Sequence[str],
    enough: Sequence[VantageTally],
) -> bool:
    """Return whether the vantages that found it gone suffice without the lacking one.

    There is one such vantage at most, and it gave no gone verdict that counts. The others are in
    networks of different AS numbers.
    """
    if len(required) < ALL_BUT_ONE_FROM or len(lacking) > 1:
        return False
    return evidence.tally(lacking[0], tuple(GoneKind)) is None and _apart(enough)


def _apart(tallies: Sequence[VantageTally]) -> bool:
    """Return whether vantages are known to be in different networks, two by two.

    Two in one network are one to whoever wants to show them something else.
    """
    known = frozenset[int]().union(*(tally.networks for tally in tallies))
    return 0 not in known and len(known) == sum(len(tally.networks) for tally in tallies)
