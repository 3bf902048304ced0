"""What stands in a dossier, in words: what speaks for the hoster, and the notes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from agents.edges.web.case_labels import ANSWERS, FLAGS
from agents.edges.web.formatting import duration, number
from agents.edges.web.messages import N_, gettext, translated
from schemas.closed_lists import (
    Basis,
    CheckResult,
    DecisionAction,
    Delivery,
    Flag,
    ProofKind,
)
from schemas.dossier.dossier import Point

POINTS: Final = {
    "removed": N_("the material was removed"),
    "gone_before_notice": N_("the material was gone before the notice"),
    "ended_without_notice": N_("the case ended before anybody had told the hoster"),
    "never_online": N_("nobody saw the material there"),
    "withdrawn": N_("the hotline took its report back"),
    "excluded": N_("two persons excluded the case"),
    "moved": N_("the material moved to another hoster"),
    "suspect": N_("vantages or persons disagree about it"),
    "doubted": N_("its end is not confirmed yet"),
    "norm_in_time": N_("it was removed within a norm"),
    "norm_undetermined": N_("whether a norm was kept is not known"),
    "order_in_time": N_("it was removed within the term of an order"),
    "order_undetermined": N_("whether the term of an order was kept is not known"),
    "never_told": N_("no notice reached the hoster"),
    "no_delivery": N_("nothing proves that the notice was delivered"),
    "not_delivered": N_("a notice did not arrive"),
    "hotline_delay": N_("the hotline took an hour or more from its report to its notice"),
    "answered_removed": N_("the hoster answered that it had removed it"),
    "answered_refused": N_("the hoster answered that it does not remove it"),
    "answered_disputed": N_("the hoster disputes it"),
    "answered_not_ours": N_("the hoster answered that it is not its own"),
    "dispute_open": N_("nobody has decided about its dispute yet"),
    "dispute_accepted": N_("two persons accepted its dispute"),
    "canary_failed": N_("observations were made while the vantage's canary failed"),
    "own_clock": N_("observations count for nothing, because our own clock was wrong"),
    "own_capacity": N_("planned probes were not made, because of our own limits"),
    "unbacked": N_("sightings have no control near them, and make nothing late"),
}
"""By what `streams.dossier.for_the_hoster` calls them; flags have the words of the pages."""

WORDS: Final[Mapping[str, Mapping[Any, str]]] = {
    "basis": {Basis.NOTICE: N_("notice"), Basis.ORDER: N_("order")},
    "delivery": {
        Delivery.DELIVERED: N_("delivered"),
        Delivery.SENT: N_("sent"),
        Delivery.BOUNCED: N_("could not be delivered"),
        Delivery.REFUSED: N_("not accepted"),
    },
    "proof": {
        ProofKind.SMTP_REPLY: N_("reply of the mail server"),
        ProofKind.DSN: N_("delivery status notification"),
        ProofKind.MDN: N_("confirmation of receipt"),
        ProofKind.PORTAL: N_("portal"),
        ProofKind.API: "API",
        ProofKind.LETTER: N_("letter"),
    },
    "check": {
        CheckResult.PRESENT: N_("it is there"),
        CheckResult.ABSENT: N_("it is gone"),
        CheckResult.COULD_NOT_SEE: N_("could not be seen"),
        CheckResult.NOT_ILLEGAL_NOW: N_("not illegal now"),
        CheckResult.NEVER_ILLEGAL: N_("was never illegal"),
    },
    "answer": ANSWERS,
    "decision": {
        DecisionAction.ACCEPT_DISPUTE: N_("dispute accepted"),
        DecisionAction.REJECT_DISPUTE: N_("dispute rejected"),
        DecisionAction.CONFIRM_BACKDATED: N_("backdated proof confirmed"),
        DecisionAction.EXCLUDE: N_("case excluded"),
        DecisionAction.REATTRIBUTE: N_("given to another hoster"),
        DecisionAction.LEGAL_HOLD: N_("legal hold"),
        DecisionAction.REVOKE: N_("earlier decision revoked"),
    },
}
"""What hotlines, hosters and persons stated, by kind; kinds share values of different meaning."""

_FLAG: Final = "flag_"
_DELAY: Final = "hotline_delay"


def word(kind: str, stated: str) -> str:
    """Return what somebody stated, in words; `kind` is one of `WORDS`."""
    return gettext(WORDS[kind][stated])


def point(one: Point) -> str:
    """Return what speaks for the hoster in a case."""
    text = _text(one.what)
    if one.what == _DELAY:
        return f"{text} ({duration(int(one.more))})"
    return text


def points(found: Sequence[Point]) -> list[tuple[str, str]]:
    """Return what speaks for the hoster in all cases: in how many, and what."""
    return [(number(int(one.more)), _text(one.what)) for one in found]


def _text(what: str) -> str:
    if what.startswith(_FLAG):
        label = gettext(FLAGS[Flag(what.removeprefix(_FLAG))])
        return translated("marked: %(label)s", label=label)
    return gettext(POINTS[what])
