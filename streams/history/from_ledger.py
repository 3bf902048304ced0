"""A real case's ledger as a history without its URL, so that a dispute can be replayed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.closed_lists import DecisionAction, Target
from schemas.moments import HOUR_MS, Instant, rfc3339
from schemas.records.facts import Attribution, Decision
from schemas.records.history_events import ControlsWord
from schemas.records.history_registry import Mode
from schemas.records.reports import (
    AnswerAccepted,
    CheckAccepted,
    NoticeAccepted,
    ReportAccepted,
    WithdrawalAccepted,
)
from streams.history.answer_words import answer_of, controls_word
from streams.history.ledger.case_names import case_names, told_decisions
from streams.history.ledger.record_order import ProbedSlot, counted_at, in_order
from streams.history.ledger.told_registry import ToldRegistry
from streams.history.ledger.told_resolution import ToldResolutions, shared_addresses
from streams.history.scene import RESOLVER
from streams.lifecycle.events.event_union import Happened
from streams.lifecycle.evidence.owner import UNKNOWN

HOUR_DIGITS: Final = 7
"""A third of a millisecond, so that every instant comes back."""


@dataclass(slots=True)
class HistoryWriter:
    """Writes the records of one URL as a history.

    Attributes:
        start_at: hour 0.
        cases: names of the cases that decisions are about, by id.
        decisions: those that may change something, by id.
        shared: keys of addresses that are of several hosters.
    """

    start_at: Instant
    cases: Mapping[str, dict[str, Any]]
    decisions: Mapping[str, Decision]
    shared: frozenset[str]
    registry: ToldRegistry = field(default_factory=ToldRegistry)
    resolutions: ToldResolutions = field(init=False)
    _hotlines: dict[str, dict[str, Any]] = field(default_factory=dict)
    _norms: dict[str, list[float]] = field(default_factory=dict)
    _vantages: dict[str, dict[str, Any]] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)
    _asked: tuple[str, ...] = ()
    _events: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin without a resolution."""
        self.resolutions = ToldResolutions(self.registry, self.shared)

    def hours(self, at: Instant) -> float:
        """Return an instant in hours."""
        return round((at - self.start_at) / HOUR_MS, HOUR_DIGITS)

    def _add(self, when: Instant, appended_at: Instant, **event: Any) -> None:
        if "look" in event or "at" in event:  # a broker's clock may be a little behind
            appended_at = max(appended_at, when)
        received = {} if appended_at == when else {"received_h": self.hours(appended_at)}
        self._events.append({"h": self.hours(when), **received, **event})

    def _name(self, kind: str, text: str) -> str:
        """Return a short name for a keyed hash: the first is `a1`, the second `a2`."""
        if not text:
            return ""
        known = sum(1 for of, _ in self._names if of == kind)
        return self._names.setdefault((kind, text), f"{kind}{known + 1}")

    def entry(self, record: Any, appended_at: Instant) -> None:
        """Take in what a hotline said; it counts from when the broker took it from the hotline."""
        hotline = self._hotlines.setdefault(record.hotline, {})
        mode = Mode[record.mode.name]
        if mode is not Mode.DELIVERY:
            hotline["mode"] = mode.value
        if mode is not Mode.HISTORIC:
            appended_at = record.received_at
        if isinstance(record, NoticeAccepted | CheckAccepted):
            hotline["feed_delay_h"] = record.feed_delay_s / 3_600
        match record:
            case ReportAccepted():
                self._report(record, hotline, appended_at)
            case NoticeAccepted():
                self._notice(record, appended_at)
            case WithdrawalAccepted():
                self._add(record.withdrawn_at, appended_at, withdrawal={"hotline": record.hotline})
            case CheckAccepted():
                said: dict[str, Any] = {"hotline": record.hotline, "what": record.result}
                said["person"] = self._name("p", record.checker or "nobody")
                self._add(record.checked_at, appended_at, check=said)
            case AnswerAccepted():
                said = {"hoster": record.recipient, "says": record.answer}
                self.registry.mention(record.recipient)
                self._add(record.answered_at, appended_at, answer=said)

    def _report(
        self, record: ReportAccepted, hotline: dict[str, Any], appended_at: Instant
    ) -> None:
        self._jurisdiction(hotline, record.norms_s)
        said: dict[str, Any] = {"hotline": record.hotline}
        said["id"] = self._name("report ", record.record_id)
        if record.seen_at is not None:
            said["seen_h"] = self.hours(record.seen_at)
        if record.self_report:
            said["self_report"] = True
        if not record.probing:
            said["probing"] = False
        if not record.assesses:
            hotline["assesses"] = False
        self._add(record.reported_at, appended_at, report=said)

    def _jurisdiction(self, hotline: dict[str, Any], norms_s: Sequence[int]) -> None:
        norms = [norm_s / 3_600 for norm_s in norms_s]
        name = "norms " + "-".join(f"{norm:g}" for norm in norms)
        self._norms[name] = norms
        hotline["jurisdiction"] = name

    def _notice(self, record: NoticeAccepted, appended_at: Instant) -> None:
        group = None if record.group == UNKNOWN else record.group  # older records do not say
        self._hoster(record.noticed_at, record.recipient, group=group)
        if record.norms_s:
            self._jurisdiction(self._hotlines[record.hotline], record.norms_s)
        said: dict[str, Any] = {"hotline": record.hotline, "to": record.recipient}
        said |= {"result": record.result, "basis": record.basis}
        if record.term_s is not None:
            said["term_h"] = record.term_s / 3_600
        if record.reference:
            said["reference"] = self._name("order ", record.reference)
        self._add(record.noticed_at, appended_at, notice=said)

    def _hoster(self, at: Instant, hoster: str, **said: Any) -> None:
        """Take in what a record says of a hoster; a change is an event of the registry."""
        changed = self.registry.take(hoster, **said)
        if changed:
            self._add(at, at, registry={"hosters": changed})

    def decision(self, record: Decision, appended_at: Instant) -> None:
        """Take in a decision; who signed it is left out."""
        if record.id not in self.decisions:
            return
        said: dict[str, Any] = {"what": record.action}
        if record.case_id in self.cases:
            said["case"] = self.cases[record.case_id]
        if any(record.id == other.revokes for other in self.decisions.values()):
            said["id"] = self._name("decision ", record.id)
        if record.action == DecisionAction.REVOKE:
            said["revokes"] = self._name("decision ", record.revokes or "")
        if record.action == DecisionAction.REATTRIBUTE and record.hoster:
            group = record.group or record.hoster
            self._hoster(record.decided_at, record.hoster, group=group)
            said["to"] = record.hoster
        self._add(record.decided_at, appended_at, decision=said)

    def attribution(self, record: Attribution, appended_at: Instant) -> None:
        """Take in a resolution; one that nobody answered and that places nothing says nothing."""
        if not record.answered and not record.placements:
            return
        formerly: dict[str, set[str]] = defaultdict(set)
        for place in record.placements:
            formerly[place.hoster] |= {*place.formerly}
        for place in record.placements:
            names = sorted(formerly[place.hoster])
            said = {"group": place.group, "role": place.role, "formerly": names}
            self._hoster(record.at, place.hoster, **said)
        if record.vantage != RESOLVER:
            self._vantages.setdefault(record.vantage, {})
        self._add(record.at, appended_at, **self.resolutions.event(record))

    def probe(self, slot: ProbedSlot) -> None:
        """Take in an observation of the URL, and behind it those of its controls."""
        by_target = {one.target: one for one, _ in slot}
        url, appended_at = slot[0]
        said = self._vantages.setdefault(url.vantage, {})
        said |= {"announced": url.announced} | ({"asn": url.asn} if url.asn else {})
        at = counted_at(url)
        self._hoster(at, url.hoster, role=url.role)
        for hoster in url.hosters:
            self.registry.mention(hoster)
        if url.asked != self._asked and url.asked:
            self._asked = url.asked
            for vantage in url.asked:
                self._vantages.setdefault(vantage, {})
            self._add(at, at, vantages=list(url.asked))
        event: dict[str, Any] = {"look": answer_of(url.facts, self._name), "vantage": url.vantage}
        event |= {"hoster": url.hoster, **self.resolutions.beside(url)}
        if url.old_address:
            event["old_address"] = True
        if not url.canary_ok:
            event["canary"] = False
        controls = controls_word(
            url.facts, by_target.get(Target.MADE_UP_PATH), by_target.get(Target.ROOT)
        )
        if controls is not ControlsWord.HEALTHY:
            event["controls"] = controls
        self._add(at, appended_at, **event)

    def history(self) -> dict[str, Any]:
        """Return the history of what was taken in."""
        hotlines = dict(sorted(self._hotlines.items()))
        for said in hotlines.values():
            said.setdefault("jurisdiction", next(iter(sorted(self._norms)), "nl"))
        return {
            "v": 1,
            "start": rfc3339(self.start_at),
            "hosters": dict(sorted(self.registry.first.items())),
            "hotlines": hotlines,
            "norms": self._norms or {"nl": [24, 48]},
            "vantages": self._vantages or {"north": {}},
            "events": sorted(self._events, key=lambda event: float(event["h"])),
        }


