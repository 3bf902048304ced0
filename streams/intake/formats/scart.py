"""SCART's own CSV files: its upload form and its exports (`;` between fields, CP1252).

Specification: docs/basic/import.md and docs/basic/report.md of github.com/AbuseIO/SCART-docs, and
`scart/classes/export/scartExport.php` of github.com/AbuseIO/SCART-application (version 3.0.1 of
that class), whose labels these are. Fields are quoted, a quote in one follows a backslash, and a
line of an export ends with the delimiter. Times are local and name no zone.

| file | becomes |
| --- | --- |
| upload form | a report a row, as of when the file was written |
| classified, whois | a report a row assessed as illegal; of whois its first notice too, as sent |
| ntd | a notice a row, and the report that goes with it |
| ntdclosed | a report a row: the file does not say when the material was found gone |

An address of a person (WORKUSER-EMAIL), notes, referers, addresses of servers and counts are
dropped. The site's own questions are unknown columns: `csv` with a mapping reads such a file.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from schemas.closed_lists import Delivery, ProofKind, SiteType
from streams.intake.formats.base import FileRefusal, ParsedRecord, Refused, UnfitHeader, Using
from streams.intake.formats.csv_rows import NotARow, fields_of, row_carries_content, torn
from streams.intake.formats.local_times import BadTime, time_of
from streams.intake.formats.made_records import derived_id, made

ENCODING: Final = "cp1252"
DELIMITER: Final = ";"

_ScartRow: TypeAlias = Mapping[str, str]

_URLS: Final = frozenset({"URL", "REFERER", "url", "referer"})
_UPLOAD: Final = ("URL", "REFERER", "WORKUSER-EMAIL", "REFERENCE", "SOURCE", "TYPE")
_BASE: Final = frozenset(
    {
        "filenumber",
        "external reference",
        "url",
        "referer",
        "host",
        "IP",
        "url type",
        "status",
        "classification",
        "source",
        "received",
        "first seen",
        "first NTD",
        "last seen",
    }
)
_PARTIES: Final = frozenset(
    f"{who} {what}"
    for who in ("hoster", "registrar")
    for what in ("owner", "country", "abuse email", "NTD")
) | {"site owner", "site owner country", "site owner abuse email", "site NTD"}
_WHOIS: Final = _BASE | _PARTIES | {"police", "note", "NTD note"}
_NTD: Final = frozenset(
    {
        "NTD filenumber",
        "NTD type",
        "NTD status",
        "NTD status time",
        "abuse owner",
        "abuse type",
        "abuse country",
        "abuse email",
        "url",
        "IP",
        "first seen",
        "last seen",
        "online counter",
        "note",
        "NTD note",
    }
)
_CLOSED: Final = frozenset(
    {
        "filenumber",
        "url",
        "status",
        "abuse owner",
        "abuse country",
        "abuse email",
        "IP",
        "first seen",
        "last seen",
        "online counter",
    }
)

SITE_TYPES: Final = {
    "website": SiteType.WEBSITE,
    "filehost": SiteType.FILE_HOST,
    "imagehost": SiteType.IMAGE_HOST,
    "imagestore": SiteType.IMAGE_STORE,
    "imageboard": SiteType.IMAGE_BOARD,
    "bannersite": SiteType.BANNER_SITE,
    "linksite": SiteType.LINK_SITE,
    "socialsite": SiteType.SOCIAL_SITE,
    "redirector": SiteType.REDIRECTOR,
    "webarchived": SiteType.WEB_ARCHIVE,
    "searchprovider": SiteType.SEARCH_PROVIDER,
    "blog": SiteType.BLOG,
    "forum": SiteType.FORUM,
}

_SENT: Final[dict[str, dict[str, Any]]] = {
    "sent_succes": {"result": Delivery.SENT},  # without a line in the mail log SCART assumes it
    "sent_api_succes": {
        "result": Delivery.DELIVERED,
        "channel": "api",
        "proof": {"kind": ProofKind.API},
    },
    "sent_failed": {"result": Delivery.BOUNCED},
    "sent_api_failed": {"result": Delivery.BOUNCED, "channel": "api"},
}
_NEVER: Final = frozenset({"", "0000-00-00 00:00:00"})


class ScartRows:
    """The rows of one file.

    Args:
        header: its columns.
        read: makes the records of a row.
        using: what it is read with.
    """

    def __init__(
        self,
        header: Sequence[str],
        read: Callable[[_ScartRow, Using], Sequence[ParsedRecord]],
        using: Using,
    ) -> None:
        self._header, self._read, self._using = tuple(header), read, using
        self._urls = frozenset(at for at, name in enumerate(header) if name in _URLS)

    def count(self, raw: bytes, *, ended: bool) -> None:
        """Leave the line to the second reading."""

    def rows(self, raw: bytes, *, ended: bool) -> Sequence[ParsedRecord]:
        """Return the records of a row."""
        try:
            fields = _trimmed(fields_of(raw, ENCODING, DELIMITER))
        except NotARow:
            return (torn(raw),)
        if tuple(fields) == self._header:
            return ()
        if row_carries_content(fields, self._urls):
            return (Refused(FileRefusal.CONTENT),)
        # the upload form may leave out its last fields, an export notes that it has not
        fields += [""] * (len(self._header) - len(fields))
        if len(fields) != len(self._header):
            return (Refused(FileRefusal.MALFORMED),)
        try:
            return self._read(dict(zip(self._header, fields, strict=True)), self._using)
        except BadTime:
            return (Refused(FileRefusal.BAD_TIME),)


def _trimmed(fields: list[str]) -> list[str]:
    """Return fields without the empty one behind the delimiter that ends a line."""
    bare = [field.strip() for field in fields]
    return bare[:-1] if len(bare) > 1 and not bare[-1] else bare


def _uploaded(row: _ScartRow, using: Using) -> Sequence[ParsedRecord]:
    if using.file_at is None:
        raise BadTime
    kind = row["TYPE"]
    if kind and kind not in SITE_TYPES:
        return (Refused(FileRefusal.MALFORMED),)
    report: dict[str, Any] = {
        "v": 2,
        "type": "report",
        "id": row["REFERENCE"] or derived_id("scart", row["URL"]),
        "url": row["URL"],
        "reported_at": using.file_at.isoformat(),
        "site_type": SITE_TYPES[kind] if kind else None,
    }
    return (made(report),)


def _assessed(row: _ScartRow, using: Using) -> Sequence[ParsedRecord]:
    if row["classification"] != "illegal":
        return (Refused(FileRefusal.NOT_ILLEGAL),)
    report = _report(row["filenumber"], row, row["received"], using)
    recipient = row.get("hoster abuse email") or row.get("hoster owner")
    if not recipient or row.get("first NTD", "") in _NEVER:
        return (report,)
    notice = {
        "v": 2,
        "type": "notice",
        "id": f"{row['filenumber'] or derived_id('scart', row['url'])}.notice",
        "url": row["url"],
        "recipient": recipient,
        "sent_at": time_of(row["first NTD"], using.zone),
        "result": Delivery.SENT,
    }
    return report, made(notice)


def _closed(row: _ScartRow, using: Using) -> Sequence[ParsedRecord]:
    return (_report(row["filenumber"], row, row["first seen"], using),)


def _told(row: _ScartRow, using: Using) -> Sequence[ParsedRecord]:
    sent = _SENT.get(row["NTD status"])
    if sent is None:
        return (Refused(FileRefusal.NOT_SENT),)
    at = time_of(row["NTD status time"], using.zone)
    id = derived_id(row["NTD filenumber"] or "ntd", row["NTD filenumber"], row["url"])
    notice: dict[str, Any] = {
        "v": 2,
        "type": "notice",
        "id": f"{id}.notice",
        "url": row["url"],
        "recipient": row["abuse email"] or row["abuse owner"],
        "sent_at": at,
        **sent,
    }
    if sent["result"] is Delivery.DELIVERED:
        notice["delivered_at"] = at
    return (_report(id, row, row["first seen"] or row["NTD status time"], using), made(notice))


def _report(id: str, row: _ScartRow, reported_at: str, using: Using) -> ParsedRecord:
    seen = row.get("last seen", "")
    return made(
        {
            "v": 2,
            "type": "report",
            "id": id or derived_id("scart", row["url"]),
            "url": row["url"],
            "reported_at": time_of(reported_at, using.zone),
            "seen_at": None if seen in _NEVER else time_of(seen, using.zone, earlier=True),
        }
    )


_KINDS: Final = (
    (frozenset(_UPLOAD), frozenset({"URL"}), _uploaded),
    (_NTD, frozenset({"NTD filenumber", "NTD status", "NTD status time", "url"}), _told),
    (_WHOIS, frozenset({"filenumber", "url", "classification", "received"}), _assessed),
    (_CLOSED, frozenset({"filenumber", "url", "first seen", "online counter"}), _closed),
)
"""Columns that a file may have, those that it needs, and what makes its records."""


class Scart:
    """Knows a file by the columns in its header."""

    name = "scart"
    says = "an upload form or export of SCART"

    def named(self, name: str) -> None:
        """Leave it to the header: SCART gives its files any name."""

    def by_header(self, raw: bytes, using: Using) -> ScartRows | None:
        """Return the rows if the line is a header of SCART."""
        try:
            header = _trimmed(fields_of(raw, ENCODING, DELIMITER))
        except NotARow:
            return None
        names = set(header)
        if len(header) == 1 and header != ["URL"]:
            return None
        for known, needed, read in _KINDS:
            if needed <= names and len(names) == len(header):
                _check(header, known, using, needs_zone=read is not _uploaded)
                return ScartRows(header, read, using)
        if {"filenumber", "received", "classification"} <= names:
            raise UnfitHeader("it is an anonymous export of SCART: it has no column of URLs")
        return None


def _check(header: Sequence[str], known: frozenset[str], using: Using, *, needs_zone: bool) -> None:
    for at, name in enumerate(header, 1):
        if name not in known:
            raise UnfitHeader(
                f"column {at} is none of SCART's own: export without your questions,"
                " or read the file with --mapping"
            )
    if needs_zone and using.zone is None:
        raise UnfitHeader("its times name no zone: add --zone, such as --zone Europe/Amsterdam")


FORMAT: Final = Scart()
