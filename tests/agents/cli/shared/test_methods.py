"""What `hostwatch verify --bridge` shows on a screen."""

import io
import re

from rich.console import Console

from agents.cli.shared.methods import _show_both, _show_one
from agents.tools.verification.bridge import Bridged, Reckoned
from schemas.closed_lists import Role
from verify.bridge import CaseDifference, FigureOfTwo


def shown(show, what) -> str:
    text = io.StringIO()
    show(what, Console(file=text, width=200))
    return text.getvalue()


def test_the_bridge_shows_figures_that_differ_and_cases_with_their_rule() -> None:
    """What is equal stands in the JSON alone."""
    changed = CaseDifference(
        url_key="0f" * 16, case_id="0f" * 12, hoster="acme", role=Role.HOSTING,
        rule="2.1 to 2.10", about="the clock", what="noticed at", before="1", now="2",
    )  # one case # fmt: skip
    figures = [
        FigureOfTwo(hoster="acme", role=Role.HOSTING, figure=name, before=3, now=now)
        for name, now in (("overdue", 1), ("cases", 3))
    ]
    both = Bridged(
        before="9", now="10", figures=figures, changed=[changed], by_rule={"2.1 to 2.10": 1},
        cases=3, unreadable=1, as_of=0,
    )  # what two methods say # fmt: skip
    text = shown(_show_both, both)
    assert "overdue" in text
    assert re.search(r"2.1 to 2.10 +. the clock +. 1 ", text)
    assert "acme hosting" in text
    assert "1 URLs have a record that cannot be read" in text
    assert "1 of 3 cases differ as of 1970-01-01T00:00:00Z" in text
    assert " 3 " not in text.split("overdue", 1)[0]


def test_one_method_shows_each_figure() -> None:
    """Sorted by name."""
    one = Reckoned("9", figures={"acme hosting": {"cases": 2, "backlog": 1}}, cases=2)
    text = shown(_show_one, one)
    assert text.index("backlog") < text.index("2 cases by method 9")
