"""What a report calls its closed lists: each value has its words, in both languages."""

import pytest

from agents.edges.web.messages import catalogue, speaking
from agents.tools.report.words import (
    ASSUMPTIONS,
    CATEGORIES,
    ENDS,
    LEFT_OUT,
    REASONS,
    SITE_TYPES,
    WEEKDAYS,
    norm_of,
    part_of,
    weekday,
)
from schemas.closed_lists import Category, SiteType
from streams.report.figures.sensitivity import Assumption
from streams.report.judged_minimum import NamingReason


def test_every_value_has_words() -> None:
    """None is left out, and each is in the catalogue."""
    assert REASONS.keys() == set(NamingReason)
    assert list(ASSUMPTIONS) == list(Assumption)
    assert list(CATEGORIES) == list(Category)
    assert list(SITE_TYPES) == list(SiteType)
    words = (
        *CATEGORIES.values(),
        *SITE_TYPES.values(),
        *REASONS.values(),
        *ASSUMPTIONS.values(),
        *ENDS.values(),
        *LEFT_OUT.values(),
    )
    assert catalogue("nl").keys() >= {*words, *WEEKDAYS}


@pytest.mark.parametrize(
    ("language", "norm", "monday"), [("en", "24 h", "Monday"), ("nl", "24 u", "maandag")]
)
def test_norms_and_days_are_in_the_report_s_language(language: str, norm: str, monday: str) -> None:
    """In the language that is spoken."""
    with speaking(language):
        assert norm_of(86_400) == norm
        assert weekday("1") == monday
        assert norm_of(None)


def test_parts_of_the_cases_have_names() -> None:
    """In Dutch too; an id of a hotline, and what no list has, is shown as it is."""
    with speaking("nl"):
        assert part_of("weekday", "1") == "maandag"
        assert part_of("category", "terrorist") == "terroristische inhoud"
        assert part_of("site_type", "web_archive") == "webarchief"
        assert part_of("hotline", "malware") == "malware"
        assert part_of("category", "of_a_later_release") == "of_a_later_release"
