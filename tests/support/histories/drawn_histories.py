"""Histories drawn at random from the form: every kind of event, word, name and default."""

from hypothesis import strategies as st

from schemas.closed_lists import (
    AnswerKind,
    Basis,
    CheckResult,
    DecisionAction,
    Delivery,
    ProbeError,
)
from schemas.records.history_events import ControlsWord, LookWord
from schemas.records.history_registry import Mode

HOSTERS = ("acme", "acme2", "other", "shield", "as64500")
VANTAGES = ("north", "south")

hours = st.one_of(
    st.integers(0, 60).map(float),
    st.floats(0, 60, allow_nan=False).map(lambda hour: round(hour, 3)),
    st.integers(-30, 10_000).map(float),
)
hotlines = st.sampled_from(["alpha", "beta"])
hosters = st.sampled_from(HOSTERS)
words = st.sampled_from([*LookWord]).map(str)
facts = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from([200, 206, 301, 404, 410, 403, 451, 503, 499]),
        "type": st.sampled_from(["", "image/png", "text/html"]),
        "length": st.sampled_from([None, 0, 150, 5_000_000]),
        "etag": st.sampled_from(["", "a", "b"]),
        "age_s": st.sampled_from([0, 3_600, 200_000]),
        "x_cache": st.sampled_from(["HIT", "MISS"]),
        "location": st.sampled_from(["/", "/removed.html", "//elsewhere/", "https:", "x"]),
        "challenge": st.booleans(),
        "suspended": st.booleans(),
        "error": st.sampled_from([*ProbeError]).map(str),
    },
)


def _said(kind, required=(), **optional):
    fields = st.fixed_dictionaries(dict(required), optional=optional)
    return fields.map(lambda said: {kind: said})


_PLAIN = (
    _said(
        "report",
        hotline=hotlines,
        id=st.sampled_from(["r1", "r2"]),
        seen_h=hours,
        self_report=st.booleans(),
    ),
    _said("notice", hotline=hotlines, to=hosters, result=st.sampled_from([*Delivery]).map(str)),
    _said(
        "notice",
        {"basis": st.just(Basis.ORDER.value), "term_h": st.sampled_from([1, 12])},
        hotline=hotlines,
        to=hosters,
        reference=st.just("o1"),
    ),
    _said("withdrawal", hotline=hotlines),
    _said(
        "check",
        {"what": st.sampled_from([*CheckResult]).map(str)},
        hotline=hotlines,
        person=st.sampled_from(["p1", "p2"]),
    ),
    _said("answer", {"says": st.sampled_from([*AnswerKind]).map(str)}, hoster=hosters),
    _said(
        "decision",
        {
            "what": st.sampled_from(
                [str(a) for a in DecisionAction if a is not DecisionAction.REATTRIBUTE]
            )
        },
    ),
    st.builds(lambda to: {"decision": {"what": "reattribute", "to": to}}, hosters),
    st.builds(
        lambda owner, number: {
            "decision": {"what": "exclude", "case": {"owner": owner, "number": number}}
        },
        hosters,
        st.sampled_from([1, 2]),
    ),
    st.builds(lambda n, g: {"registry": {"hosters": {n: {"group": g}}}}, hosters, hosters),
    st.just({"registry": {"hosters": {"as64500": {"renamed": "other"}}}}),
    st.builds(lambda v: {"vantages": [v]}, st.sampled_from(VANTAGES)),
    st.just({"vantages": list(VANTAGES)}),
)
_BESIDE_OBSERVATION = {
    "vantage": st.sampled_from(VANTAGES),
    "hoster": hosters,
    "old_address": st.booleans(),
    "controls": st.sampled_from([*ControlsWord]).map(str),
    "canary": st.booleans(),
    "hosters": st.lists(hosters, max_size=2, unique=True),
    "nxdomain": st.booleans(),
}
_BESIDE_AT = {
    "vantage": st.sampled_from([*VANTAGES, "attribution"]),
    "behind": st.lists(hosters, max_size=1),
    "answered": st.booleans(),
    "nxdomain": st.booleans(),
    "origin": st.lists(hosters, max_size=2),
    "disclosed": st.booleans(),
}
_SEEN = st.builds(
    lambda observation, beside: {"look": observation, **beside},
    st.one_of(words, words, facts),
    st.fixed_dictionaries({}, optional=_BESIDE_OBSERVATION),
)
_RESOLVED = st.builds(
    lambda at, beside: {"at": at, **beside},
    st.lists(hosters, max_size=3),
    st.fixed_dictionaries({}, optional=_BESIDE_AT),
)
_EVENT = st.builds(
    lambda hour, late, event: (
        {"h": hour, **event} if late is None else {"h": hour, "received_h": hour + late, **event}
    ),
    hours,
    st.sampled_from([None, None, None, 0.5, 30.0]),
    st.one_of(_SEEN, _SEEN, _RESOLVED, *_PLAIN),
)
_HOTLINE = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from([*Mode]).map(str),
        "feed_delay_h": st.sampled_from([0, 1, 36]),
        "assesses": st.booleans(),
    },
)
BEGUN = [{"h": 0, "report": {}}, {"h": 0, "at": ["acme"]}, {"h": 1, "notice": {}}]

histories = st.builds(
    lambda alpha, beta, begun, events: {
        "start": "2026-06-01T00:00:00Z",
        "hotlines": {"alpha": alpha, "beta": beta},
        "events": [*begun, *events],
    },
    _HOTLINE,
    _HOTLINE,
    st.sampled_from([[], BEGUN, BEGUN]),
    st.lists(_EVENT, max_size=14),
)
"""What a person might type, sensible or not."""
