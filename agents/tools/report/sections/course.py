"""How long removals take, the backlog over time, periods compared, what came back or moved."""

from agents.edges.web.formatting import number, tick
from agents.edges.web.messages import gettext, translated
from agents.tools.report import charts
from agents.tools.report.blocks import Figure, Section, Table, Text
from agents.tools.report.numbers import DASH, by_hours, fixed, hours, percent, percents
from agents.tools.report.sections.made import ReportParts
from agents.tools.report.words import ENDS, NOBODY, chart_label
from schemas.moments import moment
from streams.report.figures import returns

_READINGS_MAX = 14


def times_section(made: ReportParts) -> Section:
    """Return how long removals take, and how cases end.

    Args:
        made: the report.
    """
    found = made.figures.times
    title = gettext("Share removed by a time after the notice, all hosters")
    if found is None:
        return Section("times", gettext("Removal times"), [Text(gettext("There is no case."))])
    how = translated(
        "each bar is the share of cases that was removed by then, what is hatched may have been,"
        " and the line is the interval of 95 %%."
    )
    told_as = chart_label(title)
    half, nine = (hours(cell) for cell in found.quantiles)
    words = translated(
        "Half of the cases were removed within %(half)s, nine of ten within %(nine)s. Probes see a"
        " removal between two observations, so a time is the cell that it lies in. %(open)s cases"
        " had not been removed.",
        half=half,
        nine=nine,
        open=number(found.open),
    )
    table = Table(
        title,
        [gettext("removed within"), gettext("share, %"), gettext("interval of 95 %, %")],
        [
            [by_hours(row.hours), percents(row.bounds), percents(row.interval)]
            for row in found.removed_by
        ],
    )
    drawings = [charts.removed_chart(found.removed_by, told_as)]
    blocks: list[Text | Figure | Table] = [Text(words), Figure(title, how, drawings), table]
    return Section("times", gettext("Removal times"), [*blocks, *_ends(made)])


def _ends(made: ReportParts) -> list[Text | Table]:
    ends = made.figures.ends
    words = gettext(
        "A case can end in other ways than by removal. The columns of ends answer which share had"
        " ended so by then. The last column answers how soon cases would be removed if nothing"
        " else could end them (1 - Kaplan-Meier). All are estimates: a case counts up to when it"
        " was watched last, and from then on leaves the sum."
    )
    heads = [gettext("after"), *(gettext(ENDS[name]) for name in ends.by_end)]
    heads += [gettext("no end"), gettext("removed, if nothing else ended a case")]
    rows = [
        [
            by_hours(count),
            *(percent(curve[i]) for curve in ends.by_end.values()),
            percent(ends.left[i]),
            percent(ends.alone[i]),
        ]
        for i, count in enumerate(ends.hours)
    ]
    return [Text(words), Table(gettext("How cases end, estimated share of cases, %"), heads, rows)]


def backlog_section(made: ReportParts) -> Section:
    """Return the backlog over time.

    Args:
        made: the report.
    """
    found, title = made.figures.backlog, gettext("Open cases of this report over time")
    late = found.late
    how = (
        gettext(
            "the line is how many cases were open; after the period no case is added, but one may"
            " come back."
        )
        if late is None
        else gettext(
            "the solid line is how many cases were open, the dashed one how many of them were late;"
            " after the period no case is added, but one may come back."
        )
    )
    told_as = chart_label(title)
    step = max(1, -(-len(found.at) // _READINGS_MAX))
    heads = [gettext("day"), gettext("open")] + ([gettext("open and late")] if late else [])
    series = [found.open, *([late] if late else [])]
    rows = [
        [_day(found.at[i]), *(number(readings[i]) for readings in series)]
        for i in range(0, len(found.at), step)
    ]
    table = Table(title, heads, rows)
    drawings = [charts.backlog_chart(found, made.cohort.to_at, told_as)]
    return Section("backlog", gettext("Backlog over time"), [Figure(title, how, drawings), table])


def _day(at: int) -> str:
    return f"{moment(at):%Y-%m-%d}"


def periods_section(made: ReportParts) -> Section:
    """Return months of notice beside each other, and a change split.

    Args:
        made: the report.
    """
    months = made.figures.months
    title = gettext("Share within the norm by month of notice, all hosters")
    how = gettext(
        "months whose lines overlap may differ by chance alone; the thick bar runs from what was"
        " surely to what was possibly in time."
    )
    lines = [
        charts.IntervalRow(one.name, one.bounds, one.interval)
        for one in months
        if one.bounds is not None and one.interval is not None
    ]
    told_as = chart_label(title)
    blocks: list[Text | Figure | Table] = []
    if lines:
        blocks.append(Figure(title, how, charts.intervals("months", told_as, lines, None)))
    heads = [gettext("month"), gettext("cases"), gettext("incidents")]
    heads += [gettext("share in time, %"), gettext("interval of 95 %, %")]
    rows = [
        [
            one.name,
            number(one.n),
            number(one.incidents),
            percents(one.bounds),
            percents(one.interval) if one.interval else DASH,
        ]
        for one in months
    ]
    blocks.append(Table(title, heads, rows))
    if made.figures.change is not None:
        blocks.append(Text(_changed(made)))
    return Section("periods", gettext("Periods compared"), blocks)


def _changed(made: ReportParts) -> str:
    found = made.figures.change
    if found is None:
        return ""
    return translated(
        "From the first half of the period to the second (parted on %(day)s), the share of cases"
        " surely in time went from %(before)s %% to %(after)s %%. Of this change %(mix)s points"
        " come from which hosters had the cases, and %(rate)s points from how fast hosters were.",
        day=tick(found.parted_at),
        before=percent(found.before),
        after=percent(found.after),
        mix=_points(found.mix),
        rate=_points(found.rate),
    )


def _points(share: float) -> str:
    text = percent(share)
    return text if text.startswith("-") else f"+{text}"


def returns_section(made: ReportParts) -> Section:
    """Return what came back after a removal, and where what moved went.

    Args:
        made: the report.
    """
    heads = [gettext("Hoster"), gettext("removed"), gettext("came back")]
    heads += [gettext("years watched"), gettext("returns in a case-year"), gettext("interval")]
    rows = [
        [
            made.name(one.name) if one.name else gettext("all hosters"),
            number(one.removed),
            number(one.returned),
            fixed(one.years, 1),
            DASH if one.rate is None else fixed(one.rate, 2),
            DASH
            if one.interval is None
            else f"{fixed(one.interval[0], 2)}{DASH}{fixed(one.interval[1], 2)}",
        ]
        for one in made.figures.returns
    ]
    blocks: list[Text | Figure | Table] = [
        Text(
            gettext(
                "A case-year is a year in which one removed case was watched. Who is watched"
                " longer has more time to come back, so returns are counted for each of them."
            )
        ),
        Table(gettext("What came back after a removal"), heads, rows),
    ]
    moved = [
        [_place(made, one.origin), _place(made, one.target), number(one.cases)]
        for one in made.figures.moves
    ]
    if moved:
        heads = [gettext("from"), gettext("to"), gettext("cases")]
        blocks.append(Table(gettext("Where cases moved to"), heads, moved))
    else:
        blocks.append(Text(gettext("No case of this report moved to another hoster.")))
    return Section("returns", gettext("What came back, what moved"), blocks)


def _place(made: ReportParts, hoster: str) -> str:
    return gettext(NOBODY) if hoster == returns.NOBODY else made.name(hoster)
