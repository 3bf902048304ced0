"""Concentration, countries, and shares by who reported what and when."""

from typing import Final

from agents.edges.web.formatting import number
from agents.edges.web.messages import gettext, translated
from agents.tools.report import charts
from agents.tools.report.blocks import Figure, Section, Table, Text
from agents.tools.report.numbers import DASH, percent, percents, with_interval
from agents.tools.report.sections.made import ReportParts
from agents.tools.report.words import BY, STRATA, chart_label, part_of
from streams.report.figures.counted import PartShare

ROWS_MAX: Final = 30
"""Countries with too few cases that have a row, the largest first; the others are a sum."""


def concentration_section(made: ReportParts) -> Section:
    """Return on how few the cases are concentrated.

    Args:
        made: the report.
    """
    found = made.figures.concentrations
    title = gettext("Concentration of cases on hosters")
    if not found:
        none = Text(gettext("There is no case."))
        return Section("concentration", gettext("Concentration"), [none])
    how = gettext(
        "read off the solid line which share of all cases the largest hosters have together; the"
        " further it lies above the dashed one, the more concentrated."
    )
    told_as = chart_label(title)
    heads = [gettext("by"), gettext("of"), gettext("with a case"), gettext("cases")]
    heads += [gettext("four largest together (CR4)"), gettext("Herfindahl index (HHI)")]
    rows = [
        [
            gettext(BY[one.by]),
            gettext("open cases") if one.open else gettext("all cases"),
            number(one.owners),
            number(one.cases),
            with_interval(*one.cr4),
            with_interval(*one.hhi),
        ]
        for one in found
    ]
    words = gettext(
        "CR4 is the share of the four largest, and HHI is 1 where one has everything. The interval"
        " of 95 % is a bootstrap over incidents with a fixed seed."
    )
    largest = Table(
        gettext("Share of all cases that the largest hosters have together"),
        [gettext("largest hosters"), gettext("share of all cases, %")],
        [
            [number(i), percent(found[0].lorenz[i - 1])]
            for i in (1, 2, 3, 4, 5, 10, 20, 40)
            if i <= len(found[0].lorenz)
        ],
    )
    return Section(
        "concentration",
        gettext("Concentration"),
        [
            Figure(title, how, [charts.lorenz_chart(found[0], told_as)]),
            largest,
            Text(words),
            Table(gettext("Concentration, with intervals of 95 %"), heads, rows),
        ],
    )


def countries_section(made: ReportParts) -> Section:
    """Return countries.

    Args:
        made: the report.
    """
    basis = made.cohort.country_basis
    words = (
        gettext("The country is that of the hoster's seat.")
        if basis == "seat"
        else gettext("The country is where the address is used, by the country database.")
    )
    title = gettext("Share within the norm by country")
    how = gettext(
        "the thick bar runs from what was surely to what was possibly in time, and the thin line"
        " is the interval; countries with too few cases are in the table alone."
    )
    blocks = _parts(made, made.figures.countries, (title, how), "countries", gettext("Country"))
    return Section("countries", gettext("Countries"), [Text(words), *blocks])


def _parts(
    made: ReportParts, parts: list[PartShare], words: tuple[str, str], name: str, head: str
) -> list[Text | Figure | Table]:
    title, how = words
    shown = [one for i, one in enumerate(parts) if i < ROWS_MAX or one.bounds is not None]
    rest = [one for i, one in enumerate(parts) if i >= ROWS_MAX and one.bounds is None]
    lines = [
        charts.IntervalRow(one.name, one.bounds, one.interval)
        for one in parts
        if one.bounds is not None and one.interval is not None
    ]
    told_as = chart_label(title)
    heads = [head, gettext("cases"), gettext("incidents"), gettext("share in time, %")]
    heads.append(gettext("interval of 95 %, %"))
    rows = [
        [
            one.name,
            number(one.n),
            number(one.incidents),
            percents(one.bounds),
            percents(one.interval) if one.interval else DASH,
        ]
        for one in shown
    ]
    foot = None
    if rest:
        sums = [number(sum(one.n for one in rest)), number(sum(one.incidents for one in rest))]
        foot = [translated("%(count)s more", count=number(len(rest))), *sums, DASH, DASH]
    table = Table(title, heads, rows, foot)
    if not lines:
        return [table]
    return [Figure(title, how, charts.intervals(name, told_as, lines, made.threshold)), table]


def breakdowns_section(made: ReportParts) -> Section:
    """Return shares by who reported and when.

    Args:
        made: the report.
    """
    heads = [gettext("by"), gettext("part"), gettext("cases"), gettext("share in time, %")]
    heads += [gettext("interval of 95 %, %"), gettext("of cases, surely in time, %")]
    heads += [gettext("of cases, standardised, %"), gettext("undetermined, mean over incidents, %")]
    rows = [
        [
            gettext(STRATA[one.by]),
            part_of(one.by, one.part.name),
            number(one.part.n),
            percents(one.part.bounds),
            percents(one.part.interval) if one.part.interval else DASH,
            DASH if one.crude is None else percent(one.crude),
            DASH if one.standardised is None else percent(one.standardised),
            DASH if one.undetermined is None else percent(one.undetermined),
        ]
        for one in made.figures.strata
    ]
    words = translated(
        "A hotline whose notices go to slow hosters has a low share through no doing of its own."
        " The standardised share weighs its cases at each hoster by how many of all cases that"
        " hoster has. It is a share of cases, so compare it with the share of cases beside it; the"
        " share in time and its interval are a mean over incidents."
    )
    title = gettext("Shares by hotline, category, type of site and day of notice")
    blocks: list[Text | Figure | Table] = [Text(words), Table(title, heads, rows)]
    return Section("effort", gettext("Who reported, and when"), [*blocks, *_hotlines(made)])


def _hotlines(made: ReportParts) -> list[Text | Table]:
    """Return what rests on each hotline's own word, and what it withdrew."""
    words = gettext(
        "A verdict rests on a check alone where a person at a hotline says that the material was"
        " gone, and probes did not set the time. A report that is withdrawn after the norm has run"
        " out, and made again, takes a late case out of the figures. Both are shares of a hotline's"
        " cases."
    )
    heads = [gettext("hotline"), gettext("cases in time or late")]
    heads += [gettext("in time by a check alone, %"), gettext("cases with a notice")]
    heads.append(gettext("withdrawn late and reported again, %"))
    rows = [
        [
            one.hotline,
            number(one.verdicts),
            DASH if one.on_check is None else percent(one.on_check),
            number(one.noticed),
            DASH if one.again is None else percent(one.again),
        ]
        for one in made.figures.hotlines
    ]
    return [Text(words), Table(gettext("What rests on a hotline's own word"), heads, rows)]
