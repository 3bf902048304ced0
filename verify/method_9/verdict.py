"""What one observation says, by the table of docs/verdicts.md read from the top."""

from typing import Final, NamedTuple

from schemas.closed_lists import ProbeError, Verdict
from schemas.records.case_observations import (
    MARK_CHALLENGE,
    MARK_HEAD_DIFFERS,
    MARK_PARKED,
    MARK_PLACEHOLDER,
    MARK_SUSPENDED,
    MARK_TO_ROOT,
)
from verify.ledger.facts import HttpAnswer, Observation

_REFUSED: Final = (401, 403, 451)
_NOTHING_THERE: Final = (404, 410)
_OF_ERROR: Final = {
    ProbeError.NXDOMAIN: Verdict.DNS_GONE,
    ProbeError.BLOCKED_POLICY_HOP: Verdict.BLOCKED,
    ProbeError.BLOCKED_POLICY_MIXED: Verdict.BLOCKED,
    ProbeError.RATE_LIMITED_HOP: Verdict.BLOCKED,
}
_OF_STATUS: Final = {
    404: Verdict.GONE_HARD,
    410: Verdict.GONE_HARD,
    429: Verdict.BLOCKED,
}
"""Every other one but those above says nothing of the content: unreachable."""


class VerdictContext(NamedTuple):
    """What an observation is judged against; None = there is no such observation near in time.

    Attributes:
        earlier_answer: what the sightings before answered.
        earlier_made_up_path: what a made-up path answered beside them.
        control_unhealthy: when last probed, in the slot or before it, a control was not healthy.
        unexplained: another shape than the vantage's sightings, and no controls with or after it.
        head_unreliable: it is what HEAD alone got, of a server that gave GET something else.
    """

    made_up_path: HttpAnswer | None = None
    root: HttpAnswer | None = None
    earlier_answer: HttpAnswer | None = None
    earlier_made_up_path: HttpAnswer | None = None
    is_root: bool = False
    control_unhealthy: bool = False
    unexplained: bool = False
    head_unreliable: bool = False


class Said(NamedTuple):
    """A verdict, and four reasons that make a difference later.

    Attributes:
        elsewhere: the name's addresses belong to others, so it is nothing about this hoster.
        url_refused: refused though the host's controls are healthy.
        unproven: as the control from the start.
        unexplained: changed, and controls have still to show what it is.
    """

    verdict: Verdict
    elsewhere: bool = False
    url_refused: bool = False
    unproven: bool = False
    unexplained: bool = False


def head_contradicts_get(answer: HttpAnswer) -> bool:
    """Return whether GET was told that there is nothing, and HEAD something else."""
    return answer.marked(MARK_HEAD_DIFFERS) and answer.status in _NOTHING_THERE


def same(a: HttpAnswer | None, b: HttpAnswer | None) -> bool:
    """Return whether both are complete and have one status, type, size class and Location."""
    if a is None or b is None or a.error is not None or b.error is not None:
        return False
    return a[1:5] == b[1:5]


def as_control(answer: HttpAnswer, control: HttpAnswer | None) -> bool:
    """Return whether an answer is the control's; lengths of a HEAD and a GET may be left out."""
    if control is None:
        return False
    by_head_and_get = answer.marked(MARK_HEAD_DIFFERS) != control.marked(MARK_HEAD_DIFFERS)
    if by_head_and_get and -1 in (answer.size, control.size):
        return same(answer._replace(size=0), control._replace(size=0))
    return same(answer, control)


def said(observation: Observation, beside: VerdictContext) -> Said:
    """Return what an observation says; one at the last known address is read once more."""
    found = _first_rule(observation, beside)
    if not observation.old_address:
        return found
    gone = found.verdict in (Verdict.GONE_HARD, Verdict.GONE_SOFT)
    if observation.nxdomain and (gone or found.verdict is Verdict.UNREACHABLE):
        return Said(Verdict.DNS_GONE)
    if gone and not observation.nxdomain:
        return Said(Verdict.MOVED)
    return found


