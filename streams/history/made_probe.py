"""The record of a probe that a history tells of, as a prober would have written it."""

from dataclasses import dataclass
from typing import Final

from msgspec import UNSET

from schemas.closed_lists import ProbeError, Target
from schemas.identity.ids import case_id, order_id
from schemas.moments import Instant
from schemas.records.facts import Facts, Observation
from schemas.records.history import History
from schemas.records.history_events import HistoryEvent, LookWord
from streams.history.scene import FIRST_ASN, Scene, Site

URL_KEY: Final = "0" * 32
"""A history is of one URL, and does not say which."""


@dataclass(frozen=True, slots=True)
class MadeProbe:
    """An observation of one vantage at one hoster, and its controls."""

    history: History
    scene: Scene
    event: HistoryEvent
    at: Instant
    vantage: str
    site: Site

    def observation(self, target: Target, facts: Facts) -> Observation:
        """Return the record of one probe; it takes no time, so that hours stay whole."""
        scene, vantages = self.scene, self.history.vantages
        vantage = vantages[self.vantage]
        case = case_id(URL_KEY, self.site.group, self.site.role, 0)
        asn = vantage.asn or FIRST_ASN + list(vantages).index(self.vantage)
        gone = facts.error is ProbeError.NXDOMAIN or self.event.look == LookWord.NXDOMAIN
        nxdomain = gone or scene.nxdomain(self.vantage)
        hosters = () if gone else scene.hosters_seen(self.vantage, self.site)
        if self.event.hosters is not UNSET:
            hosters = tuple(scene.registry.site(one).hoster for one in self.event.hosters)
        return Observation(
            url_key=URL_KEY,
            order_id=order_id(f"{case} {self.site.hoster}", self.at, self.vantage, target),
            case_id=case,
            hoster=self.site.hoster,
            role=self.site.role,
            vantage=self.vantage,
            target=target,
            slot_at=self.at,
            sent_at=self.at,
            done_at=self.at,
            asked=scene.asked,
            canary_ok=self.event.canary is not False,
            address_key=f"address of {self.site.hoster}",
            hosters=hosters,
            nxdomain=nxdomain if self.event.nxdomain is UNSET else self.event.nxdomain,
            old_address=self.event.old_address is True,
            announced=vantage.announced,
            asn=asn,
            facts=facts,
        )
