"""What `hostwatch verify --method N` and `--bridge` show."""

import asyncio
from typing import TYPE_CHECKING, Any, Final

from agents.cli.shared.connected import reached
from agents.cli.shared.results import wrapping_table, write_result

if TYPE_CHECKING:
    from agents.config import Settings
    from agents.tools.verification.bridge import Bridged, Reckoned

SHOWN_MAX: Final = 40
"""Cases shown on a screen; the JSON has the first thousand."""


def show_methods(settings: "Settings", *, method: str | None, json: str | None) -> None:
    """Reckon a ledger by one method, or by two where none is named, and show it.

    Args:
        settings: with `kafka.bootstrap` set.
        method: the only one; None = the method before and the newest.
        json: where the result goes too; `-` = stdout, None = nowhere.
    """
    import msgspec
    from rich.console import Console

    from agents.tools.verification.bridge import bridge, reckon

    console = Console(stderr=json == "-")

    def say(done: int, total: int) -> None:
        pass  # it takes seconds

    found: Bridged | Reckoned
    with reached():
        if method is None:
            found = both = asyncio.run(bridge(settings, say))
            _show_both(both, console)
        else:
            found = one = asyncio.run(reckon(settings, say, method))
            _show_one(one, console)
    if json is not None:
        write_result(json, msgspec.json.encode(found) + b"\n")


def _show_both(both: "Bridged", console: Any) -> None:

    from schemas.moments import rfc3339
    from verify.bridge_words import figure_in_words, figure_value

    table = wrapping_table("hoster", "figure", f"method {both.before}", f"method {both.now}")
    for one in both.figures:
        name = figure_in_words(one.figure)
        if name is not None and one.before != one.now:
            values = (figure_value(one.figure, value) for value in (one.before, one.now))
            table.add_row(f"{one.hoster} {one.role}", name, *values)
    console.print(table)
    rules = wrapping_table("rules", "about", "cases changed")
    about = {case.rule: case.about for case in both.changed}
    for rule, count in sorted(both.by_rule.items(), key=lambda one: -one[1]):
        rules.add_row(rule, about.get(rule, ""), str(count))
    console.print(rules)
    cases = wrapping_table("url_key", "case", "hoster", "rules", "what", "before", "now")
    for case in both.changed[:SHOWN_MAX]:
        hoster = f"{case.hoster} {case.role}"
        row = (case.url_key, case.case_id, hoster, case.rule, case.what, case.before, case.now)
        cases.add_row(*row)
    console.print(cases)
    changed = sum(both.by_rule.values())
    console.print(
        f"{changed} of {both.cases} cases differ as of {rfc3339(both.as_of)}. docs/measurement.md"
        " has the rules by their numbers, and at its end what changed and why",
        highlight=False,
        soft_wrap=True,
    )
    if changed > SHOWN_MAX:
        console.print(f"the first {SHOWN_MAX} are shown; --json OUT has 1,000 and all figures")
    _say_unreadable(both.unreadable, console)


def _show_one(one: "Reckoned", console: Any) -> None:

    table = wrapping_table("hoster", "figure", f"method {one.method}")
    for hoster, figures in one.figures.items():
        for name, value in sorted(figures.items()):
            table.add_row(hoster, name, f"{value:g}")
    console.print(table)
    console.print(f"{one.cases} cases by method {one.method}", highlight=False)
    _say_unreadable(one.unreadable, console)


def _say_unreadable(count: int, console: Any) -> None:
    if count:
        console.print(f"{count} URLs have a record that cannot be read: see hostwatch verify")
