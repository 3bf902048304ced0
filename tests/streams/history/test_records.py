"""A history becomes the records that intake, attribution and the probers would have written."""

import json

from schemas.closed_lists import HotlineMode, Role, Target
from schemas.codec import DECISION, FACT, REPORTS_ENTRY
from schemas.moments import HOUR_MS
from schemas.records.facts import Attribution, Decision, Observation
from schemas.records.reports import NoticeAccepted, ReportAccepted
from streams.history.judge import decoded


def happened(*events, **parts):
    """Return the records of a history with their append times in hours."""
    raw = json.dumps({"start": "2026-06-01T00:00:00Z", **parts, "events": list(events)})
    told = decoded(raw.encode())
    return [(record, (at - told.start_at) / HOUR_MS) for record, at in told.happened]


def of(kind, found):
    return [record for record, _ in found if isinstance(record, kind)]


REPORT = {"h": 0, "report": {"seen_h": -1}}
AT = {"h": 0, "at": ["acme"]}


def test_every_record_survives_its_codec():
    """What is folded is what a topic could hold."""
    found = happened(
        REPORT,
        AT,
        {"h": 1, "notice": {}},
        {"h": 2, "check": {"what": "present"}},
        {"h": 3, "answer": {"says": "removed"}},
        {"h": 4, "withdrawal": {}},
        {"h": 5, "look": "gone"},
        {"h": 6, "decision": {"what": "exclude"}},
        {"h": 7, "at": [], "nxdomain": True},
    )
    for record, _ in found:
        is_fact = isinstance(record, Attribution | Observation)
        codec = FACT if is_fact else DECISION if isinstance(record, Decision) else REPORTS_ENTRY
        assert codec.decode(codec.encode(record)) == record


def test_one_event_at_several_hours_is_several():
    """Each hour has its observations: the URL and two controls from each vantage."""
    found = happened(AT, {"h": [1, 2], "look": "online"})
    seen = of(Observation, found)
    assert len(seen) == 2 * 2 * 3
    assert {one.target for one in seen} == {Target.URL, Target.MADE_UP_PATH, Target.ROOT}
    assert {one.vantage: one.announced for one in seen} == {"north": True, "south": False}
    assert sorted({round(at, 3) for r, at in found if isinstance(r, Observation)}) == [1.001, 2.001]


def test_the_order_in_the_file_means_nothing():
    """The same events in another order are the same records."""
    events = [
        REPORT,
        AT,
        {"h": 1, "notice": {}},
        {"h": 1, "look": "online"},
        {"h": 1, "at": ["other"]},
    ]
    assert happened(*events) == happened(*events[::-1])


def test_a_report_and_a_notice_carry_what_the_registry_said():
    """Norms, mode, owner and the feed delay are stamped on, as intake does."""
    hotlines = {"alpha": {"mode": "sent_only", "feed_delay_h": 2, "jurisdiction": "de"}}
    parts = {"hotlines": hotlines, "norms": {"nl": [24], "de": [1, 72]}}
    notice = {"h": 1, "received_h": 3.5, "notice": {"to": "acme2"}}
    found = happened(REPORT, AT, notice, **parts)
    (report,), (told,) = of(ReportAccepted, found), of(NoticeAccepted, found)
    assert report.norms_s == (3_600, 259_200)
    assert report.mode is HotlineMode.SENT_ONLY
    assert (told.recipient, told.group, told.backdated) == ("acme2", "acme", True)
    assert told.received_at - told.noticed_at == 2.5 * HOUR_MS


def test_a_record_from_the_future_is_none():
    """Intake quarantines it, so the fold never has it."""
    assert of(NoticeAccepted, happened({"h": 1.1, "received_h": 1, "notice": {}})) == []
    assert of(NoticeAccepted, happened({"h": 1.05, "received_h": 1, "notice": {}}))


def test_a_resolution_is_every_vantage_s_and_first_the_stage_s():
    """The first one is the attribution that a report brings, too."""
    found = of(Attribution, happened(AT, {"h": 1, "at": ["other"], "vantage": "south"}))
    assert [one.vantage for one in found] == ["attribution", "north", "south", "south"]


def test_a_proxy_stands_in_front_of_the_origin():
    """Both are placements, each in its role; an origin without a proxy is a contradiction."""
    (first, *_) = of(Attribution, happened({"h": 0, "at": ["shield"], "origin": ["acme"]}))
    roles = {place.hoster: place.role for place in first.placements}
    assert roles == {"shield": Role.PROXY, "acme": Role.HOSTING}
    (first, *_) = of(Attribution, happened({"h": 0, "at": ["acme"], "origin": ["other"]}))
    assert [(p.hoster, p.contested) for p in first.placements] == [("acme", True)]


def test_observations_are_made_at_every_hoster_or_the_one_named():
    """At the old address those are meant that the name no longer leads to."""
    moved = [AT, {"h": 1, "at": ["other"]}]
    hosters = [
        {
            one.hoster
            for one in of(Observation, happened(*moved, {"h": 2, "look": "gone", **beside}))
        }
        for beside in ({}, {"old_address": True}, {"hoster": "acme"})
    ]
    assert hosters == [{"other"}, {"acme"}, {"acme"}]
    (seen, *_) = of(Observation, happened(*moved, {"h": 2, "look": "gone", "hoster": "acme"}))
    assert seen.hosters == ("other",)


def test_a_revoke_takes_the_newest_decision_back():
    """It names the one that stands before it."""
    made = of(
        Decision,
        happened(*({"h": n, "decision": {"what": w}} for n, w in enumerate(("exclude", "revoke")))),
    )
    assert made[1].revokes == made[0].id
