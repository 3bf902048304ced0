"""What a report calls its reasons, ends, assumptions and parts, in the language that is spoken."""

from typing import Final

from agents.edges.web.messages import N_, gettext, translated
from schemas.closed_lists import Category, SiteType
from schemas.moments import HOUR_MS, SECOND_MS
from streams.report.figures.sensitivity import Assumption
from streams.report.judged_minimum import NamingReason

REASONS: Final = {
    NamingReason.NAMED: N_("named"),
    NamingReason.NOT_BELOW: N_("not shown to be below the threshold"),
    NamingReason.TOO_FEW_CASES: N_("too few cases"),
    NamingReason.TOO_FEW_INCIDENTS: N_("too few incidents"),
    NamingReason.TOO_FEW_DAYS: N_("too few days"),
    NamingReason.ONE_INCIDENT: N_("one incident is over 30 % of its cases"),
}
ENDS: Final = {
    "removed": N_("removed"),
    "moved": N_("moved to another hoster"),
    "dns_ended": N_("the name leads nowhere any more"),
    "dark": N_("the whole server is dead"),
    "withdrawn": N_("the report was withdrawn"),
}
ASSUMPTIONS: Final = {
    Assumption.AS_PUBLISHED: N_("as published"),
    Assumption.UNAVAILABLE_ENDED: N_("unavailable: as if removed"),
    Assumption.UNAVAILABLE_THERE: N_("unavailable: as if still there"),
    Assumption.DOUBTED_BEST: N_("in doubt: as if removed"),
    Assumption.DOUBTED_WORST: N_("in doubt: as if still there"),
    Assumption.WITHOUT_UNOBSERVED: N_("without those gone before a probe saw them"),
}
STRATA: Final = {
    "hotline": N_("hotline"),
    "category": N_("category"),
    "site_type": N_("type of site"),
    "weekday": N_("day of notice"),
}
CATEGORIES: Final = {
    Category.CSAM: N_("sexual abuse of children"),
    Category.CSAM_GENERATED: N_("sexual abuse of children, made or altered by a machine"),
    Category.TERRORIST: N_("terrorist content"),
    Category.NON_CONSENSUAL: N_("intimate images without consent"),
    Category.MALWARE: N_("malware"),
    Category.OTHER: N_("other material"),
}
SITE_TYPES: Final = {
    SiteType.WEBSITE: N_("website"),
    SiteType.FILE_HOST: N_("file host"),
    SiteType.IMAGE_HOST: N_("image host"),
    SiteType.IMAGE_STORE: N_("image store"),
    SiteType.IMAGE_BOARD: N_("image board"),
    SiteType.BANNER_SITE: N_("banner site"),
    SiteType.LINK_SITE: N_("link site"),
    SiteType.SOCIAL_SITE: N_("social site"),
    SiteType.REDIRECTOR: N_("redirector"),
    SiteType.WEB_ARCHIVE: N_("web archive"),
    SiteType.SEARCH_PROVIDER: N_("search engine"),
    SiteType.BLOG: N_("blog"),
    SiteType.FORUM: N_("forum"),
    SiteType.OTHER: N_("other site"),
}
_PARTS: Final[dict[str, dict[str, str]]] = {
    "category": {one.value: words for one, words in CATEGORIES.items()},
    "site_type": {one.value: words for one, words in SITE_TYPES.items()},
}
BY: Final = {"hoster": N_("hoster"), "group": N_("owner"), "country": N_("country")}
LEFT_OUT: Final = {
    "self_report": N_("reported by the hoster itself"),
    "contested": N_("what is known of its origin contradicts itself"),
    "no_delivery_proof": N_("no proof that the notice was delivered"),
    "behind_proxy": N_("seen through a proxy alone"),
    "no_norm": N_("nobody set it this norm"),
    "other": N_(
        "not the first case of its URL there, natural person, or known from a replay alone"
    ),
}
WEEKDAYS: Final = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
ABOUT: Final = {
    "cases and owners": N_("cases and owners"),
    "how it ended": N_("how it ended"),
    "returns": N_("returns"),
    "sightings": N_("sightings"),
    "the clock": N_("the clock"),
    "norm verdicts": N_("norm verdicts"),
    "the second verdict": N_("the second verdict"),
    "orders": N_("orders"),
    "the class": N_("the class"),
    "naming": N_("naming"),
    "not measurable": N_("not measurable"),
    "probes on time": N_("probes on time"),
}
"""What rules are about, as `verify.bridge_words` says it."""

CHANGED: Final = {
    "the case": N_("the case"),
    "hoster": N_("hoster"),
    "group": N_("owner"),
    "opened at": N_("opened at"),
    "R": "R",
    "when R was found": N_("when R was found"),
    "returns": N_("returns"),
    "the first (L, R]": N_("the first (L, R]"),
    "the first sighting": N_("the first sighting"),
    "L": "L",
    "noticed at": N_("noticed at"),
    "norms": N_("norms"),
    "verdicts": N_("norm verdicts"),
    "overdue": N_("overdue"),
    "overdue, unseen": N_("overdue, unseen"),
    "late since": N_("late since"),
    "noticed at after the return": N_("noticed at after the return"),
    "second verdicts": N_("second verdicts"),
    "the verdict on orders": N_("the verdict on orders"),
    "class": N_("the class"),
    "in that class since": N_("in that class since"),
    "naming": N_("naming"),
    "not measurable": N_("not measurable"),
    "slots that were missed": N_("missed probes"),
    "flags": N_("flags"),
}
"""What of a case is another by another method, likewise."""

SAID: Final = {
    "no case": N_("no case"),
    "none": N_("none"),
    "not yet": N_("not yet"),
    "yes": N_("yes"),
    "no": N_("no"),
    "in_time": N_("in time"),
    "late": N_("late"),
    "undetermined": N_("undetermined"),
}
"""Words of values; the others are instants, norms, and codes of classes and flags."""

OTHERS: Final = N_("other hosters")
NOBODY: Final = N_("nobody is known to have it")


def weekday(number: str) -> str:
    """Return the name of a day of the week; 1 is Monday.

    Args:
        number: 1 to 7.
    """
    return gettext(WEEKDAYS[int(number) - 1])


def part_of(by: str, name: str) -> str:
    """Return what a part of the cases is called.

    Args:
        by: what parts them: a key of `STRATA`.
        name: of the part; what is in no list, as of a newer release, is shown as it is.
    """
    if by == "weekday":
        return weekday(name)
    known = _PARTS.get(by, {}).get(name)
    return name if known is None else gettext(known)


def norm_of(norm_s: int | None) -> str:
    """Return what a norm is called.

    Args:
        norm_s: seconds; None = the terms of orders.
    """
    if norm_s is None:
        return gettext("the term of each order")
    return translated("%(n)s h", n=norm_s * SECOND_MS // HOUR_MS)


def chart_label(title: str) -> str:
    """Return what a chart is to those who do not see it.

    Args:
        title: of the chart.
    """
    numbers = gettext("The table below has its numbers.")
    return f"{title}. {numbers}"
