"""What the engine's benchmark works out from what it measured."""

import json
from types import SimpleNamespace

import audit
import figures
import job
import pytest


async def said(*outputs):
    for key, seq, n in outputs:
        yield SimpleNamespace(value=job.ENCODER.encode(job.Output(key, seq, n, 0)))


async def kept(*states):
    for key, value in states:
        yield SimpleNamespace(key=key, value=value)


async def test_a_run_without_a_fault_loses_and_doubles_nothing():
    """Each event has one output and the newest states count each event once."""
    outputs = said(("a", 0, 1), ("b", 1, 1), ("a", 2, 2))
    found = await audit.of_outputs(3, {"a": 2, "b": 1}, outputs)
    assert (found.lost, found.doubled, found.short, found.over) == (0, 0, 0, 0)


async def test_what_is_lost_and_what_is_doubled_does_not_cancel_out():
    """One event lost and another one doubled are both said, of outputs and of states."""
    outputs = said(("a", 0, 1), ("a", 0, 2), ("b", 1, 1))
    found = await audit.of_outputs(3, {"a": 1, "b": 2}, outputs)
    assert (found.lost, found.doubled, found.short, found.over) == (1, 1, 1, 1)


async def test_a_changelog_is_read_whatever_a_framework_puts_around_it():
    """Key and count are found in the records of each; the newest of a key counts."""
    states = kept(
        (b"k0000001", b'{"n":1,"total":3,"newest":4}'),
        (b'"k0000001"', b'{"n": 2, "total": 3}'),
        (b'k0000002|"held"', b'{"n":5}'),
        (b"k0000003", None),
    )
    truth = {"k0000001": 2, "k0000002": 4, "k0000003": 1}
    assert await audit.of_changelog(truth, states) == (1, 1)


def test_medians_are_taken_over_the_runs():
    """A slow run among three moves neither figure."""
    runs = [
        {"events": 1_000, "wall_s": 1.0, "cpu_s": 0.010},
        {"events": 1_000, "wall_s": 9.0, "cpu_s": 0.090},
        {"events": 1_000, "wall_s": 2.0, "cpu_s": 0.011},
    ]
    assert figures.of_runs(runs) == {"eps": 500, "cpu_us": 11.0}


@pytest.mark.parametrize("results", [{}, {"race": {"faust": {"reason": "not done in 15 s"}}}])
def test_the_last_line_has_every_key_and_null_for_what_was_not_measured(results):
    """A reader of the line finds the same keys in every mode."""
    line = json.loads(json.dumps(figures.summary(results)))
    assert set(line) == set(figures.SUMMARY_KEYS)
    assert set(line.values()) == {None}


def test_the_last_line_compares_at_one_durability():
    """Engine and bare loop are the transactional ones; the plain ones have keys of their own."""
    names = ("engine-tx", "hand-tx", "engine", "hand", "streams-eos", "quix", "faust")
    race = {name: {"eps": number} for number, name in enumerate(names, 1)}
    line = figures.summary({"race": race})
    keys = ("engine_eps", "hand_loop_eps", "engine_plain_eps", "hand_loop_plain_eps")
    peers = ("streams_eps", "quix_eps", "faust_eps")
    assert [line[key] for key in (*keys, *peers)] == [1, 2, 3, 4, 5, 6, 7]


def test_the_table_has_a_row_for_each_contestant_and_a_dash_for_what_failed():
    """Who failed stands in the table, without a figure."""
    race = {"quix": {"runs": [{}], "eps": 20_000, "cpu_us": 44.1}, "faust": {"reason": "exit 1"}}
    rows = figures.table({"race": race}).splitlines()
    assert "| quix | 1 | 20,000 | 44.1 | - | - | - | - | - | - |" in rows
    assert "| faust | 0 | - | - | - | - | - | - | - | - |" in rows


def test_delays_to_the_append_the_reader_and_the_gauge_stand_side_by_side():
    """All are of the transactional engine, measured in one run."""
    late = {"p50_ms": 20.5, "p99_ms": 52.5, "gauge_p50_ms": 50.5, "gauge_p99_ms": 90.5, "rate": 9}
    late["append_p99_ms"] = 40.5
    found = {"race": {"engine-tx": {"eps": 1, "cpu_us": 2}}, "latency": {"engine-tx": late}}
    line = figures.summary(found)
    assert (line["p99_ms"], line["gauge_p99_ms"]) == (52.5, 90.5)
    row = "| engine-tx | 0 | 1 | 2 | 40.5 | 20.5 | 52.5 | 50.5 | 90.5 | 9 |"
    assert row in figures.table(found)


def test_events_are_of_one_size_and_always_the_same():
    """Payload and truth of a run are the same in every process."""
    made = list(job.events(1_000))
    assert {len(job.ENCODER.encode(event)) for event in made} == {job.EVENT_BYTES}
    assert made == list(job.events(1_000))
    assert sum(state.n for state in job.truth(iter(made)).values()) == 1_000


def test_tables_are_put_between_the_marks_of_a_document_and_nowhere_else():
    """What stands around the marks stays; what stood between them goes, run after run."""
    begin, end = "<!-- bench-engine -->", "<!-- end of bench-engine -->"
    document = f"before\n{begin}\nold\n{end}\nafter\n"
    once = figures.put_into(document, "| new |\n")
    assert once == f"before\n{begin}\n\n| new |\n\n{end}\nafter\n"
    assert figures.put_into(once, "| new |\n") == once
    with pytest.raises(ValueError, match="no"):
        figures.put_into("no marks", "| new |\n")
