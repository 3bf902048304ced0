"""Shares within the norm, who is too few, the funnel, and what the shares depend on."""

from typing import Final

from agents.edges.web.formatting import number
from agents.edges.web.messages import gettext, translated
from agents.tools.report import charts
from agents.tools.report.blocks import Figure, Section, Table, Text
from agents.tools.report.numbers import DASH, fixed, percent, percents
from agents.tools.report.sections.made import ReportParts
from agents.tools.report.words import ASSUMPTIONS, REASONS, chart_label, norm_of
from streams.report.hosters_of_report import HosterRow

TOO_FEW_MAX: Final = 30
"""Hosters that are not judged and have a row on the page; `hosters.csv` has all."""


def share_section(made: ReportParts) -> Section:
    """Return the shares of judged hosters, and who has too few.

    Args:
        made: the report.
    """
    rows = made.judged
    norm = norm_of(made.cohort.norm_s)
    title = translated("Share removed within the norm (%(norm)s), by hoster", norm=norm)
    how = translated(
        "the thick bar runs from what was surely to what was possibly in time, the thin line is"
        " the interval of 95 %%, and a diamond marks who is named."
    )
    lines = [
        charts.IntervalRow(made.name(row.hoster), row.bounds, row.interval, row.named)
        for row in rows
        if row.bounds is not None and row.interval is not None
    ]
    blocks: list[Text | Figure | Table] = []
    if lines:
        told_as = chart_label(title)
        drawings = charts.intervals("shares", told_as, lines, made.threshold)
        blocks += [Figure(title, how, drawings), _share_table(made, rows)]
    else:
        blocks.append(Text(gettext("No hoster has enough cases to be judged.")))
    blocks.append(_too_few_table(made))
    return Section("shares", gettext("Share within the norm"), blocks)


def _share_table(made: ReportParts, rows: list[HosterRow]) -> Table:
    heads = [gettext("Hoster"), gettext("cases"), gettext("incidents"), gettext("in time")]
    heads += [gettext("late"), gettext("share in time, %"), gettext("interval of 95 %, %")]
    heads += [gettext("rank"), gettext("result")]
    return Table(
        gettext("Shares within the norm, the smallest first; rank 1 is the largest share"),
        heads,
        [
            [
                made.name(row.hoster),
                number(row.n),
                number(row.incidents),
                number(row.in_time or 0),
                number(row.late or 0),
                percents(row.bounds),
                percents(row.interval),
                "" if row.rank is None else _ranks(row.rank),
                gettext(REASONS[row.reason]),
            ]
            for row in rows
        ],
    )


def _ranks(ranks: tuple[int, int]) -> str:
    low, high = ranks
    return str(low) if low == high else translated("%(low)s to %(high)s", low=low, high=high)


def _too_few_table(made: ReportParts) -> Table:
    missing = made.figures.others.missing
    rows = [row for row in made.hosters.rows if row.bounds is None]
    rows.sort(key=lambda row: (missing.get(row.hoster, 0), row.hoster))
    more = len(rows) - TOO_FEW_MAX
    foot = None
    if more > 0:
        words = translated("%(count)s more, which miss at least as many", count=number(more))
        foot = [words, "", number(missing.get(rows[TOO_FEW_MAX].hoster, 0))]
    return Table(
        gettext("Hosters that have too few cases to be judged, under names of this report alone"),
        [gettext("Hoster"), gettext("result"), gettext("incidents missing, at least")],
        [
            [row.hoster, gettext(REASONS[row.reason]), number(missing.get(row.hoster, 0))]
            for row in rows[:TOO_FEW_MAX]
        ],
        foot,
    )


def funnel_section(made: ReportParts) -> Section:
    """Return the funnel plot and its table.

    Args:
        made: the report.
    """
    title = gettext("Funnel plot of the judged hosters")
    plot = made.figures.funnel
    if plot is None:
        words = gettext("A funnel plot takes at least two judged hosters.")
        return Section("funnel", gettext("Chance and difference"), [Text(words)])
    how = translated(
        "a hoster outside the dashed lines differs from the mean by more than chance alone"
        " explains; the plot is for display and names nobody."
    )
    told_as = chart_label(title)
    drawings = [charts.funnel_chart(plot, made.hosters.named, told_as)]
    heads = [gettext("Hoster"), gettext("independent cases"), gettext("middle of its bounds, %")]
    shrink = made.context.shrink
    heads += [gettext("pulled to the mean, %")] if shrink else []
    rows = [
        [made.name(one.hoster), fixed(one.n_eff, 1), percent(one.share)]
        + ([percent(one.shrunken)] if shrink else [])
        for one in sorted(plot.spots, key=lambda one: (one.share, one.hoster))
    ]
    words = translated(
        "The mean is %(centre)s %%. The variance of the hosters is %(phi)s times what chance alone"
        " gives them (overdispersion).",
        centre=percent(plot.centre),
        phi=fixed(plot.phi, 1),
    )
    return Section(
        "funnel",
        gettext("Chance and difference"),
        [Figure(title, how, drawings), Text(words), Table(title, heads, rows)],
    )


def sensitivity_section(made: ReportParts) -> Section:
    """Return what the shares would be under other assumptions.

    Args:
        made: the report.
    """
    rows = made.figures.sensitivity
    heads = [gettext("Hoster"), *(gettext(words) for words in ASSUMPTIONS.values())]
    heads.append(gettext("by a lognormal curve"))
    words = gettext(
        "Some cases have no clear end. This table takes each kind of doubt to its end, first in"
        " favour of the hoster and then against it. It decides nothing: who is named follows from"
        " the shares as published."
    )
    return Section(
        "sensitivity",
        gettext("What the shares depend on"),
        [
            Text(words),
            Table(
                gettext("Share in time under each assumption, %"),
                heads,
                [
                    [
                        made.name(one.name) if one.name else gettext("all hosters"),
                        *(DASH if b is None else percents(b) for b in one.bounds),
                        DASH if one.lognormal is None else percent(one.lognormal),
                    ]
                    for one in rows
                ],
            ),
        ],
    )