def history_of(happened: Iterable[Happened]) -> dict[str, Any]:
    """Return the history of one URL's records; it holds no URL, host, path, key or hash.

    Hours are exact. What a control answered becomes one of four words. Addresses are left out but
    for those of several hosters. A history is an argument that a person can follow, not a copy of
    the ledger.

    Args:
        happened: all records of the URL with their append times.

    Raises:
        ValueError: there is no report among them.
    """
    known = list(happened)
    reports = [record for record, _ in known if isinstance(record, ReportAccepted)]
    if not reports:
        raise ValueError("no report")
    first_at = min(min(r.reported_at, r.seen_at or r.reported_at) for r in reports)
    decisions = [record for record, _ in known if isinstance(record, Decision)]
    cases = case_names(known)
    writer = HistoryWriter(
        first_at // HOUR_MS * HOUR_MS,
        cases,
        told_decisions(decisions, cases),
        shared_addresses(record for record, _ in known if isinstance(record, Attribution)),
    )
    for one in in_order(known):
        if isinstance(one, list):
            writer.probe(one)
            continue
        record, appended_at = one
        if isinstance(record, Decision):
            writer.decision(record, appended_at)
        elif isinstance(record, Attribution):
            writer.attribution(record, appended_at)
        else:
            writer.entry(record, appended_at)
    return writer.history()
