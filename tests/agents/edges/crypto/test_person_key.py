"""A person's key: for its owner alone, encrypted if wished, and no other file is taken for one."""

import os

import pytest

from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.person_key import PersonKey, PersonKeyError, card_of, genuine


def refuse():
    raise AssertionError("no passphrase is asked for")


def test_a_key_signs_and_only_its_public_key_agrees(tmp_path):
    """The file is for its owner; another message, key or signature does not fit."""
    file = tmp_path / "anna.pem"
    made = PersonKey.create(file)
    assert file.stat().st_mode & 0o777 == 0o600
    key = PersonKey.load(file, refuse)
    assert key.public_key == made.public_key
    signature = key.sign(b"message")
    assert genuine(key.public_key, signature, b"message")
    other = PersonKey.create(tmp_path / "bram.pem")
    assert not genuine(key.public_key, signature, b"massage")
    assert not genuine(other.public_key, signature, b"message")
    assert not genuine(key.public_key, other.sign(b"message"), b"message")
    assert not genuine(key.public_key, "00" * 63, b"message")


def test_a_passphrase_encrypts_the_file(tmp_path):
    """It is asked for where the file has one; a wrong one is said to be wrong."""
    file = tmp_path / "anna.pem"
    made = PersonKey.create(file, "open sesame")
    assert b"ENCRYPTED" in file.read_bytes()
    assert PersonKey.load(file, lambda: "open sesame").public_key == made.public_key
    with pytest.raises(PersonKeyError, match="passphrase is wrong"):
        PersonKey.load(file, lambda: "another")


def test_what_is_no_key_is_refused_in_one_line(tmp_path):
    """No key is overwritten; one that others may read, a missing or foreign file is refused."""
    file = tmp_path / "anna.pem"
    PersonKey.create(file)
    with pytest.raises(PersonKeyError, match="never overwritten"):
        PersonKey.create(file)
    file.chmod(0o640)
    with pytest.raises(PersonKeyError, match="chmod 600"):
        PersonKey.load(file, refuse)
    with pytest.raises(PersonKeyError, match="cannot be read"):
        PersonKey.load(tmp_path / "none.pem", refuse)
    foreign = Keyring.create(tmp_path / "keys.json").file
    with pytest.raises(PersonKeyError, match="is no key"):
        PersonKey.load(foreign, refuse)
    with pytest.raises(PersonKeyError, match="is no card"):
        card_of(foreign)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to root")
def test_a_key_that_is_mounted_as_a_secret_is_taken(tmp_path):
    """Kubernetes gives it to root and lets the pod's group read it; no other group may."""
    file = tmp_path / "roots.pem"
    PersonKey.create(file)
    file.chmod(0o440)
    assert PersonKey.load(file, refuse).public_key
    os.chown(file, 0, 54_321)
    with pytest.raises(PersonKeyError, match="chmod 600"):
        PersonKey.load(file, refuse)


def test_a_key_does_not_show_itself(tmp_path):
    """What is printed of it is its public key."""
    key = PersonKey.create(tmp_path / "anna.pem")
    assert repr(key) == f"PersonKey(public_key='{key.public_key}')"
