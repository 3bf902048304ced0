"""Ledger records for tests of the fold: hours after the start, and what was seen."""

from schemas.closed_lists import (
    AnswerKind,
    Basis,
    CheckResult,
    Confidence,
    Delivery,
    HotlineMode,
    ProbeError,
    Role,
    Target,
)
from schemas.identity.ids import order_id
from schemas.moments import HOUR_MS
from schemas.records.facts import Attribution, Decision, Facts, Observation, Placement
from schemas.records.reports import (
    AnswerAccepted,
    CheckAccepted,
    NoticeAccepted,
    ReportAccepted,
    WithdrawalAccepted,
)
from streams import lifecycle
from streams.case_class import class_at

START = 1_770_000_000_000
KEY = "0123456789abcdef0123456789abcdef"
NORTH, SOUTH, WEST = "north", "south", "west"
BOTH = (NORTH, SOUTH)
NETWORKS = {NORTH: 64_496, SOUTH: 64_497, WEST: 64_498}
"""AS numbers of the vantages."""

MIN = 1 / 60

ONLINE = Facts(status=200, type="image/jpeg", length=5_000)
GONE = Facts(status=404, type="text/html", length=150)
REFUSED = Facts(status=403, type="text/html", length=90)
LIMITED = Facts(status=429)
DEAD = Facts(error=ProbeError.TIMEOUT)
NO_NAME = Facts(error=ProbeError.NXDOMAIN)
MISSED = Facts(error=ProbeError.MISSED_POLITENESS)
CONTROL = Facts(status=404, type="text/html", length=150)


def at(hours):
    """Return the instant so many hours after the start."""
    return START + round(hours * HOUR_MS)


def report(
    hours=0.0,
    *,
    hotline="alpha",
    id="r1",
    seen=None,
    reported=None,
    mode=HotlineMode.DELIVERY,
    **said,
):
    return (
        ReportAccepted(
            url_key=KEY,
            hotline=hotline,
            record_id=id,
            received_at=at(hours),
            reported_at=at(hours if reported is None else reported),
            mode=mode,
            seen_at=None if seen is None else at(seen),
            sealed=f"sealed-{hotline}-{id}",
            **said,
        ),
        at(hours),
    )


def notice(hours=1.0, *, recipient="acme", hotline="alpha", received=None, **said):
    fields = {
        "result": Delivery.DELIVERED,
        "basis": Basis.NOTICE,
        "mode": HotlineMode.DELIVERY,
        "record_id": f"n{hours}",
    } | said
    received = at(hours if received is None else received)
    return (
        NoticeAccepted(
            url_key=KEY,
            hotline=hotline,
            received_at=received,
            noticed_at=at(hours),
            recipient=recipient,
            **fields,
        ),
        received,
    )


def withdrawal(hours, *, hotline="alpha"):
    fields = {"url_key": KEY, "hotline": hotline, "record_id": f"w{hours}"}
    return (
        WithdrawalAccepted(
            **fields, received_at=at(hours), mode=HotlineMode.DELIVERY, withdrawn_at=at(hours)
        ),
        at(hours),
    )


def check(hours, result=CheckResult.ABSENT, *, hotline="alpha", who="ann", **said):
    fields = {"url_key": KEY, "hotline": hotline, "record_id": f"c{hours}{who}"}
    return (
        CheckAccepted(
            **fields,
            received_at=at(hours),
            mode=HotlineMode.DELIVERY,
            checked_at=at(hours),
            result=result,
            checker=who,
            **said,
        ),
        at(hours),
    )


def answer(hours, *, recipient="acme"):
    fields = {"url_key": KEY, "hotline": "alpha", "record_id": f"a{hours}"}
    return (
        AnswerAccepted(
            **fields,
            received_at=at(hours),
            mode=HotlineMode.DELIVERY,
            answered_at=at(hours),
            recipient=recipient,
            answer=AnswerKind.REMOVED,
        ),
        at(hours),
    )


def decision(hours, action="exclude", *, case_id="", **said):
    made = Decision(
        v=1,
        id=f"d{hours}{action}",
        url_key=KEY,
        case_id=case_id,
        decided_at=at(hours),
        action=action,
        proposed_by="analyst",
        approved_by="lead",
        reason="a reason",
        **said,
    )
    return made, at(hours)


def place(hoster="acme", *, group=None, role=Role.HOSTING, sealed="address", **said):
    return Placement(
        hoster=hoster,
        group=group or hoster,
        role=role,
        country="NL",
        asn=64_500,
        confidence=said.pop("confidence", Confidence.ASN),
        address_key=f"key-{hoster}",
        address=sealed,
        **said,
    )


def placed(hours=0.0, *places, vantage="attribution", nxdomain=False, more=False):
    """Return an attribution; without places, one that names `acme`."""
    found = places or (() if nxdomain else (place(),))
    made = Attribution(
        url_key=KEY,
        vantage=vantage,
        at=at(hours),
        nxdomain=nxdomain,
        placements=found,
        more=more,
    )
    return made, at(hours)


def observation(
    hours, facts, vantage=NORTH, *, target=Target.URL, hoster="acme", asked=BOTH, **said
):
    """Return an observation; `south` is the vantage that does not announce itself."""
    slot_at = at(hours)
    fields = {
        "announced": vantage != SOUTH,
        "asn": NETWORKS.get(vantage, 0),
        "hosters": (hoster,),
        "role": Role.HOSTING,
    } | said
    late_h = fields.pop("late_h", 0)
    seen = Observation(
        url_key=KEY,
        order_id=order_id("case", slot_at, vantage, target),
        case_id="case",
        hoster=hoster,
        vantage=vantage,
        target=target,
        slot_at=slot_at,
        sent_at=slot_at + 100,
        done_at=slot_at + 300,
        asked=asked,
        facts=facts,
        **fields,
    )
    return seen, seen.done_at + round(late_h * HOUR_MS)


def slot(hours, facts, vantages=BOTH, *, control=CONTROL, asked=BOTH, **said):
    """Return the observations of all targets from several vantages in one slot."""
    found = []
    for vantage in vantages:
        found.append(observation(hours, facts, vantage, asked=asked, **said))
        if control is not None:
            found += [
                observation(hours, control, vantage, target=target, asked=asked, **said)
                for target in (Target.MADE_UP_PATH, Target.ROOT)
            ]
    return found


def slots(hours, facts, vantages=BOTH, **said):
    return [seen for hour in hours for seen in slot(hour, facts, vantages, **said)]


def gone_run(first=5.0, facts=GONE, vantages=BOTH, **said):
    """Return the observations of several vantages that confirm a removal, over 31 min."""
    return slots([first + m * MIN for m in (0, 10, 20, 31)], facts, vantages, **said)


def fold(*happened):
    """Return the state after records and lists of records."""
    flat = []
    for one in happened:
        flat += one if isinstance(one, list) else [one]
    return lifecycle.advance(KEY, None, flat)


def told(*happened, notice_h=1.0):
    """Return the only case of a URL reported at 0, at `acme`, with a notice."""
    (case,) = fold(report(seen=0), placed(), notice(notice_h), *happened).cases
    return case


def classes(case):
    """Return the classes a case goes through, in order."""
    return [phase.case_class.value for phase in case.phases]


def class_of(case, hours):
    return class_at(case, at(hours)).value
