"""Accounting: every record of a hotline has one outcome, every accepted one stands in the ledger.

`received = accepted + duplicate + quarantined + set_aside` (ARCHITECTURE.md, What always holds).
Intake writes at least once: what it writes again after it died is the same again and counts once.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from schemas.closed_lists import Result
from schemas.records.reports import OWN_PAGE
from schemas.topics import ANSWERS
from verify.compared.compare import Difference
from verify.compared.outcomes import (
    ENTRY,
    OUTCOME,
    QUARANTINED,
    Entry,
    InboxPartition,
    LogPlace,
    Outcome,
    OutcomeKey,
)


@dataclass(slots=True)
class Accounts:
    """Takes in entries and outcomes, and says what does not add up.

    Attributes:
        outcomes: origins by what became of them.
        rewritten: outcomes and entries that stand there more than once.
        aside: origins of records that two persons set aside.
    """

    outcomes: Counter[OutcomeKey] = field(default_factory=Counter)
    rewritten: int = 0
    aside: Collection[tuple[str, int, int]] = ()
    _origins: dict[tuple[str, int], dict[int, int]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _accepted: dict[tuple[str, str], tuple[str, str, LogPlace]] = field(default_factory=dict)
    _entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    _aside_entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    _quarantined: dict[LogPlace, str] = field(default_factory=dict)
    _kept: set[LogPlace] = field(default_factory=set)
    _wrong: list[Difference] = field(default_factory=list)

    def add_entry(self, url_key: str, value: bytes) -> None:
        """Take in one record of `reports.v1`."""
        try:
            entry = ENTRY.decode(value)
        except msgspec.DecodeError:
            found = Difference(url_key=url_key, what="entry", ledger="unreadable", published="")
            self._wrong.append(found)
            return
        if entry.url_key != url_key:
            self._wrong.append(_about(entry, "key of an entry", entry.url_key, url_key))
        held = self._entries.setdefault((entry.hotline, entry.record_id), entry)
        if held is entry:
            return
        if held == entry:
            self.rewritten += 1
        else:
            self._wrong.append(_about(entry, "entries of one record", "1", "2"))

    def add_aside(self, value: bytes) -> None:
        """Take in a record of `reports.v1` that is set aside: intake may have written it.

        One that cannot be read is no entry, and one that nobody accepted is missed by nobody.
        """
        with suppress(msgspec.DecodeError):
            entry = ENTRY.decode(value)
            self._aside_entries[entry.hotline, entry.record_id] = entry

    def add_outcome(self, value: bytes) -> Outcome:
        """Take in one record of `outcomes.v1`, and return it.

        Raises:
            msgspec.DecodeError: it is none.
        """
        outcome = OUTCOME.decode(value)
        origin = outcome.origin
        place = LogPlace(origin.topic, origin.partition, origin.offset)
        offsets = self._origins[place.inbox, place.partition]
        content = hash(outcome)
        if place.offset in offsets:
            if offsets[place.offset] == content:
                self.rewritten += 1
            else:
                self._wrong.append(_at(outcome.hotline, "outcomes of one record", place, "1", "2"))
            return outcome
        new = [offset for offset in origin.offsets() if offset not in offsets]
        offsets.update(dict.fromkeys(new, content))
        self.outcomes[outcome.hotline, outcome.type, outcome.result, outcome.reason] += len(new)
        if outcome.result is Result.SET_ASIDE and place not in self.aside:
            what = "record set aside by two persons"
            self._wrong.append(_at(outcome.hotline, what, place, "0", "1"))
        if outcome.result is Result.QUARANTINED:
            self._quarantined[place] = outcome.hotline
        if outcome.result is not Result.ACCEPTED:
            return outcome
        id = (outcome.hotline, outcome.record_id)
        if id in self._accepted:
            self._wrong.append(_at(outcome.hotline, "id accepted", place, "1", "2"))
        else:
            self._accepted[id] = (outcome.url_key or "", outcome.type, place)
        return outcome

    def add_quarantined(self, value: bytes) -> None:
        """Take in one record of `quarantine.v1`.

        Raises:
            msgspec.DecodeError: it is none.
        """
        origin = QUARANTINED.decode(value).origin
        self._kept.add(LogPlace(origin.topic, origin.partition, origin.offset))

    def lacking(self, inbox: str, partition: int, begin: int, committed: int) -> bool:
        """Return whether a settled offset of an inbox has no outcome."""
        offsets = self._origins.get((inbox, partition), {})
        return any(offset not in offsets for offset in range(begin, committed))

    def unread(self, inboxes: dict[tuple[str, int], InboxPartition]) -> int:
        """Return how many settled offsets of closed inboxes have no outcome.

        They are records that are lost, or the marks of a transaction: who may not read cannot tell.
        """
        return sum(
            offset not in self._origins.get(place, {})
            for place, inbox in inboxes.items()
            if inbox.closed
            for offset in range(inbox.begin, inbox.committed)
        )

    def per_hotline(self) -> dict[str, dict[str, int]]:
        """Return received, accepted, duplicate and quarantined records of each hotline."""
        found: dict[str, dict[str, int]] = {}
        for (hotline, _, result, _), n in sorted(self.outcomes.items(), key=str):
            counts = found.setdefault(hotline, {"received": 0, **{r.value: 0 for r in Result}})
            counts["received"] += n
            counts[result] += n
        return found

    def differences(
        self, inboxes: dict[tuple[str, int], InboxPartition], *, quarantine_whole: bool
    ) -> Iterator[Difference]:
        """Give what does not add up.

        Args:
            inboxes: the partitions of inboxes that are there.
            quarantine_whole: nothing of `quarantine.v1` has been dropped for its age.
        """
        yield from self._wrong
        for (name, partition), inbox in inboxes.items():
            yield from self._inbox(name, partition, inbox)
        yield from self._unwritten(inboxes)
        for place, hotline in self._quarantined.items() if quarantine_whole else ():
            if place not in self._kept and not _is_ahead(place, inboxes):
                yield _at(hotline, "record in quarantine.v1", place, "1", "0")
        yield from self._without_outcome(inboxes)

    def _without_outcome(
        self, inboxes: dict[tuple[str, int], InboxPartition]
    ) -> Iterator[Difference]:
        """Give entries without an outcome, but for as many of a hotline as records of it wait.

        An entry names its record by a keyed hash, so which of them it is cannot be told here.
        """
        waiting: Counter[str] = Counter()
        for (name, _), inbox in inboxes.items():
            waiting[_hotline(name)] += inbox.waiting
        for id, entry in self._entries.items():
            if id in self._accepted:
                continue
            if waiting[entry.hotline] > 0:
                waiting[entry.hotline] -= 1
            else:
                yield _about(entry, "outcome of an entry", "1", "0")

    def _inbox(self, name: str, partition: int, inbox: InboxPartition) -> Iterator[Difference]:
        offsets = self._origins.get((name, partition), {})
        for offset in sorted(inbox.records - offsets.keys()):
            yield _at(_hotline(name), "outcome", LogPlace(name, partition, offset), "1", "0")
        for offset in sorted(o for o in offsets if o >= inbox.end):
            yield _at(_hotline(name), "outcome", LogPlace(name, partition, offset), "0", "1")

    def _unwritten(self, inboxes: dict[tuple[str, int], InboxPartition]) -> Iterator[Difference]:
        for id, (url_key, type_name, place) in self._accepted.items():
            if _is_ahead(place, inboxes):
                continue
            entry = self._entries.get(id) or self._aside_entries.get(id)
            said = (entry.url_key, entry.type) if entry else None
            if said != (url_key, type_name):
                yield Difference(
                    url_key=url_key,
                    what=f"{type_name} of {place.inbox}/{place.partition}/{place.offset}"
                    " in reports.v1",
                    ledger="1",
                    published="0" if entry is None else "another",
                )


def _is_ahead(place: LogPlace, inboxes: dict[tuple[str, int], InboxPartition]) -> bool:
    """Return whether intake is still at a record: what follows from it may not be written yet."""
    inbox = inboxes.get((place.inbox, place.partition))
    return inbox is not None and place.offset >= inbox.committed


def _about(entry: Entry, what: str, ledger: str, published: str) -> Difference:
    return Difference(
        url_key=entry.url_key,
        what=f"{what} ({entry.type} of {entry.hotline})",
        ledger=ledger,
        published=published,
    )


def _at(hotline: str, what: str, place: LogPlace, ledger: str, published: str) -> Difference:
    where = f"{place.inbox}/{place.partition}/{place.offset}"
    return Difference(what=f"{what} ({where} of {hotline})", ledger=ledger, published=published)


def _hotline(inbox: str) -> str:
    """Return whose records stand in a topic that intake reads."""
    if inbox == ANSWERS.name:
        return OWN_PAGE
    return inbox.removeprefix("hotline.").removesuffix(".v1")


def outcomes_differ(
    ledger: Counter[OutcomeKey], published: Iterable[tuple[OutcomeKey, int]]
) -> Iterator[Difference]:
    """Give what differs in the counts of records by outcome."""
    theirs = dict(published)
    for key in sorted(ledger.keys() | theirs.keys(), key=str):
        if ledger[key] != theirs.get(key, 0):
            yield Difference(
                what="intake " + " ".join(str(part) for part in key if part),
                ledger=str(ledger[key]),
                published=str(theirs.get(key, 0)),
            )
