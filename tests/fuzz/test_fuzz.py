"""The fuzz targets: their corpus, a short search, and that each oracle can fail."""

import dataclasses
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import fuzz_names
import fuzz_record
import fuzz_url
import fuzz_verdict
import msgspec
import pytest
from cryptography.x509.verification import VerificationError
from fresh_process import run
from fuzz_bytes import as_line, inputs
from hotline_records import ADMISSION

from agents.edges.dns import query
from agents.edges.http_probe import exchange, probe, probe_trace, tls
from schemas import packing
from schemas.closed_lists import Verdict
from schemas.identity import ids
from streams.probe.gate import GateDecision
from streams.verdicts.reasons import VerdictReason

SEARCH_RUNS = {
    "url": 8_000,
    "head": 8_000,
    "wire": 3_000,
    "tls": 1_000,
    "probe": 400,
    "verdict": 8_000,
    "names": 8_000,
    "record": 2_000,
}
"""Inputs tried for each target: one to two seconds, more or less."""

RUN = Path(__file__).parent / "run.py"


@pytest.mark.parametrize("target", SEARCH_RUNS)
def test_every_seed_and_every_input_that_once_failed_passes(target: str) -> None:
    """Every input that once failed, and every seed, passes."""
    check = import_module(f"fuzz_{target}").check
    found = inputs(target)
    assert found
    for data in found:
        check(data)


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris ships for Linux on x86-64 only")
@pytest.mark.parametrize("target", SEARCH_RUNS)
def test_a_short_search_of_the_fuzzer_finds_nothing(target: str, tmp_path: Path) -> None:
    """Some seconds of coverage-guided search find nothing; `make fuzz` searches for longer."""
    runs = f"-runs={SEARCH_RUNS[target]}"
    command = [sys.executable, str(RUN), target, str(tmp_path), runs, "-seed=1"]
    ran = run(command, timeout_s=240)
    assert ran.returncode == 0, ran.stdout[-2_000:] + ran.stderr[-2_000:]


def test_lines_hold_any_bytes() -> None:
    """An input written as a line of the corpus is read back as it was."""
    data = bytes(range(256))
    line = as_line(data)
    assert line.isascii()
    assert line.encode().decode("unicode_escape").encode("latin-1") == data


def fails(target: str) -> bool:
    """Return whether an oracle of a target fails on its corpus."""
    check = import_module(f"fuzz_{target}").check
    try:
        for data in inputs(target):
            check(data)
    except (AssertionError, msgspec.DecodeError, VerificationError):
        return True
    return False


def _open_gate(*_: object) -> GateDecision:
    return GateDecision(True, "public")


def _always(answer: Verdict) -> Callable[..., object]:
    return lambda *_: (answer, VerdictReason.ONLINE)


UNSEALED = dataclasses.replace(
    ADMISSION,
    keys=dataclasses.replace(ADMISSION.keys, seal=lambda raw, at, _: f"{at}.{raw.decode()}"),
)
"""A judge whose seal shows what it seals."""

BROKEN = (
    ("url", fuzz_url, "judge", _open_gate),
    ("url", ids, "plain_escapes", str.lower),
    ("url", ids, "undotted", lambda host: host.rstrip(".")),
    ("head", probe_trace, "listed", lambda said: said),
    ("head", probe_trace.headers, "age_s", lambda head: int(head.get(b"age", b"0")) - 10),
    ("wire", exchange, "min", lambda *limits: limits[0]),
    ("wire", exchange, "READ_BYTES_MAX", 100_000),
    ("tls", tls, "VerificationError", ArithmeticError),
    ("tls", tls.Certificates, "valid", lambda *_: True),
    ("probe", probe, "REDIRECTS_MAX", 9),
    ("probe", probe, "BYTES_MAX", 40_000),
    ("verdict", fuzz_verdict, "verdict", _always(Verdict.GONE_SOFT)),
    ("verdict", fuzz_verdict, "verdict", _always(Verdict.ONLINE)),
    ("names", fuzz_names, "read", lambda *asked: query.read("b.example", asked[1])),
    ("names", query, "CHAIN_MAX", 0),
    ("record", fuzz_record, "ADMISSION", UNSEALED),
    ("record", packing, "DECODE_ERRORS", ()),
)
"""Target, and what is put in place of what, so that one of its oracles has to fail."""


@pytest.mark.parametrize(("target", "owner", "name", "instead"), BROKEN)
def test_a_fault_in_the_code_is_noticed_on_the_corpus_alone(
    monkeypatch: pytest.MonkeyPatch, target: str, owner: object, name: str, instead: object
) -> None:
    """A fault put into the code is noticed on the corpus alone."""
    assert not fails(target)
    monkeypatch.setattr(owner, name, instead, raising=False)
    assert fails(target)
