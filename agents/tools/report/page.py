"""The page of a report: everything that it says, as one HTML file."""

from collections.abc import Mapping

from agents.edges.web.formatting import day_of, decimal, number, spoken
from agents.edges.web.messages import gettext, speaking, translated
from agents.tools.documents.page import document
from agents.tools.report.blocks import Figure, Section, Table, Text
from agents.tools.report.numbers import percents
from agents.tools.report.sections.bridge import bridge_sections
from agents.tools.report.sections.concentration_and_breakdowns import (
    breakdowns_section,
    concentration_section,
    countries_section,
)
from agents.tools.report.sections.course import (
    backlog_section,
    periods_section,
    returns_section,
    times_section,
)
from agents.tools.report.sections.grounds import grounds_section
from agents.tools.report.sections.made import ReportParts
from agents.tools.report.sections.shares import (
    funnel_section,
    sensitivity_section,
    share_section,
)
from agents.tools.report.words import LEFT_OUT, norm_of
from streams.report.cohort import Cohort
from streams.report.judged_minimum import CASES_MIN, DAYS_MIN, INCIDENTS_MIN

TEMPLATE = "report.html"


def report_page(made: ReportParts, proof: Mapping[str, str]) -> str:
    """Return the page of a report.

    Args:
        made: the report.
        proof: what lets a reader check it: method, code, positions, digests; by name.
    """
    with speaking(made.context.language):
        sections = [
            share_section(made),
            grounds_section(made),
            times_section(made),
            backlog_section(made),
            concentration_section(made),
            countries_section(made),
            funnel_section(made),
            periods_section(made),
            breakdowns_section(made),
            returns_section(made),
            sensitivity_section(made),
            *bridge_sections(made),
            _method_section(made),
        ]
        content = {
            "heading": title_of(made.cohort),
            "facts": _facts(made),
            "estimand": _estimand(made),
            "notices": _notices(made),
            "contents": [("named", gettext("Who is named, and why"))]
            + [(one.id, one.title) for one in sections],
            "who": _who(made),
            "sections": sections,
            "proof": [(gettext(name), value) for name, value in proof.items()],
        }
    return document(TEMPLATE, spoken=made.context.language, **content)


def title_of(cohort: Cohort) -> str:
    """Return the title of a report in the language that is spoken.

    Args:
        cohort: its period.
    """
    return translated(
        "Removal of reported illegal material by hosting companies, %(first)s to %(last)s",
        first=_day(cohort.from_at),
        last=_day(cohort.to_at - 1),
    )


def _day(at: int) -> str:
    return day_of(at).rpartition(",")[0]


def _estimand(made: ReportParts) -> str:
    return translated(
        "What is measured: of each incident (one host, one UTC day of notice) the share of its"
        " cases that was removed within the norm (%(norm)s) after a delivered notice, as a mean"
        " over incidents. It is not the share of all cases. Cases in the hosting role,"
        " the first of each URL at its owner, noticed from %(first)s to before %(last)s, and"
        " watched until %(until)s. Live alerts are never evidence.",
        norm=norm_of(made.cohort.norm_s),
        first=_day(made.cohort.from_at),
        last=_day(made.cohort.to_at),
        until=_day(made.cohort.as_of),
    )


def _facts(made: ReportParts) -> list[tuple[str, str]]:
    cohort, figures, context = made.cohort, made.figures, made.context
    counted = sum(one.cases for one in figures.hosters) + figures.others.cases
    found = [
        (gettext("Norm"), norm_of(cohort.norm_s)),
        (gettext("Threshold"), f"{decimal(round(100 * made.threshold, 3))} %"),
        (gettext("Cases of the period"), number(figures.published)),
        (gettext("Cases that count"), number(counted)),
        (gettext("Incidents"), number(figures.every.incidents)),
        (gettext("Hosters"), _hosters(made)),
        (gettext("Figures hold for"), spoken(cohort.as_of)),
    ]
    if figures.every.n < counted:
        found.insert(4, (gettext("Of these in the sample"), number(figures.every.n)))
    if cohort.country:
        found.insert(0, (gettext("Country"), cohort.country))
    if context.embargo:
        found.insert(0, (gettext("Not to be published before"), context.embargo))
    return found


