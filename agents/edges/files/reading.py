"""What a file is read with, from the options of a command: mapping, zone, mail servers, XARF."""

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agents.errors import UserError
from schemas.records.hotline import Notice
from streams.intake.formats.base import Using, XarfFields
from streams.intake.formats.column_mapping import BadMapping, ColumnMapping, mapping_of


def using(
    mapping: Path | None,
    zone: str,
    mail_hosts: Iterable[str],
    notices: Callable[[str], Sequence[Notice]],
) -> Using:
    """Return what files are read with.

    Args:
        mapping: TOML file of a mapping of columns, None = the files have none.
        zone: IANA name of the zone of times that name none; empty = such times are refused.
        mail_hosts: names of the operator's own mail servers.
        notices: those of the hotline with a message or envelope id.

    Raises:
        UserError: the mapping or the zone is wrong.
    """
    found = None if mapping is None else read_mapping(mapping)
    name = (found.zone if found else "") or zone
    return Using(
        zone=zone_of(name) if name else None,
        mapping=found,
        mail_hosts=frozenset(host.lower().rstrip(".") for host in mail_hosts),
        xarf=_xarf,
        notices=notices,
    )


def read_mapping(path: Path) -> ColumnMapping:
    """Read a mapping of columns.

    Raises:
        UserError: it cannot be read, or says what no record has.
    """
    try:
        raw = path.read_bytes()
        fields = tomllib.loads(raw.decode())
        return mapping_of(fields, hashlib.sha256(raw).hexdigest())
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: not TOML: it is not in UTF-8") from None
    except (tomllib.TOMLDecodeError, BadMapping) as error:
        raise UserError(f"{path}: {error}") from None


def _xarf(report: Mapping[str, Any]) -> XarfFields:
    """Read a XARF report; the library takes most of a second to import, so it is when needed."""
    found: XarfFields = import_module("agents.edges.files.xarf_library").read(report)
    return found


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name.

    Raises:
        UserError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(
            f"no such time zone: {name}; it is a name such as Europe/Amsterdam"
        ) from None
