"""The contract: every topic's schema and examples say what the code takes."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from schemas import codec, contract
from schemas.hotline import RECORD_BYTES_MAX
from schemas.reasons import Quarantine

FOLDER = Path(contract.__file__).parent
CONTRACTS = dict(contract.contracts())
VALID = sorted(FOLDER.glob("examples/*/valid/*.json"))
INVALID = sorted(FOLDER.glob("examples/*/invalid/*.json"))


def named(file: Path) -> str:
    return str(file.relative_to(FOLDER / "examples"))


def take(file: Path) -> Any:
    name = file.parent.parent.name
    raw = file.read_bytes()
    return codec.decode_hotline(raw) if name == "hotline.v1" else CONTRACTS[name].decode(raw)


@pytest.mark.parametrize("name", CONTRACTS)
def test_schema_is_what_the_records_say(name: str) -> None:
    """A committed schema equals the one its records give: `python -m schemas.contract`."""
    committed = (FOLDER / f"{name}.json").read_bytes()
    assert committed == contract.schema(name, CONTRACTS[name].record)


@pytest.mark.parametrize("name", CONTRACTS)
def test_schema_is_a_schema(name: str) -> None:
    """Every committed file is valid JSON Schema 2020-12, references and all."""
    document = json.loads((FOLDER / f"{name}.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(document)


@pytest.mark.parametrize("name", CONTRACTS)
@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_every_topic_has_examples(name: str, kind: str) -> None:
    """A topic without examples of both kinds is not described."""
    assert list((FOLDER / "examples" / name / kind).glob("*.json"))


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_kind_of_record_has_an_example(name: str) -> None:
    """Each member of a topic's union occurs among its valid examples."""
    record = CONTRACTS[name].record
    members = set(getattr(record, "__args__", (record,)))
    seen = {type(take(file)) for file in (FOLDER / "examples" / name / "valid").glob("*.json")}
    assert seen == members


def test_no_file_is_left_over() -> None:
    """Nothing stands in the folder that no topic owns, so a renamed topic leaves no trace."""
    assert {file.stem for file in FOLDER.glob("*.json")} == set(CONTRACTS)
    assert {folder.name for folder in (FOLDER / "examples").iterdir()} == set(CONTRACTS)
    files = {file for file in (FOLDER / "examples").rglob("*") if file.is_file()}
    assert files == {*VALID, *INVALID}


@pytest.mark.parametrize("file", VALID, ids=named)
def test_valid_examples_are_taken_and_come_back(file: Path) -> None:
    """A valid example decodes, fits its schema, and survives encoding and decoding unchanged."""
    name = file.parent.parent.name
    record = take(file)
    assert CONTRACTS[name].decode(CONTRACTS[name].encode(record)) == record
    document = json.loads((FOLDER / f"{name}.json").read_bytes())
    jsonschema.validate(json.loads(file.read_bytes()), document, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("file", INVALID, ids=named)
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
    """A reader in another language that trusts the schema refuses what we refuse."""
    document = json.loads((FOLDER / f"{file.parent.parent.name}.json").read_bytes())
    assert not jsonschema.Draft202012Validator(document).is_valid(json.loads(file.read_bytes()))


def test_a_record_over_the_limit_is_too_large() -> None:
    """The size is judged before anything is parsed, and the limit itself is still taken."""
    report = (FOLDER / "examples/hotline.v1/valid/report.json").read_bytes().strip()
    padded = report.ljust(RECORD_BYTES_MAX)
    assert codec.decode_hotline(padded) == codec.decode_hotline(report)
    with pytest.raises(codec.Rejected) as refused:
        codec.decode_hotline(padded + b" ")
    assert refused.value.reason is Quarantine.TOO_LARGE
