"""What probes saw, each observation judged against its controls and the sightings before it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias, cast

from msgspec.structs import replace

from schemas.closed_lists import NO_PROBE, Role, Target, Verdict
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.case_observations import (
    ASN_SHIFT,
    TRAIT_ANNOUNCED,
    TRAIT_CANARY_OK,
    TRAIT_GET_COMPARED,
    TRAIT_NOWHERE,
    TRAIT_NXDOMAIN,
    TRAIT_OLD_ADDRESS,
    TRAIT_TOO_LATE,
    Fingerprint,
    PackedObservation,
    Track,
)
from streams.lifecycle.evidence.baseline import (
    NO_BASELINE,
    Baseline,
    BaselineSighting,
    baseline,
    rechecking,
)
from streams.lifecycle.evidence.hosting_spells import OVERFLOW, UNKNOWN, HostingSpell
from streams.lifecycle.evidence.nearby_controls import NearbyControls
from streams.lifecycle.evidence.probe_reading import ProbeReading, read_probe, sighted_at
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.verdicts.answer_shape import Shape, shape_of
from streams.verdicts.backing import CONTROL_NEAR_MS, Backing, TrackRow
from streams.verdicts.conditions import JudgingContext
from streams.verdicts.fingerprints import belies_head, healthy

_BY_DONE = itemgetter(0, 1, 2)

PRINTS_KEPT: Final = 1_024
"""Sets of fingerprints whose shapes and kinds are kept; many URLs share one set."""

ByVantage: TypeAlias = dict[
    str, tuple[tuple[Sequence[Fingerprint], Sequence[Track]], Sequence[TimelineEntry]]
]
"""What came of the tracks of each vantage, and which these were, with the state's fingerprints."""


def probed(
    state: UrlState, spell: HostingSpell, kept: ByVantage | None = None
) -> list[TimelineEntry]:
    """Return what the probes of a spell saw, by vantage; `kept` is brought up to date."""
    found: list[TimelineEntry] = []
    tracks = defaultdict[str, list[Track]](list)
    for track in state.tracks:
        if track.role is spell.role and track.hoster in spell.hosters:
            tracks[track.vantage].append(track)
    hidden, prints = rechecking(state.tracks), state.fingerprints
    sightings: list[BaselineSighting] | None = [] if hidden else None
    of = _SpellContext(
        state,
        spell,
        any(place.role is Role.PROXY for place in state.placements),
        *_kinds(prints),
    )
    asked = [vantage for vantage in sorted(tracks) if vantage not in hidden]
    for vantage in asked:
        rests_on = prints, tracks[vantage]
        known = kept.get(vantage) if kept is not None and not hidden else None
        if known is None or known[0] != rests_on:
            observations = _by_target(of, tracks[vantage])
            known = rests_on, _probed(of, vantage, observations, sightings=sightings)
            if kept is not None:
                kept[vantage] = known
        found += known[1]
    for vantage in sorted(hidden & tracks.keys()):
        observations = _by_target(of, tracks[vantage])
        first_at = min((seen[0] for seen in observations.get(Target.URL, ())), default=0)
        before = baseline(sightings or (), first_at, prints)
        found += _probed(of, vantage, observations, known_before=before)
    return found


class _SpellContext(NamedTuple):
    """What is shared by all vantages; of fingerprints the shapes, and which tell of what."""

    state: UrlState
    spell: HostingSpell
    proxied: bool
    shapes: Sequence[Shape]
    unhealthy: frozenset[int]
    belying_head: frozenset[int]
    no_probe: frozenset[int]


_Kinds: TypeAlias = tuple[Sequence[Shape], frozenset[int], frozenset[int], frozenset[int]]


@lru_cache(maxsize=PRINTS_KEPT)
def _kinds(prints: tuple[Fingerprint, ...]) -> _Kinds:
    """Return of fingerprints the shapes; which are unhealthy, belie HEAD, and are of no probe."""
    return (
        [shape_of(seen) for seen in prints],
        frozenset(n for n, seen in enumerate(prints) if not healthy(seen)),
        frozenset(n for n, seen in enumerate(prints) if belies_head(seen)),
        frozenset(n for n, seen in enumerate(prints) if seen.error in NO_PROBE),
    )


