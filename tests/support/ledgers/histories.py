"""Seeded histories of one URL: what could be reported, resolved and seen, contradictions too."""

from collections.abc import Callable, Iterator
from random import Random

from ledger_events import (
    BOTH,
    CONTROL,
    DEAD,
    GONE,
    LIMITED,
    MISSED,
    NO_NAME,
    NORTH,
    ONLINE,
    REFUSED,
    SOUTH,
    WEST,
    answer,
    at,
    check,
    decision,
    notice,
    observation,
    place,
    placed,
    report,
    withdrawal,
)

from schemas.closed_lists import Basis, CheckResult, Delivery, HotlineMode, Role, Target
from schemas.records.facts import Attribution, Decision, Facts, Observation
from schemas.topics import DECISIONS, FACTS, REPORTS
from streams import lifecycle
from verify.ledger.records import LedgerRecord

AGED = Facts(status=200, type="image/jpeg", length=5_000, cached=True, age_s=7_200)
COPY = Facts(status=200, type="image/jpeg", length=5_000, cached=True)
OTHER = Facts(status=200, type="text/html", length=900)
SOFT = Facts(status=200, type="text/html", length=150)
LEFT_OUT = Facts(status=200, type="text/html")
HOME = Facts(status=200, type="text/html", length=700, to_root=True)
PARKED = Facts(status=200, type="text/html", length=700, parked=True)
LEGAL = Facts(status=451)
BROKEN = Facts(status=503)
BY_GET = Facts(status=206, type="image/jpeg", length=5_000, method="GET", head_status=404)
SOFT_BY_GET = Facts(status=200, type="text/html", length=150, method="GET", head_status=404)
NOT_BY_GET = Facts(status=404, method="GET", head_status=200)

HIDDEN = "hidden"

MODES = [HotlineMode.DELIVERY] * 6 + [HotlineMode.SENT_ONLY, HotlineMode.ON_REPORT]
HOSTERS = ["acme"] * 5 + ["other", "third", "unknown"]
DAY_H = 24.0


