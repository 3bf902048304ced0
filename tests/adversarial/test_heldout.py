"""The held-out half is well-formed: its programs always answer and its labels alternate."""

import gzip
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from schemas.records.facts import Facts

HERE = Path(__file__).parent
DATA = HERE / "heldout.jsonl.gz"
Hours = Annotated[float, Meta(ge=0, le=400)]


class Reply(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a case's program, by the letter of README.md."""

    from_h: Hours
    facts: dict[str, object]
    to_h: Hours | None = None
    vantage: Literal["any", "loud", "quiet", "hidden"] = "any"
    target: Literal["any", "url", "random", "root"] = "any"
    chance: Annotated[float, Meta(gt=0, le=1)] = 1.0
    get: dict[str, object] | None = None
    nxdomain: bool = False
    present: bool = True
    canary_ok: bool = True


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """One case, by the letter of README.md."""

    id: str
    kind: str
    why: Annotated[str, Meta(min_length=20)]
    noticed_h: Hours | None
    follow_h: Annotated[float, Meta(ge=24, le=400)]
    root: bool
    answers: Annotated[list[Reply], Meta(min_length=1)]
    truth: Annotated[list[tuple[Hours, Literal["online", "gone"]]], Meta(min_length=1)]
    judgeable: bool


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    lines = gzip.decompress(DATA.read_bytes()).splitlines()
    return [msgspec.json.decode(line, type=Case) for line in lines]


def test_heldout_answers_have_the_fields_of_facts(cases: list[Case]) -> None:
    """Every answer is made of fields that a probe can write, each of its own type."""
    known = {field.name for field in msgspec.structs.fields(Facts)}
    for case in cases:
        for said in case.answers:
            for facts in (said.facts, said.get or said.facts):
                assert set(facts) <= known, case.id
                read = msgspec.convert(facts, Facts)
                assert read.error is None or read.status == 0, case.id
                assert read.error is not None or 200 <= read.status <= 999, case.id


def test_a_heldout_server_has_an_answer_for_every_probe(cases: list[Case]) -> None:
    """The last entry matches every probe, and no entry ends before it begins."""
    for case in cases:
        last = case.answers[-1]
        assert (last.from_h, last.to_h, last.vantage, last.target, last.chance) == (
            0,
            None,
            "any",
            "any",
            1,
        ), case.id
        for said in case.answers:
            assert said.to_h is None or said.to_h > said.from_h, case.id


def test_labels_of_a_case_alternate(cases: list[Case]) -> None:
    """Truth begins with the report, alternates and ends long enough before following does."""
    for case in cases:
        times = [at for at, _ in case.truth]
        states = [state for _, state in case.truth]
        assert times[0] == 0, case.id
        assert times == sorted(set(times)), case.id
        assert all(a != b for a, b in pairwise(states)), case.id
        assert len(times) == 1 or times[-1] <= case.follow_h - 48, case.id
        assert case.noticed_h is None or case.noticed_h < case.follow_h, case.id


def test_the_heldout_set_has_enough_cases_of_many_kinds(cases: list[Case]) -> None:
    """There are enough judgeable cases, of many kinds, plain ones among them, no kind too heavy."""
    judged = Counter(case.kind for case in cases if case.judgeable)
    assert len({case.id for case in cases}) == len(cases)
    assert judged.total() >= 1_200
    assert len(judged) >= 30
    plain = sum(count for kind, count in judged.items() if kind.startswith("plain_"))
    assert plain >= 0.15 * judged.total()
    assert max(judged.values()) <= 0.05 * judged.total()