def _by_target(of: _SpellContext, tracks: Iterable[Track]) -> Mapping[Target, Sequence[TrackRow]]:
    """Return the observations of one vantage that came to something, by target."""
    found, spell = defaultdict[Target, list[TrackRow]](list), of.spell
    for track in tracks:
        rows, asked, cut = found[track.target], track.asked, track.hoster in spell.windows
        known_at = spell.known_at if track.hoster == UNKNOWN else None
        for observation in track.observations:
            if observation.print not in of.no_probe:
                sent_at = observation.slot_at + observation.sent_ms
                if cut and not spell.covers(track.hoster, sent_at):
                    continue
                done_at = sent_at + observation.done_ms
                seen = observation
                if known_at is not None and sent_at >= known_at:
                    seen = replace(seen, traits=seen.traits | TRAIT_NOWHERE)
                rows.append((done_at, sent_at, seen.print, seen, asked))
    return found


_ObservationKind: TypeAlias = tuple[
    int, int, int | None, int | None, int | None, int | None, tuple[bool, bool, bool, bool]
]
"""Fingerprint and traits of an observation; fingerprints of its controls, of the sightings before,
and of the made-up path beside them. Whether a control is unhealthy; whether the observation is
unexplained, by a HEAD that lies, and through a proxy."""


class _Vantage:
    """What the observations of one vantage are judged by, taken in the order of their answers."""

    def __init__(
        self,
        of: _SpellContext,
        observations: Mapping[Target, Sequence[TrackRow]],
        known_before: Baseline,
    ) -> None:
        self.made_up = NearbyControls(observations.get(Target.MADE_UP_PATH, ()))
        self.roots = NearbyControls(observations.get(Target.ROOT, ()))
        self._backing = Backing(of.state.fingerprints, observations.get(Target.MADE_UP_PATH, ()))
        self._of, self._shapes = of, set(known_before.shapes)
        self._before, self._made_up_before = known_before.before, cast("int | None", None)
        self._head_lies = bool(of.belying_head) and _head_lies(of, observations.get(Target.URL, ()))
        self._readings: dict[_ObservationKind, ProbeReading] = {}

    def take(
        self, index: int, observation: PackedObservation, sent_at: Instant
    ) -> tuple[ProbeReading, bool, bool, Instant]:
        """Take the next observation.

        Returns:
            What it says; whether a control near it differs, and whether nothing explains it; until
            when later ones of the same fingerprint and traits say the same.
        """
        of, traits, slot_at = self._of, observation.traits, observation.slot_at
        shape, made_up, roots = of.shapes[index], self.made_up, self.roots
        direct = not of.proxied or traits & TRAIT_OLD_ADDRESS > 0
        through = not direct and of.spell.is_behind(sent_at + observation.done_ms)
        new = bool(self._shapes) and shape not in self._shapes
        known = made_up.known(slot_at)
        kind = (
            index,
            traits,
            made_up.near(sent_at),
            roots.near(sent_at),
            self._before,
            self._made_up_before,
            (
                known in of.unhealthy or roots.known(slot_at) in of.unhealthy,
                new and not (made_up.explain(slot_at) and roots.explain(slot_at)),
                self._head_lies and not traits & TRAIT_GET_COMPARED,
                through,
            ),
        )
        said = self._readings.get(kind)
        if said is None:  # a case is probed often and seldom sees anything new
            said = self._readings[kind] = _say(of, kind)
        sound, online = traits & TRAIT_CANARY_OK > 0, said.shown is Verdict.ONLINE
        if sound and said.verdict is Verdict.ONLINE:  # a copy shows too what the URL answers
            self._shapes.add(shape)
            if said.differs:
                self._before, self._made_up_before = index, known
        strange = new and said.shown is Verdict.UNKNOWN
        near_at = self._backing.latest(index, sent_at) if online else sent_at
        if (
            not direct
            or new
            or near_at is None
            or (self._before, self._made_up_before) != kind[4:6]
        ):
            until = sent_at - 1
        else:
            until = min(near_at + CONTROL_NEAR_MS, made_up.until(slot_at, sent_at))
            until = min(until, roots.until(slot_at, sent_at))
        return said, online and near_at is not None, strange, until


