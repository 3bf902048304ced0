"""Whether the operator's own mail server shows where a receipt comes from.

Whoever knows the address of a hotline can send it a receipt of his own making: a hoster could have
its notices bounce. Each server prepends its own header (RFC 5321 4.4). So nobody but the operator's
own server can write the headers above the one with which it took the mail in. These alone are
believed, as far down as each names an own server as the one that took the mail.

- A delivery status (RFC 3464) has to be the own server's work: it names itself as the reporting
  server, and no `Received` field names another.
- A disposition (RFC 8098) is always the recipient's work. The own server has to have taken the
  mail in, and to say above that, in `Authentication-Results` (RFC 8601), that DMARC passed for the
  domain of the recipient.
"""

import re
from collections.abc import Collection
from datetime import datetime
from email.message import EmailMessage
from typing import Final

from streams.intake.formats.mail.mails import date_of

_BY: Final = re.compile(r"(?:^|\s)by\s+([A-Za-z0-9.-]+)", re.ASCII | re.IGNORECASE)
_FROM: Final = re.compile(r"^\s*from\s+([A-Za-z0-9.\[\]:-]+)", re.ASCII | re.IGNORECASE)
_COMMENT: Final = re.compile(r"\([^()]*\)", re.ASCII)
_DMARC: Final = re.compile(
    r"dmarc=pass\b[^;]*\bheader\.from=([A-Za-z0-9.-]+)", re.ASCII | re.IGNORECASE
)
_SERVER: Final = re.compile(r"\s*dns\s*;\s*([A-Za-z0-9.-]+)\s*$", re.ASCII | re.IGNORECASE)
_LOCAL: Final = frozenset({"localhost", "[127.0.0.1]", "[::1]"})


def _host(match: re.Match[str] | None) -> str:
    return match[1].lower().rstrip(".") if match else ""


def _plain(value: object) -> str:
    """Return a header without its comments, which a sender may fill as he likes."""
    text = str(value)
    while (bare := _COMMENT.sub(" ", text)) != text:
        text = bare
    return text


def is_own_work(mail: EmailMessage, reporting: object, own: Collection[str]) -> bool:
    """Return whether a delivery status was made by an own mail server.

    Args:
        mail: the whole mail.
        reporting: its field Reporting-MTA.
        own: names of the operator's own mail servers.
    """
    received = [_plain(value) for value in mail.get_all("Received", [])]
    if not received or _host(_SERVER.match(_plain(reporting))) not in own:
        return False
    senders = {_host(found) for one in received if (found := _FROM.search(one))}
    takers = {_host(_BY.search(one)) for one in received}
    return takers <= set(own) and senders <= {*own, *_LOCAL}


def vouched_at(mail: EmailMessage, recipient: str, own: Collection[str]) -> datetime | None:
    """Return when an own server took a mail of a recipient's domain in; None = none vouches.

    Args:
        mail: the whole mail.
        recipient: address of who was notified, as the mail states it.
        own: names of the operator's own mail servers.

    Raises:
        BadTime: the own server's field has no time.
    """
    domain = recipient.rpartition("@")[2].strip(" <>").lower().rstrip(".")
    passed: set[str] = set()
    for name, value in mail.items():
        text = _plain(value)
        if name.lower() == "authentication-results":
            if text.split(";", 1)[0].split(" ")[0].strip().lower().rstrip(".") in own:
                passed |= {one.lower().rstrip(".") for one in _DMARC.findall(text)}
        elif name.lower() == "received":
            if _host(_BY.search(text)) not in own:
                return None  # whoever wrote this wrote what is below it too
            if _host(_FROM.search(text)) not in {*own, *_LOCAL, ""}:
                return date_of(text.rpartition(";")[2]) if domain and domain in passed else None
    return None
