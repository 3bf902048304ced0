"""Probes that were made, read from the ledger; and whether it was there while they were."""

from dataclasses import replace

import pytest

from schemas.closed_lists import ProbeError, Target
from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.records.facts import Facts, Observation
from sim.oracle.made_probes import (
    ProbeTimes,
    is_there,
    probes_made,
    probes_written,
    seen_there,
    sent_at_of,
    suffices,
)
from sim.world.material import Material
from sim.world.world import WORLD_START
from streams.lifecycle import advance

AT = WORLD_START + 10 * HOUR_MS
ITEM = Material(
    hoster="amber",
    host="pics.amber.example",
    path="/a.jpg",
    url="http://pics.amber.example/a.jpg",
    since_at=WORLD_START,
    reported_at=WORLD_START,
    noticed_at=WORLD_START + HOUR_MS,
    removed_at=None,
    gaps=((AT, AT + HOUR_MS),),
    length=50_000,
)


def probe(sent_at, done_at=None, vantage="quiet", target=Target.URL):
    done_at = sent_at + 1_000 if done_at is None else done_at
    return ProbeTimes("amber", vantage, target, sent_at, sent_at, done_at, answered=True)


@pytest.mark.parametrize(
    ("sent_ms", "done_ms", "there"),
    [
        (-2, -1, True),
        (-1, 0, False),  # it went while the probe was under way
        (10, 20, False),
        (HOUR_MS - 1, HOUR_MS + 1, False),  # it came back while it was
        (-1, HOUR_MS + 1, False),  # it went and came back
        (HOUR_MS + 1, HOUR_MS + 2, True),
    ],
)
def test_it_was_there_if_it_was_all_the_time(sent_ms, done_ms, there):
    """Of anything else nobody can say what such a probe saw."""
    assert is_there(ITEM, probe(AT + sent_ms, AT + done_ms)) is there


def test_it_was_seen_if_every_vantage_probed_while_it_was_there():
    """Controls, silence, what was sent before, and other vantages' probes are no sighting."""
    after = AT + HOUR_MS
    loud, quiet = (probe(after + 1, vantage=vantage) for vantage in ("loud", "quiet"))
    both = ("loud", "quiet")
    assert seen_there(ITEM, [loud, quiet], both, after)
    for other in (
        quiet._replace(target=Target.ROOT),
        quiet._replace(answered=False),
        quiet._replace(vantage="hidden"),
        probe(AT - HOUR_MS),
    ):
        assert not seen_there(ITEM, [loud, other], both, after)


def test_probes_suffice_if_those_of_each_vantage_do():
    """Controls count for none of them."""
    times = [AT + minutes * MINUTE_MS for minutes in (0, 15, 31)]
    quiet, loud = ([probe(at, vantage=v) for at in times] for v in ("quiet", "loud"))
    assert suffices(quiet + loud, ("quiet", "loud"))
    assert not suffices(quiet + loud[:2], ("quiet", "loud"))
    assert not suffices([one._replace(target=Target.ROOT) for one in quiet], ("quiet",))


def observed(**changes):
    usual = {
        "url_key": "a" * 32,
        "order_id": "o",
        "case_id": "c",
        "hoster": "amber",
        "vantage": "quiet",
        "target": Target.URL,
        "slot_at": AT,
        "sent_at": AT + 1,
        "done_at": AT + 2,
        "facts": Facts(status=200),
    }
    return Observation(**(usual | changes))


def test_what_was_written_of_no_probe_is_none():
    """Nor is that of a vantage that could not probe; a record that came twice is one probe."""
    silent = observed(sent_at=AT + 5, done_at=AT + 9, facts=Facts(error=ProbeError.TIMEOUT))
    facts = [
        silent,
        observed(),
        observed(),
        observed(sent_at=AT + 3, facts=Facts(error=ProbeError.MISSED_POLITENESS)),
        observed(sent_at=AT + 4, canary_ok=False),
        observed(sent_at=AT + 6, done_at=AT + 10, old_address=True, nxdomain=True),
        "a resolution",
    ]
    made = ProbeTimes("amber", "quiet", Target.URL, AT, AT + 1, AT + 2, answered=True)
    late = made._replace(sent_at=AT + 5, done_at=AT + 9, answered=False)
    nameless = made._replace(sent_at=AT + 6, done_at=AT + 10, nameless=True)
    assert probes_written(facts) == (made, late, nameless)
    happened = [(fact, AT + HOUR_MS) for fact in facts if isinstance(fact, Observation)]
    assert probes_made(advance("a" * 32, None, happened)) == (made, late, nameless)


def test_r_is_when_a_probe_was_done_that_was_sent_before():
    """Where it is nobody's it is asked for at R itself."""
    made = [probe(AT, AT + 5), probe(AT + 1, AT + 5), probe(AT + 2, AT + 9)]
    assert sent_at_of(AT + 5, made) == AT
    assert sent_at_of(AT + 6, made) == AT + 6
    assert is_there(replace(ITEM, gaps=()), made[0])
