"""What an answer shows of the origin: a proxy before it may hold an older copy, or refuse."""

import pytest

from schemas.closed_lists import ProbeError, Verdict
from schemas.moments import DAY_MS, HOUR_MS
from schemas.records.case_observations import (
    MARK_AGED,
    MARK_CACHED,
    TRAIT_PRESENT,
    Fingerprint,
)
from streams.lifecycle.evidence import probe_reading
from streams.lifecycle.evidence.probe_reading import is_alive, read_probe, sighted_at
from streams.verdicts.conditions import JudgingContext
from streams.verdicts.reasons import VerdictReason

PHOTO = Fingerprint(None, 200, "image/jpeg", 17, "", "", 0)
MISSING = Fingerprint(None, 404, "text/html", 9, "", "", 0)
SILENT = Fingerprint(ProbeError.TIMEOUT, 0, "", -1, "", "", 0)
NAMELESS = Fingerprint(ProbeError.DNS_FAILURE, 0, "", -1, "", "", 0)


@pytest.mark.parametrize(
    ("verdict", "marks", "through", "shown"),
    [
        (Verdict.ONLINE, 0, False, (Verdict.ONLINE, False)),
        (Verdict.ONLINE, MARK_CACHED | MARK_AGED, False, (Verdict.ONLINE, False)),
        (Verdict.ONLINE, MARK_CACHED, True, (Verdict.UNKNOWN, False)),
        (Verdict.ONLINE, MARK_CACHED | MARK_AGED, True, (Verdict.ONLINE, True)),
        (Verdict.GONE_HARD, MARK_CACHED, True, (Verdict.GONE_HARD, False)),
        (Verdict.BLOCKED, 0, True, (Verdict.UNKNOWN, False)),
        (Verdict.BLOCKED, 0, False, (Verdict.BLOCKED, False)),
    ],
)
def test_what_an_answer_shows_of_the_origin(verdict, marks, through, shown) -> None:
    """A server's own headers move nothing; behind a proxy a copy of unknown age shows nothing."""
    assert probe_reading.testimony((verdict, VerdictReason.ONLINE), marks, through=through) == shown


@pytest.mark.parametrize(("age_s", "back_ms"), [(0, 0), (3_600, HOUR_MS), (10**6, DAY_MS)])
def test_a_copy_counts_as_no_older_than_a_day(age_s: int, back_ms: int) -> None:
    """Whoever sets the header cannot date a sighting back more."""
    assert sighted_at(10 * DAY_MS, age_s, aged=True) == 10 * DAY_MS - back_ms
    assert sighted_at(10 * DAY_MS, age_s, aged=False) == 10 * DAY_MS


def test_what_an_observation_says() -> None:
    """Its verdict, whether its control differed, and where the name leads."""
    said = read_probe(PHOTO, TRAIT_PRESENT, JudgingContext(made_up_path=MISSING), through=False)
    assert (said.verdict, said.differs, said.dns_names_owner) == (Verdict.ONLINE, True, 1)
    assert not read_probe(MISSING, 0, JudgingContext(made_up_path=MISSING), through=False).differs
    assert read_probe(PHOTO, 0, JudgingContext(), through=False).dns_names_owner == 0
    assert read_probe(NAMELESS, 0, JudgingContext(), through=False).dns_names_owner == -1


@pytest.mark.parametrize(("control", "alive"), [(PHOTO, True), (MISSING, True), (SILENT, False)])
def test_a_control_s_answer_shows_that_the_host_lives(control: Fingerprint, alive: bool) -> None:
    """Whatever it says, but silence."""
    assert is_alive(control, TRAIT_PRESENT) is alive
