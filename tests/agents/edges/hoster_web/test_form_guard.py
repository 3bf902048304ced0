"""Laws of how often a link may send."""

import pytest

from agents.edges.hoster_web.form_guard import LINKS_MAX, Allowance, TooOften


def test_a_link_may_send_so_often_and_no_other_pays_for_it() -> None:
    """Room comes back as time passes; the time until then is said."""
    now = [0.0]
    allowance = Allowance(2, 60.0, lambda: now[0])
    allowance.take("a")
    now[0] = 10.0
    allowance.take("a")
    with pytest.raises(TooOften) as refused:
        allowance.take("a")
    assert refused.value.retry_s == 51
    allowance.take("b")
    now[0] = 61.0
    allowance.take("a")


def test_memory_is_bounded_however_many_links_send() -> None:
    """The one that sent longest ago is forgotten."""
    allowance = Allowance(1, 60.0, lambda: 0.0)
    for n in range(LINKS_MAX + 1):
        allowance.take(f"{n}")
    allowance.take("0")
    with pytest.raises(TooOften):
        allowance.take(f"{LINKS_MAX}")
