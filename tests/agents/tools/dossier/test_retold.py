"""A maker who may sign and lies: what each program finds, and what nothing in a file can show.

The table of docs/operator.md, Checking a dossier, says the same.
"""

import json
from types import ModuleType

import msgspec
import pytest
from ledger_events import (
    KEY,
    at,
    decision,
    notice,
    place,
    placed,
    report,
)
from made_dossier import Made, made_dossier
from msgspec.structs import replace
from outside_program import outside_program
from quoted_events import quoted
from signers import DAY, LEDGER, Signers

from agents.edges.crypto.person_key import genuine
from agents.tools.dossier import file_form
from agents.tools.dossier.check import Known, findings
from agents.tools.dossier.retold import differences
from schemas.closed_lists import CaseClass, NormVerdict, Verdict
from schemas.codec import DECISION, REGISTRY
from schemas.dossier.dossier import Dossier, DossierCase, QuotedRecord
from schemas.dossier.rows import WithdrawalRow
from schemas.moments import HOUR_MS
from schemas.records.facts import Decision
from schemas.records.registry import PersonEntry
from streams.dossier.cases import DossierScope, UnsealedFields, cases_of
from streams.dossier.for_the_hoster import together
from streams.dossier.vantages import vantage_rows
from streams.registry.signatories import DELAY_MS, Persons

AT = 1_700_000_000_000
DECIDED = Decision(
    id="d1", url_key="0" * 32, decided_at=AT, action="exclude", reason="a test of ours"
)


