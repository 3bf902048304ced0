"""The contract: every topic's schema and examples say what the code takes."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec, contract
from schemas.closed_lists import Quarantine
from schemas.packing import StateJson
from schemas.records.case import UrlState
from schemas.records.hotline import RECORD_BYTES_MAX

FOLDER = Path(contract.__file__).parent
CONTRACTS = dict(contract.contracts())
NEWEST = {name: FOLDER / contract.newest(name, records) for name, records in CONTRACTS.items()}
VERSIONS = sorted(FOLDER.glob("*/v*"))
VALID = sorted(FOLDER.glob("*/v*/valid/*.json"))
INVALID = sorted(FOLDER.glob("*/v*/invalid/*.json"))
PACKED = {"dictionary", "packed.md"}
"""What describes the packed form of `cases`, beside its schema."""


def named(path: Path) -> str:
    return str(path.relative_to(FOLDER))


def of_newest(files: list[Path]) -> list[Path]:
    return [file for file in files if file.parent.parent in NEWEST.values()]


def schema_of(file: Path) -> Any:
    return json.loads((file.parent.parent / "schema.json").read_bytes())


def take(file: Path) -> Any:
    name = file.parts[-4]
    raw = file.read_bytes()
    return codec.decode_hotline(raw) if name == "hotline" else CONTRACTS[name].decode(raw)


@pytest.mark.parametrize("name", CONTRACTS)
def test_schema_is_what_the_records_say(name: str) -> None:
    """A newest schema equals the one its records give: `python -m schemas.contract`."""
    committed = (NEWEST[name] / "schema.json").read_bytes()
    assert committed == contract.schema(name, CONTRACTS[name])


@pytest.mark.parametrize("folder", VERSIONS, ids=named)
def test_schema_is_a_schema(folder: Path) -> None:
    """Every committed file is valid JSON Schema 2020-12, references and all."""
    document = json.loads((folder / "schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(document)


@pytest.mark.parametrize("folder", VERSIONS, ids=named)
@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_every_version_has_examples(folder: Path, kind: str) -> None:
    """A version without examples of both kinds is not described."""
    assert list((folder / kind).glob("*.json"))


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_version_ever_written_stays(name: str) -> None:
    """The ledger is kept for ever, so each version from 1 to the newest has its folder."""
    versions = {folder.name for folder in (FOLDER / name).iterdir()}
    assert versions == {f"v{number}" for number in range(1, CONTRACTS[name].version + 1)}


def test_an_older_version_is_never_changed() -> None:
    """What was written once is described for ever as it was then, byte for byte."""
    kept = (Path(__file__).parent / "frozen.sha256").read_text().splitlines()
    files = [
        file
        for folder in VERSIONS
        if folder not in NEWEST.values()
        for file in folder.rglob("*")
        if file.is_file()
    ]
    now = {f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {named(file)}" for file in files}
    assert now == set(kept)


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_kind_of_record_has_an_example(name: str) -> None:
    """Each member of a topic's union occurs among its newest valid examples."""
    record = CONTRACTS[name].record
    members = {UrlState} if record is StateJson else set(getattr(record, "__args__", (record,)))
    assert {type(take(file)) for file in (NEWEST[name] / "valid").glob("*.json")} == members


def test_no_file_is_left_over() -> None:
    """Nothing stands in the folder that no topic owns, so a renamed topic leaves no trace."""
    assert {folder.parent.name for folder in VERSIONS} == set(CONTRACTS)
    files = {file for folder in VERSIONS for file in folder.rglob("*") if file.is_file()}
    schemas = {folder / "schema.json" for folder in VERSIONS}
    packed = {FOLDER / "cases/v1" / name for name in PACKED}
    assert files == {*VALID, *INVALID, *schemas, *packed}


@pytest.mark.parametrize("file", VALID, ids=named)
def test_valid_examples_are_taken_and_come_back(file: Path) -> None:
    """A valid example of any version fits its schema, is read today, and survives writing."""
    records = CONTRACTS[file.parts[-4]]
    record = take(file)
    assert records.decode(records.encode(record)) == record
    example = json.loads(file.read_bytes())
    jsonschema.Draft202012Validator(schema_of(file)).validate(example)


@pytest.mark.parametrize("file", of_newest(INVALID), ids=named)
def test_invalid_examples_are_refused_for_the_reason_in_their_name(file: Path) -> None:
    """An invalid example is refused for exactly the reason its name begins with."""
    reason = Quarantine(file.stem.split("-")[0])
    with pytest.raises(codec.Rejected) as refused:
        take(file)
    assert refused.value.reason is reason


BEYOND_SCHEMA = {"malformed-time-without-zone", "malformed-cut-off"}
"""What JSON Schema does not see: a zone (a format, checked by few), and text that is no JSON."""


@pytest.mark.parametrize(
    "file", [file for file in INVALID if file.stem not in BEYOND_SCHEMA], ids=named
)
def test_invalid_examples_do_not_fit_the_schema(file: Path) -> None:
    """A reader in another language that trusts a version's schema refuses what we refuse."""
    validator = jsonschema.Draft202012Validator(schema_of(file))
    assert not validator.is_valid(json.loads(file.read_bytes()))


def test_a_record_over_the_limit_is_too_large() -> None:
    """The size is judged before anything is parsed, and the limit itself is still taken."""
    report = (NEWEST["hotline"] / "valid/report.json").read_bytes().strip()
    padded = report.ljust(RECORD_BYTES_MAX)
    assert codec.decode_hotline(padded) == codec.decode_hotline(report)
    with pytest.raises(codec.Rejected) as refused:
        codec.decode_hotline(padded + b" ")
    assert refused.value.reason is Quarantine.TOO_LARGE


def patterns(node: Any) -> Iterator[str]:
    """Give every pattern of a schema."""
    if isinstance(node, dict):
        if isinstance(found := node.get("pattern"), str):
            yield found
        for part in node.values():
            yield from patterns(part)
    elif isinstance(node, list):
        for part in node:
            yield from patterns(part)


@given(st.data())
def test_no_field_of_a_hotline_ends_in_a_line_feed(data: st.DataObject) -> None:
    """What a pattern takes it takes without a last line feed: it would part lines elsewhere."""
    schema = json.loads((NEWEST["hotline"] / "schema.json").read_bytes())
    pattern = data.draw(st.sampled_from(sorted(set(patterns(schema)))))
    text = data.draw(st.from_regex(pattern, fullmatch=True))
    assert re.search(pattern, text)
    assert not re.search(pattern, f"{text}\n")