def history(chance: Random) -> list[tuple[object, int]]:
    """Return records of one URL with their append times, in some order, a part of them twice."""
    kind = chance.choice([_wild, _wild, _dark, _left, _removal])
    told = [*_reported(chance), *_noticed(chance), *_said(chance), *kind(chance)]
    told += _rechecked(chance) if kind is _removal or chance.random() < 0.2 else []
    if chance.random() < 0.3:
        told += chance.sample(told, len(told) // 3)
    chance.shuffle(told)
    return told


def written(told: list[tuple[object, int]]) -> list[LedgerRecord]:
    """Return records as they would stand in the ledger."""
    kinds = {Attribution: FACTS, Observation: FACTS, Decision: DECISIONS}
    specs = [kinds.get(type(record), REPORTS) for record, _ in told]
    return [
        LedgerRecord(spec.name, offset, appended_at, spec.codec.encode(record))
        for offset, (spec, (record, appended_at)) in enumerate(zip(specs, told, strict=True))
    ]


def record_of(url_key: str, told: list[tuple[object, int]], chance: Random) -> bytes:
    """Return a URL's record in `cases.v1` after records in some order, a few at a time.

    Half of the histories come in order of time but for a tenth of their records: most then
    find a case that they tell nothing new.
    """
    if chance.random() < 0.5:
        late = {i for i in range(len(told)) if chance.random() < 0.1}
        told = [told[i] for i in sorted(range(len(told)), key=lambda i: (i in late, told[i][1]))]
    record: bytes | None = None
    rest = list(told)
    while rest:
        size = chance.choice([1, 1, 2, 3, 8, 40])
        record = lifecycle.update_record(url_key, record, rest[:size]).record_value
        del rest[:size]
    return record or b""


def _reported(chance: Random) -> Iterator[tuple[object, int]]:
    root = chance.random() < 0.1  # the URL is its host's root, or is not: no report differs
    for number in range(chance.choice([1, 1, 1, 2, 3])):
        yield report(
            chance.choice([0, 0, 1, 5]),
            hotline=chance.choice(["alpha", "beta"]),
            id=f"r{number}",
            seen=chance.choice([None, 0, 0, -1]),
            mode=chance.choice(MODES),
            self_report=chance.random() < 0.1,
            root=root,
        )
    if chance.random() < 0.2:
        last = chance.choice([None, at(0), at(5)])
        yield report(
            0,
            id="s",
            hotline="archive",
            mode=HotlineMode.HISTORIC,
            root=root,
            source_online=chance.random() < 0.5,
            last_online_at=last,
        )
    if chance.random() < 0.05:
        places = [place(f"host{i}") for i in range(8)]
        yield placed(0, *places)
        yield placed(0, *[place(f"more{i}") for i in range(chance.choice([7, 8]))])
    elif chance.random() < 0.9:
        where = place(chance.choice(HOSTERS), contested=chance.random() < 0.05)
        yield placed(chance.choice([0, 0, 0.5]), where)


def _noticed(chance: Random) -> Iterator[tuple[object, int]]:
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3])):
        ordered = chance.random() < 0.25
        hours = round(
            chance.uniform(-1, 30) if chance.random() < 0.7 else chance.uniform(0, 700), 1
        )
        recipient = chance.choice(["acme", "acme", "acme", "other", "unknown", "owner"])
        feed_h = chance.choice([0, 2])
        yield notice(
            hours,
            recipient=recipient,
            group=recipient if recipient == "unknown" else chance.choice([recipient, "owner"]),
            hotline=chance.choice(["alpha", "beta"]),
            result=chance.choice([Delivery.DELIVERED] * 4 + [Delivery.SENT, Delivery.BOUNCED]),
            basis=Basis.ORDER if ordered else Basis.NOTICE,
            reference="x" if ordered else None,
            term_s=chance.choice([3_600, 7_200, None]) if ordered else None,
            backdated=feed_h > 0 and chance.random() < 0.4,
            received=hours + feed_h,
            mode=chance.choice(MODES),
        )


def _said(chance: Random) -> Iterator[tuple[object, int]]:
    for _ in range(chance.choice([0] * 6 + [1, 2])):
        yield withdrawal(round(chance.uniform(0, 700), 1), hotline=chance.choice(["alpha", "beta"]))
    for _ in range(chance.choice([0, 0, 0, 1, 2, 3])):
        yield check(
            round(chance.uniform(0, 300), 1),
            chance.choice(list(CheckResult)),
            hotline=chance.choice(["alpha", "beta"]),
            who=chance.choice(["ann", "bob"]),
        )
    if chance.random() < 0.1:
        action = chance.choice(["exclude", "confirm_backdated", "reject_dispute"])
        yield decision(round(chance.uniform(0, 300), 1), action)
    if chance.random() < 0.1:
        yield answer(round(chance.uniform(0, 300), 1))


def _answers(chance: Random) -> Callable[[str], Facts]:
    """Return how a host answers a vantage for a while."""
    one = chance.choice(
        [ONLINE, ONLINE, GONE, GONE, REFUSED, LEGAL, DEAD, DEAD, NO_NAME, AGED, OTHER, SOFT, COPY,
         HOME, PARKED, BROKEN, BY_GET, NOT_BY_GET]
    )  # answers, many a line # fmt: skip
    mixed = chance.choice(
        [
            [ONLINE, GONE],
            [GONE, BY_GET],
            [SOFT_BY_GET, GONE, ONLINE],
            [GONE, REFUSED],
            [AGED, GONE],
            [MISSED, GONE],
            [DEAD, DEAD, BROKEN],
            [DEAD, GONE, ONLINE, REFUSED, LIMITED],
        ]
    )
    return chance.choice(
        [
            lambda _: one,
            lambda _: one,
            lambda _: chance.choice(mixed),
            lambda vantage: GONE if vantage == NORTH else ONLINE,
            lambda vantage: REFUSED if vantage != SOUTH else ONLINE,
            lambda vantage: GONE if vantage == SOUTH else DEAD,
            lambda vantage: DEAD if vantage == WEST else GONE,
        ]
    )


