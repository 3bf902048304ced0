"""Laws of 3.1: what leads back to an owner that a URL had left."""

from verify.method_10.leads import led_back, stated_elsewhere

HOUR = 3_600_000


def test_two_resolutions_of_one_vantage_within_a_day_lead_back():
    """Those that lack the owner between them change nothing."""
    told = [(1 * HOUR, "a", True), (2 * HOUR, "b", True), (3 * HOUR, "a", False)]
    assert list(led_back(told)) == []
    assert list(led_back([*told, (25 * HOUR, "a", True)])) == [(25 * HOUR, HOUR)]
    assert list(led_back([*told, (26 * HOUR, "a", True)])) == []


def test_a_statement_of_another_origin_holds_until_one_names_the_owner():
    """Or until two resolutions lead back, from the first of them on."""
    stated = [(1, False), (2, False), (5, True), (8, False)]
    assert list(stated_elsewhere(stated, [])) == [(1, 5), (8, None)]
    assert list(stated_elsewhere(stated, [(4, 3), (12, 11)])) == [(1, 3), (8, 11)]
