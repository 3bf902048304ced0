"""What histories lack: hosters of which a sample is drawn, and probes close to the norms."""

from random import Random

from ledger_events import (
    BOTH,
    DEAD,
    GONE,
    MISSED,
    NORTH,
    ONLINE,
    REFUSED,
    notice,
    observation,
    place,
    placed,
    report,
    slots,
)
from msgspec import structs

from schemas.closed_lists import HotlineMode, Target
from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.records.facts import Attribution

PROBABILITIES = (1.0, 0.25, 0.3, 1 / 3)
"""Of a draw; the last two have no weight that a float holds."""

EDGES_H = (
    (0.9, 0.91),
    (1.1, 1.145),
    (11.5, 11.55),
    (12.5, 12.775),
    (23.5, 23.55),
    (24.5, 24.775),
    (47.5, 47.55),
    (48.5, 49.675),
)
"""First and last moment of the slots beside the norms, hours after the notice."""


def with_sampling(told: list[tuple[object, int]], chance: Random) -> list[tuple[object, int]]:
    """Return the records with a draw at some hosters, not always the same at each resolution."""
    if chance.random() < 0.3:
        return told
    drawn = []
    lots: dict[Attribution, tuple[float, bool]] = {}  # a copy of a record says the same
    for record, appended_at in told:
        if isinstance(record, Attribution):
            lot = chance.choice(PROBABILITIES)
            lot, sampled = lots.setdefault(record, (lot, lot == 1 or chance.random() < 0.7))
            places = tuple(
                structs.replace(p, inclusion=lot, sampled=sampled) if p.hoster != "other" else p
                for p in record.placements
            )
            drawn.append((structs.replace(record, placements=places), appended_at))
        else:
            drawn.append((record, appended_at))
    return drawn


def punctual(chance: Random) -> list[tuple[object, int]]:
    """Return a case that is probed beside the norms, now and then too late or not at all."""
    noticed = chance.choice([0.0, 1.0, 5.5])
    hotline = chance.choice(["alpha", "beta"])
    mode = chance.choice([HotlineMode.DELIVERY] * 3 + [HotlineMode.ON_REPORT])
    told = [
        report(chance.choice([0, 0.5]), seen=0, mode=mode),
        placed(chance.choice([0, 0, 3]), place()),
        *[notice(noticed, hotline=hotline, received=noticed + chance.choice([0, 0, 2, 13]))]
        * (chance.random() < 0.9),
    ]
    if chance.random() < 0.3:
        told.append(report(chance.choice([0, 2, 4]), hotline="beta", id="r2"))
    if chance.random() < 0.3:
        told += slots([noticed + chance.choice([4, 20, 30]) + k / 6 for k in range(4)], GONE)
    for first, last in EDGES_H:
        if chance.random() < 0.3:
            continue
        facts = chance.choice([ONLINE, ONLINE, ONLINE, DEAD, REFUSED, MISSED])
        hours = noticed + chance.choice([first, last, (first + last) / 2])
        target = chance.choice([Target.URL] * 5 + [Target.MADE_UP_PATH])
        seen, appended_at = observation(
            hours, facts, chance.choice(BOTH), target=target, canary_ok=chance.random() < 0.9
        )
        slot_at = seen.slot_at + chance.choice([0, 0, 0, -1, 1])
        late = chance.choice([0, 0, 300_000, 300_001, 7 * MINUTE_MS])
        told.append(
            (
                structs.replace(
                    seen, slot_at=slot_at, sent_at=slot_at + late, done_at=slot_at + late + 200
                ),
                appended_at + late + HOUR_MS,
            )
        )
    if chance.random() < 0.3:
        told += [observation(noticed + h, ONLINE, NORTH, hoster="other") for h, _ in EDGES_H]
    chance.shuffle(told)
    return told
