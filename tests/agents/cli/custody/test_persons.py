"""`hostwatch keys person`: who may sign is set by two, and each mistake ends in one line."""

import json
import stat

import pytest

from agents import cli

CREATE = ("keys", "person", "create")


def person(command, *arguments, by, out=None):
    """Return a command that a person signs."""
    where = ("--out", out) if out else ()
    return ("keys", "person", command, *arguments, "--person", f"{by}.pem", *where)


def test_the_first_two_are_two_and_are_set_once(hostwatch, found):
    """One card, one person twice, a stranger who proposes, a second founding: refused."""
    for cards, by, what in (
        (("anna.pem.card",), "anna", "no persons yet"),
        (("anna.pem.card", "anna.pem.card"), "anna", "two cards of two persons"),
        (("anna.pem.card", "bram.pem.card"), "cleo", "nobody who may sign"),
    ):
        code, said = hostwatch(*person("propose", *cards, by=by))
        assert (code, what in said) == (2, True)
    found()
    code, said = hostwatch("keys", "person", "list")
    assert code == 0
    listed = said
    for id in ("anna", "bram"):
        public = hostwatch("keys", "person", "show", f"{id}.pem")[1].strip()
        assert public in said
    code, said = hostwatch(*person("propose", "bram.pem.card", "cleo.pem.card", by="cleo"))
    assert (code, "has its first two" in said) == (2, True)
    code, said = hostwatch(*person("propose", "--end", "bram", by="anna", out="e.json"))
    assert (code, "two persons have to remain" in said) == (2, True)
    code, said = hostwatch(*person("propose", "cleo.pem.card", by="anna", out="c.json"))
    assert code == 0
    assert hostwatch(*person("confirm", "c.json", "--yes", by="bram"))[0] == 0
    assert "cleo (cleo): may not sign now" in hostwatch("keys", "person", "list")[1]
    rows = json.loads(hostwatch("keys", "person", "list", "--json", "-")[1])
    told = {row["id"]: (row["may_sign"], row["public_key"] in listed) for row in rows}
    assert told == {"anna": (True, True), "bram": (True, True), "cleo": (False, False)}


def test_a_key_is_its_owners_alone_and_the_card_is_for_all(tmp_path, monkeypatch, capsys):
    """The card has no secret; a key that is there is not overwritten."""
    monkeypatch.chdir(tmp_path)
    made = (*CREATE, "anna.pem", "--id", "anna", "--name", "Anna")
    assert cli.run(made) == 0
    assert stat.S_IMODE((tmp_path / "anna.pem").stat().st_mode) == 0o600
    card = json.loads((tmp_path / "anna.pem.card").read_text())
    assert card.keys() == {"id", "name", "public_key"}
    capsys.readouterr()
    assert cli.run(("keys", "person", "show", "anna.pem")) == 0
    assert capsys.readouterr().out.strip() == card["public_key"]
    before = (tmp_path / "anna.pem").read_bytes()
    assert cli.run(made) == 2
    assert (tmp_path / "anna.pem").read_bytes() == before


@pytest.mark.parametrize("id", ["", "Anna", "an na", "-anna", "\u00e1nna", "a" * 41, "anna\n"])
def test_an_id_that_is_none_makes_no_key(tmp_path, monkeypatch, capsys, id):
    """It would stand in keys of the registry, and no proposal could name it."""
    monkeypatch.chdir(tmp_path)
    assert cli.run((*CREATE, "anna.pem", f"--id={id}", "--name", "Anna")) == 2
    assert "--id: lower-case letters" in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]


def test_what_is_proposed_is_one_thing(tmp_path, monkeypatch, capsys):
    """Cards or an end, and at most two cards: said before the key or the broker is asked."""
    monkeypatch.chdir(tmp_path)
    assert cli.run((*CREATE, "anna.pem", "--id", "anna", "--name", "Anna")) == 0
    capsys.readouterr()
    for what in ((), ("anna.pem.card", "--end", "bram"), ("anna.pem.card",) * 3):
        assert cli.run(person("propose", *what, by="anna")) == 2
        assert "name two cards, one card, or --end ID" in capsys.readouterr().err
