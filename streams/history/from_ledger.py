"""A real case's ledger as a history without its URL, so that a dispute can be replayed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.closed_lists import ProbeError, Role, Target
from schemas.moments import HOUR_MS, Instant, rfc3339
from schemas.records.facts import Attribution, Decision, Observation, Placement
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
from streams.lifecycle.events.event_union import Happened

HOUR_DIGITS: Final = 7
"""A third of a millisecond, so that every instant comes back."""

_RESOLVER: Final = "attribution"
_FEED_DELAY_S: Final = 3_600
"""What a hotline has of whom nothing is said."""


@dataclass(slots=True)
class HistoryWriter:
    """Writes the records of one URL as a history.

    Attributes:
        start_at: hour 0.
    """

    start_at: Instant
    _hosters: dict[str, dict[str, Any]] = field(default_factory=dict)
    _hotlines: dict[str, dict[str, Any]] = field(default_factory=dict)
    _norms: dict[str, list[float]] = field(default_factory=dict)
    _vantages: dict[str, dict[str, Any]] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)
    _led: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _behind: set[str] = field(default_factory=set)
    _asked: tuple[str, ...] = ()
    _events: list[dict[str, Any]] = field(default_factory=list)

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
        """Take in what a hotline said."""
        hotline = self._hotlines.setdefault(record.hotline, {})
        mode = Mode[record.mode.name]
        if mode is not Mode.DELIVERY:
            hotline["mode"] = mode.value
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
                self._hosters.setdefault(record.recipient, {})
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
        self._hoster(record.recipient, record.group)
        if record.norms_s:
            self._jurisdiction(self._hotlines[record.hotline], record.norms_s)
        said: dict[str, Any] = {"hotline": record.hotline, "to": record.recipient}
        said |= {"result": record.result, "basis": record.basis}
        if record.term_s is not None:
            said["term_h"] = record.term_s / 3_600
        if record.reference:
            said["reference"] = self._name("order ", record.reference)
        if record.feed_delay_s != _FEED_DELAY_S:
            self._hotlines[record.hotline]["feed_delay_h"] = record.feed_delay_s / 3_600
        self._add(record.noticed_at, appended_at, notice=said)

    def _hoster(self, hoster: str, group: str, role: Role = Role.HOSTING) -> None:
        said: dict[str, Any] = {} if group in ("", hoster, "unknown") else {"group": group}
        if role is Role.PROXY:
            said["proxy"] = True
        known = self._hosters.get(hoster)
        if not known:
            self._hosters[hoster] = said
        elif said and said != known:
            self._hosters[hoster] = known | said

    def decision(self, record: Decision, appended_at: Instant) -> None:
        """Take in a decision; who signed it is left out."""
        said: dict[str, Any] = {"what": record.action}
        if record.action == "reattribute" and record.hoster:
            self._hosters.setdefault(record.hoster, {})
            said["to"] = record.hoster
        self._add(record.decided_at, appended_at, decision=said)

    def attribution(self, record: Attribution, appended_at: Instant) -> None:
        """Take in a resolution of a vantage; of the stage's own only the first one."""
        if not record.answered or (record.vantage == _RESOLVER and self._led):
            return
        places = record.placements
        for place in places:
            self._hoster(place.hoster, place.group, place.role)
        stated = [p.hoster for p in places if _stated(p)]
        led = tuple(p.hoster for p in places if not _stated(p))
        event: dict[str, Any] = {"at": list(led)}
        if record.nxdomain:
            event["nxdomain"] = True
        if stated:
            event["origin"] = stated
            event["disclosed"] = any(place.disclosed for place in places)
            self._behind.update(stated)
        if record.vantage == _RESOLVER:
            self._led[_RESOLVER] = led
        else:
            self._vantages.setdefault(record.vantage, {})
            self._led[record.vantage] = led
            event["vantage"] = record.vantage
        self._add(record.at, appended_at, **event)

    def probe(self, seen: Sequence[tuple[Observation, Instant]]) -> None:
        """Take in an observation of the URL with those of its controls in the same slot."""
        by_target = {one.target: one for one, _ in seen}
        url = by_target.get(Target.URL)
        if url is None:
            return
        appended_at = next(at for one, at in seen if one is url)
        said = self._vantages.setdefault(url.vantage, {})
        said |= {"announced": url.announced} | ({"asn": url.asn} if url.asn else {})
        self._hosters.setdefault(url.hoster, {})
        at = url.sent_at if 200 <= url.facts.status < 300 else url.done_at
        self._resolved(url, at)
        if url.asked != self._asked and url.asked:
            self._asked = url.asked
            for vantage in url.asked:
                self._vantages.setdefault(vantage, {})
            self._add(at, at, vantages=list(url.asked))
        event: dict[str, Any] = {"look": answer_of(url.facts, self._name), "vantage": url.vantage}
        event["hoster"] = url.hoster
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

    def _resolved(self, url: Observation, at: Instant) -> None:
        """Say where the name led at a probe, if it led elsewhere before."""
        led = self._led.get(url.vantage, self._led.get(_RESOLVER, ()))
        if url.old_address and url.nxdomain:
            led_now: tuple[str, ...] = ()
        elif url.facts.error is ProbeError.NXDOMAIN or set(url.hosters) <= {*led, *self._behind}:
            return
        else:  # a probe names its own hoster where it is known to be behind a proxy
            led_now = tuple(h for h in url.hosters if h in led or h not in self._behind)
        for hoster in led_now:
            self._hosters.setdefault(hoster, {})
        if led_now != led:
            self._led[url.vantage] = led_now
            nxdomain = {"nxdomain": True} if url.nxdomain else {}
            self._add(at, at, at=list(led_now), vantage=url.vantage, **nxdomain)

    def history(self) -> dict[str, Any]:
        """Return the history of what was taken in."""
        hotlines = dict(sorted(self._hotlines.items()))
        for said in hotlines.values():
            said.setdefault("jurisdiction", next(iter(sorted(self._norms)), "nl"))
        return {
            "v": 1,
            "start": rfc3339(self.start_at),
            "hosters": dict(sorted(self._hosters.items())),
            "hotlines": hotlines,
            "norms": self._norms or {"nl": [24, 48]},
            "vantages": self._vantages or {"north": {}},
            "events": sorted(self._events, key=lambda event: float(event["h"])),
        }


