"""`hostwatch keys person` and `skip` on a real broker: mistakes end in one line each."""

import asyncio

import pytest
from scratch_topics import scratch_settings

from agents import cli
from agents.edges.kafka.topic_admin import apply, wanted
from sim.demo.demo_settings import as_toml


@pytest.fixture
def hostwatch(bootstrap, tmp_path, capsys, monkeypatch):
    """Return what runs a command on a ledger of its own and gives its exit code and lines."""
    settings = scratch_settings(
        bootstrap, key_file=tmp_path / "keys.json", state_dir=tmp_path / "state"
    )
    config = tmp_path / "hostwatch.toml"
    config.write_text(as_toml(settings))
    monkeypatch.chdir(tmp_path)
    asyncio.run(apply(settings, wanted(settings)))

    def run(*arguments):
        code = cli.run(["--config", str(config), *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    for id in ("anna", "bram", "cleo"):
        assert run("keys", "person", "create", f"{id}.pem", "--id", id, "--name", id)[0] == 0
    return run


def person(command, *arguments, by, out=None):
    return ("keys", "person", command, *arguments, "--person", f"{by}.pem", *_out(out))


def _out(out):
    return ("--out", out) if out else ()


def found(hostwatch):
    assert hostwatch(*person("propose", "anna.pem.card", "bram.pem.card", by="anna"))[0] == 0
    assert hostwatch(*person("confirm", "proposal.json", "--yes", by="bram"))[0] == 0


SKIP = ("skip", "propose", "facts.v1", "0", "7", "--digest", "0" * 32, "--reason", "a test")


def test_a_skip_goes_from_one_person_to_another(hostwatch, tmp_path):
    """Founded, proposed, confirmed and listed; one that was changed on its way is not confirmed."""
    propose = (*SKIP, "--person", "anna.pem", "--out", "s.json")
    code, said = hostwatch(*propose)
    assert (code, "no persons yet" in said) == (2, True)
    found(hostwatch)
    code, said = hostwatch("keys", "person", "list")
    assert code == 0
    for id in ("anna", "bram"):
        public = hostwatch("keys", "person", "show", f"{id}.pem")[1].strip()
        assert public in said
    assert hostwatch(*propose)[0] == 0
    for by, what in (("anna", "another person has to confirm"), ("cleo", "nobody who may sign")):
        code, said = hostwatch("skip", "confirm", "s.json", "--person", f"{by}.pem", "--yes")
        assert (code, what in said) == (2, True)
    file = tmp_path / "s.json"
    sound = file.read_text()
    file.write_text(sound.replace("a test", "a tale"))
    code, said = hostwatch("skip", "confirm", "s.json", "--person", "bram.pem", "--yes")
    assert (code, "was changed" in said) == (2, True)
    code, said = hostwatch("keys", "person", "confirm", "s.json", "--person", "bram.pem", "--yes")
    assert (code, "another kind" in said) == (2, True)
    file.write_text(sound)
    code, said = hostwatch("skip", "confirm", "s.json", "--person", "bram.pem", "--yes")
    assert (code, "reason: a test" in said) == (0, True)
    code, said = hostwatch("skip", "list")
    assert (code, "a test" in said) == (0, True)


def test_the_first_two_are_two_and_are_set_once(hostwatch):
    """One card, one person twice, a stranger who proposes, a second founding: refused."""
    for cards, by, what in (
        (("anna.pem.card",), "anna", "no persons yet"),
        (("anna.pem.card", "anna.pem.card"), "anna", "two cards of two persons"),
        (("anna.pem.card", "bram.pem.card"), "cleo", "nobody who may sign"),
    ):
        code, said = hostwatch(*person("propose", *cards, by=by))
        assert (code, what in said) == (2, True)
    found(hostwatch)
    code, said = hostwatch(*person("propose", "bram.pem.card", "cleo.pem.card", by="cleo"))
    assert (code, "has its first two" in said) == (2, True)
    code, said = hostwatch(*person("propose", "--end", "bram", by="anna", out="e.json"))
    assert (code, "two persons have to remain" in said) == (2, True)
    code, said = hostwatch(*person("propose", "cleo.pem.card", by="anna", out="c.json"))
    assert code == 0
    assert hostwatch(*person("confirm", "c.json", "--yes", by="bram"))[0] == 0
    assert "cleo" in hostwatch("keys", "person", "list")[1]


@pytest.mark.parametrize(
    ("place", "what"),
    [
        (("nothing.v1", "0", "0"), "no topic of a ledger"),
        (("skips.v1", "0", "0"), "no topic of a ledger"),
        (("facts.v1", "99", "0"), "has no partition 99: it has 0 to 11"),
        (("facts.v1", "0", "0"), "no record stands there: it is empty"),
    ],
)
def test_only_a_record_that_is_there_is_set_aside(hostwatch, place, what):
    """A topic of another kind, a partition or an offset that is not there: said in one line."""
    found(hostwatch)
    assert hostwatch("keys", "create")[0] == 0
    asked = ("skip", "propose", *place, "--reason", "x", "--person", "anna.pem", "--out", "s.json")
    code, said = hostwatch(*asked)
    assert (code, what in said) == (2, True), said