def _probed(
    of: _SpellContext,
    vantage: str,
    observations: Mapping[Target, Sequence[TrackRow]],
    *,
    known_before: Baseline = NO_BASELINE,
    sightings: list[BaselineSighting] | None = None,
) -> list[TimelineEntry]:
    state, own = of.state, _Vantage(of, observations, known_before)
    found = own.made_up.entries(state, vantage) + own.roots.entries(state, vantage)
    probe, away, alike = EntryKind.PROBED, of.spell.group != OVERFLOW, None
    from_at = from_slot_at = until = last_sent_at = 0
    usual, last_asked = False, cast("tuple[str, ...]", ())
    for done_at, sent_at, index, observation, asked in sorted(
        observations.get(Target.URL, ()), key=_BY_DONE
    ):
        slot_at, traits = observation.slot_at, observation.traits
        again = (index, traits) == alike and from_at <= sent_at <= until and from_slot_at <= slot_at
        if not again:
            said, control_differs, strange, until = own.take(index, observation, sent_at)
            alike, from_at, from_slot_at = (index, traits), sent_at, slot_at
            shown, reason, differs = said.shown, said.reason, said.differs
            if traits & TRAIT_NOWHERE:  # whoever it is, a sighting there makes nothing late
                control_differs = differs = False
            present, aged, shape = said.dns_names_owner, said.aged, of.shapes[index][:3]
            sound, old = traits & TRAIT_CANARY_OK > 0, traits & TRAIT_OLD_ADDRESS > 0
            announced, too_late = traits & TRAIT_ANNOUNCED > 0, traits & TRAIT_TOO_LATE > 0
            nameless, asn = old and traits & TRAIT_NXDOMAIN > 0, traits >> ASN_SHIFT
            # no name leads to the overflow: it is probed at addresses known from before
            led_away = old and not nameless and away
            seen = sound and shown is Verdict.ONLINE
            usual = seen and present > 0 and not aged
        if sightings is not None and seen:
            sightings.append(BaselineSighting(done_at, index, differs))
        found.append(
            TimelineEntry(  # by their places: by their names they take twice as long
                done_at,
                probe,
                sighted_at(sent_at, observation.age_s, aged=True) if aged else sent_at,
                vantage,
                shown,
                reason,
                asked,
                announced,
                sound,
                False,  # alive
                slot_at,
                present,
                old,
                aged,
                strange,
                asn,
                led_away,
                control_differs,
                shape,
                False,  # contradicted
                False,  # stated_origin
                nameless,
                too_late,
                again and usual and sent_at >= last_sent_at and asked == last_asked,
            )
        )
        last_sent_at, last_asked = sent_at, asked
    return found


def _head_lies(of: _SpellContext, observations: Sequence[TrackRow]) -> bool:
    """Return whether an observation found HEAD to be answered otherwise than GET."""
    return any(
        observation.traits & TRAIT_CANARY_OK and index in of.belying_head
        for _, _, index, observation, _ in observations
    )


def _say(of: _SpellContext, kind: _ObservationKind) -> ProbeReading:
    state = of.state
    index, traits, made_up, root, before, made_up_before, found_so = kind
    control_unhealthy, unexplained, head_lies, through = found_so
    prints = state.fingerprints
    controls = JudgingContext(
        made_up_path=None if made_up is None else prints[made_up],
        root=None if root is None else prints[root],
        before=None if before is None else prints[before],
        made_up_before=None if made_up_before is None else prints[made_up_before],
        is_root=state.root,
        control_unhealthy=control_unhealthy,
        unexplained=unexplained,
        head_lies=head_lies,
    )
    return read_probe(prints[index], traits, controls, through)
