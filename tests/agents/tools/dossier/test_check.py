"""A dossier is checked by two programs that share no code; both find whatever was changed."""

import json
from collections import Counter
from types import ModuleType

import pytest
from chain_records import OTHER_KEY, public
from dossier_mutations import CHANGES, mutations
from made_dossier import Made, made_dossier
from msgspec.structs import replace
from outside_program import PROGRAM, outside_program

from agents.tools.dossier import file_form
from agents.tools.dossier.check import Known, findings
from schemas.dossier.dossier import Dossier, Stamp
from schemas.signing import SignedKind, signed_bytes

LINES_MAX = 300


@pytest.fixture(scope="module")
def made(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Dossiers of a ledger with roots."""
    return made_dossier(bootstrap, tmp_path_factory.mktemp("dossier"))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The program for outsiders."""
    return outside_program()


def both(script: ModuleType, raw: bytes, *keys: str) -> tuple[bool, bool]:
    """Return whether each of the two programs finds something."""
    return bool(findings(raw, Known(keys))), bool(script.findings(raw, keys))


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
    lines = PROGRAM.read_text().splitlines()
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
    said = findings(changed, Known((made.key,)))
    assert any("not signed by the published key" in line for line in said)
    said = script.findings(changed, (made.key,))
    assert any("not signed by the published key" in line for line in said)


def test_roots_of_an_old_and_a_new_key_are_right_by_both(made: Made, script, tmp_path) -> None:
    """Each key has to be said: by one of them alone something is wrong."""
    head = replace(made.all.head, public_key=public(OTHER_KEY))
    signature = OTHER_KEY.sign(signed_bytes(SignedKind.ROOT, head.ledger, head)).hex()
    head = replace(head, signatures=(replace(head.signatures[0], signature=signature),))
    assert all(one.root.public_key == made.key for one in made.all.hours)
    raw = file_form.encode(file_form.signed(replace(made.all, head=head), made.person))
    keys = made.key, public(OTHER_KEY)
    assert both(script, raw, *keys) == both(script, raw) == (False, False)
    assert both(script, raw, keys[0]) == both(script, raw, keys[1]) == (True, True)
    file = tmp_path / "dossier.json"
    file.write_bytes(raw)
    assert script.main([str(file), "--key", keys[0], "--key", keys[1]]) == 0
    assert script.main([str(file), "--key", keys[0]]) == 1


def test_without_openssl_a_timestamp_cannot_be_checked(
    made: Made, script, tmp_path, monkeypatch, capsys
) -> None:
    """Exit code 2 and one line: it is no finding, and no traceback."""
    file = tmp_path / "dossier.json"
    stamp = Stamp(hour_at=made.all.head.hour_at, response="")
    dossier = file_form.signed(replace(made.all, stamps=(stamp,)), made.person)
    file.write_bytes(file_form.encode(dossier))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert script.main([str(file), "--authority", "ca.pem"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "openssl" in line


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
    assert script.main([str(tmp_path / "none")]) == 2
    for said in ([], [str(file), "--other", "x"]):
        with pytest.raises(SystemExit, match="2"):
            script.main(said)
