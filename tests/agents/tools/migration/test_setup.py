"""What a migration opens and seals with: every key of the ledger's hosts, and no others."""

import base64
import shutil

import msgspec
import pytest
from msgspec.structs import replace
from old_ledger import at, held, migrate, prefixes, topics

from agents.edges.crypto import key_file
from agents.edges.crypto.key_binding import bind_ledger
from agents.edges.crypto.key_file import KeyFileError
from agents.edges.crypto.key_table import wrapped
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.ledger_keys import LedgerKeys
from agents.edges.crypto.sealing import MonthKey, NotSealed, month_of
from agents.errors import UserError
from agents.tools.migration.setup import _Opener
from schemas import codec
from schemas.records.reports import ReportAccepted
from schemas.seal_context import reported_url

JANUARY = 1_768_000_000_000
BOUND, ELSEWHERE = reported_url("0" * 32), reported_url("1" * 32)


async def test_the_key_file_of_another_ledger_begins_nothing(ledger):
    """No topic of the copy is made, and the old ledger is as it was."""
    old, new = prefixes(ledger)
    content = msgspec.json.decode(ledger.settings.key_file.read_bytes())
    content["secret"] = "A" * len(content["secret"].rstrip("=")) + "="
    ledger.settings.key_file.write_bytes(msgspec.json.encode(content))
    before = await topics(ledger, old)
    with pytest.raises(KeyFileError, match="ledger"):
        await migrate(ledger)
    assert (await topics(ledger, new), await topics(ledger, old)) == ({}, before)


async def test_month_keys_of_another_host_are_bound_before(ledger, tmp_path):
    """Two hosts' copies of the key file made different keys for a month. Each is bound to the new
    prefix, where nothing but `keys.v1` stands yet, and then every text of either is opened.
    """
    content = key_file.read(ledger.settings.key_file)[0]
    new = at(ledger, prefixes(ledger)[1])
    other = tmp_path / "other.json"
    shutil.copy2(ledger.settings.key_file, other)
    month = max(month for month, held in content.months.items() if held is not None)
    raw = base64.urlsafe_b64decode(wrapped(content.master, month, b"k" * 32))
    key_file.write(
        ledger.settings.key_file, replace(content, months={**content.months, month: raw})
    )
    for host in (new.model_copy(update={"key_file": other}), new):
        table = await bind_ledger(host)
    assert len(table.months[month].wrapped) == 2
    assert await topics(ledger, prefixes(ledger)[1]) == {"keys.v1": 1}
    done = await migrate(ledger)
    assert done.removed
    keys = LedgerKeys(new)
    await keys.start()
    try:
        entries = [
            codec.REPORTS_ENTRY.decode(record.value) for record in await held(ledger, "reports.v1")
        ]
        reports = [entry for entry in entries if isinstance(entry, ReportAccepted)]
        opened = [
            keys.ring.open(report.sealed, reported_url(report.url_key)).reveal()
            for report in reports
            if keys.ring.months[month_of(report.sealed)]
        ]
    finally:
        await keys.stop()
    assert opened
    assert all(url.startswith("http") for url in opened)


@pytest.fixture
def ring(tmp_path) -> Keyring:
    """Return keys that have January's."""
    made = Keyring.create(tmp_path / "keys.json")
    made.put(202601, [MonthKey(202601, bytes(32))])
    return made


def test_a_text_is_sealed_anew_for_its_place_in_its_month(ring):
    """What it says stays, and at another place it does not open."""
    opener = _Opener(ring)
    sealed = opener.seal(b"http://a.example/", JANUARY, BOUND)
    again = opener.reseal(sealed, BOUND)
    assert again != sealed
    assert month_of(again) == month_of(sealed)
    assert opener.show(again, BOUND) == opener.show(sealed, BOUND) == "http://a.example/"
    with pytest.raises(NotSealed):
        opener.show(again, ELSEWHERE)


def test_what_a_destroyed_month_sealed_stays_as_it_is(ring):
    """It can be opened by nobody, so it is copied; nothing more is sealed in that month."""
    opener = _Opener(ring)
    sealed = opener.seal(b"http://a.example/", JANUARY, BOUND)
    ring.put(202601, [])
    assert opener.reseal(sealed, BOUND) == opener.show(sealed, BOUND) == sealed
    assert opener.seal(b"x", JANUARY, BOUND) == ""


def test_a_month_that_no_host_has_a_key_of_stops_the_copy(ring):
    """It would stand in the copy for ever as a text that nobody can open."""
    opener = _Opener(ring)
    later = MonthKey(202603, bytes(32)).seal(b"x", BOUND)
    with pytest.raises(UserError, match="use the newest key file"):
        opener.reseal(later, BOUND)
