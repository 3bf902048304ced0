"""When a name, or a statement of origin, leads back to an owner whom the URL had left (3.1)."""

from collections.abc import Iterable, Iterator, Sequence

from schemas.moments import DAY_MS, Instant


def led_back(resolved: Iterable[tuple[Instant, str, bool]]) -> Iterator[tuple[Instant, Instant]]:
    """Give (second, first) of two resolutions of one vantage within 24 h that lead to the owner."""
    newest: dict[str, Instant] = {}
    for at, vantage, here in resolved:
        if not here:
            continue
        if at - newest.get(vantage, at - DAY_MS - 1) <= DAY_MS:
            yield at, newest[vantage]
        newest[vantage] = at


def stated_elsewhere(
    stated: Sequence[tuple[Instant, bool]], back: Sequence[tuple[Instant, Instant]]
) -> Iterator[tuple[Instant, Instant | None]]:
    """Give from when until when the newest statement of origin names another (rule 3.1).

    Two resolutions that lead to the owner end that, from the first of them on.

    Args:
        stated: (when, whether the origin is the owner).
        back: (second, first) of such resolutions.
    """
    since: Instant | None = None
    ends = [(second, first) for second, first in back]
    for at, here in sorted([*((at, here) for at, here in stated), *((f, True) for _, f in ends)]):
        if here and since is not None:
            yield since, at
            since = None
        elif not here and since is None:
            since = at
    if since is not None:
        yield since, None
