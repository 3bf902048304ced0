"""The key file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loose_keys import LooseKeys

from agents.edges.crypto.key_file import KeyFault, KeyFileError
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import KeyGone, KeyNotLoaded, MonthKey, NoKey, NotSealed, month_of
from schemas.identity.ids import canonical
from schemas.seal_context import bound_to

MARCH = 1_772_900_000_000
APRIL = MARCH + 31 * 86_400_000
HERE = bound_to("reports.v1", "ab" * 16, "sealed")


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    return LooseKeys.create(tmp_path_factory.mktemp("keys") / "folder" / "keys.json")


def _content(ring: Keyring) -> dict[str, dict[str, str | None]]:
    return json.loads(ring.file.read_text())


@given(st.binary(max_size=300), st.integers(0, 4 * 10**12))
def test_sealed_bytes_come_back(ring, raw, at):
    """What is sealed at any instant opens to the same bytes, and is different every time."""
    sealed = ring.seal_bytes(raw, at, HERE)
    assert ring.open_bytes(sealed, HERE).reveal() == raw
    assert ring.seal_bytes(raw, at, HERE) != sealed
    assert "=" not in sealed


@given(st.text(max_size=40))
def test_what_was_not_sealed_does_not_open(ring, text):
    """A text of any kind that this file did not seal is refused with the closed reason."""
    with pytest.raises((NotSealed, NoKey)):
        ring.open(text, HERE)


def test_every_change_of_a_sealed_text_is_noticed(ring):
    """Version, month, nonce, ciphertext and tag are all authenticated: no character may change."""
    sealed = ring.seal("text", MARCH, HERE)
    ring.seal("text", APRIL, HERE)
    for at, char in enumerate(sealed):
        other = "A" if char != "A" else "Q"
        with pytest.raises((NotSealed, NoKey)):
            ring.open(sealed[:at] + other + sealed[at + 1 :], HERE)


def test_another_file_opens_nothing(ring, tmp_path):
    """Months of one name in two files have different keys, and hashes different secrets."""
    other = LooseKeys.create(tmp_path / "other.json")
    with pytest.raises(NotSealed):
        other.open(ring.seal("text", MARCH, HERE), HERE)
    assert other.hash("p", "t") != ring.hash("p", "t")


def test_opened_text_does_not_print_itself(ring):
    """What comes out of the seal is wrapped, and no key shows in the ring's own text."""
    assert "text" not in repr(ring.open(ring.seal("text", MARCH, HERE), HERE))
    assert repr(_content(ring)["master"])[1:-1] not in repr(ring)


def test_file_is_private_and_never_overwritten(ring):
    """Only the owner may read the keys, and making them twice would orphan a ledger."""
    assert ring.file.stat().st_mode & 0o777 == 0o600
    before = ring.file.read_bytes()
    with pytest.raises(KeyFileError) as refused:
        Keyring.create(ring.file)
    assert refused.value.fault is KeyFault.EXISTS
    assert ring.file.read_bytes() == before


def test_destroyed_month_is_gone_and_others_stay(tmp_path):
    """A month without keys opens nothing and seals nothing; other months and hashes stay."""
    ring = LooseKeys.create(tmp_path / "k")
    march, april = ring.seal("a", MARCH, HERE), ring.seal("b", APRIL, HERE)
    name = ring.url_key(canonical("http://a.example/"))
    ring.put(202603, ())
    with pytest.raises(KeyGone):
        ring.open(march, HERE)
    with pytest.raises(KeyGone):
        ring.seal("c", MARCH, HERE)
    with pytest.raises(KeyGone):
        ring.key_of(march)
    assert ring.open(april, HERE).reveal() == "b"
    assert ring.url_key(canonical("https://A.example")) == name
    assert ring.months == {202603: False, 202604: True}
    assert ring.newest_at == 1_775_001_600_000


def test_a_month_with_several_keys_seals_with_the_first_and_opens_with_all(tmp_path):
    """Hosts with copies of an older release's file each made a key; nothing of them is lost."""
    ring, other = (Keyring.create(tmp_path / name) for name in "ab")
    first, second = (MonthKey(202603, bytes([n]) * 32) for n in (1, 2))
    ring.put(202603, [first, second])
    other.put(202603, [second])
    assert ring.open(other.seal("theirs", MARCH, HERE), HERE).reveal() == "theirs"
    assert ring.open(ring.seal("ours", MARCH, HERE), HERE).reveal() == "ours"
    with pytest.raises(NotSealed):
        other.open(ring.seal("ours", MARCH, HERE), HERE)


async def test_a_month_that_is_not_here_is_not_gone(ring, tmp_path):
    """Nobody makes a key by sealing or opening: it is asked of `keys.v1` first."""
    other = Keyring.create(tmp_path / "k")
    sealed = ring.seal("x", MARCH, HERE)
    with pytest.raises(KeyNotLoaded):
        other.open(sealed, HERE)
    with pytest.raises(KeyNotLoaded):
        other.seal("x", MARCH, HERE)
    with pytest.raises(KeyNotLoaded):
        await other.ready(MARCH, APRIL)
    assert not issubclass(
        KeyNotLoaded, KeyGone
    )  # whoever takes a text for destroyed asked `keys.v1`


def test_what_is_said_of_a_text_is_sealed_as_long_as_that(ring):
    """The key of a sealed text's month seals what is told about it, whenever that is."""
    march = ring.seal("text", MARCH, HERE)
    assert month_of(ring.key_of(march).seal(b"more", HERE)) == 202603


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"v":2}', b"[]"])
def test_damaged_file_is_said_to_be_damaged(tmp_path, content):
    """A file that is no key file ends in one line that does not repeat its content."""
    file: Path = tmp_path / "k"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(KeyFileError) as refused:
        Keyring.load(file)
    assert refused.value.fault is KeyFault.UNREADABLE


def test_missing_file_says_how_to_make_one(tmp_path):
    """The message for a missing file names the command."""
    with pytest.raises(KeyFileError, match="hostwatch keys create"):
        Keyring.load(tmp_path / "k")
