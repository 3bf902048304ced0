"""Links to hosters' own pages: signed, with an end, and each line of what became of them kept.

The file is a journal: a line for each link that was made or revoked, when and by whom. A link
is its random id and a keyed hash of id, hoster and end under the ledger's secret. So nobody makes
one without the key file, nobody lengthens one by editing the journal, and the journal opens
nothing. It is read again when it changes; while it cannot be read, no link works.
"""

import fcntl
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from agents.errors import UserError
from agents.process.log import log
from schemas.identity.ids import Hash
from schemas.moments import Instant
from schemas.records.reports import HosterId

ID_BYTES: Final = 8
FILE_BYTES_MAX: Final = 4_000_000
"""Some twenty thousand links."""

DAYS_MAX: Final = 400
"""As long as a case is watched."""

_PURPOSE: Final = "hoster link"
_TOKEN: Final = re.compile("([0-9a-f]{16})([0-9a-f]{32})")
_MODE: Final = 0o600


class LinkEvent(Struct, frozen=True, kw_only=True):
    """A line of the journal.

    Attributes:
        event: what was done.
        id: the link's.
        at: when.
        by: the person who did it.
        hoster: whose page it opens; of a link that is made.
        expires_at: from when on it opens nothing; of a link that is made.
    """

    event: Literal["created", "revoked"]
    id: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    at: Instant
    by: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
    hoster: HosterId | None = None
    expires_at: Instant = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link, and when it was revoked; None = it was not."""

    id: str
    hoster: HosterId
    made_at: Instant
    made_by: str
    expires_at: Instant
    revoked_at: Instant | None = None
    revoked_by: str = ""

    def opens(self, now: Instant) -> bool:
        """Return whether the link opens its page at an instant."""
        return self.revoked_at is None and now < self.expires_at


def links_of(raw: bytes) -> dict[str, Link]:
    """Return the links of a journal by their ids.

    Raises:
        UserError: a line of it is none.
    """
    found: dict[str, Link] = {}
    for number, line in enumerate(raw.splitlines(), 1):
        try:
            event = msgspec.json.decode(line, type=LinkEvent)
        except msgspec.MsgspecError:
            raise UserError(f"hoster_page.links_file, line {number}: not an event") from None
        known = found.get(event.id)
        if event.event == "created" and event.hoster is not None and known is None:
            found[event.id] = Link(
                id=event.id,
                hoster=event.hoster,
                made_at=event.at,
                made_by=event.by,
                expires_at=event.expires_at,
            )
        elif event.event == "revoked" and known is not None and known.revoked_at is None:
            found[event.id] = Link(
                id=known.id,
                hoster=known.hoster,
                made_at=known.made_at,
                made_by=known.made_by,
                expires_at=known.expires_at,
                revoked_at=event.at,
                revoked_by=event.by,
            )
    return found


def _signature(hash: Hash, link: Link) -> str:
    return hash(_PURPOSE, f"{link.id}\x00{link.hoster}\x00{link.expires_at}")


def created(file: Path, hash: Hash, link: Link) -> str:
    """Write a new link into the journal and return what opens the page; it is shown once.

    Raises:
        UserError: the journal cannot be written.
    """
    event = LinkEvent(
        event="created",
        id=link.id,
        at=link.made_at,
        by=link.made_by,
        hoster=link.hoster,
        expires_at=link.expires_at,
    )
    _append(file, event)
    return link.id + _signature(hash, link)


def revoked(file: Path, id: str, by: str, at: Instant) -> None:
    """Write into the journal that a link is revoked.

    Raises:
        UserError: there is no such link, it was revoked before, or the journal fails.
    """
    link = links_of(read(file)).get(id)
    if link is None:
        raise UserError(f"there is no link {id}: see `hostwatch hoster link list`")
    if link.revoked_at is not None:
        raise UserError(f"link {id} was revoked before")
    _append(file, LinkEvent(event="revoked", id=id, at=at, by=by))


def new_id() -> str:
    """Return a fresh id."""
    return secrets.token_hex(ID_BYTES)


def read(file: Path) -> bytes:
    """Return the journal; one that is not there yet is empty.

    Raises:
        UserError: it cannot be read, or is too large.
    """
    try:
        with file.open("rb") as opened:
            raw = opened.read(FILE_BYTES_MAX + 1)
    except FileNotFoundError:
        return b""
    except OSError:
        raise UserError("hoster_page.links_file cannot be read") from None
    if len(raw) > FILE_BYTES_MAX:
        raise UserError(f"hoster_page.links_file is larger than {FILE_BYTES_MAX} bytes")
    return raw


def _append(file: Path, event: LinkEvent) -> None:
    line = msgspec.json.encode(event) + b"\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _MODE)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX)
            os.write(opened, line)
            os.fsync(opened)
        finally:
            os.close(opened)
    except OSError:
        raise UserError("hoster_page.links_file cannot be written") from None


@dataclass(slots=True)
class Links:
    """Which links open which page.

    Attributes:
        file: the journal.
        hash: the ledger's keyed hash.
    """

    file: Path
    hash: Hash
    _stamp: tuple[int, ...] | None = None
    _known: dict[str, Link] = field(default_factory=dict)

    def link(self, token: str, now: Instant) -> Link | None:
        """Return the link that a token is of and that opens its page; None = there is none."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            return None
        self._refresh()
        link = self._known.get(found[1])
        if link is None or not hmac.compare_digest(found[2], _signature(self.hash, link)):
            return None
        return link if link.opens(now) else None

    def _refresh(self) -> None:
        try:
            stat = self.file.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if stamp != self._stamp:
                self._known, self._stamp = links_of(read(self.file)), stamp
        except FileNotFoundError:
            self._known, self._stamp = {}, None
        except (OSError, UserError):
            if self._known or self._stamp is not None:
                log("web").error("hoster_page.links_file cannot be read: no link opens a page")
            self._known, self._stamp = {}, None