def _hosters(made: ReportParts) -> str:
    return translated(
        "%(all)s, of which %(judged)s are judged",
        all=number(len(made.hosters.rows)),
        judged=number(len(made.judged)),
    )


def _notices(made: ReportParts) -> list[str]:
    context = made.context
    found = [context.note] if context.note else []
    if context.embargo:
        found.append(
            translated("Under embargo: not to be published before %(day)s.", day=context.embargo)
        )
    if context.supersedes is not None:
        said = context.supersedes
        found.append(
            translated(
                "This report takes the place of an earlier one (%(digest)s). Why: %(reason)s",
                digest=said.digest[:16],
                reason=said.reason,
            )
        )
        found.extend(said.changes)
    found.extend(translated("Correction: %(words)s", words=one) for one in context.errata)
    return found


def _who(made: ReportParts) -> dict[str, object]:
    norm, threshold = norm_of(made.cohort.norm_s), decimal(round(100 * made.threshold, 3))
    rule = translated(
        "A hoster is named when its mean share removed within %(norm)s lies below %(threshold)s"
        " %%, even with every doubt in its favour, and beyond what chance explains. The test holds"
        " for all judged hosters at once (Holm): where no hoster is below the threshold, at most"
        " one report in twenty names anybody.",
        norm=norm,
        threshold=threshold,
    )
    named = [
        (
            made.name(row.hoster),
            translated(
                "On average over its %(incidents)s incidents, %(share)s %% of an incident's cases"
                " were removed in time (interval of 95 %%: %(interval)s %%). It has %(cases)s"
                " cases.",
                share=percents(row.bounds),
                interval=percents(row.interval),
                cases=number(row.n),
                incidents=number(row.incidents),
            ),
        )
        for row in made.judged
        if row.named
    ]
    too_few = translated(
        "\u201cToo few\u201d means that a hoster has fewer than %(cases)s cases, %(incidents)s"
        " incidents or %(days)s days of notice, or that one incident is over 30 %% of its cases."
        " No figure is given then, because it would say more about chance than about the hoster.",
        cases=CASES_MIN,
        incidents=INCIDENTS_MIN,
        days=DAYS_MIN,
    )
    every = made.figures.every
    said = (
        gettext("All hosters together have too few cases for a figure.")
        if every.bounds is None
        else translated(
            "All hosters together: on average over incidents, %(share)s %% of an incident's cases"
            " were removed in time (interval of 95 %%: %(interval)s %%).",
            share=percents(every.bounds),
            interval=percents(every.interval),
        )
    )
    return {"rule": rule, "named": named, "too_few": too_few, "all": said}


def _method_section(made: ReportParts) -> Section:
    context = made.context
    words = gettext(
        "Self-reports, contested cases, cases whose clock is not a delivered notice, and natural"
        " persons are left out. A case counts once its norm has run out."
    )
    blocks: list[Text | Figure | Table] = [Text(words)]
    if context.left_out:
        rows = [
            [gettext(LEFT_OUT[reason]), number(count)]
            for reason, count in sorted(context.left_out.items())
        ]
        heads = [gettext("reason"), gettext("cases")]
        blocks.append(Table(gettext("Cases of the period that are left out"), heads, rows))
    if context.methods:
        rows = [
            [
                one.method,
                gettext("from the beginning") if not one.from_at else _day(one.from_at),
                one.summary or gettext("not said"),
            ]
            for one in context.methods
        ]
        heads = [gettext("method"), gettext("holds from"), gettext("what changed")]
        blocks.append(Table(gettext("Changes of the method"), heads, rows))
    else:
        blocks.append(Text(gettext("The registry names no change of the method.")))
    return Section("method", gettext("Method and its changes"), blocks)
