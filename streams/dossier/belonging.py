"""Which records of a URL speak of one hoster's cases, and which of another hoster's alone.

Reports, notices, checks and facts speak of the URL. A decision speaks of the case that it names,
and of all cases if it names none; one that takes another back speaks of what that spoke of. An
answer speaks for whoever gave it. What another hoster disputed, and why two persons excluded its
case, is no business of this hoster.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet

from schemas.closed_lists import DecisionAction
from schemas.records.case import CaseSummary
from schemas.records.facts import Decision
from schemas.records.reports import AnswerAccepted, HosterId, NoticeAccepted, UrlKey
from streams import lifecycle
from streams.dossier.quoted import Quoted, of_type
from streams.views.owner_names import OwnerNames


def of_hoster(url_key: UrlKey, found: Sequence[Quoted], hoster: HosterId) -> list[Quoted]:
    """Return the records of a URL that a dossier of a hoster quotes.

    Its cases come to the same from these as from all. So decisions that give a case to another
    hoster are kept: which case is whose, and which notice went astray, follows from all of them.

    Args:
        url_key: of the URL.
        found: all records of it that count.
        hoster: its id or its owner's.
    """
    state = lifecycle.advance(url_key, None, [(one.said, one.at) for one in found])
    mine = [case for case in state.cases if hoster in (case.hoster, case.group)]
    names = OwnerNames(state).of_hoster(hoster, mine)
    ids, about = {"", *(case.case_id for case in mine)}, _about(found)
    return [
        one
        for one in found
        if _speaks_of(one, about, ids, names)
        or (isinstance(one.said, Decision) and _gives(about[one.said.id]))
    ]


def of_case(
    found: Sequence[Quoted], case: CaseSummary, names: AbstractSet[HosterId]
) -> list[Quoted]:
    """Return the records of a URL that speak of one of its cases.

    Args:
        found: the records.
        case: the case.
        names: of its owner.
    """
    about, mine = _about(found), ("", case.case_id)
    return [one for one in found if _speaks_of(one, about, mine, names)]


def told_to(found: Sequence[Quoted], names: AbstractSet[HosterId]) -> frozenset[str]:
    """Return the places of the notices that an owner got, or was to get.

    Args:
        found: the records of the URL.
        names: of the owner.
    """
    notices = of_type(found, NoticeAccepted)
    return frozenset(one.name for one, said in notices if {said.recipient, said.group} & names)


def _about(found: Sequence[Quoted]) -> Mapping[str, Decision]:
    """Return for each decision, by id, the one that it keeps in force or takes back in the end."""
    by_id = {said.id: said for _, said in of_type(found, Decision)}
    return {id: _first(said, by_id) for id, said in by_id.items()}


def _first(made: Decision, by_id: Mapping[str, Decision]) -> Decision:
    for _ in by_id:
        made = by_id.get(made.revokes or "", made)
    return made


def _speaks_of(
    one: Quoted,
    about: Mapping[str, Decision],
    cases: Collection[str],
    names: AbstractSet[HosterId],
) -> bool:
    if isinstance(one.said, Decision):
        return about[one.said.id].case_id in cases
    return not isinstance(one.said, AnswerAccepted) or one.said.recipient in names


def _gives(made: Decision) -> bool:
    return made.action == DecisionAction.REATTRIBUTE