def _first_rule(observation: Observation, beside: VerdictContext) -> Said:
    answer = observation.answer
    if answer.error is not None:
        return Said(_OF_ERROR.get(answer.error, Verdict.UNREACHABLE))
    if not observation.present and not observation.old_address:
        return Said(Verdict.MOVED, elsewhere=True)
    contradicts = answer.status in _NOTHING_THERE and _is_content(answer, beside)
    if answer.marked(MARK_CHALLENGE) or contradicts:
        return Said(Verdict.BLOCKED)
    if answer.status in _REFUSED:
        controls_healthy = healthy(beside.made_up_path) and healthy(beside.root)
        around = controls_healthy and not beside.control_unhealthy
        return Said(Verdict.BLOCKED, url_refused=around and not _is_content(answer, beside))
    if 200 <= answer.status < 300:
        return _of_success(answer, beside)
    return Said(_OF_STATUS.get(answer.status, Verdict.UNREACHABLE))


def _of_success(answer: HttpAnswer, beside: VerdictContext) -> Said:
    if answer.marked(MARK_SUSPENDED):
        return Said(Verdict.GONE_HARD)
    if answer.marked(MARK_PARKED) or answer.marked(MARK_PLACEHOLDER):
        return Said(Verdict.GONE_SOFT)
    if beside.unexplained:
        return Said(Verdict.UNKNOWN, unexplained=True)
    return _of_likeness(answer, beside)


def _of_likeness(answer: HttpAnswer, beside: VerdictContext) -> Said:
    like_made_up_path = as_control(answer, beside.made_up_path)
    if not beside.is_root:
        earlier = beside.earlier_made_up_path
        turned = earlier is not None and not same(beside.made_up_path, earlier)
        if like_made_up_path and turned and _differed(beside, beside.made_up_path):
            return Said(Verdict.BLOCKED)  # all of the host changed: a wall, a fault or its end
        like_root = _has_tag_of(answer, beside) and same(answer, beside.root)
        home = answer.marked(MARK_TO_ROOT) or (like_root and _differed(beside, beside.root))
        if home or (like_made_up_path and _differed(beside, beside.made_up_path)):
            return Said(Verdict.GONE_SOFT)
    if like_made_up_path:
        return Said(Verdict.UNKNOWN, unproven=not beside.is_root)
    return Said(Verdict.UNKNOWN if beside.head_unreliable else Verdict.ONLINE)


def _differed(beside: VerdictContext, control: HttpAnswer | None) -> bool:
    return beside.earlier_answer is not None and not same(beside.earlier_answer, control)


def _has_tag_of(answer: HttpAnswer, beside: VerdictContext) -> bool:
    """Return whether the ETag is the root's, and was not that of the sightings."""
    root, earlier_answer = beside.root, beside.earlier_answer
    if root is None or not answer.etag_key or answer.etag_key != root.etag_key:
        return False
    return earlier_answer is None or earlier_answer.etag_key != answer.etag_key


def _is_content(answer: HttpAnswer, beside: VerdictContext) -> bool:
    """Return whether a "not found" has the headers of what was seen there."""
    earlier_answer, made_up_path = beside.earlier_answer, beside.made_up_path
    if earlier_answer is None or answer.size <= 0:
        return False
    kind = (answer.type, answer.size)
    if kind != (earlier_answer.type, earlier_answer.size):
        return False
    if answer.etag_key and answer.etag_key == earlier_answer.etag_key:
        return True
    if answer.type.startswith("text/"):
        return False
    return made_up_path is None or (made_up_path.type, made_up_path.size) != kind


def healthy(control: HttpAnswer | None) -> bool:
    """Return whether a control shows a host that answers the monitor as it answers anybody."""
    if control is None or control.error is not None or control.marked(MARK_CHALLENGE):
        return False
    return 200 <= control.status < 400 or control.status in _NOTHING_THERE
