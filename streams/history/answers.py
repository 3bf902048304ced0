"""What an observation of a history saw, and its controls, as the facts that a probe records."""

from typing import Final

from msgspec.structs import replace

from schemas.closed_lists import ProbeError
from schemas.records.facts import Facts
from schemas.records.history_events import ControlsWord, LookFacts, LookWord
from streams.probe.headers import cached
from streams.probe.redirect_markers import marks

_ONLINE: Final = Facts(status=200, type="video/mp4", length=5_000_000, etag_key="a")
_PAGE: Final = Facts(status=200, type="text/html", length=9_000, etag_key="page")
_ROOT: Final = Facts(status=200, type="text/html", length=20_000, etag_key="root")
_MISSING: Final = Facts(status=404, type="text/html", length=150)
_SILENT: Final = Facts(error=ProbeError.TIMEOUT)

WORDS: Final = {
    LookWord.ONLINE: _ONLINE,
    LookWord.GONE: _MISSING,
    LookWord.GONE_SOFT: _PAGE,
    LookWord.HOME: replace(_ROOT, location_key="/", hops=1, to_root=True),
    LookWord.ELSEWHERE: replace(
        _ROOT, etag_key="else", location_key="elsewhere", hops=1, to_root=True, left_host=True
    ),
    LookWord.CHANGED: Facts(status=200, type="image/png", length=90_000, etag_key="b"),
    LookWord.FORBIDDEN: Facts(status=403, type="text/html", length=90),
    LookWord.CHALLENGE: Facts(status=403, type="text/html", length=700, challenge=True),
    LookWord.LIMITED: Facts(status=429),
    LookWord.ERROR: Facts(status=503),
    LookWord.SILENT: _SILENT,
    LookWord.NXDOMAIN: Facts(error=ProbeError.NXDOMAIN),
    LookWord.UNKNOWN: Facts(error=ProbeError.BLOCKED_POLICY),
}
"""What each word stands for."""


def facts_of(look: LookWord | LookFacts) -> Facts:
    """Return what the URL answered."""
    if isinstance(look, LookWord):
        return WORDS[look]
    if look.error is not None:
        return Facts(error=look.error)
    path, elsewhere = _target(look.location)
    where = marks("", path) if path else marks("", "")
    return Facts(
        status=look.status,
        type=look.type,
        length=look.length,
        etag_key=look.etag,
        location_key=look.location,
        age_s=look.age_s,
        cached=cached({b"x-cache": look.x_cache.encode()}) if look.x_cache else False,
        hops=1 if look.location else 0,
        left_host=elsewhere,
        to_root=where.to_root,
        challenge=look.challenge,
        suspended=look.suspended or where.suspended,
        parked=look.parked,
        placeholder=look.placeholder or where.placeholder,
    )


def _target(location: str) -> tuple[str, bool]:
    """Return the path of a redirect's target, and whether it is at another host."""
    here = location.startswith("/") and not location.startswith("//")
    if here or not location:
        return location, False
    rest = location.partition("//")[2] or location
    return f"/{rest.partition('/')[2]}", True


def controls_of(look: LookWord | LookFacts, controls: ControlsWord) -> tuple[Facts, Facts] | None:
    """Return what the made-up path and the root answered beside it; None = they were not probed.

    Args:
        look: what the URL answered.
        controls: what is said of the controls.
    """
    seen = facts_of(look)
    match controls:
        case ControlsWord.NONE:
            return None
        case ControlsWord.DEAD:
            return _SILENT, _SILENT
        case ControlsWord.SAME:
            return seen, seen
    if look == LookWord.GONE_SOFT:
        return seen, _ROOT
    if seen.error is ProbeError.NXDOMAIN:
        return seen, seen
    return _MISSING, _ROOT