def _wild(chance: Random) -> Iterator[tuple[object, int]]:
    """Give observations of a host that changes its mind, and resolutions that name anybody."""
    for _ in range(chance.choice([0, 0, 1, 3, 7])):
        named = {chance.choice(HOSTERS) for _ in range(chance.choice([0, 1, 1, 1, 2]))}
        places = [
            place(
                hoster,
                group=None if hoster == "unknown" else chance.choice([None, None, None, "owner"]),
                role=chance.choice([Role.HOSTING] * 5 + [Role.PROXY]),
            )
            for hoster in sorted(named)
        ]
        vantage = chance.choice(["attribution", NORTH, SOUTH])
        yield placed(round(chance.uniform(0, 300), 1), *(places or [place()]), vantage=vantage)
    hours = 0.1
    vantages = chance.choice([(NORTH,), BOTH, BOTH, BOTH, (NORTH, SOUTH, WEST)])
    for _ in range(chance.choice([1, 2, 3, 4, 6])):
        answers = _answers(chance)
        step = chance.choice([1 / 6, 1 / 6, 0.25, 1, 6, DAY_H, DAY_H, 48, 50])
        controls = [CONTROL] * 6 + [None, DEAD, SOFT, ONLINE, REFUSED, SOFT_BY_GET, LEFT_OUT]
        control = chance.choice(controls)
        said = _manner(chance)
        for _ in range(chance.choice([1, 2, 3, 4, 8, 12])):
            hours = round(hours + step * chance.choice([1, 1, 1, 0.9]), 3)
            yield from _slot(chance, hours, answers, said, vantages=vantages, control=control)


def _manner(chance: Random) -> dict[str, object]:
    said: dict[str, object] = {
        "hoster": chance.choice(["acme"] * 8 + ["other", "third", "unknown"])
    }
    said["hosters"] = (said["hoster"],)
    if chance.random() < 0.15:
        said |= {"old_address": True, "hosters": ("other",), "nxdomain": chance.random() < 0.5}
    elif chance.random() < 0.1:
        said["hosters"] = ("other",)
    if chance.random() < 0.05:
        said["role"] = Role.PROXY
    if chance.random() < 0.15:
        said["asn"] = chance.choice([0, 64_500])  # all vantages in one network, known or not
    return said


def _slot(chance, hours, answers, said, *, vantages=BOTH, control=CONTROL):
    for vantage in vantages:
        if chance.random() < 0.07:
            continue  # no observation came of the slot
        own = dict(said)
        own["canary_ok"] = chance.random() > 0.05
        own["late_h"] = 25 if chance.random() < 0.02 else 0
        then = hours + chance.choice([0, 0, 0, 0.01, 0.02])
        yield observation(then, answers(vantage), vantage, asked=vantages, **own)
        if control is not None and chance.random() < 0.6:
            for target in (Target.MADE_UP_PATH, Target.ROOT):
                yield observation(then, control, vantage, target=target, asked=vantages, **own)


def _plain(chance, hours, facts, *, control=CONTROL, **said) -> list[tuple[object, int]]:
    """Return observations at some hours that all see the same."""
    own = {"hoster": "acme", "hosters": ("acme",)} | said
    found: list[tuple[object, int]] = []
    for hour in hours:
        found += _slot(chance, hour, lambda _: facts, own, control=control)
    return found


def _steps(start: float, step: float, count: int) -> list[float]:
    return [round(start + step * number, 3) for number in range(count)]


