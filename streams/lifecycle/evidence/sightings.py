"""What probes saw, each observation judged against its controls and the sightings before it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from schemas.reasons import NO_LOOK, Role, Target, Verdict
from schemas.records.case import (
    ASN_SHIFT,
    TRAIT_ANNOUNCED,
    TRAIT_CANARY_OK,
    TRAIT_CHECKED,
    TRAIT_NXDOMAIN,
    TRAIT_OLD_ADDRESS,
    TRAIT_TOO_LATE,
    UrlState,
)
from streams.lifecycle.evidence.baseline import (
    NO_BASELINE,
    Baseline,
    Sighting,
    baseline,
    rechecking,
)
from streams.lifecycle.evidence.hosting_spells import OVERFLOW, HostingSpell
from streams.lifecycle.evidence.item import Item, Kind
from streams.lifecycle.evidence.nearby_controls import Beside
from streams.lifecycle.evidence.probe_reading import Said, judged, sighted_at
from streams.verdicts.answer_shape import Shapes, shape_of
from streams.verdicts.backing import Backing, Seen
from streams.verdicts.fingerprints import belies_head, healthy
from streams.verdicts.rules import Controls

_BY_DONE = itemgetter(0, 1, 2)


def probed(state: UrlState, spell: HostingSpell) -> list[Item]:
    """Return the observations of a stay and its controls, vantage by vantage.

    Args:
        state: the URL's.
        spell: the stay.
    """
    found: list[Item] = []
    by_vantage = sorted(_by_vantage(state, spell).items())
    hidden = rechecking(state.tracks)
    sightings: list[Sighting] | None = [] if hidden else None
    of = _Stay(state, spell, any(place.role is Role.PROXY for place in state.placements))
    for vantage, looks in by_vantage:
        if vantage not in hidden:
            found += _probed(of, vantage, looks, sightings=sightings)
    for vantage, looks in by_vantage if sightings is not None else ():
        if vantage in hidden:
            first_at = min((seen[0] for seen in looks.get(Target.URL, ())), default=0)
            known = baseline(sightings or (), first_at, state.fingerprints)
            found += _probed(of, vantage, looks, known_before=known)
    return found


class _Stay(NamedTuple):
    state: UrlState
    spell: HostingSpell
    proxied: bool


def _by_vantage(state: UrlState, spell: HostingSpell) -> dict[str, dict[Target, list[Seen]]]:
    """Return the observations of a stay that came to something, by vantage and target."""
    none = {n for n, seen in enumerate(state.fingerprints) if seen.error in NO_LOOK}
    found: dict[str, dict[Target, list[Seen]]] = defaultdict(lambda: defaultdict(list))
    for track in state.tracks:
        if track.role is not spell.role or track.hoster not in spell.hosters:
            continue
        looks = found[track.vantage][track.target]
        cut = track.hoster in spell.windows
        for look in track.looks:
            if look.print not in none:
                sent_at = look.slot_at + look.sent_ms
                if cut and not spell.covers(track.hoster, sent_at):
                    continue
                looks.append((sent_at + look.done_ms, sent_at, look.print, look, track.asked))
    return found


_Before: TypeAlias = tuple[int | None, int | None]
"""Fingerprints of the sightings before, and of the random path beside them."""

_Kind: TypeAlias = tuple[int, int, int | None, int | None, _Before, tuple[bool, bool, bool, bool]]
"""Fingerprint and traits of an observation; fingerprints of its controls; what was before; whether
it is barred, unchecked, by a HEAD that lies, and through a proxy.
"""


def _probed(
    of: _Stay,
    vantage: str,
    looks: Mapping[Target, Sequence[Seen]],
    *,
    known_before: Baseline = NO_BASELINE,
    sightings: list[Sighting] | None = None,
) -> list[Item]:
    state = of.state
    randoms, roots = (Beside(looks.get(t, ())) for t in (Target.RANDOM, Target.ROOT))
    found = randoms.items(state, vantage) + roots.items(state, vantage)
    backing = Backing(state.fingerprints, looks.get(Target.RANDOM, ()))
    before: _Before = known_before.before, None
    shapes = Shapes(known_before.shapes)
    head_lies = _head_lies(state, looks.get(Target.URL, ()))
    all_shapes = [shape_of(seen) for seen in state.fingerprints]
    unhealthy = {n for n, seen in enumerate(state.fingerprints) if not healthy(seen)}
    judged: dict[_Kind, Said] = {}
    for done_at, sent_at, index, look, asked in sorted(looks.get(Target.URL, ()), key=_BY_DONE):
        shape, traits = all_shapes[index], look.traits
        unchecked = shapes.is_new(shape) and not (
            randoms.explain(look.slot_at) and roots.explain(look.slot_at)
        )
        known = randoms.known(look.slot_at)
        barred = known in unhealthy or roots.known(look.slot_at) in unhealthy
        old_address = traits & TRAIT_OLD_ADDRESS
        through = of.proxied and not old_address and of.spell.is_behind(done_at)
        found_so = barred, unchecked, head_lies and not traits & TRAIT_CHECKED, through
        kind = (index, traits, randoms.near(sent_at), roots.near(sent_at), before, found_so)
        said = judged.get(kind)
        if said is None:  # a case is probed often and seldom sees anything new
            said = judged[kind] = _say(of, kind)
        sound, old = traits & TRAIT_CANARY_OK > 0, traits & TRAIT_OLD_ADDRESS > 0
        nameless = old and traits & TRAIT_NXDOMAIN > 0
        online = said.shown is Verdict.ONLINE
        if sound and said.verdict is Verdict.ONLINE and said.differs:
            before = index, known
        if sound and online:
            shapes.note(shape)
            if sightings is not None:
                sightings.append(Sighting(done_at, index, said.differs))
        found.append(
            Item(
                at=done_at,
                kind=Kind.PROBED,
                seen_at=sighted_at(sent_at, look.age_s, aged=said.aged),
                vantage=vantage,
                verdict=said.shown,
                reason=said.reason,
                asked=asked,
                announced=traits & TRAIT_ANNOUNCED > 0,
                too_late=traits & TRAIT_TOO_LATE > 0,
                canary_ok=sound,
                differs=said.differs,
                slot_at=look.slot_at,
                present=said.present,
                old_address=old,
                asn=traits >> ASN_SHIFT,
                aged=said.aged,
                strange=said.shown is Verdict.UNKNOWN and shapes.is_new(shape),
                # no name leads to the overflow: it is probed at addresses known from before
                away=old and not nameless and of.spell.group != OVERFLOW,
                nameless=nameless,
                backed=online and backing.backs(index, sent_at),
                shape=shape[:3],
            )
        )
    return found


def _head_lies(state: UrlState, looks: Sequence[Seen]) -> bool:
    """Return whether an observation found HEAD to be answered otherwise than GET."""
    return any(
        look.traits & TRAIT_CANARY_OK and belies_head(state.fingerprints[index])
        for _, _, index, look, _ in looks
    )


def _say(of: _Stay, kind: _Kind) -> Said:
    state = of.state
    index, traits, random, root, (before, random_before), found_so = kind
    barred, unchecked, head_lies, through = found_so
    prints = state.fingerprints
    controls = Controls(
        random=None if random is None else prints[random],
        root=None if root is None else prints[root],
        before=None if before is None else prints[before],
        random_before=None if random_before is None else prints[random_before],
        is_root=state.root,
        barred=barred,
        unchecked=unchecked,
        head_lies=head_lies,
    )
    return judged(prints[index], traits, controls, through)
