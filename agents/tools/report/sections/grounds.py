"""The three grounds on which a hoster stands out, apart: volume, slowness, not measurable."""

from agents.edges.web.formatting import number
from agents.edges.web.messages import gettext, translated
from agents.tools.report.blocks import Section, Table, Text
from agents.tools.report.numbers import DASH, fixed, hours, percent, percents
from agents.tools.report.sections.made import ReportParts
from streams.report.figures.hosters import JudgedHoster
from streams.statistics.report.rates import rate

_PER: int = 1_000


def grounds_section(made: ReportParts) -> Section:
    """Return the three lists.

    Args:
        made: the report.
    """
    words = gettext(
        "Many cases, slow removal and hiding from the monitor are three different things. Each has"
        " a list of its own. Only a slow hoster is named in the sense of this report."
    )
    return Section(
        "grounds",
        gettext("Volume, slowness, not measurable"),
        [Text(words), _volume(made), *_rates(made), _slowness(made), _hidden(made)],
    )


def _others(made: ReportParts, *cells: str) -> list[str]:
    count = number(made.figures.others.hosters)
    return [translated("other hosters, with too few cases (%(count)s)", count=count), *cells]


def _volume(made: ReportParts) -> Table:
    others = made.figures.others
    every = max(sum(one.cases for one in made.figures.hosters) + others.cases, 1)
    return Table(
        gettext("Volume: how many cases"),
        [gettext("Hoster"), gettext("cases"), gettext("incidents"), gettext("share of all, %")],
        [
            [
                made.name(one.hoster),
                number(one.cases),
                number(one.incidents),
                percent(one.share_of_all),
            ]
            for one in made.figures.hosters
        ],
        _others(
            made, number(others.cases), number(others.incidents), percent(others.cases / every)
        ),
    )


def _rates(made: ReportParts) -> list[Text | Table]:
    if not made.context.exposure:
        return [Text(gettext("Volume is not normalised: no sizes of hosters were given."))]
    sizes = {one.hoster: one for one in made.context.exposure}
    rows = [
        [
            made.name(one.hoster),
            *(_rate(one, getattr(size, kind)) for kind in ("addresses", "domains", "customers")),
            size.date,
            size.source,
        ]
        for one in made.figures.hosters
        if (size := sizes.get(one.hoster)) is not None
    ]
    heads = [gettext("Hoster"), gettext("per 1,000 addresses"), gettext("per 1,000 domains")]
    heads += [gettext("per 1,000 customers"), gettext("counted on"), gettext("source")]
    return [Table(gettext("Cases for each thousand, with intervals of 95 %"), heads, rows)]


def _rate(one: JudgedHoster, count: int | None) -> str:
    if not count:
        return DASH
    found = rate(one.sizes, count / _PER)
    if found.interval is None:
        return fixed(found.value, 2)
    low, high = found.interval
    return f"{fixed(found.value, 2)} ({fixed(low, 2)}{DASH}{fixed(high, 2)})"


def _slowness(made: ReportParts) -> Table:
    heads = [gettext("Hoster"), gettext("half removed after"), gettext("nine of ten after")]
    heads += [gettext("of cases, within 24 h, %"), gettext("within 7 d, %"), gettext("still open")]
    slow = sorted(made.figures.hosters, key=lambda one: (_within(one, 24), one.hoster))
    return Table(
        gettext("Slowness: how long removal takes, the smallest share within 24 h first"),
        heads,
        [
            [
                made.name(one.hoster),
                *(hours(cell) for cell in one.times.quantiles),
                percents(_within(one, 24)),
                percents(_within(one, 168)),
                number(one.open),
            ]
            for one in slow
        ],
    )


def _within(one: JudgedHoster, count: int) -> tuple[float, float]:
    return next(row.bounds for row in one.times.removed_by if row.hours == count)


def _hidden(made: ReportParts) -> Table:
    heads = [gettext("Hoster"), gettext("not measurable, %"), gettext("interval of 95 %, %")]
    heads.append(gettext("unavailable at the end"))
    rows = sorted(made.figures.hosters, key=lambda one: (-one.hidden[0], one.hoster))
    return Table(
        gettext("Not measurable: cases that blocked or did not answer the probes"),
        heads,
        [
            [
                made.name(one.hoster),
                percent(one.hidden[0]),
                percents((one.hidden[1], one.hidden[2])),
                number(one.unavailable),
            ]
            for one in rows
        ],
    )
