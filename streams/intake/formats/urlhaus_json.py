"""URLhaus as JSON: its dumps, and what its API says of recent URLs.

Specification: urlhaus.abuse.ch/api/ and urlhaus-api.abuse.ch. A dump is an object that holds for
each id a list of rows; the API's answer has the rows in `urls`, each with its `id`. Where a row
says when it was last seen online, its state is the source's word, as in the CSV.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any, Final

import msgspec

from streams.intake.carried_content import carries_content, is_web_url
from streams.intake.formats.base import BYTE_ORDER_BYTES, FileRefusal, ParsedRecord, Refused, Using
from streams.intake.formats.json_documents import values_of
from streams.intake.formats.local_times import BadTime, time_of
from streams.intake.formats.made_records import made

_KNOWN: Final = re.compile(rb'\s*\{\s*(?:"[0-9]{1,18}"\s*:\s*\[|"query_status"\s*:)')
_FIELDS: Final = frozenset(
    {
        "id",
        "dateadded",
        "date_added",
        "url",
        "url_status",
        "last_online",
        "threat",
        "tags",
        "urlhaus_link",
        "urlhaus_reference",
        "reporter",
        "host",
        "blacklists",
        "larted",
        "takedown_time_seconds",
    }
)
_STATES: Final = frozenset({"online", "offline", "unknown"})
_SORTED: Final = msgspec.json.Encoder(order="sorted")


class UrlhausJson:
    """Knows a file by what stands in its first brace."""

    name = "urlhaus-json"
    says = "URLhaus as JSON"

    def claims(self, name: str, head: bytes) -> bool:
        """Tell whether the file begins as a dump or an answer of the API does."""
        return _KNOWN.match(head.removeprefix(BYTE_ORDER_BYTES)) is not None

    def read(self, data: bytes, using: Using) -> Sequence[ParsedRecord]:
        """Return a report for each row."""
        values = values_of(data)
        tree = values[0] if len(values) == 1 else None
        if not isinstance(tree, dict):
            return (Refused(FileRefusal.MALFORMED),)
        if "query_status" in tree:
            rest = {name: value for name, value in tree.items() if name != "urls"}
            if carries_content(rest):
                return (Refused(FileRefusal.CONTENT),)
            if rest.keys() - {"query_status"}:
                return (Refused(FileRefusal.UNKNOWN_FIELD),)
        return [_read(id, row) for id, row in _rows(tree)]


def _rows(tree: dict[str, Any]) -> Iterator[tuple[object, Any]]:
    if "query_status" in tree:
        found = tree.get("urls", [])
        for row in found if isinstance(found, list) else [None]:
            yield (row.get("id") if isinstance(row, dict) else None), row
        return
    for id, rows in tree.items():
        for row in rows if isinstance(rows, list) else [None]:
            yield id, row


def _read(id: object, row: Any) -> ParsedRecord:
    if carries_content([id, _beside_its_host(row)]):
        return Refused(FileRefusal.CONTENT)
    if not isinstance(row, dict) or not isinstance(id, str):
        return Refused(FileRefusal.MALFORMED)
    if row.keys() - _FIELDS:
        return Refused(FileRefusal.UNKNOWN_FIELD)
    try:
        return made(_report(id, row))
    except BadTime:
        return Refused(FileRefusal.BAD_TIME)
    except (KeyError, UnicodeEncodeError):
        return Refused(FileRefusal.MALFORMED)


def _beside_its_host(row: object) -> object:
    """Return a row without the host of its URL: it is a part of it, which nobody searches."""
    if not isinstance(row, dict):
        return row
    url, host = row.get("url"), row.get("host")
    known = is_web_url(url) and isinstance(host, str) and host in str(url)
    return {name: one for name, one in row.items() if name != "host"} if known else row


def _report(id: str, row: dict[str, Any]) -> dict[str, Any]:
    added = row.get("dateadded", row.get("date_added"))
    return {
        "v": 1,
        "type": "report",
        "id": id,
        "url": row.get("url"),
        "reported_at": time_of(added if isinstance(added, str) else "", UTC),
        "source": _source(row),
        "row_digest": hashlib.sha256(_SORTED.encode(row)).hexdigest()[:32],
    }


def _source(row: dict[str, Any]) -> dict[str, Any] | None:
    """Return the source's state; None = the row does not say when it was last seen online.

    Raises:
        KeyError: the state is none, or `online` and never seen so.
        BadTime: it was last seen online at no time.
    """
    if "last_online" not in row:
        return None
    status, seen = row["url_status"], row["last_online"]
    if not isinstance(status, str) or status not in _STATES or (status == "online" and not seen):
        raise KeyError
    if not seen:
        return {"status": status}
    if not isinstance(seen, str):
        raise BadTime
    return {"status": status, "last_online": time_of(seen, UTC)}


FORMAT: Final = UrlhausJson()
