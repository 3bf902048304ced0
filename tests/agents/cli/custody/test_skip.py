"""`hostwatch skip`: one person proposes, another confirms what was proposed and nothing else."""

import json

import pytest

from agents import cli

SKIP = ("skip", "propose", "facts.v1", "0", "7", "--digest", "0" * 32, "--reason", "a test")


def test_a_skip_goes_from_one_person_to_another(hostwatch, found, tmp_path):
    """Founded, proposed, confirmed and listed; one that was changed on its way is not confirmed."""
    propose = (*SKIP, "--person", "anna.pem", "--out", "s.json")
    code, said = hostwatch(*propose)
    assert (code, "no persons yet" in said) == (2, True)
    found()
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
    assert said.endswith("facts.v1 0 7: set aside\n")
    code, said = hostwatch("skip", "list")
    assert (code, "a test" in said, "anna, bram" in said) == (0, True, True)
    code, said = hostwatch("skip", "list", "--json", "-")
    (row,) = json.loads(said)
    assert (code, row["topic"], row["offset"], row["by"]) == (0, "facts.v1", 7, "anna, bram")


@pytest.mark.parametrize("digest", ["", "0" * 31, "0" * 33, "G" * 32, "A" * 32, "0" * 32 + "\n"])
def test_a_digest_that_no_log_has_is_refused(capsys, digest):
    """Before the broker or the key is asked: a skip of no record would be signed for ever."""
    asked = ("skip", "propose", "facts.v1", "0", "7", f"--digest={digest}")
    assert cli.run((*asked, "--reason", "a test", "--person", "none.pem")) == 2
    assert "--digest: 32 hex digits" in capsys.readouterr().err
