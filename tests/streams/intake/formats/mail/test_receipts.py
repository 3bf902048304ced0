"""Receipts bring notices in again, with what is known of them now."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
from format_reading import NOTICE, SAMPLES, reading

from schemas.closed_lists import Delivery, ProofKind
from schemas.codec import HOTLINE
from streams.intake.formats.base import FileRefusal, Refused
from streams.intake.formats.mail.receipts import FORMAT

VALID = SAMPLES / "receipt" / "valid"
USING = reading("receipt")
DELIVERED = (VALID / "delivered.eml").read_bytes()


def read(data: bytes, using=USING):
    """Return the notices that a receipt makes."""
    return [HOTLINE.decode(row.value) for row in FORMAT.read(data, using)]


def test_a_delivery_is_proved_by_the_receipt() -> None:
    """With the time of the last attempt, and all else as the notice had it."""
    (found,) = read(DELIVERED)
    assert found.result is Delivery.DELIVERED
    assert found.delivered_at == datetime(2026, 3, 1, 12, 0, 4, tzinfo=UTC)
    assert found.proof.kind is ProofKind.DSN
    assert found.proof.digest == hashlib.sha256(DELIVERED).hexdigest()
    same = ("url", "recipient", "sent_at", "channel", "basis", "message_id")
    assert all(getattr(found, name) == getattr(NOTICE, name) for name in same)


def test_each_kind_of_receipt_says_its_own() -> None:
    """A confirmed relay is the next server's reply; a display is the recipient's word."""
    kinds = {}
    for name in ("relayed", "failed", "displayed"):
        (found,) = read((VALID / f"{name}.eml").read_bytes())
        kinds[name] = (found.result, found.proof.kind if found.proof else None)
    assert kinds == {
        "relayed": (Delivery.DELIVERED, ProofKind.SMTP_REPLY),
        "failed": (Delivery.BOUNCED, None),
        "displayed": (Delivery.DELIVERED, ProofKind.MDN),
    }


def test_a_display_counts_from_when_the_own_server_had_the_receipt() -> None:
    """The recipient's own clock proves nothing."""
    (found,) = read((VALID / "displayed.eml").read_bytes())
    assert found.delivered_at == datetime(2026, 3, 1, 13, 0, 5, tzinfo=UTC)


def test_a_relay_without_a_reply_proves_nothing() -> None:
    """So does a delay."""
    relayed = (VALID / "relayed.eml").read_bytes()
    for data in (
        relayed.replace(b"smtp; 250", b"smtp; 450"),
        relayed.replace(b"relayed", b"delayed"),
    ):
        (found,) = read(data)
        assert (found.result, found.delivered_at) == (Delivery.SENT, None)


def test_of_several_recipients_the_worst_counts() -> None:
    """It falls to the hoster."""
    other = (
        b"\r\nFinal-Recipient: rfc822; b@north.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    )
    (found,) = read(
        DELIVERED.replace(
            b"\r\n--b\r\nContent-Type: text/rfc822", other + b"--b\r\nContent-Type: text/rfc822"
        )
    )
    assert found.result is Delivery.BOUNCED


def test_a_mail_about_several_urls_is_a_notice_of_each() -> None:
    """But what a receipt made is no notice of its own, so receipts do not multiply."""
    second = msgspec.structs.replace(NOTICE, id="n2", url="https://img.example/a/2.jpg")
    (made,) = read(DELIVERED)
    using = replace(USING, notices=lambda _: (NOTICE, second, made))
    found = read(DELIVERED, using)
    assert [one.url for one in found] == [NOTICE.url, second.url]
    assert len({one.id for one in found}) == 2
    assert found[0].id == made.id


def test_without_an_own_server_every_receipt_is_foreign() -> None:
    """Nobody proves anything until the operator says which server is his."""
    using = replace(USING, mail_hosts=frozenset())
    for path in sorted(VALID.glob("*.eml")):
        assert list(FORMAT.read(path.read_bytes(), using)) == [Refused(FileRefusal.FOREIGN_SERVER)]
