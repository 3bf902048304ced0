"""Conditions of the rules, one by one; tests/streams/verdicts/test_rules.py has their order."""

import pytest
from ledger_events import GONE, ONLINE
from msgspec import structs

from schemas.records.case_observations import TRAIT_OLD_ADDRESS, TRAIT_PRESENT, Fingerprint
from schemas.records.facts import Facts
from streams.verdicts import conditions
from streams.verdicts.conditions import ControlledObservation, JudgingContext
from streams.verdicts.fingerprints import fingerprint

SOFT = Facts(status=200, type="text/html", length=9_000, etag_key="soft")
HOME = Facts(status=200, type="text/html", length=9_000, hops=1, to_root=True)


def seen(
    facts: Facts, traits: int = TRAIT_PRESENT, **beside: Facts | bool
) -> ControlledObservation:
    """Return an observation beside controls, which are given by what they answered."""
    controls = {n: fingerprint(v) if isinstance(v, Facts) else v for n, v in beside.items()}
    return ControlledObservation(fingerprint(facts), traits, JudgingContext(**controls))


def test_likeness_proves_a_change_only_after_another_answer():
    """The made-up path's answer from the start on says nothing of what was there."""
    assert conditions.like_made_up_path(seen(SOFT, made_up_path=SOFT))
    assert not conditions.like_control(seen(SOFT, made_up_path=SOFT))
    assert conditions.like_control(seen(SOFT, made_up_path=SOFT, before=ONLINE))
    assert not conditions.like_control(seen(SOFT, made_up_path=SOFT, before=SOFT))


def test_a_host_whose_made_up_paths_changed_too_is_walled():
    """A log-in, a fault and an end look alike there."""
    beside = {"made_up_path": SOFT, "before": ONLINE}
    assert conditions.whole_host_changed(seen(SOFT, **beside, made_up_before=GONE))
    assert not conditions.whole_host_changed(seen(SOFT, **beside, made_up_before=SOFT))
    assert not conditions.whole_host_changed(seen(SOFT, **beside))


@pytest.mark.parametrize("status", [404, 410])
def test_not_found_with_the_content_s_headers_contradicts_itself(status):
    """The body may be there all the same."""
    assert conditions.contradicts(seen(structs.replace(ONLINE, status=status), before=ONLINE))
    assert not conditions.contradicts(seen(structs.replace(ONLINE, status=status)))
    assert not conditions.contradicts(seen(GONE, before=ONLINE))


@pytest.mark.parametrize(
    ("traits", "elsewhere"), [(0, True), (TRAIT_PRESENT, False), (TRAIT_OLD_ADDRESS, False)]
)
def test_who_serves_it_is_for_the_name_to_say(traits, elsewhere):
    """At the last known address the name has no say."""
    assert conditions.elsewhere(seen(ONLINE, traits)) is elsewhere


def test_a_redirect_to_the_root_needs_something_to_compare_with():
    """A site whose every path leads home says nothing by it."""
    assert conditions.to_root(seen(HOME))
    assert not conditions.to_home_page(seen(HOME, made_up_path=HOME))
    assert conditions.to_home_page(seen(HOME, made_up_path=GONE))
    assert conditions.to_home_page(seen(HOME, made_up_path=HOME, before=ONLINE))
    assert isinstance(seen(HOME).seen, Fingerprint)
