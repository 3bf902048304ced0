"""A history becomes the records that intake, attribution and the probers would have written."""

import json

import pytest

from schemas.closed_lists import HotlineMode, Role, Target
from schemas.codec import DECISION, FACT, REPORTS_ENTRY
from schemas.identity.ids import case_id
from schemas.moments import HOUR_MS
from schemas.records.facts import Attribution, Decision, Observation
from schemas.records.reports import NoticeAccepted, ReportAccepted
from streams.history.judge import decoded
from streams.history.made_probe import URL_KEY


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


def contested(*events, vantage):
    """Return whom each resolution of a vantage finds contested."""
    made = [one for one in of(Attribution, happened(*events)) if one.vantage == vantage]
    return [[place.hoster for place in one.placements if place.contested] for one in made]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"at": ["acme"], "origin": ["other"]}, ["acme"]),
        ({"at": ["acme"], "origin": ["acme2"]}, []),
        ({"at": ["acme", "other"], "origin": ["other"]}, ["acme"]),
        ({"at": ["shield", "acme"], "origin": ["other"]}, ["acme"]),
        ({"at": ["shield"], "origin": ["other"]}, []),
        ({"at": ["acme"], "origin": ["unknown"]}, []),
        ({"at": ["acme", "other"], "contested": ["other"]}, ["other"]),
        ({"at": ["acme"], "origin": ["other"], "contested": []}, []),
    ],
)
def test_a_statement_contradicts_addresses_of_other_owners(said, found):
    """Each by itself, beside a proxy too, as attribution finds it; `contested` says it outright."""
    nobody = {"hosters": {"acme": {}, "acme2": {"group": "acme"}, "other": {}, "unknown": {}}}
    nobody["hosters"]["shield"] = {"proxy": True}
    made, *_ = of(Attribution, happened({"h": 0, **said}, **nobody))
    assert [place.hoster for place in made.placements if place.contested] == found


def test_a_statement_is_of_its_own_resolution():
    """With no proxy it contradicts that one answer: no later one, and no proxy's origin later."""
    stated = {"h": 0, "at": ["acme"], "origin": ["other"]}
    later = [{"h": 1, "at": ["acme"]}, {"h": 2, "at": ["third", "shield"]}]
    thirds = [{"h": 0, "registry": {"hosters": {"third": {}}}}]
    assert contested(*thirds, stated, *later, vantage="north") == [["acme"], [], []]
    made = of(Attribution, happened(*thirds, stated, *later))[-1]
    assert [place.hoster for place in made.placements] == ["third", "shield"]


def test_a_statement_behind_a_proxy_contradicts_no_later_answer():
    """It holds there until the next one; a direct answer elsewhere is a move, not a dispute."""
    proxied = {"h": 0, "at": ["shield"], "origin": ["acme"]}
    later = [{"h": [1, 2], "at": ["other"]}, {"h": 3, "at": ["shield"]}]
    assert contested(proxied, *later, vantage="north") == [[], [], [], []]
    made = of(Attribution, happened(proxied, *later))[-1]
    assert [(one.hoster, one.behind) for one in made.placements] == [
        ("shield", False),
        ("acme", True),
    ]


def test_a_network_may_be_stated_as_the_origin():
    """Two statements that name networks are two owners (12.4), as for any other hoster."""
    events = [
        REPORT,
        {"h": 0, "at": ["shield"], "origin": ["as64500"]},
        {"h": 10, "at": ["shield"], "origin": ["as64501"]},
    ]
    raw = json.dumps({"start": "2026-06-01T00:00:00Z", "events": events})
    history = decoded(raw.encode())
    cases = history.state(history.as_of()).cases
    assert {case.hoster for case in cases} == {"shield", "as64500", "as64501"}


def test_a_resolution_of_the_stage_is_written_as_one():
    """Where a history says which are the stage's, none is made of the first of a vantage."""
    north = {"h": 0, "at": ["acme"], "vantage": "north"}
    stage = {"h": 5, "at": ["other"], "vantage": "attribution"}
    found = of(Attribution, happened(north, stage))
    assert [(one.vantage, one.placements[0].hoster) for one in found] == [
        ("north", "acme"),
        ("attribution", "other"),
    ]


@pytest.mark.parametrize(
    ("said", "hosters", "nxdomain"),
    [
        ({}, ("acme",), False),
        ({"hosters": ["other"]}, ("other",), False),
        ({"hosters": [], "nxdomain": True}, (), True),
        ({"look": "nxdomain"}, (), True),
        ({"look": "nxdomain", "hosters": ["acme"], "nxdomain": False}, ("acme",), False),
    ],
)
def test_a_probe_says_where_the_name_leads(said, hosters, nxdomain):
    """As its vantage resolved last, if it says nothing else."""
    found = of(Observation, happened(AT, {"h": 2, "look": "gone", **said}))
    assert {(one.hosters, one.nxdomain) for one in found} == {(hosters, nxdomain)}


def test_a_decision_may_be_about_one_case_and_a_revoke_about_one_decision():
    """A case is named by its owner's first name, its role and its number."""
    shield = {"owner": "shield", "role": "proxy", "number": 2}
    first, second, revoke = of(
        Decision,
        happened(
            {"h": 1, "decision": {"what": "exclude", "case": {"owner": "acme"}, "id": "mine"}},
            {"h": 2, "decision": {"what": "exclude", "case": shield}},
            {"h": 3, "decision": {"what": "revoke", "revokes": "mine"}},
        ),
    )
    assert first.case_id == case_id(URL_KEY, "acme", Role.HOSTING, 0)
    assert second.case_id == case_id(URL_KEY, "shield", Role.PROXY, 1)
    assert (revoke.revokes, revoke.case_id) == (first.id, "")
