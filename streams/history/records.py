"""A history as records of the ledger, as intake, attribution and the probers would write them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from schemas.closed_lists import HotlineMode, Target
from schemas.identity.ids import case_id
from schemas.moments import HOUR_MS, MINUTE_MS, Instant, instant
from schemas.records.facts import Attribution, Decision, Observation
from schemas.records.history import History
from schemas.records.history_events import ControlsWord, HistoryEvent
from schemas.records.history_registry import Hotline, Mode
from schemas.records.reports import (
    AnswerAccepted,
    CheckAccepted,
    NoticeAccepted,
    ReportAccepted,
    WithdrawalAccepted,
)
from streams.history.answers import controls_of, facts_of
from streams.history.ledger.made_resolution import attribution
from streams.history.made_probe import URL_KEY, MadeProbe
from streams.history.scene import RESOLVER, Scene, happenings
from streams.lifecycle.events.event_union import Happened

PROBE_DELAY_MS: Final = 3_600
"""An observation is appended 0.001 h after it was made."""

FUTURE_MAX_MS: Final = 5 * MINUTE_MS
"""Intake quarantines a record that is dated further ahead."""

RecordFields: TypeAlias = dict[str, Any]


@dataclass(slots=True)
class HistoryRecords:
    """Makes the records of a history.

    Attributes:
        history: the history.
        start_at: its hour 0.
        scene: what holds at the hour of the newest event.
    """

    history: History
    start_at: Instant = 0
    scene: Scene = field(init=False)
    _decided: list[str] = field(default_factory=list)
    _attributed: bool = False

    def __post_init__(self) -> None:
        """Begin at the start."""
        self.start_at = instant(self.history.start)
        self.scene = Scene(self.history)
        self._attributed = any(event.vantage == RESOLVER for event in self.history.events)

    def at(self, hour: float) -> Instant:
        """Return the instant of an hour."""
        return self.start_at + round(hour * HOUR_MS)

    def all(self) -> Iterator[Happened]:
        """Yield the records with their append times, in order of what they tell of."""
        for n, (hour, event) in enumerate(happenings(self.history)):
            appended_at = self.at(hour if event.received_h is None else event.received_h)
            yield from self._of(n, hour, event, appended_at)

    def _of(
        self, n: int, hour: float, event: HistoryEvent, appended_at: Instant
    ) -> Iterator[Happened]:
        at = self.at(hour)
        said: Any = getattr(event, event.kind)
        match event.kind:
            case "registry":
                self.scene.registry.change(said.hosters)
            case "vantages":
                self.scene.asked = said
            case "at":
                for made in self._attributions(event, at):
                    yield made, appended_at
            case "decision":
                yield self._decision(n, said, at), appended_at
            case "look":
                late = PROBE_DELAY_MS if event.received_h is None else 0
                for seen in self._observations(event, at):
                    yield seen, appended_at + late
            case _ if at <= appended_at + FUTURE_MAX_MS:
                yield self._entry(n, event, at, appended_at), appended_at

    def _entry(self, n: int, event: HistoryEvent, at: Instant, appended_at: Instant) -> Any:
        said: Any = getattr(event, event.kind)
        name = getattr(said, "hotline", "") or next(iter(self.history.hotlines))
        hotline = self.history.hotlines[name]
        received_at = at if hotline.mode is Mode.HISTORIC else appended_at
        common: RecordFields = {
            "url_key": URL_KEY,
            "hotline": name,
            "record_id": getattr(said, "id", None) or f"{event.kind} {n}",
            "received_at": received_at,
            "mode": HotlineMode[hotline.mode.name],
        }
        match event.kind:
            case "report":
                return self._report(said, hotline, common, at)
            case "notice":
                return self._notice(said, hotline, common, at)
            case "withdrawal":
                common["record_id"] = f"{event.kind} {n}"
                return WithdrawalAccepted(**common, withdrawn_at=at)
            case "check":
                return CheckAccepted(
                    **common,
                    **_known(
                        CheckAccepted,
                        self._stamps(hotline)
                        | {"backdated": self._is_backdated(hotline, common, at)},
                    ),
                    checked_at=at,
                    result=said.what,
                    authoritative=hotline.mode is Mode.HISTORIC,
                    checker=said.person,
                )
        site = self.scene.registry.site(said.hoster)
        return AnswerAccepted(**common, answered_at=at, recipient=site.hoster, answer=said.says)

    def _report(
        self, said: Any, hotline: Hotline, common: RecordFields, at: Instant
    ) -> ReportAccepted:
        return ReportAccepted(
            **common,
            **_known(ReportAccepted, self._stamps(hotline) | {"assesses": hotline.assesses}),
            reported_at=at,
            seen_at=None if said.seen_h is None else self.at(said.seen_h),
            self_report=said.self_report,
            probing=said.probing,
            sealed="sealed",
            category=said.category,
        )

    def _notice(
        self, said: Any, hotline: Hotline, common: RecordFields, at: Instant
    ) -> NoticeAccepted:
        site = self.scene.registry.site(said.to)
        return NoticeAccepted(
            **common,
            **_known(NoticeAccepted, self._stamps(hotline)),
            recipient=site.hoster,
            group=site.group,
            noticed_at=at,
            result=said.result,
            basis=said.basis,
            reference=said.reference,
            term_s=None if said.term_h is None else round(said.term_h * 3_600),
            backdated=self._is_backdated(hotline, common, at),
        )

    def _is_backdated(self, hotline: Hotline, common: RecordFields, at: Instant) -> bool:
        """Return whether a record is dated back by more than its hotline's feed delay."""
        received_at: Instant = common["received_at"]
        return at < received_at - round(hotline.feed_delay_h * HOUR_MS)

    def _stamps(self, hotline: Hotline) -> RecordFields:
        """Return what intake stamps on a hotline's entries from the registry."""
        norms_s = tuple(sorted(round(n * 3_600) for n in self.history.norms[hotline.jurisdiction]))
        return {
            "norms_s": norms_s,
            "sector_norm_s": norms_s[0],
            "feed_delay_s": round(hotline.feed_delay_h * 3_600),
        }

    def _decision(self, n: int, said: Any, at: Instant) -> Decision:
        id = said.id or f"decision {n}"
        to = None if said.to is None else self.scene.registry.site(said.to)
        about, revokes = said.case, said.revokes
        if said.what == "revoke" and revokes is None:
            revokes = self._decided.pop() if self._decided else "none"
        elif said.what != "revoke":
            self._decided.append(id)
        return Decision(
            v=1,
            id=id,
            url_key=URL_KEY,
            case_id=case_id(URL_KEY, about.owner, about.role, about.number - 1) if about else "",
            decided_at=at,
            action=said.what,
            hoster=None if to is None else to.hoster,
            group=None if to is None else to.group,
            revokes=revokes,
            proposed_by=said.by[0],
            approved_by=said.by[1],
            reason="as the history says",
        )

    def _attributions(self, event: HistoryEvent, at: Instant) -> Iterator[Attribution]:
        resolved = self.scene.resolve(event)
        if not self._attributed:
            self._attributed = True
            yield attribution(resolved[0]._replace(vantage=RESOLVER), self.scene.registry, at)
        for made in resolved:
            yield attribution(made, self.scene.registry, at)

    def _observations(self, event: HistoryEvent, at: Instant) -> Iterator[Observation]:
        look: Any = event.look
        controls = event.controls if isinstance(event.controls, ControlsWord) else None
        beside = controls_of(look, controls or ControlsWord.HEALTHY)
        for vantage in (event.vantage,) if isinstance(event.vantage, str) else self.scene.asked:
            for site in self.scene.probed(event):
                made = MadeProbe(self.history, self.scene, event, at, vantage, site)
                yield made.observation(Target.URL, facts_of(look))
                if beside is not None:
                    yield made.observation(Target.MADE_UP_PATH, beside[0])
                    yield made.observation(Target.ROOT, beside[1])


def _known(record: type[Any], fields: RecordFields) -> RecordFields:
    """Return those of the fields that a record has."""
    return {name: value for name, value in fields.items() if name in record.__struct_fields__}
