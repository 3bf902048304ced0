"""The key file."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import until

from agents.edges import keyfile
from agents.edges.keyfile import KeyFault, KeyFileError
from agents.edges.keys import KeyGone, Keyring
from agents.edges.sealing import NotSealed
from schemas.bound import Bound
from schemas.ids import canonical

MARCH = 1_772_900_000_000
APRIL = MARCH + 31 * 86_400_000
HERE = Bound("reports.v1", "ab" * 16, "sealed")


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    return Keyring.create(tmp_path_factory.mktemp("keys") / "folder" / "keys.json")


def _content(ring: Keyring) -> dict[str, dict[str, str | None]]:
    return json.loads(ring.file.read_text())


@given(st.binary(max_size=300), st.integers(0, 4 * 10**12))
def test_sealed_bytes_come_back(ring, raw, at):
    """What is sealed at any instant opens to the same bytes, and looks different every time."""
    sealed = ring.seal_bytes(raw, at, HERE)
    assert ring.open_bytes(sealed, HERE).reveal() == raw
    assert ring.seal_bytes(raw, at, HERE) != sealed
    assert "=" not in sealed


@given(st.text(max_size=40))
def test_what_was_not_sealed_does_not_open(ring, text):
    """A text of any kind that this file did not seal is refused with the closed reason."""
    with pytest.raises((NotSealed, KeyGone)):
        ring.open(text, HERE)


def test_every_change_of_a_sealed_text_is_noticed(ring):
    """Version, month, nonce, ciphertext and tag are all authenticated: no character may change."""
    sealed = ring.seal("text", MARCH, HERE)
    ring.seal("text", APRIL, HERE)
    for at, char in enumerate(sealed):
        other = "A" if char != "A" else "Q"
        with pytest.raises((NotSealed, KeyGone)):
            ring.open(sealed[:at] + other + sealed[at + 1 :], HERE)


def test_another_file_opens_nothing(ring, tmp_path):
    """Months of one name in two files have different keys, and hashes different secrets."""
    other = Keyring.create(tmp_path / "other.json")
    other.seal("x", MARCH, HERE)
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


def test_new_month_is_on_the_disk_before_it_is_used(tmp_path):
    """Another process that reads the file now opens what was sealed just now."""
    first = Keyring.create(tmp_path / "k")
    second = Keyring.load(tmp_path / "k")
    sealed = first.seal("text", MARCH, HERE)
    assert second.open(sealed, HERE).reveal() == "text"
    assert first.open(second.seal("back", APRIL, HERE), HERE).reveal() == "back"
    assert Keyring.load(tmp_path / "k").months == {"202603": True, "202604": True}
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600


def test_processes_share_one_key_a_month(tmp_path):
    """Processes that meet a new month at once agree on its key: each opens what all sealed."""
    file = tmp_path / "k"
    ring = Keyring.create(file)
    program = (
        "import sys; from pathlib import Path; from agents.edges.keys import Keyring\n"
        "from schemas.bound import Bound\n"
        f"HERE = {HERE!r}\n"
        "ring = Keyring.load(Path(sys.argv[1]))\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        f"print('\\n'.join(ring.seal('x', {MARCH} + m * 31 * 86400000, HERE) for m in range(12)))"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        output, _ = child.communicate(timeout=60)
        assert [ring.open(line, HERE).reveal() for line in output.split()] == ["x"] * 12


def test_destroyed_month_is_gone_and_never_made_anew(tmp_path):
    """A month set to null opens nothing and seals nothing; other months and hashes stay."""
    ring = Keyring.create(tmp_path / "k")
    march, april = ring.seal("a", MARCH, HERE), ring.seal("b", APRIL, HERE)
    name = ring.url_key(canonical("http://a.example/"))
    content = _content(ring)
    content["months"]["202603"] = None
    ring.file.write_text(json.dumps(content))
    again = Keyring.load(ring.file)
    with pytest.raises(KeyGone):
        again.open(march, HERE)
    with pytest.raises(KeyGone):
        again.seal("c", MARCH, HERE)
    assert again.open(april, HERE).reveal() == "b"
    assert again.url_key(canonical("https://A.example")) == name
    assert again.months == {"202603": False, "202604": True}


def test_a_key_destroyed_while_a_process_runs_is_gone_for_it(tmp_path):
    """Who has used the key before stops within the time between two looks at the file."""
    ring = Keyring.create(tmp_path / "k")
    march, april = ring.seal("a", MARCH, HERE), ring.seal("b", APRIL, HERE)
    assert ring.open(march, HERE).reveal() == "a"
    content = keyfile.read(ring.file)[0]
    months = {**content.months, "202603": None}
    keyfile.write(ring.file, msgspec.structs.replace(content, months=months))

    def gone() -> bool:
        try:
            ring.open(march, HERE)
        except KeyGone:
            return True
        return False

    assert until(gone)
    with pytest.raises(KeyGone):
        ring.seal("c", MARCH, HERE)
    assert ring.open(april, HERE).reveal() == "b"


def test_month_that_never_was_is_gone(ring, tmp_path):
    """A sealed text of a month this file does not know is reported as a key that is gone."""
    other = Keyring.create(tmp_path / "k")
    with pytest.raises(KeyGone):
        other.open(ring.seal("text", MARCH, HERE), HERE)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"v":2}', b"[]"])
def test_damaged_file_is_said_to_be_damaged(tmp_path, content):
    """A file that is no key file ends in one line that does not repeat its content."""
    file: Path = tmp_path / "k"
    file.write_bytes(content)
    with pytest.raises(KeyFileError) as refused:
        Keyring.load(file)
    assert refused.value.fault is KeyFault.UNREADABLE


def test_missing_file_says_how_to_make_one(tmp_path):
    """The message for a missing file names the command."""
    with pytest.raises(KeyFileError, match="hostwatch keys create"):
        Keyring.load(tmp_path / "k")


def test_crash_between_write_and_rename_changes_nothing(tmp_path):
    """A half-written new file beside the key file is passed over and replaced."""
    ring = Keyring.create(tmp_path / "k")
    (tmp_path / "k.new").write_bytes(b"half")
    (tmp_path / "k.new").chmod(0o644)
    assert ring.open(ring.seal("text", MARCH, HERE), HERE).reveal() == "text"
    assert ring.file.stat().st_mode & 0o777 == 0o600
