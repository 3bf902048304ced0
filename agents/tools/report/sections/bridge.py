"""One period by two methods: shares by each, and what changed cases."""

import re
from typing import Final

from agents.edges.web.formatting import decimal, number
from agents.edges.web.messages import gettext, translated
from agents.tools.report.blocks import Figure, Section, Table, Text
from agents.tools.report.bridge import Bridge, MethodCounts
from agents.tools.report.numbers import DASH, percents
from agents.tools.report.reading.two_methods import ChangedCase
from agents.tools.report.sections.made import ReportParts
from agents.tools.report.words import ABOUT, CHANGED, SAID

CASES_MAX: Final = 30
"""Cases that differ and have a row on the page; `bridge-cases.csv` has all."""

_WORD: Final = re.compile("[a-z_]+")
_FLAG: Final = "the flag "
"""What the words of a rule begin with that is about one flag."""


def bridge_sections(made: ReportParts) -> list[Section]:
    """Return the section of two methods; none where nobody asked.

    Args:
        made: the report.
    """
    bridge = made.bridge
    if bridge is None:
        return []
    first, second = bridge.methods
    words = translated(
        "The same period, once by method %(first)s and once by method %(second)s. What differs here"
        " is the method and not the hosters. Each method has its own reading of the ledger, and"
        " counts a case by its own clock and verdict.",
        first=first,
        second=second,
    )
    blocks: list[Text | Figure | Table] = [Text(words), _hosters(made, bridge)]
    if bridge.changed:
        blocks += [_rules(bridge), _cases(made, bridge)]
    else:
        blocks.append(Text(gettext("No case of the period differs.")))
    return [Section("bridge", gettext("One period by two methods"), blocks)]


def _hosters(made: ReportParts, bridge: Bridge) -> Table:
    columns = (gettext("cases"), gettext("in time"), gettext("late"), gettext("share in time, %"))
    heads = [gettext("Hoster")]
    heads += [
        translated("%(figure)s, method %(method)s", figure=figure, method=method)
        for figure in columns
        for method in bridge.methods
    ]
    rows = []
    for row in bridge.rows:
        if any(one is not None and one.bounds is not None for one in (row.first, row.second)):
            pairs = zip(_cells(row.first), _cells(row.second), strict=True)
            rows.append([made.name(row.hoster), *(cell for pair in pairs for cell in pair)])
    title = translated(
        "Hosters that are judged by either method, by method %(first)s and by method %(second)s",
        first=bridge.methods[0],
        second=bridge.methods[1],
    )
    return Table(title, heads, rows)


def _cells(counts: MethodCounts | None) -> list[str]:
    if counts is None:
        return [number(0), DASH, DASH, DASH]
    if counts.bounds is None:
        return [number(counts.n), DASH, DASH, gettext("too few")]
    figures = [decimal(one or 0) for one in (counts.in_time, counts.late)]
    return [number(counts.n), *figures, percents(counts.bounds)]


def _rules(bridge: Bridge) -> Table:
    title = gettext("What changed cases: the first rule whose result is another")
    heads = [gettext("rules of docs/measurement.md"), gettext("about"), gettext("cases")]
    rows = [[_rule(one.rule), _about(one.about), number(one.cases)] for one in bridge.rules]
    return Table(title, heads, rows)


def _cases(made: ReportParts, bridge: Bridge) -> Table:
    title = gettext("Cases that differ, under names of this report alone")
    heads = [gettext("case"), gettext("Hoster"), gettext("rules"), gettext("what")]
    heads += [translated("by method %(method)s", method=method) for method in bridge.methods]
    rows = [
        [
            one.case[:12],
            made.name(one.hoster),
            _rule(one.rule),
            gettext(CHANGED.get(one.what, one.what)),
            *_values(one),
        ]
        for one in bridge.changed[:CASES_MAX]
    ]
    more = len(bridge.changed) - CASES_MAX
    foot = None
    if more > 0:
        words = translated("%(count)s more, in bridge-cases.csv", count=number(more))
        foot = [words, *[""] * (len(heads) - 1)]
    return Table(title, heads, rows, foot)


def _values(one: ChangedCase) -> list[str]:
    return [_said(value) or DASH for value in (one.first, one.second)]


def _said(value: str) -> str:
    """Return a value; it may have several words, as `24 h in_time, 48 h late` has."""
    if value in SAID:
        return gettext(SAID[value])
    return _WORD.sub(lambda found: gettext(SAID.get(found[0], found[0])), value)


def _rule(numbers: str) -> str:
    first, _, last = numbers.partition(" to ")
    return translated("%(low)s to %(high)s", low=first, high=last) if last else first


def _about(about: str) -> str:
    if about.startswith(_FLAG):
        return translated("the flag %(flag)s", flag=about.removeprefix(_FLAG))
    return gettext(ABOUT.get(about, about))
