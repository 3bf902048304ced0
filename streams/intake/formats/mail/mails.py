"""Mails as the standard library's `email` parses them (RFC 5322, MIME), for the formats that are.

The parser takes any bytes, but what it gives may raise when it is read, in a dozen ways. So every
reader of a mail runs under `parsed`, and what it raises is a mail that cannot be read.
"""

import email
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Final

from streams.intake.carried_content import begins_like_a_file, prose_carries_content
from streams.intake.formats.base import FileRefusal, ParsedRecord, Refused
from streams.intake.formats.local_times import BadTime

MAIL_BYTES_MAX: Final = 1_048_576
"""A receipt has some 10 KB, a mail with a thousand URLs some 200; more is an attachment."""

_HEADERS: Final = re.compile(
    rb"(?:Return-Path|Received|From|To|Date|Subject|Message-ID|Delivered-To|MIME-Version"
    rb"|Authentication-Results|DKIM-Signature|X-[A-Za-z-]+):",
    re.IGNORECASE,
)
_FAULTS: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    RecursionError,
)
_MATERIAL: Final = frozenset({"image", "video", "audio", "application", "font", "model"})


def is_mail(name: str, head: bytes) -> bool:
    """Tell whether a file is a mail, by its name or its first header."""
    return name.endswith(".eml") or _HEADERS.match(head) is not None


def parsed(
    data: bytes, read: Callable[[EmailMessage], Sequence[ParsedRecord]]
) -> Sequence[ParsedRecord]:
    """Return what a reader makes of a mail, or why it cannot be read.

    Args:
        data: the mail.
        read: of its parts; may raise whatever the library does.
    """
    if len(data) > MAIL_BYTES_MAX:
        return (Refused(FileRefusal.TOO_LARGE),)
    try:
        mail = email.message_from_bytes(data, policy=policy.default)
        if any(_is_material(part) for part in mail.walk()):
            return (Refused(FileRefusal.CONTENT),)
        return read(mail)
    except BadTime:
        return (Refused(FileRefusal.BAD_TIME),)
    except _FAULTS:
        return (Refused(FileRefusal.MALFORMED),)


def _is_material(part: EmailMessage) -> bool:
    """Return whether a part of a mail is a file, or text with one in it."""
    if part.get_content_maintype() in _MATERIAL or part.get_filename() is not None:
        return True
    around = [str(value) for _, value in part.raw_items()]
    around += [str(text) for text in (part.preamble, part.epilogue) if text]
    if prose_carries_content("\n".join(around)):
        return True
    if part.is_multipart():
        return False
    # a URL in base64 may look like a file's beginning, but the text does not begin with one
    return begins_like_a_file(str(part.get_payload())) or prose_carries_content(text_of(part))


def text_of(part: EmailMessage) -> str:
    """Return the text of a part, decoded; what is not in its charset is replaced.

    Raises:
        LookupError: its charset is unknown.
    """
    raw = part.get_payload(decode=True)
    charset = part.get_content_charset("utf-8")
    return raw.decode(charset, "replace") if isinstance(raw, bytes) else ""


def date_of(text: object) -> datetime:
    """Return the time of a header.

    Raises:
        BadTime: it is none. A time of zone -0000 is UTC (RFC 5322, 3.3).
    """
    try:
        found = parsedate_to_datetime(str(text))
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (*_FAULTS, OverflowError):
        raise BadTime from None