def _rechecked(chance: Random) -> list[tuple[object, int]]:
    """Return what a vantage sees that is not asked, and what follows when it is asked too."""
    found: list[tuple[object, int]] = []
    facts = chance.choice([ONLINE, ONLINE, GONE, BY_GET, OTHER, REFUSED, AGED])
    there = {"hoster": "acme", "hosters": chance.choice([("acme",), ("acme",), ("other",)])}
    for _ in range(chance.choice([0, 1, 1, 2, 4])):
        hours = round(chance.uniform(3, 250), 2)
        alone = {**there, "canary_ok": chance.random() > 0.1, "announced": False}
        found.append(observation(hours, facts, HIDDEN, asked=BOTH, **alone))
        if chance.random() < 0.8:
            found.append(
                observation(hours, CONTROL, HIDDEN, target=Target.MADE_UP_PATH, asked=BOTH, **alone)
            )
        if chance.random() < 0.6:
            together = (*BOTH, HIDDEN)
            for then in _steps(hours + 1 / 6, 1 / 6, chance.choice([1, 3, 5])):
                found += _slot(
                    chance,
                    then,
                    lambda vantage: facts if vantage == HIDDEN else GONE,
                    there,
                    vantages=together,
                    control=CONTROL,
                )
    return found


def _dark(chance: Random) -> list[tuple[object, int]]:
    """Return a host that falls silent for some days, now and then showing life, and comes back."""
    step = chance.choice([6, 12, DAY_H, 30])
    dead = chance.choice([DEAD, DEAD, BROKEN])
    found = [placed(0, place()), notice(1), *_plain(chance, _steps(1, 2, 3), ONLINE)]
    count = int(chance.choice([5, 7.5, 9, 16]) * DAY_H / step) + 1
    control = chance.choice([DEAD, DEAD, DEAD, CONTROL])
    found += _plain(chance, _steps(10, step, count), dead, control=control)
    for _ in range(chance.choice([0, 0, 1, 2])):
        hours = round(chance.uniform(10, 200), 2)
        facts = chance.choice([ONLINE, GONE, REFUSED])
        found.append(observation(hours, facts, chance.choice(BOTH), asked=BOTH))
    end = 10 + count * step
    after = chance.choice([ONLINE, GONE, DEAD])
    return found + _plain(chance, _steps(end + chance.choice([1, 50, 300]), 1, 4), after)


def _left(chance: Random) -> list[tuple[object, int]]:
    """Return a name that leaves its hoster or ceases to exist, and the old address asked."""
    found = [placed(0, place()), notice(1), *_plain(chance, _steps(1, 2, 3), ONLINE)]
    nxdomain = chance.random() < 0.5
    facts = chance.choice([GONE, GONE, DEAD, ONLINE, NO_NAME])
    said = {"old_address": facts is not NO_NAME, "hosters": ("other",), "nxdomain": nxdomain}
    found += _plain(chance, _steps(12, chance.choice([0.2, 1]), 6), facts, **said)
    if not nxdomain:
        vantages = chance.choice([BOTH, (NORTH,)])
        found += [placed(12 + i, place("other"), vantage=v) for i in range(3) for v in vantages]
        there = {"hoster": "other", "hosters": ("other",)}
        found += _plain(chance, _steps(15, 1, 3), ONLINE, **there)
    back = chance.choice([30, 100, 400])
    return found + _plain(chance, _steps(back, 1, 3), chance.choice([ONLINE, GONE]))


def _removal(chance: Random) -> list[tuple[object, int]]:
    """Return a removal like most, and what may come after it."""
    gone = chance.choice([2, 5, 23, 30, 60])
    found = [placed(0, place()), notice(1), *_plain(chance, _steps(1, gone / 4, 4), ONLINE)]
    facts = chance.choice([GONE, GONE, GONE, SOFT, HOME, LEGAL])
    found += _plain(chance, _steps(gone + 1, 1 / 6, 5), facts)
    if chance.random() < 0.5:
        back = gone + chance.choice([10, 30, 100, 160, 170, 200, 400])
        found += _plain(chance, _steps(back, 2, 4), chance.choice([ONLINE, ONLINE, OTHER]))
        found += [notice(back + chance.choice([1, 5]))] if chance.random() < 0.5 else []
        found += _plain(chance, _steps(back + 20, 1 / 6, 5), GONE)
    return found
