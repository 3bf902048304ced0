"""One case as its page tells it: what is so now, and what changed when and by which rule."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from schemas.moments import Instant
from streams import lifecycle
from streams.history.from_ledger import history_of
from streams.history.judge import decoded
from streams.history.sentence import Sentence
from streams.history.tell import sentences
from streams.history.timeline import TimelineChange, changes
from streams.lifecycle.events.event_union import Happened
from streams.views.case_search import CaseFilter, FoundCase, found_cases


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that was said or seen: first and last instant, and what, part by part."""

    at: Instant
    until: Instant
    kind: str
    what: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case, and the history of its URL, which it may share with other cases.

    Attributes:
        case: what is so at `as_of`.
        others: the other cases of the URL.
        told: what was said and seen, in order of time.
        changes: what changed, in order of time; of all cases of the URL.
        as_of: all holds for it, made of what the ledger held by then.
        records: how many records of the ledger that is.
    """

    case: FoundCase
    others: tuple[FoundCase, ...]
    told: tuple[HistoryLine, ...]
    changes: tuple[TimelineChange, ...]
    as_of: Instant
    records: int


def case_view(
    url_key: str, case_id: str, happened: Sequence[Happened], as_of: Instant
) -> CaseView | None:
    """Return a case as it was at an instant; None = there was none of this id.

    Args:
        url_key: the URL's keyed hash.
        case_id: the case.
        happened: what the ledger has of the URL.
        as_of: what was appended later is left out.
    """
    known = [(record, at) for record, at in happened if at <= as_of]
    if not known:
        return None
    state = lifecycle.advance(url_key, None, known)
    found = tuple(found_cases(url_key, state.cases, CaseFilter(), as_of))
    case = next((one for one in found if one.case_id == case_id), None)
    if case is None:
        return None
    history = decoded(msgspec.json.encode(history_of(known)))
    told = []
    for event in history.history.events:
        first, last = history.as_of(event.hours[0]), history.as_of(event.hours[-1])
        told.append(HistoryLine(first, last, event.kind, tuple(sentences(event))))
    return CaseView(
        case=case,
        others=tuple(one for one in found if one is not case),
        told=tuple(sorted(told, key=lambda one: one.at)),
        changes=tuple(changes(history, as_of)),
        as_of=as_of,
        records=len(known),
    )
