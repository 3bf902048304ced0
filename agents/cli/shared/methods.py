"""What `hostwatch verify --method N` and `--bridge` show."""

import asyncio
from typing import TYPE_CHECKING, Any, Final

from agents.cli.shared.connected import reached
from agents.cli.shared.results import write_result

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
    from rich.table import Table

    table = Table("hoster", "figure", f"method {both.before}", f"method {both.now}")
    for one in both.figures:
        if one.before != one.now:
            table.add_row(f"{one.hoster} {one.role}", one.figure, f"{one.before:g}", f"{one.now:g}")
    console.print(table)
    cases = Table("url_key", "case", "hoster", "rule", "what", "before", "now")
    for case in both.changed[:SHOWN_MAX]:
        hoster = f"{case.hoster} {case.role}"
        row = (case.url_key, case.case_id, hoster, case.rule, case.what, case.before, case.now)
        cases.add_row(*row)
    console.print(cases)
    rules = ", ".join(f"{rule}: {count}" for rule, count in both.by_rule.items()) or "none"
    console.print(f"{both.cases} cases; changed by rule: {rules}", highlight=False)
    _say_unreadable(both.unreadable, console)


def _show_one(one: "Reckoned", console: Any) -> None:
    from rich.table import Table

    table = Table("hoster", "figure", f"method {one.method}")
    for hoster, figures in one.figures.items():
        for name, value in sorted(figures.items()):
            table.add_row(hoster, name, f"{value:g}")
    console.print(table)
    console.print(f"{one.cases} cases by method {one.method}", highlight=False)
    _say_unreadable(one.unreadable, console)


def _say_unreadable(count: int, console: Any) -> None:
    if count:
        console.print(f"{count} URLs have a record that cannot be read: see hostwatch verify")
