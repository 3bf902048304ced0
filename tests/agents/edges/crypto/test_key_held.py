"""Texts that a legal hold keeps: sealed under its own key, each once, gone with the hold."""

import pytest
from msgspec.structs import replace

from agents.edges.crypto import key_held
from agents.edges.crypto.key_file import KeyFault, KeyFileError, name_of
from agents.edges.crypto.key_held import Holds, held_texts, rewrapped_holds
from agents.edges.crypto.key_table import KeyTable
from agents.edges.crypto.sealing import NotSealed
from agents.errors import UserError
from schemas.records.custody import SealedKind

KEY, OTHER = "0" * 32, "1" * 32
OLD, NEW = b"o" * 32, b"n" * 32
MASTERS = {name_of(OLD): OLD}
TO = (name_of(NEW), NEW)
URL, IDS = (SealedKind.URL, b"http" + b"://a.example/x"), (SealedKind.IDS, b"{}")


def made(table=None, holds=None, masters=MASTERS, to=TO):
    """Return the records by URL."""
    found = rewrapped_holds(table or KeyTable(), masters, to, holds or Holds())
    return {one.url_key: one for one in found}


def test_a_text_is_kept_once_and_opens_under_the_new_master_alone():
    """More texts of a later month come behind; the hold's own key stays."""
    first = made(holds=Holds({KEY}, {KEY: [URL, IDS, URL]}))[KEY]
    newest = {name_of(NEW): NEW}
    assert held_texts(newest, first) == [URL, IDS]
    with pytest.raises(KeyFileError) as refused:
        held_texts(MASTERS, first)
    assert refused.value.fault is KeyFault.OUTDATED
    table = KeyTable(held={KEY: first})
    more = (SealedKind.ADDRESS, b"192.0.2.1")
    then = made(table, Holds({KEY}, {KEY: [URL, more]}), newest, (name_of(OLD), OLD))[KEY]
    assert held_texts(MASTERS, then) == [URL, IDS, more]
    assert then.texts[:2] == first.texts


def test_a_hold_that_does_not_stand_keeps_neither_key_nor_text():
    """Where it is not known which stand, all do."""
    table = KeyTable(held=made(holds=Holds({KEY}, {KEY: [URL]})))
    newest = {name_of(NEW): NEW}
    gone = made(table, Holds(frozenset()), newest)[KEY]
    assert (gone.wrapped, gone.texts) == ("", ())
    assert held_texts(newest, gone) == []
    assert held_texts(newest, made(table, Holds(), newest)[KEY]) == [URL]
    assert made(KeyTable(held={KEY: gone}), Holds({KEY}), newest) == {}
    again = made(KeyTable(held={KEY: gone}), Holds({KEY}, {KEY: [IDS]}), newest)[KEY]
    assert held_texts(newest, again) == [IDS]


def test_a_text_moved_to_another_url_or_kind_does_not_open():
    """As in the ledger."""
    record = made(holds=Holds({KEY}, {KEY: [URL]}))[KEY]
    newest = {name_of(NEW): NEW}
    with pytest.raises(KeyFileError):
        held_texts(newest, replace(record, url_key=OTHER))
    moved = replace(record, texts=(replace(record.texts[0], kept=SealedKind.IDS),))
    with pytest.raises(NotSealed):
        held_texts(newest, moved)


def test_more_than_a_record_holds_is_refused(monkeypatch):
    """One line, before anything is destroyed."""
    monkeypatch.setattr(key_held, "HELD_BYTES_MAX", 300)
    with pytest.raises(UserError, match="under legal hold with more texts"):
        made(holds=Holds({KEY}, {KEY: [URL, IDS]}))
