"""Whether a hoster may be named: not while it may still reply, unless two persons say so."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from agents.config import Settings
from agents.edges.crypto.person_key import PersonKey
from agents.edges.registry.reader import read_registry
from agents.errors import UserError
from agents.tools.dossier.handovers import HandedOver, read_handovers
from agents.tools.proposals import Proposal, proposed, signer
from agents.tools.two_person import persons_of
from agents.tools.verification import read
from schemas.moments import DAY_MS, Instant, rfc3339
from schemas.records.case import UrlState
from schemas.records.custody import Handover, Override
from schemas.records.reports import HosterId
from schemas.signing import SignedKind
from streams.views.disputes import disputed_since
from streams.views.owner_names import OwnerNames

REPLY_MS: Final = 14 * DAY_MS
"""How long a hoster has after a dossier was handed over."""


class Period(NamedTuple):
    """What a report is about: noticed from the one instant on, and before the other."""

    from_at: Instant
    to_at: Instant


async def propose_override(
    settings: Settings, hoster: HosterId, period: Period, reason: str, key: PersonKey
) -> Proposal:
    """Return a proposal to name a hoster in the report of a period all the same.

    Args:
        settings: name the broker.
        hoster: whom.
        period: of the report.
        reason: why, in words; no URL.
        key: of the person who proposes it.

    Raises:
        ProposalError: whoever holds the key may not sign.
        KafkaError, TimeoutError: the broker does not answer.
    """
    persons, now = await persons_of(settings), settings.clock.clock().now()
    made = Override(
        hoster=hoster,
        from_at=period.from_at,
        to_at=period.to_at,
        at=now,
        reason=reason,
        signatures=(),
    )
    first = signer(persons, key, now)
    return proposed(SignedKind.OVERRIDE, persons.ledger, [made], first, key)


async def held_back(
    settings: Settings, named: Collection[HosterId], period: Period, override: str | None
) -> list[str]:
    """Return why a report that names hosters may not be published yet; none = it may be.

    Args:
        settings: name the broker.
        named: whom it names.
        period: that it is about.
        override: the reason that two persons signed; None = no such reason is named.

    Raises:
        UserError: the broker has no table of cases.
        KafkaError, TimeoutError: the broker does not answer.
    """
    if not named:
        return []
    handed, now = await read_handovers(settings), settings.clock.clock().now()
    registry = await read_registry(settings)
    said = await cases_say(settings, named)
    names = {hoster: registry.names(hoster) | said.earlier[hoster] for hoster in named}
    running = replies(handed, names, now)
    lines = {hoster: f"it may reply until {rfc3339(until)}" for hoster, until in running.items()}
    for hoster, since in said.disputed.items():
        open_too = f"a dispute is open since {rfc3339(since)}"
        lines[hoster] = f"{lines[hoster]}, and {open_too}" if hoster in lines else open_too
    allowed = overridden(handed, period, override)
    return [f"{hoster}: {why}" for hoster, why in sorted(lines.items()) if hoster not in allowed]


def replies(
    handed: Sequence[HandedOver], named: Mapping[HosterId, Collection[HosterId]], now: Instant
) -> dict[HosterId, Instant]:
    """Return until when hosters may reply, of those whose time is not over.

    Args:
        handed: what was handed over.
        named: hosters, each with all names that a dossier of its cases may be of: its owner's too.
        now: the present instant.
    """
    until: dict[HosterId, Instant] = {}
    for one in handed:
        made = one.record
        if not isinstance(made, Handover) or not one.genuine:
            continue
        for hoster, names in named.items():
            if made.hoster in names:
                until[hoster] = max(until.get(hoster, 0), one.at + REPLY_MS)
    return {hoster: at for hoster, at in until.items() if now < at}


def overridden(
    handed: Sequence[HandedOver], period: Period, reason: str | None
) -> frozenset[HosterId]:
    """Return the hosters that two persons let be named in the report of a period, for a reason."""
    return frozenset(
        one.record.hoster
        for one in handed
        if isinstance(one.record, Override)
        and one.genuine
        and one.record.reason == reason
        and (one.record.from_at, one.record.to_at) == period
    )


class CasesSay(NamedTuple):
    """What the table of cases says of hosters that a report names.

    Attributes:
        disputed: since when those have a dispute that nobody decided about.
        earlier: the names that resolutions say they had, and their owners'.
    """

    disputed: dict[HosterId, Instant]
    earlier: dict[HosterId, set[HosterId]]


async def cases_say(settings: Settings, named: Collection[HosterId]) -> CasesSay:
    """Return what the table of cases says of hosters.

    Args:
        settings: name the broker.
        named: which hosters.

    Raises:
        UserError: the broker has no table of cases, or it cannot be read.
        KafkaError, TimeoutError: the broker does not answer.
    """
    there, wanted = await read.tables(settings), {*named}
    found = CasesSay({}, {hoster: set() for hoster in wanted})
    for partition in there.partitions:
        table = await read.table(settings, partition, there.signed)
        for value in table.states.values():
            state = read.state_of(value)
            for hoster, since in _disputed(state, wanted):
                found.disputed[hoster] = min(since, found.disputed.get(hoster, since))
            for place in state.placements:
                for hoster in {place.hoster, place.group} & wanted:
                    found.earlier[hoster] |= {place.group, *place.formerly}
    return found


def _disputed(state: UrlState, named: AbstractSet[HosterId]) -> list[tuple[HosterId, Instant]]:
    """Return which of some hosters dispute a case of a URL, and since when.

    A report up to an older position names them as they were called then.
    """
    found: list[tuple[HosterId, Instant]] = []
    for case in state.cases if state.answers else ():
        since = disputed_since(state, case)
        if since is not None:
            mine = OwnerNames(state).of(case) & named
            found += [(hoster, since) for hoster in sorted(mine)]
    return found


def refuse(lines: Sequence[str]) -> None:
    """End a report that may not be published yet.

    Raises:
        UserError: a line says why.
    """
    if lines:
        how = "publish later, or with --override REASON, which two persons sign by"
        raise UserError("\n".join([*lines, f"{how} `hostwatch dossier override`"]))
