"""What one observation says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.closed_lists import ProbeError, Verdict
from schemas.records.case_observations import (
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
from streams.verdicts.conditions import JudgingContext
from streams.verdicts.fingerprints import same_answer
from streams.verdicts.reasons import WORDING
from streams.verdicts.reasons import VerdictReason as Reason
from streams.verdicts.rules import AT_OLD_ADDRESS, RULES, verdict


def seen(status=200, type="image/jpeg", size=17, *, marks=0, error=None) -> Fingerprint:
    """Return the fingerprint of an answer, or of an error."""
    if error is not None:
        return Fingerprint(error, 0, "", -1, "", "", marks)
    return Fingerprint(None, status, type, size, "", "", marks)


def tagged(print, etag, status=200, marks=0):
    return replace(print, etag_key=etag, status=status, marks=marks)


PHOTO = seen()
PAGE = seen(type="text/html", size=12)
HOME = seen(type="text/html", size=15)
MISSING = seen(404, "text/html", 9)
FORBIDDEN = seen(403, "text/html", 9)
E = ProbeError
D = MARK_HEAD_DIFFERS
HERE = TRAIT_PRESENT
OLD = TRAIT_OLD_ADDRESS
NX = TRAIT_OLD_ADDRESS | TRAIT_NXDOMAIN
NO = JudgingContext()
SOUND = JudgingContext(made_up_path=MISSING, root=HOME, before=PHOTO)
SOFT = JudgingContext(made_up_path=PAGE, root=HOME, before=PHOTO)

CASES = (
    # what is seen, traits, controls, verdict, reason
    (PHOTO, HERE, NO, Verdict.ONLINE, Reason.ONLINE),
    (PHOTO, HERE, SOUND, Verdict.ONLINE, Reason.ONLINE),
    (PHOTO, HERE, SOFT, Verdict.ONLINE, Reason.ONLINE),
    (seen(206), HERE, NO, Verdict.ONLINE, Reason.ONLINE),
    (PAGE, HERE, SOUND, Verdict.ONLINE, Reason.ONLINE),
    # GET, where HEAD was answered otherwise
    (seen(marks=D), HERE, NO, Verdict.ONLINE, Reason.HEAD_DIFFERS),
    (seen(marks=D), HERE, SOUND, Verdict.ONLINE, Reason.HEAD_DIFFERS),
    (
        seen(marks=D),
        HERE,
        JudgingContext(made_up_path=seen(size=-1)),
        Verdict.UNKNOWN,
        Reason.SAME_FROM_START,
    ),
    (
        seen(marks=D),
        HERE,
        JudgingContext(made_up_path=seen(size=9)),
        Verdict.ONLINE,
        Reason.HEAD_DIFFERS,
    ),
    (
        seen(marks=D),
        HERE,
        JudgingContext(made_up_path=seen(size=-1, marks=D)),
        Verdict.ONLINE,
        Reason.HEAD_DIFFERS,
    ),
    (
        seen(type="text/html", size=12, marks=D),
        HERE,
        JudgingContext(made_up_path=seen(type="text/html", size=-1), before=PHOTO),
        Verdict.GONE_SOFT,
        Reason.LIKE_CONTROL,
    ),
    (seen(404, "text/html", 9, marks=D), HERE, SOUND, Verdict.GONE_HARD, Reason.NOT_FOUND),
    # the content's own headers with "not found"
    (seen(404), HERE, SOUND, Verdict.BLOCKED, Reason.CONTRADICTS),
    (seen(410), HERE, SOUND, Verdict.BLOCKED, Reason.CONTRADICTS),
    (seen(404, size=16), HERE, SOUND, Verdict.GONE_HARD, Reason.NOT_FOUND),
    (
        seen(404),
        HERE,
        JudgingContext(made_up_path=seen(404), before=PHOTO),
        Verdict.GONE_HARD,
        Reason.NOT_FOUND,
    ),
    (
        seen(404, size=-1),
        HERE,
        JudgingContext(before=seen(size=-1)),
        Verdict.GONE_HARD,
        Reason.NOT_FOUND,
    ),
    (
        tagged(PAGE, "a", 404),
        HERE,
        JudgingContext(before=PAGE),
        Verdict.GONE_HARD,
        Reason.NOT_FOUND,
    ),
    (
        tagged(PAGE, "a", 404),
        HERE,
        JudgingContext(before=tagged(PAGE, "a")),
        Verdict.BLOCKED,
        Reason.CONTRADICTS,
    ),
    # an answer of another shape, and what controls make of it
    (PAGE, HERE, JudgingContext(before=PHOTO, unexplained=True), Verdict.UNKNOWN, Reason.CHANGED),
    (
        seen(marks=MARK_TO_ROOT),
        HERE,
        JudgingContext(before=PHOTO, unexplained=True),
        Verdict.UNKNOWN,
        Reason.CHANGED,
    ),
    (PHOTO, HERE, JudgingContext(head_lies=True), Verdict.UNKNOWN, Reason.HEAD_LIES),
    (MISSING, HERE, JudgingContext(head_lies=True), Verdict.GONE_HARD, Reason.NOT_FOUND),
    (MISSING, HERE, JudgingContext(unexplained=True), Verdict.GONE_HARD, Reason.NOT_FOUND),
    (
        PAGE,
        HERE,
        JudgingContext(made_up_path=PAGE, before=PHOTO, made_up_before=MISSING),
        Verdict.BLOCKED,
        Reason.WHOLE_HOST_CHANGED,
    ),
    (
        PAGE,
        HERE,
        JudgingContext(made_up_path=PAGE, before=PHOTO, made_up_before=PAGE),
        Verdict.GONE_SOFT,
        Reason.LIKE_CONTROL,
    ),
    (
        tagged(PAGE, "", marks=MARK_TO_ROOT),
        HERE,
        JudgingContext(made_up_path=PAGE, before=PHOTO, made_up_before=MISSING),
        Verdict.BLOCKED,
        Reason.WHOLE_HOST_CHANGED,
    ),
    (seen(marks=D), OLD, NO, Verdict.ONLINE, Reason.HEAD_DIFFERS),
    (MISSING, HERE, NO, Verdict.GONE_HARD, Reason.NOT_FOUND),
    (seen(404, marks=MARK_TO_ROOT), HERE, NO, Verdict.GONE_HARD, Reason.NOT_FOUND),
    (seen(410), HERE, NO, Verdict.GONE_HARD, Reason.GONE),
    (seen(marks=MARK_SUSPENDED), HERE, NO, Verdict.GONE_HARD, Reason.SUSPENDED),
    (seen(marks=MARK_PARKED), HERE, NO, Verdict.GONE_SOFT, Reason.PARKED),
    (seen(marks=MARK_PLACEHOLDER), HERE, NO, Verdict.GONE_SOFT, Reason.PLACEHOLDER),
    (
        seen(marks=MARK_TO_ROOT),
        HERE,
        JudgingContext(made_up_path=MISSING),
        Verdict.GONE_SOFT,
        Reason.HOME_PAGE,
    ),
    (seen(marks=MARK_TO_ROOT), HERE, NO, Verdict.UNKNOWN, Reason.SAME_FROM_START),
    (
        seen(marks=MARK_TO_ROOT | MARK_LEFT_HOST),
        HERE,
        JudgingContext(made_up_path=MISSING, before=PHOTO),
        Verdict.UNKNOWN,
        Reason.ELSEWHERE,
    ),
    (HOME, HERE, SOUND, Verdict.ONLINE, Reason.ONLINE),
    (
        tagged(HOME, "h"),
        HERE,
        JudgingContext(made_up_path=MISSING, root=tagged(HOME, "h"), before=PHOTO),
        Verdict.GONE_SOFT,
        Reason.HOME_PAGE,
    ),
    (
        tagged(HOME, "h"),
        HERE,
        JudgingContext(made_up_path=MISSING, root=tagged(HOME, "i"), before=PHOTO),
        Verdict.ONLINE,
        Reason.ONLINE,
    ),
    (PAGE, HERE, SOFT, Verdict.GONE_SOFT, Reason.LIKE_CONTROL),
    (PAGE, HERE, JudgingContext(made_up_path=PAGE), Verdict.UNKNOWN, Reason.SAME_FROM_START),
    (
        PAGE,
        HERE,
        JudgingContext(made_up_path=PAGE, before=PAGE),
        Verdict.UNKNOWN,
        Reason.SAME_FROM_START,
    ),
    (HOME, HERE, JudgingContext(made_up_path=MISSING, root=HOME), Verdict.ONLINE, Reason.ONLINE),
    (
        seen(type="text/html", size=-1),
        HERE,
        JudgingContext(made_up_path=MISSING, root=seen(type="text/html", size=-1), before=PHOTO),
        Verdict.ONLINE,
        Reason.ONLINE,
    ),
    (
        PAGE,
        HERE,
        JudgingContext(made_up_path=PAGE, before=PHOTO, is_root=True),
        Verdict.UNKNOWN,
        Reason.ROOT,
    ),
    (
        seen(marks=MARK_TO_ROOT),
        HERE,
        JudgingContext(made_up_path=MISSING, is_root=True),
        Verdict.UNKNOWN,
        Reason.ROOT,
    ),
    (FORBIDDEN, HERE, NO, Verdict.BLOCKED, Reason.FORBIDDEN),
    (seen(401), HERE, NO, Verdict.BLOCKED, Reason.FORBIDDEN),
    (
        FORBIDDEN,
        HERE,
        JudgingContext(made_up_path=FORBIDDEN, root=HOME),
        Verdict.BLOCKED,
        Reason.FORBIDDEN,
    ),
    (FORBIDDEN, HERE, JudgingContext(made_up_path=MISSING), Verdict.BLOCKED, Reason.FORBIDDEN),
    (
        FORBIDDEN,
        HERE,
        JudgingContext(made_up_path=MISSING, root=seen(error=E.TIMEOUT)),
        Verdict.BLOCKED,
        Reason.FORBIDDEN,
    ),
    (FORBIDDEN, HERE, SOUND, Verdict.BLOCKED, Reason.URL_REFUSED),
    (seen(451, type="text/html", size=8), HERE, SOUND, Verdict.BLOCKED, Reason.URL_REFUSED),
    (seen(451), HERE, SOUND, Verdict.BLOCKED, Reason.LEGAL),  # with the picture's own headers
    (
        FORBIDDEN,
        HERE,
        JudgingContext(made_up_path=MISSING, root=HOME, control_unhealthy=True),
        Verdict.BLOCKED,
        Reason.FORBIDDEN,
    ),
    (seen(451), HERE, NO, Verdict.BLOCKED, Reason.LEGAL),
    (seen(429), HERE, SOUND, Verdict.BLOCKED, Reason.RATE_LIMITED),
    (seen(200, marks=MARK_CHALLENGE), HERE, NO, Verdict.BLOCKED, Reason.CHALLENGE),
    (seen(503, marks=MARK_CHALLENGE), HERE, NO, Verdict.BLOCKED, Reason.CHALLENGE),
    (seen(404, marks=MARK_CHALLENGE), HERE, NO, Verdict.BLOCKED, Reason.CHALLENGE),
    (seen(error=E.TIMEOUT), HERE, SOUND, Verdict.UNREACHABLE, Reason.TIMEOUT),
    (seen(error=E.RESET), HERE, NO, Verdict.UNREACHABLE, Reason.RESET),
    (seen(error=E.CONNECTION_REFUSED), HERE, NO, Verdict.UNREACHABLE, Reason.CONNECTION_REFUSED),
    (seen(error=E.TLS), HERE, NO, Verdict.UNREACHABLE, Reason.TLS),
    (seen(error=E.PROTOCOL), HERE, NO, Verdict.UNREACHABLE, Reason.PROTOCOL),
    (seen(error=E.TOO_LARGE), HERE, NO, Verdict.UNREACHABLE, Reason.PROTOCOL),
    (seen(error=E.TOO_MANY_REDIRECTS), HERE, NO, Verdict.UNREACHABLE, Reason.REDIRECTS),
    (
        seen(error=E.TIMEOUT, marks=MARK_SUSPENDED),
        HERE,
        NO,
        Verdict.UNREACHABLE,
        Reason.TIMEOUT,
    ),
    (seen(500), HERE, NO, Verdict.UNREACHABLE, Reason.SERVER_ERROR),
    (seen(503, marks=MARK_SUSPENDED), HERE, NO, Verdict.UNREACHABLE, Reason.SERVER_ERROR),
    (seen(302), HERE, NO, Verdict.UNREACHABLE, Reason.OTHER_STATUS),
    (seen(400), HERE, NO, Verdict.UNREACHABLE, Reason.OTHER_STATUS),
    (seen(999), HERE, NO, Verdict.UNREACHABLE, Reason.OTHER_STATUS),
    (seen(error=E.DNS_FAILURE), 0, NO, Verdict.UNREACHABLE, Reason.DNS_FAILURE),
    (seen(error=E.DNSSEC), 0, NO, Verdict.UNREACHABLE, Reason.DNSSEC),
    (seen(error=E.NXDOMAIN), TRAIT_NXDOMAIN, NO, Verdict.DNS_GONE, Reason.NAME_GONE),
    (PHOTO, 0, NO, Verdict.MOVED, Reason.MOVED),
    (MISSING, 0, NO, Verdict.MOVED, Reason.MOVED),
    (FORBIDDEN, 0, NO, Verdict.MOVED, Reason.MOVED),
    (seen(error=E.TIMEOUT), 0, NO, Verdict.UNREACHABLE, Reason.TIMEOUT),
    (seen(error=E.BLOCKED_POLICY), HERE, NO, Verdict.UNKNOWN, Reason.POLICY),
    (seen(error=E.BLOCKED_POLICY), NX, NO, Verdict.UNKNOWN, Reason.POLICY),
    (seen(error=E.BLOCKED_POLICY_HOP), HERE, SOUND, Verdict.BLOCKED, Reason.REDIRECT_TO_DENIED),
    (seen(error=E.RATE_LIMITED_HOP), HERE, SOUND, Verdict.BLOCKED, Reason.REDIRECT_RATE_LIMITED),
    (seen(error=E.BLOCKED_POLICY_HOP), 0, NO, Verdict.BLOCKED, Reason.REDIRECT_TO_DENIED),
    (seen(error=E.BLOCKED_POLICY_HOP), NX, NO, Verdict.BLOCKED, Reason.REDIRECT_TO_DENIED),
    (seen(error=E.BLOCKED_POLICY_MIXED), HERE, NO, Verdict.BLOCKED, Reason.REDIRECT_TO_DENIED),
    (seen(error=E.CLOCK), HERE, NO, Verdict.UNKNOWN, Reason.CLOCK),
    (seen(error=E.MISSED_POLITENESS), HERE, NO, Verdict.UNKNOWN, Reason.MISSED),
    (seen(error=E.MISSED_POLITENESS), NX, NO, Verdict.UNKNOWN, Reason.MISSED),
    # at the old address, the name pointing elsewhere
    (PHOTO, OLD, NO, Verdict.ONLINE, Reason.ONLINE),
    (MISSING, OLD, NO, Verdict.MOVED, Reason.LEFT),
    (PAGE, OLD, SOFT, Verdict.MOVED, Reason.LEFT),
    (FORBIDDEN, OLD, NO, Verdict.BLOCKED, Reason.FORBIDDEN),
    (seen(error=E.TIMEOUT), OLD, NO, Verdict.UNREACHABLE, Reason.TIMEOUT),
    # at the old address, the name gone
    (PHOTO, NX, NO, Verdict.ONLINE, Reason.ONLINE),
    (MISSING, NX, NO, Verdict.DNS_GONE, Reason.NAME_GONE),
    (seen(error=E.CONNECTION_REFUSED), NX, NO, Verdict.DNS_GONE, Reason.NAME_GONE),
    (FORBIDDEN, NX, NO, Verdict.BLOCKED, Reason.FORBIDDEN),
    (PAGE, NX, JudgingContext(made_up_path=PAGE), Verdict.UNKNOWN, Reason.SAME_FROM_START),
)


@pytest.mark.parametrize(("observed", "traits", "controls", "says", "why"), CASES)
def test_each_fact_pattern_has_its_verdict_and_reason(
    observed, traits, controls, says, why
) -> None:
    """Each fact pattern has the verdict and the reason that the design gives it."""
    assert verdict(observed, traits, controls) == (says, why)


def test_every_reason_is_reached_and_worded() -> None:
    """Every reason stands in a rule, in a case above and in one sentence."""
    assert {why for *_, why in CASES} == set(Reason)
    assert {rule.reason for rule in (*RULES, *AT_OLD_ADDRESS)} == set(Reason)
    assert set(WORDING) == set(Reason)
    assert all(text.endswith(".") and "\n" not in text for text in WORDING.values())


def test_every_error_has_a_rule_of_its_own() -> None:
    """No error falls through to the rules for answers, and only a lure is read as a refusal."""
    for error in ProbeError:
        for traits in (0, HERE, OLD):
            said, why = verdict(seen(error=error), traits, SOUND)
            assert said in (Verdict.UNKNOWN, Verdict.UNREACHABLE, Verdict.DNS_GONE) or (
                why in (Reason.REDIRECT_TO_DENIED, Reason.REDIRECT_RATE_LIMITED)
            )


prints = st.builds(
    Fingerprint,
    st.one_of(st.none(), st.sampled_from(ProbeError)),
    st.integers(0, 999),
    st.sampled_from(["", "text/html", "image/jpeg"]),
    st.integers(-1, 50),
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["", "e"]),
    st.integers(0, 511),
)
"""Any fingerprint."""
contexts = st.builds(
    JudgingContext,
    made_up_path=st.none() | prints,
    root=st.none() | prints,
    before=st.none() | prints,
    is_root=st.booleans(),
)
"""Anything to judge it against."""
GONE = (Verdict.GONE_HARD, Verdict.GONE_SOFT)


@given(prints, st.integers(0, 63), contexts)
def test_blocking_and_silence_are_never_gone(observed, traits, controls) -> None:
    """The rules are total, and what hides from the monitor is never taken for removal."""
    says, _ = verdict(observed, traits, controls)
    if observed.error is not None or observed.marks & MARK_CHALLENGE:
        assert says not in GONE
    if observed.error is None and (
        observed.status in (401, 403, 429, 451) or observed.status >= 500
    ):
        assert says not in (*GONE, Verdict.ONLINE)
        assert says is not Verdict.DNS_GONE or observed.status not in (401, 403, 429, 451)


@given(prints, contexts)
def test_equality_alone_never_proves_removal(observed, controls) -> None:
    """A 2xx without a mark is gone only if sightings before differed from the control."""
    says, why = verdict(observed, HERE, controls)
    if why is Reason.LIKE_CONTROL:
        assert controls.before is not None
        assert not same_answer(controls.before, controls.made_up_path)
    if controls.is_root and says in GONE:
        assert why not in (Reason.LIKE_CONTROL, Reason.HOME_PAGE)


@given(prints, prints)
def test_equal_is_symmetric_and_needs_two_answers(a, b) -> None:
    """Two errors are not the same answer."""
    assert same_answer(a, b) == same_answer(b, a)
    assert same_answer(a, a) == (a.error is None)
    assert not same_answer(a, None)
