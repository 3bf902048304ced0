"""Tracks in the packed form of a state: nested by what they share, probes in fixed-width rows.

A row is (slot after `from_at`, sent after the slot, done after that) in milliseconds, in the
narrowest of the layouts that holds all rows of its track: 32, 16 and 16 bits; 40, 16 and 16 bits;
40, 32 and 32 bits; three signed 64 bits. What probes have in common stands beside them as runs.
Rows stand in the order of the probes, so a new probe is bytes at the end.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import groupby
from struct import Struct as Layout
from struct import error
from typing import Final

from msgspec import Struct

from schemas.closed_lists import Role, Target
from schemas.moments import Instant
from schemas.records.case_observations import PackedObservation, Track

TRACKS_KEPT: Final = 1_536
"""Tracks whose observations were read last: those of some 256 URLs, which are judged often."""

_WIDE: Final = 3
_LAYOUTS: Final = (Layout("<IHH"), Layout("<IBHH"), Layout("<IBII"), Layout("<qqq"))
_PLAIN: Final = (0, _WIDE)
"""Layouts whose slot is one number; in the others its high 8 bits stand beside the low 32."""

TARGETS: Final = (Target.URL, Target.MADE_UP_PATH, Target.ROOT, Target.CANARY)
"""Tracks name them by their indexes here."""

_LIMITS: Final = ((1 << 32, 1 << 16), (1 << 40, 1 << 16), (1 << 40, 1 << 32))


class HotTrack(Struct, array_like=True, gc=False):
    """A track of one vantage and target.

    Attributes:
        target: index into `TARGETS`.
        asked: index into `HotTracks.asked`.
        runs: how many observations in a row share what: count, print, traits, age_s, and so on.
        layout: of the rows, 0 to 3.
        rows: one an observation.
    """

    vantage: str
    target: int
    asked: int
    runs: tuple[int, ...]
    layout: int
    rows: bytes


class HosterTracks(Struct, array_like=True, gc=False):
    """The tracks of one hoster and role."""

    hoster: str
    role: Role
    tracks: tuple[HotTrack, ...]


class HotTracks(Struct, array_like=True, gc=False):
    """All tracks.

    Attributes:
        from_at: the earliest slot; 0 without observations.
        asked: the sets of vantages asked, sorted.
        hosters: the tracks by hoster and role, in the order of the tracks.
    """

    from_at: Instant
    asked: tuple[tuple[str, ...], ...]
    hosters: tuple[HosterTracks, ...]


_NO_TRACKS: Final = HotTracks(0, (), ())


def hot_tracks(
    tracks: Sequence[Track], before: Sequence[Track] = (), hot: HotTracks | None = None
) -> HotTracks:
    """Return the packed form of tracks that stand in their order.

    Args:
        tracks: all of a state.
        before: tracks of a state it was made from; those that are still the same object are not
            packed again.
        hot: the packed form of these.
    """
    if not tracks:
        return _NO_TRACKS
    from_at = min((t.observations[0].slot_at for t in tracks if t.observations), default=0)
    asked = tuple(sorted({track.asked for track in tracks}))
    known: dict[int, HotTrack] = {}
    if hot is not None and (hot.from_at, hot.asked) == (from_at, asked):
        flat = [track for one in hot.hosters for track in one.tracks]
        known = {id(track): packed for track, packed in zip(before, flat, strict=True)}
    hosters = [
        HosterTracks(
            hoster,
            role,
            tuple([known.get(id(track)) or _packed(track, from_at, asked) for track in found]),
        )
        for (hoster, role), found in groupby(tracks, lambda t: (t.hoster, t.role))
    ]
    return HotTracks(from_at, asked, tuple(hosters))


def tracks_of(hot: HotTracks) -> tuple[Track, ...]:
    """Return the tracks that were packed."""
    return tuple(
        [
            Track(
                group.hoster,
                group.role,
                track.vantage,
                TARGETS[track.target],
                hot.asked[track.asked],
                observations_of(track.layout, track.rows, track.runs, hot.from_at),
            )
            for group in hot.hosters
            for track in group.tracks
        ]
    )


def begun(hot: HotTracks, track: Track, print: int) -> HotTracks:
    """Return all tracks with another one, of one observation.

    Args:
        hot: the tracks; none has an observation of an earlier slot.
        track: has one observation; no track of `hot` is of its hoster, role, vantage, target and
            asked.
        print: index of its fingerprint, instead of the one the observation names.
    """
    (observation,) = track.observations
    from_at = hot.from_at if hot.hosters else observation.slot_at
    asked = tuple(sorted({*hot.asked, track.asked}))
    if asked != hot.asked:
        for group in hot.hosters:
            for known in group.tracks:
                known.asked = asked.index(hot.asked[known.asked])
    layout, rows = _rows(track.observations, from_at)
    runs = (1, print, observation.traits, observation.age_s)
    made = HotTrack(
        track.vantage, TARGETS.index(track.target), asked.index(track.asked), runs, layout, rows
    )
    where = track.hoster, track.role
    groups = {(group.hoster, group.role): group.tracks for group in hot.hosters}
    groups[where] = tuple(
        sorted(
            [*groups.get(where, ()), made],
            key=lambda t: (t.vantage, TARGETS[t.target], asked[t.asked]),
        )
    )
    return HotTracks(
        from_at, asked, tuple([HosterTracks(*where, groups[where]) for where in sorted(groups)])
    )


def make_room(hot: HotTracks, print: int) -> None:
    """Let all probes name their fingerprints by what follows if one is put in at this index."""
    for group in hot.hosters:
        for track in group.tracks:
            if any(number >= print for number in track.runs[1::4]):
                runs = list(track.runs)
                runs[1::4] = [number + (number >= print) for number in runs[1::4]]
                track.runs = tuple(runs)


@lru_cache(maxsize=TRACKS_KEPT)
def observations_of(
    layout: int, packed: bytes, runs: tuple[int, ...], from_at: Instant
) -> tuple[PackedObservation, ...]:
    """Return the observations of a track by its layout, rows and runs.

    Raises:
        ValueError: rows and runs do not fit each other.
    """
    rows = _times(layout, packed, from_at)
    shared = [runs[i + 1 : i + 4] for i in range(0, len(runs), 4) for _ in range(runs[i])]
    if len(rows) != len(shared):
        raise ValueError("rows and runs do not fit each other")
    return tuple(
        [PackedObservation(*times, *rest) for times, rest in zip(rows, shared, strict=True)]
    )


def times_of(track: HotTrack, from_at: Instant) -> list[tuple[Instant, int, int]]:
    """Return slot, sent_ms and done_ms of each observation."""
    return _times(track.layout, track.rows, from_at)


def _times(layout: int, packed: bytes, from_at: Instant) -> list[tuple[Instant, int, int]]:
    rows = _LAYOUTS[layout].iter_unpack(packed)
    if layout in _PLAIN:
        return [(from_at + slot, sent, done) for slot, sent, done in rows]
    return [(from_at + (high << 32) + low, sent, done) for low, high, sent, done in rows]


def latest(
    track: HotTrack, from_at: Instant, passed_over: Collection[int] = ()
) -> tuple[Instant, int] | None:
    """Return when the probe that was sent last was sent, and its fingerprint's index.

    Of several sent at one instant the lowest index. Rows are read from the end, and no further
    than the width of their second number lets an earlier one be sent later.

    Args:
        track: the track.
        from_at: of all tracks.
        passed_over: fingerprints of observations that do not count; None is returned if no other is
            there.
    """
    layout, runs, best = _LAYOUTS[track.layout], track.runs, None
    reach = _LIMITS[track.layout][1] if track.layout != _WIDE else None
    end = len(track.rows)
    for i in range(len(runs) - 4, -1, -4):
        count, seen = runs[i], runs[i + 1]
        begin = end - count * layout.size
        if seen not in passed_over:
            for at in range(end - layout.size, begin - 1, -layout.size):
                slot, *times = layout.unpack_from(track.rows, at)
                after = slot if track.layout in _PLAIN else slot + (times[0] << 32)
                if best is not None and reach is not None and best[0] > after + reach:
                    return from_at + best[0], -best[1]
                sent = after + times[-2], -seen
                best = sent if best is None else max(best, sent)
        end = begin
    return None if best is None else (from_at + best[0], -best[1])


def row_of(layout: int, after: int, sent_ms: int, done_ms: int) -> bytes | None:
    """Return the row of one probe, `after` ms after `from_at`; None = the layout is too narrow."""
    if layout != _WIDE:
        slots, limit = _LIMITS[layout]
        if not (0 <= after < slots and 0 <= sent_ms < limit and 0 <= done_ms < limit):
            return None
    if layout in _PLAIN:
        return _LAYOUTS[layout].pack(after, sent_ms, done_ms)
    return _LAYOUTS[layout].pack(after & 0xFFFFFFFF, after >> 32, sent_ms, done_ms)


def last_slot(track: HotTrack, from_at: Instant) -> Instant:
    """Return the newest slot of a track that has an observation."""
    layout = _LAYOUTS[track.layout]
    at = len(track.rows) - layout.size
    after: int
    if track.layout in _PLAIN:
        after, _, _ = layout.unpack_from(track.rows, at)
    else:
        low, high, _, _ = layout.unpack_from(track.rows, at)
        after = (high << 32) + low
    return from_at + after


def _packed(track: Track, from_at: Instant, asked: Sequence[tuple[str, ...]]) -> HotTrack:
    runs: list[int] = []
    for shared, alike in groupby(
        (observation.print, observation.traits, observation.age_s)
        for observation in track.observations
    ):
        runs += (len(list(alike)), *shared)
    layout, rows = _rows(track.observations, from_at)
    index = asked.index(track.asked)
    target = TARGETS.index(track.target)
    return HotTrack(track.vantage, target, index, tuple(runs), layout, rows)


def _rows(observations: Sequence[PackedObservation], from_at: Instant) -> tuple[int, bytes]:
    try:
        pack = _LAYOUTS[0].pack
        return 0, b"".join([pack(k.slot_at - from_at, k.sent_ms, k.done_ms) for k in observations])
    except error:
        pass  # it is too narrow, which it seldom is
    for layout in range(1, len(_LAYOUTS)):
        rows = [row_of(layout, k.slot_at - from_at, k.sent_ms, k.done_ms) for k in observations]
        if None not in rows:
            break
    return layout, b"".join(row for row in rows if row is not None)
