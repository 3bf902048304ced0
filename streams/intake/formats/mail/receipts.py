"""Receipts of notices: delivery status (RFC 3464, 3461) and disposition (RFC 8098), a mail a file.

A receipt says what became of a mail. The hotline's inbox says which notices went out by that mail,
by its Message-ID or envelope id. Each of them comes in again with what is known now: delivered,
with the time and the digest of the receipt as its proof, or bounced. Only receipts that the
operator's own mail server proves are taken (`streams.intake.formats.mail.receipt_origin`).

The returned mail is passed over but for its Message-ID. Of several recipients the one with the
worst result counts, which falls to the hoster.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from enum import IntEnum
from typing import Any, Final, NamedTuple

import msgspec

from schemas.closed_lists import Delivery, ProofKind
from schemas.records.hotline import Notice
from streams.intake.formats.base import FileRefusal, ParsedRecord, Refused, Using
from streams.intake.formats.made_records import derived_id, made
from streams.intake.formats.mail.mails import date_of, is_mail, parsed
from streams.intake.formats.mail.receipt_origin import is_own_work, vouched_at

PREFIX: Final = "receipt"
"""Of the ids of notices that receipts made; a receipt is of none of these."""

_KIND: Final = re.compile(
    rb"report-type\s*=\s*\"?(?:delivery-status|disposition-notification)",
    re.IGNORECASE,
)
_ID: Final = re.compile(r"<[^<>\s]+>", re.ASCII)
_TAKEN: Final = re.compile(r"^\s*smtp\s*;\s*2[0-9]{2}\b", re.ASCII | re.IGNORECASE)
_SEEN: Final = frozenset({"displayed", "dispatched", "processed", "deleted"})
"""What a recipient's program may have done: to each of them the mail had to be there."""


class _Worst(IntEnum):
    """Results, the worst first."""

    BOUNCED = 0
    SENT = 1
    DELIVERED = 2


_RESULTS: Final = {
    _Worst.BOUNCED: Delivery.BOUNCED,
    _Worst.SENT: Delivery.SENT,
    _Worst.DELIVERED: Delivery.DELIVERED,
}


class _Said(NamedTuple):
    """What a receipt says.

    Attributes:
        result: of the mail.
        kind: of the proof.
        at: when it was delivered.
        ids: of the mail.
    """

    result: _Worst
    kind: ProofKind
    at: datetime
    ids: tuple[str, ...]


class Receipts:
    """Knows a receipt by the type of report that its header names."""

    name = "receipt"
    says = "a delivery receipt"

    def claims(self, name: str, head: bytes) -> bool:
        """Tell whether the file is a mail with a report."""
        return is_mail(name, head) and _KIND.search(head) is not None

    def read(self, data: bytes, using: Using) -> Sequence[ParsedRecord]:
        """Return the notices that the receipt is of, with what is known of them now."""
        return parsed(data, lambda mail: _read(mail, hashlib.sha256(data).hexdigest(), using))


def _read(mail: EmailMessage, digest: str, using: Using) -> Sequence[ParsedRecord]:
    parts = {part.get_content_type(): part for part in mail.walk()}
    if (status := parts.get("message/delivery-status")) is not None:
        said = _status(mail, _blocks(status), parts, using)
    elif (disposition := parts.get("message/disposition-notification")) is not None:
        said = _disposition(mail, _blocks(disposition)[0], using)
    else:
        return (Refused(FileRefusal.MALFORMED),)
    if said is None:
        return (Refused(FileRefusal.FOREIGN_SERVER),)
    found = {one.id: one for id in said.ids for one in using.notices(id)}
    notices = [one for id, one in sorted(found.items()) if not id.startswith(f"{PREFIX}.")]
    return [_again(one, said, digest) for one in notices] or (Refused(FileRefusal.NO_NOTICE),)


def _blocks(part: EmailMessage) -> list[Any]:
    """Return the groups of fields of a report.

    Raises:
        ValueError: it has none.
    """
    found = part.get_payload()
    if not isinstance(found, list) or not found:
        raise ValueError
    return found


def _status(
    mail: EmailMessage, blocks: Sequence[Any], parts: dict[str, EmailMessage], using: Using
) -> _Said | None:
    """Return what a delivery status says; None = it is not the own server's work."""
    whole, *recipients = blocks
    if not is_own_work(mail, whole["Reporting-MTA"], using.mail_hosts):
        return None
    if not recipients:
        raise ValueError
    worst = min((_result(one) for one in recipients), key=lambda found: found[0])
    at = next((one["Last-Attempt-Date"] for one in recipients if one["Last-Attempt-Date"]), None)
    ids = [str(whole["Original-Envelope-Id"] or "").strip()]
    returned = parts.get("message/rfc822") or parts.get("text/rfc822-headers")
    ids += _ID.findall(_message_id(returned)) if returned is not None else []
    return _Said(*worst, date_of(at or mail["Date"]), tuple(filter(None, ids)))


def _message_id(returned: EmailMessage) -> str:
    """Return the Message-ID of a returned mail, or of its headers alone."""
    payload: Any = returned.get_payload()
    if isinstance(payload, list):
        return str(payload[0]["Message-ID"] or "")
    found = re.search(
        r"^message-id:\s*(\S+)", str(payload), re.ASCII | re.IGNORECASE | re.MULTILINE
    )
    return found[1] if found else ""


def _result(recipient: Any) -> tuple[_Worst, ProofKind]:
    """Return what became of a mail at one recipient.

    `relayed` with a reply of the next server is that server's word that it has the mail. That
    server says no more itself, since it knows no delivery status.
    """
    action = str(recipient["Action"] or "").strip().lower()
    if action == "delivered":
        return _Worst.DELIVERED, ProofKind.DSN
    if action == "failed":
        return _Worst.BOUNCED, ProofKind.DSN
    if action == "relayed" and _TAKEN.search(str(recipient["Diagnostic-Code"] or "")):
        return _Worst.DELIVERED, ProofKind.SMTP_REPLY
    if action in {"relayed", "expanded", "delayed"}:
        return _Worst.SENT, ProofKind.DSN
    raise ValueError


def _disposition(mail: EmailMessage, fields: Any, using: Using) -> _Said | None:
    """Return what a disposition says; None = no own server vouches for its sender."""
    recipient = str(fields["Final-Recipient"] or "").rpartition(";")[2]
    at = vouched_at(mail, recipient, using.mail_hosts)
    if at is None:
        return None
    done = str(fields["Disposition"] or "").rpartition(";")[2].split("/")[0].strip().lower()
    if done not in _SEEN:
        raise ValueError
    ids = _ID.findall(str(fields["Original-Message-ID"] or ""))
    return _Said(_Worst.DELIVERED, ProofKind.MDN, at, tuple(ids))


def _again(notice: Notice, said: _Said, digest: str) -> ParsedRecord:
    fields = msgspec.to_builtins(notice)
    delivered = said.result is _Worst.DELIVERED
    return made(
        {
            **fields,
            "v": 2,
            "type": "notice",
            "id": derived_id(PREFIX, notice.id, digest),
            "replays": None,
            "result": _RESULTS[said.result],
            "delivered_at": said.at.isoformat() if delivered else None,
            "proof": {"kind": said.kind, "digest": digest} if delivered else None,
        }
    )


FORMAT: Final = Receipts()