@pytest.fixture(scope="module")
def made(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Dossiers of a ledger with roots."""
    return made_dossier(bootstrap, tmp_path_factory.mktemp("dossier"))


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """The program for outsiders."""
    return outside_program()


def found(made: Made, program: ModuleType, changed: Dossier) -> tuple[bool, bool]:
    """Return whether each program finds something in a dossier that its maker signed anew."""
    raw = file_form.encode(file_form.signed(changed, made.person))
    return bool(findings(raw, Known((made.key,)))), bool(program.findings(raw, (made.key,)))


def of_case(dossier: Dossier, *, number: int = 0, **change: object) -> Dossier:
    """Return a dossier with another first case, or another one of this number."""
    cases = list(dossier.cases)
    cases[number] = replace(cases[number], **change)
    return replace(dossier, cases=tuple(cases))


def moved_row(case: DossierCase) -> dict[str, object]:
    """Quote a report as a withdrawal of another time."""
    row = case.reports[0]
    fields = {"record": row.record, "appended_at": row.appended_at, "hotline": row.hotline}
    moved = WithdrawalRow(**fields, withdrawn_at=case.reported_at + 7)
    return {"reports": (), "withdrawals": (moved,)}


def with_row(case: DossierCase, **change: object) -> dict[str, object]:
    """Change the first sighting."""
    rows = list(case.observations)
    number = next(n for n, row in enumerate(rows) if row.verdict is Verdict.ONLINE)
    rows[number] = replace(rows[number], **change)
    return {"observations": tuple(rows)}


def gone_rows(case: DossierCase) -> dict[str, object]:
    """Call whatever was no answer 2xx a sighting that is backed."""
    rows = [
        replace(row, verdict=Verdict.ONLINE, backed=True) if row.status == 404 else row
        for row in case.observations
    ]
    return {"observations": tuple(rows)}


BY_BOTH = {
    "a report under another list": lambda case, _: moved_row(case),
    "L that is no row's": lambda case, _: {"last_seen_at": (case.last_seen_at or 0) + 1},
    "R that is no row's": lambda case, _: {"gone_at": (case.gone_at or 0) + 1},
    "(L, R] that are no row's": lambda case, _: {"judged": (case.opened_at + 7, at(9) + 7)},
    "the clock of another case": lambda _, other: {"noticed_at": other.noticed_at},
    "no clock": lambda *_: {"noticed_at": None},
    "a verdict that does not follow": lambda case, _: {
        "norms": (replace(case.norms[0], verdict=NormVerdict.IN_TIME), *case.norms[1:]),
        "gone_at": None,
        "judged": None,
    },
    "a fine that nothing supports": lambda *_: {"supports_a_fine": True},
    "another's case": lambda *_: {"hoster": "other", "owner": "other"},
    "a field that its record has otherwise": lambda case, _: with_row(case, announced=False),
    "a sighting of an answer that was none": lambda case, _: gone_rows(case),
    "a row without a record": lambda case, _: {"reports": case.reports * 2},
    "a dispute": lambda *_: {"disputed_since": at(3)},
    "a record without a row": lambda case, _: {"observations": case.observations[1:]},
}
BY_TELLING_ANEW = {
    "another class": lambda *_: {"case_class": CaseClass.ONLINE},
    "another sighting's instant as L": lambda case, _: {
        "last_seen_at": sorted({o.sent_at for o in case.observations if o.verdict == "online"})[-2]
    },
    "a verdict of a row": lambda case, _: with_row(case, verdict=Verdict.UNKNOWN, backed=False),
    "the rule of a row": lambda case, _: with_row(case, rule="another"),
    "what backs a row": lambda case, _: with_row(case, backed=False),
    "what speaks for the hoster": lambda *_: {"speaks_for_the_hoster": ()},
    "flags": lambda *_: {"flags": ("bounced",)},
    "steps": lambda *_: {"steps": ()},
    "who saw it late": lambda *_: {"vantages_seen_late": (("north",), ())},
}


@pytest.mark.parametrize("lie", BY_BOTH)
def test_a_case_that_its_records_cannot_show_is_found_by_both(made, program, lie) -> None:
    """Whoever makes the dossier signs it, so its signature finds nothing."""
    case, other = made.all.cases[:2]
    changed = of_case(made.all, **BY_BOTH[lie](case, other))
    assert found(made, program, changed) == (True, True)


@pytest.mark.parametrize("lie", BY_TELLING_ANEW)
def test_a_case_that_is_another_by_the_rules_is_found_by_telling_it_anew(
    made, program, lie
) -> None:
    """The program for outsiders judges no answers: that it finds none of these stands in docs/."""
    other, case = made.all.cases[:2]
    changed = of_case(made.all, number=1, **BY_TELLING_ANEW[lie](case, other))
    assert changed != made.all
    assert found(made, program, changed) == (True, False)


def test_what_is_said_of_all_cases_is_found_by_telling_them_anew(made, program) -> None:
    """Other counts, other notes, another name or order, and cases that are left out or twice."""
    whole = made.all
    assert found(made, program, whole) == (False, False)
    for change in (
        {"speaks_for_the_hoster": ()},
        {"vantages": ()},
        {"notes": ()},
        {"method": "0"},
        {"cases": whole.cases[::-1]},
    ):
        assert found(made, program, replace(whole, **change)) == (True, False), change
    for change in (
        {"cases": whole.cases[1:]},
        {"cases": whole.cases * 2},
        {"as_of": whole.as_of + HOUR_MS},
        {"made_at": whole.records[0].at - 1},
        {"from_at": whole.to_at - 1},
        {"hoster": "other"},
        {"name": "Another"},
    ):
        assert found(made, program, replace(whole, **change)) == (True, True), change


def test_what_nothing_in_a_file_can_show_is_found_by_neither(made, program) -> None:
    """A case that is left out with its records, a text in clear: docs/operator.md says so."""
    whole, cases = made.all, made.all.cases[1:]
    left = replace(
        whole,
        cases=cases,
        records=tuple(one for one in whole.records if one.key != whole.cases[0].url_key),
        speaks_for_the_hoster=together(one.speaks_for_the_hoster for one in cases),
        vantages=vantage_rows(row for one in cases for row in one.observations),
    )
    assert found(made, program, left) == (False, False)
    clear = of_case(whole, opened="http://another.example/")
    assert found(made, program, clear) == (False, False)


def test_an_address_may_open_in_one_row_and_not_in_another(made) -> None:
    """The key of the first row's month is destroyed, and that of the second's is there."""
    places = [placed(hours, place(sealed=f"of-{hours}")) for hours in (0, 30)]
    records = quoted(report(seen=0), notice(1), *places)
    whole, first = made.all, made.all.records[0]
    wanted = DossierScope(whole.hoster, whole.from_at, whole.to_at, whole.as_of)
    opened = UnsealedFields(address=lambda _, one: "192.0.2.1" if one.address == "of-30" else "")
    told = cases_of(KEY, records, wanted, opened)
    assert [row.places[0].opened for row in told[0].attributions] == ["", "192.0.2.1"]
    quoted_ones = tuple(
        replace(
            first,
            topic=one.position.topic,
            offset=one.position.offset,
            at=one.at,
            key=KEY,
            value=msgspec.json.encode(one.said).decode(),
        )
        for one in records
    )
    dossier = replace(whole, records=quoted_ones, cases=tuple(told))
    lines = [*differences(dossier, Persons(genuine))]
    assert not [line for line in lines if line.startswith("case")]


def entries(made: Made) -> list[PersonEntry]:
    """Return the entries of persons that a dossier quotes."""
    found = [REGISTRY.decode(one.value) for one in made.all.records if one.topic == "registry.v1"]
    return [one for one in found if isinstance(one, PersonEntry)]


def test_persons_are_the_ledgers_and_the_founders_those_that_were_published(made, program) -> None:
    """An entry of a person that is left out, and founders that are others."""
    whole, first = made.all, [one.public_key for one in entries(made)]
    raw = file_form.encode(whole)
    assert findings(raw, Known(founders=first)) == program.findings(raw, (), first) == []
    other = ["0" * 64]
    assert findings(raw, Known(founders=other))
    assert program.findings(raw, (), other)
    kept = tuple(
        one
        for one in whole.records
        if one.topic != "registry.v1" or f'"id":"{whole.person}"' not in one.value
    )
    assert len(kept) < len(whole.records)
    assert found(made, program, replace(whole, records=kept)) == (True, True)


def test_both_say_of_every_instant_alike_who_might_sign(program) -> None:
    """Ended keys, versions that stand there twice, entries that two did not sign."""
    signers = Signers("anna", "bram", "cleo", "dirk", "eve")
    both = ("anna", "bram")
    told = [(one, AT) for one in signers.founding(*both)]
    told += [(one, AT + 1) for one in signers.founding("dirk", "eve")]  # of a second pair
    told += [
        (signers.entry("cleo", by=both), AT + DAY),
        (signers.entry("cleo", by=both, key="dirk"), AT + DAY),  # the version is there
        (signers.entry("dirk", by=("anna", "dirk")), AT + DAY),
        (signers.entry("eve", by=both, ledger="0" * 32), AT + DAY),
        (signers.entry("anna", by=both, version=2, ends_at=AT + 5 * DAY), AT + 2 * DAY),
        (signers.entry("bram", by=both, version=3, key="eve"), AT + 6 * DAY),  # anna had ended
        (signers.entry("bram", by=("bram", "cleo"), version=3, key="eve"), AT + 6 * DAY),
        (signers.entry("bram", by=("bram", "cleo"), version=2), AT + 7 * DAY),  # an older one
    ]
    persons = Persons(genuine)
    for entry, when in told:
        persons.add(entry, when)
    records = [
        {"topic": "registry.v1", "at": when, "value": REGISTRY.encode(entry).decode()}
        for entry, when in told
    ]
    theirs = program.Persons(records)
    moments = {when + more for _, when in told for more in (-1, 0, 1, DELAY_MS - 1, DELAY_MS)}
    for instant in sorted(moments | {AT + 5 * DAY - 1, AT + 5 * DAY}):
        mine = {id: one.public_key for id, one in persons.at(instant).items()}
        assert theirs.at(instant) == mine, instant
    assert set(theirs.founders.values()) == {one.public_key for one in persons.founders}
    assert theirs.ledger == persons.ledger == LEDGER


def test_whose_key_had_ended_when_it_was_made_is_found_by_both(made, program) -> None:
    """By the entry that ended it; an entry that is left out, nothing in a file can show."""
    signers, ends_at = Signers("anna", "bram"), AT + 5 * DAY
    told = [(one, AT) for one in signers.founding("anna", "bram")]
    told.append((signers.entry("anna", by=("anna", "bram"), version=2, ends_at=ends_at), AT + DAY))
    first = made.all.records[0]
    records = [
        replace(first, topic="registry.v1", offset=n, at=when, value=REGISTRY.encode(one).decode())
        for n, (one, when) in enumerate(told)
    ]
    dossier = replace(made.all, person="anna", public_key=signers.public("anna"))
    for quoted_ones, made_at, said in (
        (records, ends_at - 1, False),
        (records, ends_at, True),
        (records[:2], ends_at, False),
    ):
        raw = file_form.encode(replace(dossier, records=tuple(quoted_ones), made_at=made_at))
        for lines in (findings(raw), program.findings(raw)):
            assert any(line.startswith("whoever signed") for line in lines) == said


def test_a_decision_that_two_persons_did_not_sign_is_found_by_both(made, program) -> None:
    """It stood in the ledger and had no effect; the dossier quotes it as one that had."""
    signers = Signers("anna", "bram", "cleo")
    signers.found("anna", "bram", at=AT)
    case, first = made.all.cases[0], made.all.records[0]
    for by, said in (((), True), (("anna", "cleo"), True), (("anna", "bram"), False)):
        one = signers.sign(replace(DECIDED, url_key=case.url_key), *by)
        value = DECISION.encode(one).decode()
        record = replace(first, topic="decisions.v1", key=case.url_key, value=value, at=AT + DAY)
        dossier = replace(made.all, records=(record, *made.all.records))
        lines = [line for line in differences(dossier, signers.persons) if "signed" in line]
        assert bool(lines) == said
        assert bool(list(by_outsiders(program, signers, record, dossier))) == said


def test_until_when_a_decision_needed_no_signatures_both_say_alike(made, program) -> None:
    """Till the first two persons might sign: at once in a new ledger, else ten minutes later."""
    case, first = made.all.cases[0], made.all.records[0]
    one, _ = decision(0)
    value = DECISION.encode(replace(one, url_key=case.url_key)).decode()
    for valid_from, later, said in ((0, -1, False), (0, 0, True), (AT, DELAY_MS - 1, False)):
        signers = Signers("anna", "bram")
        for entry in signers.founding("anna", "bram", valid_from=valid_from):
            signers.persons.add(entry, AT)
        record = replace(first, topic="decisions.v1", key=case.url_key, value=value, at=AT + later)
        dossier = replace(made.all, records=(record, *made.all.records))
        lines = [line for line in differences(dossier, signers.persons) if "signed" in line]
        theirs = by_outsiders(program, signers, record, dossier, valid_from)
        assert (bool(lines), bool(theirs)) == (said, said), (valid_from, later)


def by_outsiders(
    program: ModuleType,
    signers: Signers,
    record: QuotedRecord,
    dossier: Dossier,
    valid_from: int = 0,
) -> list[str]:
    """Return what the other program says of a decision's signatures."""
    told = [(one, AT) for one in signers.founding("anna", "bram", valid_from=valid_from)]
    persons = program.Persons(
        [
            {"topic": "registry.v1", "at": when, "value": REGISTRY.encode(entry).decode()}
            for entry, when in told
        ]
    )
    doc = json.loads(file_form.encode(dossier))
    records = {"decisions.v1/0/0": json.loads(msgspec.json.encode(record))}
    return [
        line
        for line in program.check_cases(doc | {"cases": []}, records, persons)
        if "signed" in line
    ]
