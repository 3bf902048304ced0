"""A dossier is checked by two programs that share no code; both find whatever was changed."""

import importlib.util
import json
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from chain_records import OTHER_KEY, public
from dossier_mutations import CHANGES, mutations
from made_dossier import Made, made_dossier
from msgspec.structs import replace

from agents.tools.dossier import file_form
from agents.tools.dossier.check import findings
from schemas.dossier.dossier import Dossier
from schemas.reasons import NormVerdict
from schemas.signing import SignedKind, signed_bytes

SCRIPT = Path(__file__).parents[4] / "docs" / "verify_dossier.py"
LINES_MAX = 300


@pytest.fixture(scope="module")
def made(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Dossiers of a ledger with roots."""
    return made_dossier(bootstrap, tmp_path_factory.mktemp("dossier"))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The program for outsiders."""
    spec = importlib.util.spec_from_file_location("verify_dossier", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def both(script: ModuleType, raw: bytes, key: str | None = None) -> tuple[bool, bool]:
    """Return whether each of the two programs finds something."""
    return bool(findings(raw, key)), bool(script.findings(raw, key))


def missed(script: ModuleType, made: Made, number: int, seed: int) -> list[tuple[str, int]]:
    """Return the changes that one of the two programs does not find."""
    found, kinds = [], Counter[str]()
    for n, (kind, changed) in enumerate(mutations(made.raw, number, seed)):
        kinds[kind] += 1
        if both(script, changed, made.key) != (True, True):
            found.append((kind, n))
    assert kinds.keys() == CHANGES.keys()
    return found


def test_the_script_takes_nothing_from_the_product(script: ModuleType) -> None:
    """At most 300 lines; the standard library and `cryptography` alone."""
    lines = SCRIPT.read_text().splitlines()
    assert len(lines) <= LINES_MAX
    assert not any(
        line.startswith(("from agents", "from schemas", "from streams")) for line in lines
    )
    assert script.LISTS


def test_a_dossier_that_was_not_changed_is_right(made: Made, script: ModuleType) -> None:
    """By the published key, and without one."""
    whole = file_form.encode(made.all)
    for raw in (made.raw, whole):
        assert both(script, raw, made.key) == both(script, raw) == (False, False)


def test_every_change_is_found_by_both(made: Made, script: ModuleType) -> None:
    """200 changes of 8 kinds: bits, holes, cuts, rows left out or swapped, another's signature."""
    assert missed(script, made, 200, seed=1) == []


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_ten_thousand_changes_are_found_by_both(made: Made, script: ModuleType) -> None:
    """The same, for longer."""
    assert missed(script, made, 10_000, seed=2) == []


def resigned(dossier: Dossier) -> Dossier:
    """Return a dossier whose roots another key signed."""

    def by_another(root):
        root = replace(root, public_key=public(OTHER_KEY))
        signature = OTHER_KEY.sign(signed_bytes(SignedKind.ROOT, root.ledger, root)).hex()
        return replace(root, signatures=(replace(root.signatures[0], signature=signature),))

    hours = tuple(replace(one, root=by_another(one.root)) for one in dossier.hours)
    return replace(dossier, hours=hours, head=by_another(dossier.head))


def test_roots_that_another_key_signed_are_found(made: Made, script: ModuleType) -> None:
    """By the maker's signature; and by the published key, whoever signs the dossier then."""
    changed = file_form.encode(resigned(made.all))
    assert both(script, changed) == (True, True)
    said = findings(changed, made.key)
    assert any("not signed by the published key" in line for line in said)
    said = script.findings(changed, made.key)
    assert any("not signed by the published key" in line for line in said)


def found_by(case_change: dict[str, object], made: Made, script: ModuleType) -> tuple[int, int]:
    """Return how much each finds where a case was changed; one is the signature."""
    first = made.all.cases[0]
    changed = replace(made.all, cases=(replace(first, **case_change), *made.all.cases[1:]))
    raw = file_form.encode(changed)
    return len(findings(raw, made.key)), len(script.findings(raw, made.key))


def test_what_a_case_tells_is_held_against_its_records(made: Made, script: ModuleType) -> None:
    """A notice at another time, an observation left out, a verdict that does not follow."""
    case = made.all.cases[0]
    other = {
        NormVerdict.IN_TIME: NormVerdict.LATE,
        NormVerdict.LATE: NormVerdict.IN_TIME,
        NormVerdict.UNDETERMINED: NormVerdict.IN_TIME,
    }
    norm = replace(case.norms[0], verdict=other[case.norms[0].verdict])
    notice = replace(case.notices[0], noticed_at=case.notices[0].noticed_at + 1)
    place = replace(case.attributions[0].places[0], hoster="other")
    attribution = replace(case.attributions[0], places=(place,))
    for change in (
        {"notices": (notice, *case.notices[1:])},
        {"observations": case.observations[1:]},
        {"norms": (norm, *case.norms[1:])},
        {"attributions": (attribution, *case.attributions[1:])},
    ):
        assert min(found_by(change, made, script)) > 1, change.keys()


def test_the_commands_say_what_is_wrong(made: Made, script: ModuleType, tmp_path, capsys) -> None:
    """Exit code 0, 1 and 2; what is not JSON is a finding and no traceback."""
    file = tmp_path / "dossier.json"
    file.write_bytes(made.raw)
    assert script.main([str(file), "--key", made.key]) == 0
    assert script.main([str(file)]) == 0
    assert json.loads(made.raw)["head"]["public_key"] in capsys.readouterr().out
    file.write_bytes(made.raw[:-2])
    assert script.main([str(file)]) == 1
    for raw in (b"", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000):
        assert both(script, raw) == (True, True)
    assert script.main([]) == script.main([str(tmp_path / "none")]) == 2
    assert script.main([str(file), "--other", "x"]) == 2
