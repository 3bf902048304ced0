"""Times of files: with a zone, or by the clock on a hotline's wall.

A time without a zone stands for an instant of the zone that the operator names. In the hour that
a clock is put back it stands for two. A last sighting is then the earlier one and everything else
the later one: the doubt falls to the hoster. A time in the hour that was left out does not exist.
"""

from datetime import UTC, datetime, tzinfo


class BadTime(Exception):
    """A text is no time, or of no zone."""


def time_of(text: str, zone: tzinfo | None, pattern: str = "", *, earlier: bool = False) -> str:
    """Return a time as records have it, in UTC.

    Args:
        text: as the file has it.
        zone: of a time that names none; None = it is refused.
        pattern: as `datetime.strptime` takes it; empty = ISO 8601, with a blank or a T.
        earlier: of two instants take the first.

    Raises:
        BadTime: it is no time.
    """
    try:
        found = _by(pattern, text.strip()) if pattern else _iso(text)
        if found.tzinfo is None:
            found = _placed(found, zone, earlier=earlier)
        return found.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        raise BadTime from None


def _by(pattern: str, text: str) -> datetime:
    before, zone, after = pattern.partition("%z")
    if zone:
        return datetime.strptime(text, f"{before}%z{after}")
    return datetime.strptime(f"{text} +0000", f"{pattern} %z").replace(tzinfo=None)


def _iso(text: str) -> datetime:
    bare = text.strip()
    if bare.upper().endswith(" UTC"):
        bare = f"{bare[:-4]}+00:00"
    if len(bare) < len("2026-01-01 00:00"):
        raise BadTime  # a day, or a week, is no time
    return datetime.fromisoformat(bare)


def _placed(found: datetime, zone: tzinfo | None, *, earlier: bool) -> datetime:
    if zone is None:
        raise BadTime
    placed = found.replace(tzinfo=zone, fold=0 if earlier else 1)
    if placed.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != found:
        raise BadTime  # the clock was put forward over it
    return placed
