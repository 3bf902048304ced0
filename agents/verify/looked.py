"""What one look says, by the table of docs/verdicts.md read from the top."""

from typing import Final, NamedTuple

from agents.verify.facts import Answer, Look
from schemas.case import (
    MARK_CHALLENGE,
    MARK_HEAD_DIFFERS,
    MARK_PARKED,
    MARK_PLACEHOLDER,
    MARK_SUSPENDED,
    MARK_TO_ROOT,
)
from schemas.reasons import ProbeError, Verdict

_REFUSED: Final = (401, 403, 451)
_NOTHING_THERE: Final = (404, 410)
_OF_ERROR: Final = {
    ProbeError.NXDOMAIN: Verdict.DNS_GONE,
    ProbeError.BLOCKED_POLICY_HOP: Verdict.BLOCKED,
    ProbeError.BLOCKED_POLICY_MIXED: Verdict.BLOCKED,
}
_OF_STATUS: Final = {
    404: Verdict.GONE_HARD,
    410: Verdict.GONE_HARD,
    429: Verdict.BLOCKED,
}
"""Every other one but those above says nothing of the content: unreachable."""


class Beside(NamedTuple):
    """What a look is judged against; None = there is no such look near in time."""

    random: Answer | None = None
    root: Answer | None = None
    before: Answer | None = None
    is_root: bool = False


class Said(NamedTuple):
    """A verdict, and three reasons that make a difference later.

    Attributes:
        elsewhere: the name's addresses belong to others, so it is nothing about this hoster.
        disabled: refused though the host's controls are healthy.
        unproven: as the control from the start.
    """

    verdict: Verdict
    elsewhere: bool = False
    disabled: bool = False
    unproven: bool = False


def same(a: Answer | None, b: Answer | None) -> bool:
    """Return whether both are complete and have one status, type, size class and Location."""
    if a is None or b is None or a.error is not None or b.error is not None:
        return False
    return a[1:5] == b[1:5]


def as_control(answer: Answer, control: Answer | None) -> bool:
    """Return whether an answer is the control's; lengths of a HEAD and a GET may be left out."""
    if control is None:
        return False
    by_head_and_get = answer.marked(MARK_HEAD_DIFFERS) != control.marked(MARK_HEAD_DIFFERS)
    if by_head_and_get and -1 in (answer.size, control.size):
        return same(answer._replace(size=0), control._replace(size=0))
    return same(answer, control)


def said(look: Look, beside: Beside) -> Said:
    """Return what a look says; one at the last known address is read once more."""
    found = _first_rule(look, beside)
    if not look.old_address:
        return found
    gone = found.verdict in (Verdict.GONE_HARD, Verdict.GONE_SOFT)
    if look.nxdomain and (gone or found.verdict is Verdict.UNREACHABLE):
        return Said(Verdict.DNS_GONE)
    if gone and not look.nxdomain:
        return Said(Verdict.MOVED)
    return found


def _first_rule(look: Look, beside: Beside) -> Said:
    answer = look.answer
    if answer.error is not None:
        return Said(_OF_ERROR.get(answer.error, Verdict.UNREACHABLE))
    if not look.present and not look.old_address:
        return Said(Verdict.MOVED, elsewhere=True)
    if answer.marked(MARK_CHALLENGE):
        return Said(Verdict.BLOCKED)
    if answer.status in _REFUSED:
        healthy = _healthy(beside.random) and _healthy(beside.root)
        return Said(Verdict.BLOCKED, disabled=healthy)
    if 200 <= answer.status < 300:
        return _of_success(answer, beside)
    return Said(_OF_STATUS.get(answer.status, Verdict.UNREACHABLE))


def _of_success(answer: Answer, beside: Beside) -> Said:
    if answer.marked(MARK_SUSPENDED):
        return Said(Verdict.GONE_HARD)
    if answer.marked(MARK_PARKED) or answer.marked(MARK_PLACEHOLDER):
        return Said(Verdict.GONE_SOFT)
    like_random = as_control(answer, beside.random)
    if not beside.is_root:
        like_root = answer.size >= 0 and same(answer, beside.root)
        if answer.marked(MARK_TO_ROOT) or (like_root and _differed(beside, beside.root)):
            return Said(Verdict.GONE_SOFT)
        if like_random and _differed(beside, beside.random):
            return Said(Verdict.GONE_SOFT)
    if like_random:
        return Said(Verdict.UNKNOWN, unproven=not beside.is_root)
    return Said(Verdict.ONLINE)


def _differed(beside: Beside, control: Answer | None) -> bool:
    return beside.before is not None and not same(beside.before, control)


def _healthy(control: Answer | None) -> bool:
    if control is None or control.error is not None or control.marked(MARK_CHALLENGE):
        return False
    return 200 <= control.status < 400 or control.status in _NOTHING_THERE
