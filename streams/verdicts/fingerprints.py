"""Which parts of an answer a verdict rests on, and when two answers are the same."""

from collections.abc import Iterable

from msgspec.structs import replace

from schemas.records.case_observations import (
    MARK_AGED,
    MARK_CACHED,
    MARK_CHALLENGE,
    MARK_HEAD_DIFFERS,
    MARK_LEFT_HOST,
    MARK_PARKED,
    MARK_PLACEHOLDER,
    MARK_SUSPENDED,
    MARK_TO_ROOT,
    Fingerprint,
)
from schemas.records.facts import Facts


def fingerprint(facts: Facts) -> Fingerprint:
    """Return what of the facts a verdict rests on.

    A 206 to a GET that followed a HEAD with another answer has status 200 here: what is served in
    parts to GET is the same content.
    """
    differs = facts.head_status != 0 and facts.method == "GET"
    marks = (
        (MARK_LEFT_HOST if facts.left_host else 0)
        | (MARK_TO_ROOT if facts.to_root else 0)
        | (MARK_CHALLENGE if facts.challenge else 0)
        | (MARK_SUSPENDED if facts.suspended else 0)
        | (MARK_PARKED if facts.parked else 0)
        | (MARK_CACHED if facts.cached else 0)
        | (MARK_AGED if facts.age_s is not None else 0)
        | (MARK_PLACEHOLDER if facts.placeholder else 0)
        | (MARK_HEAD_DIFFERS if differs else 0)
    )
    return Fingerprint(
        error=facts.error,
        status=200 if differs and facts.status == 206 else facts.status,
        type=_type(facts),
        size_class=-1 if facts.length is None else facts.length.bit_length(),
        location_key=facts.location_key,
        etag_key=facts.etag_key,
        marks=marks,
    )


def _type(facts: Facts) -> str:
    """Return what tells a media type from others: of one that is not listed its hash too."""
    return f"{facts.type} {facts.type_key}" if facts.type_key else facts.type


def same_answer(a: Fingerprint | None, b: Fingerprint | None) -> bool:
    """Return whether both are complete answers and the same one.

    Same means status, media type, size class and Location; ETags vary on pages
    made anew for each request, so two that differ do not show that the content differs.
    """
    if a is None or b is None or a.error is not None or b.error is not None:
        return False
    return (a.status, a.type, a.size_class, a.location_key) == (
        b.status,
        b.type,
        b.size_class,
        b.location_key,
    )


def may_be_same_answer(a: Fingerprint, control: Fingerprint | None) -> bool:
    """Return whether an answer may be the control's: as `same_answer`, but for lengths that
    cannot be compared.

    Where one is an answer to GET and the other one to HEAD, a length that only one of them says
    tells them not apart: many servers leave it out of what they answer to HEAD.
    """
    if control is None or a.size_class == control.size_class:
        return same_answer(a, control)
    crossed = (a.marks ^ control.marks) & MARK_HEAD_DIFFERS
    if not crossed or -1 not in (a.size_class, control.size_class):
        return False
    return same_answer(replace(a, size_class=control.size_class), control)


def healthy(control: Fingerprint | None) -> bool:
    """Return whether a control shows that the host answers this vantage as it answers anybody."""
    return (
        control is not None
        and control.error is None
        and not control.marks & MARK_CHALLENGE
        and (200 <= control.status < 400 or control.status in (404, 410))
    )


def belies_head(seen: Fingerprint) -> bool:
    """Return whether GET was told "not found" and HEAD something else."""
    return seen.status in (404, 410) and bool(seen.marks & MARK_HEAD_DIFFERS)


def any_belies_head(seen: Iterable[Fingerprint]) -> bool:
    """Return whether one of some answers does."""
    return bool([one for one in seen if one.marks & MARK_HEAD_DIFFERS and belies_head(one)])
