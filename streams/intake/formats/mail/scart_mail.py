"""Mails as SCART's mailbox takes them: a verb in the subject, a URL in each line of the body.

Specification: docs/basic/import.md of github.com/AbuseIO/SCART-docs and
`scart/classes/mail/scartImportMailbox.php` of github.com/AbuseIO/SCART-application. A line is
`URL;REFERER;NOTE`; referer and note are dropped, and so are sender and source. The time of all of
them is that of the mail.
"""

import hashlib
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any, Final

from schemas.closed_lists import CheckResult
from streams.intake.carried_content import text_carries_content
from streams.intake.formats.base import FileRefusal, ParsedRecord, Refused, Using
from streams.intake.formats.made_records import derived_id, made
from streams.intake.formats.mail.mails import date_of, is_mail, parsed, text_of

_SIGNATURE: Final = "--"
_VERBS: Final[dict[str, dict[str, Any]]] = {
    "SCART-INPUT": {"type": "report"},
    "SCART-INPUT-SOURCE": {"type": "report"},
    "SCART-CONTENTREMOVED": {"type": "check", "result": CheckResult.ABSENT},
    "SCART-CONTENTUNAVAILABLE": {"type": "check", "result": CheckResult.COULD_NOT_SEE},
}
_TIMES: Final = {"report": "reported_at", "check": "checked_at"}


class ScartMail:
    """Knows a file as a mail; the subject says what its lines are."""

    name = "scart-mail"
    says = "a mail to SCART's mailbox"

    def claims(self, name: str, head: bytes) -> bool:
        """Tell whether the file is a mail."""
        return is_mail(name, head)

    def read(self, data: bytes, using: Using) -> Sequence[ParsedRecord]:
        """Return a report or check for each line."""
        return parsed(data, lambda mail: _read(mail, hashlib.sha256(data).hexdigest()))


def _read(mail: EmailMessage, digest: str) -> Sequence[ParsedRecord]:
    words = str(mail["Subject"] or "").split()
    verb = _VERBS.get(words[0].upper()) if words else None
    if verb is None:
        return (Refused(FileRefusal.UNKNOWN_TYPE),)
    sent_at = date_of(mail["Date"]).isoformat()
    said = {"v": 2, **verb, _TIMES[verb["type"]]: sent_at}
    id = str(mail["Message-ID"] or digest).strip()
    return [_line(line, said, id) for line in _lines(mail)] or (Refused(FileRefusal.MALFORMED),)


def _lines(mail: EmailMessage) -> list[str]:
    found: list[str] = []
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            for line in text_of(part).splitlines():
                if line.rstrip() == _SIGNATURE:
                    break
                found.append(line.strip())
    return [line for line in found if line]


def _line(line: str, said: dict[str, Any], mail_id: str) -> ParsedRecord:
    url, _, dropped = line.partition(";")
    if text_carries_content(dropped):
        return Refused(FileRefusal.CONTENT)
    return made({**said, "id": derived_id("scart-mail", mail_id, url), "url": url.strip()})


FORMAT: Final = ScartMail()