def _stated(place: Placement) -> bool:
    return place.confidence == "statement"


def history_of(happened: Iterable[Happened]) -> dict[str, Any]:
    """Return the history of one URL's records; it holds no URL, host, path, key or hash.

    Hours are exact. What a control answered becomes one of four words, and a spell's addresses are
    left out: a history is an argument that a person can follow, not a copy of the ledger.

    Args:
        happened: all records of the URL with their append times.

    Raises:
        ValueError: there is no report among them.
    """
    records = sorted(happened, key=lambda one: (_at(one[0]), repr(type(one[0]))))
    reports = [record for record, _ in records if isinstance(record, ReportAccepted)]
    if not reports:
        raise ValueError("no report")
    first_at = min(min(r.reported_at, r.seen_at or r.reported_at) for r in reports)
    writer = HistoryWriter(first_at // HOUR_MS * HOUR_MS)
    observations: dict[tuple[Any, ...], list[tuple[Observation, Instant]]] = defaultdict(list)
    for record, appended_at in records:
        if isinstance(record, Observation):
            place = (record.slot_at, record.vantage, record.hoster, record.role)
            observations[place].append((record, appended_at))
        elif isinstance(record, Decision):
            writer.decision(record, appended_at)
        elif isinstance(record, Attribution):
            writer.attribution(record, appended_at)
        else:
            writer.entry(record, appended_at)
    for seen in observations.values():
        writer.probe(seen)
    return writer.history()


def _at(record: Any) -> Instant:
    for name in (
        "reported_at",
        "noticed_at",
        "withdrawn_at",
        "checked_at",
        "answered_at",
        "decided_at",
        "done_at",
        "at",
    ):
        if hasattr(record, name):
            found: Instant = getattr(record, name)
            return found
    return 0
