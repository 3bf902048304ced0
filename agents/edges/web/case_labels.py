"""Verdicts, marks and refusals in words for readers of the pages."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from agents.edges.web.messages import ENGLISH, N_, gettext, language, translated
from schemas.closed_lists import (
    AnswerKind,
    CaseClass,
    CheckResult,
    ClockStanding,
    Flag,
    Grade,
    NormVerdict,
    ProbeError,
    Quarantine,
    Role,
)
from schemas.records.history_events import ControlsWord
from streams.history.sentence import Sentence
from streams.lifecycle.state_table import CLASSES
from streams.norms.maturity import AUTHORITY_ORDER

ROLES: Final = {Role.HOSTING: N_("Hosting"), Role.PROXY: N_("Proxy or CDN")}

VERDICTS: Final[dict[NormVerdict, str]] = {
    NormVerdict.IN_TIME: N_("in time"),
    NormVerdict.LATE: N_("late"),
    NormVerdict.UNDETERMINED: N_("undetermined"),
}

FLAGS: Final[dict[Flag, str]] = {
    Flag.BACKDATED: N_("notice backdated"),
    Flag.MISDIRECTED: N_("notice to somebody else"),
    Flag.BOUNCED: N_("notice bounced"),
    Flag.CONTESTED: N_("hoster contested"),
    Flag.ANNOUNCED_ONLY: N_("only announced vantages saw the removal"),
    Flag.CLOAKED: N_("late by what unannounced vantages alone saw: a check is asked for"),
    Flag.SINGLE_VANTAGE: N_("one vantage alone was asked"),
    Flag.SPLIT: N_("vantages disagree"),
    Flag.ASSUMED_SEEN: N_("the hotline said no time at which it saw it"),
    Flag.UNOBSERVED: N_("removed before a probe saw it"),
    Flag.NO_DELIVERY_PROOF: N_("no proof of delivery"),
    Flag.SELF_REPORT: N_("reported by the hoster"),
    Flag.TOO_LATE: N_("an observation reached the ledger over 24 h late"),
    Flag.OVERFLOW: N_("too many hosters"),
    Flag.NOT_PROBED: N_("not probed"),
    Flag.SAMPLED: N_("hoster is sampled"),
    Flag.BEHIND_PROXY: N_("seen through a proxy that did not disclose the origin"),
    Flag.UNPROVEN: N_("a check is asked for"),
}

QUARANTINE_WORDS: Final[dict[Quarantine, str]] = {
    Quarantine.MALFORMED: N_("not a readable record, or fields missing or of a wrong type"),
    Quarantine.UNKNOWN_TYPE: N_("a record type that this version does not know"),
    Quarantine.UNKNOWN_VERSION: N_("a record version that this version does not know"),
    Quarantine.KEY_MISMATCH: N_("the key is not the record's id"),
    Quarantine.TOO_LARGE: N_("a record or a batch over the size limit"),
    Quarantine.BAD_URL: N_("no http or https URL with a host"),
    Quarantine.FUTURE_TIME: N_("a time more than 5 min after it was received"),
    Quarantine.CONFLICT: N_("its id was accepted before with other content"),
    Quarantine.UNKNOWN_HOTLINE: N_("the hotline is not in the registry"),
    Quarantine.HOTLINE_ENDED: N_("it came after the registry had ended the hotline"),
    Quarantine.TOO_MANY: N_("over the daily limit of records of its kind for one URL"),
    Quarantine.UNREADABLE: N_("a batch whose checksum, compression or form is wrong"),
}

NOT_DUE: Final = N_("not due yet")
"""Said of a norm whose time is not over, and of no other."""

GRADES: Final[dict[Grade, str]] = {
    Grade.PROBE: N_("a probe"),
    Grade.CHECK: N_("a person's check"),
    Grade.SOURCE: N_("a source's word"),
    Grade.REPORT: N_("a report"),
    Grade.OWNER_CHANGED: N_("a statement"),
}
STANDINGS: Final[dict[ClockStanding, str]] = {
    ClockStanding.DELIVERED: N_("delivered"),
    ClockStanding.SENT_ONLY: N_("sent, delivery not said"),
    ClockStanding.ON_REPORT: N_("taken from the report"),
}
ANSWERS: Final[dict[AnswerKind, str]] = {
    AnswerKind.REMOVED: N_("We have removed it"),
    AnswerKind.NOT_OURS: N_("It is not on our servers"),
    AnswerKind.DISPUTED: N_("We dispute the notice"),
    AnswerKind.REFUSED: N_("We do not remove it"),
}
"""What a hoster may say about a case on its own page."""

PROBE_ERRORS: Final[dict[ProbeError, str]] = {
    ProbeError.NXDOMAIN: N_("the name does not exist"),
    ProbeError.DNS_FAILURE: N_("the name servers failed"),
    ProbeError.DNSSEC: N_("the name's signatures do not hold"),
    ProbeError.TIMEOUT: N_("not complete in time"),
    ProbeError.CONNECTION_REFUSED: N_("the connection was refused"),
    ProbeError.RESET: N_("the connection was broken off"),
    ProbeError.TLS: N_("there was no TLS connection"),
    ProbeError.PROTOCOL: N_("what came is not HTTP"),
    ProbeError.TOO_LARGE: N_("it is too large"),
    ProbeError.TOO_MANY_REDIRECTS: N_("too many redirects"),
    ProbeError.BLOCKED_POLICY: N_("our own rules forbid the address"),
    ProbeError.CLOCK: N_("the prober's clock was wrong"),
    ProbeError.MISSED_POLITENESS: N_("no turn within our own limits"),
    ProbeError.BLOCKED_POLICY_HOP: N_("a redirect leads where our own rules forbid requests"),
    ProbeError.RATE_LIMITED_HOP: N_("a redirect leads where there was no turn in time"),
    ProbeError.BLOCKED_POLICY_MIXED: N_("the name leads also where our own rules forbid requests"),
}
CONTROLS: Final[dict[ControlsWord, str]] = {
    ControlsWord.HEALTHY: N_("as they should be"),
    ControlsWord.SAME: N_("the same as the address"),
    ControlsWord.DEAD: N_("without an answer"),
    ControlsWord.NONE: N_("not probed"),
}
CHECKS: Final[dict[CheckResult, str]] = {
    CheckResult.PRESENT: N_("it is there"),
    CheckResult.ABSENT: N_("it is gone"),
    CheckResult.COULD_NOT_SEE: N_("could not see it"),
    CheckResult.NOT_ILLEGAL_NOW: N_("not illegal any more"),
    CheckResult.NEVER_ILLEGAL: N_("never was illegal"),
}

EVENTS: Final[dict[str, str]] = {
    "report": N_("Report"),
    "notice": N_("Notice"),
    "withdrawal": N_("Withdrawal"),
    "check": N_("Check"),
    "answer": N_("Answer"),
    "decision": N_("Decision"),
    "at": N_("Resolution"),
    "registry": N_("Registry"),
    "vantages": N_("Vantages"),
    "look": N_("Probe"),
}
"""Kinds of what was said and seen of a URL."""

_WORDS: Final[Mapping[str, str]] = {
    **{one.value: words[0] for one, words in CLASSES.items()},
    **{one.value: words for one, words in VERDICTS.items()},
    **{one.value: words for one, words in FLAGS.items()},
    **{one.value: words for one, words in GRADES.items()},
    **{one.value: words for one, words in STANDINGS.items()},
}

_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "error": {one.value: words for one, words in PROBE_ERRORS.items()},
    "controls": {one.value: words for one, words in CONTROLS.items()},
    "what": {one.value: words for one, words in CHECKS.items()},
    "says": {one.value: words for one, words in ANSWERS.items()},
}
"""Values of a sentence that have words of their own, by their names."""

_IDS: Final = frozenset(
    {"group", "hoster", "hosters", "hotline", "id", "origin", "owner", "person", "vantage"}
)
"""Values that somebody chose: a hoster that is called `late` stays so in every language."""

UNBROKEN: Final = "\N{NO-BREAK SPACE}"
"""Between a number and its unit."""


def norm_words(norm_s: int) -> str:
    """Write a norm: `24 h`, or minutes below one hour; `order` for the terms of orders."""
    if norm_s == AUTHORITY_ORDER:
        return gettext("order")
    hours, rest = divmod(norm_s, 3_600)
    said = translated("%(n)s min", n=norm_s // 60) if rest else translated("%(n)s h", n=hours)
    return said.replace(" ", UNBROKEN)


def verdicts(
    norms: tuple[tuple[int, NormVerdict], ...], running: Collection[int] = frozenset()
) -> str:
    """Write the verdicts of a case by what they say: `late: 1 h, 12 h; in time: 24 h`.

    Args:
        norms: by norm in seconds.
        running: norms whose time is not over.
    """
    groups = {gettext(VERDICTS[one]): one for one in VERDICTS}
    said = []
    for words, verdict in sorted(groups.items(), key=lambda one: _ORDER.index(one[1])):
        terms = [norm_words(s) for s, found in norms if found is verdict and s not in running]
        if terms:
            said.append(f"{words}: {', '.join(terms)}")
    waiting = [norm_words(norm_s) for norm_s, _ in norms if norm_s in running]
    if waiting:
        said.append(f"{gettext(NOT_DUE)}: {', '.join(waiting)}")
    return "; ".join(said)


_ORDER: Final = (NormVerdict.LATE, NormVerdict.IN_TIME, NormVerdict.UNDETERMINED)


_DECIMAL: Final = re.compile(r"-?[0-9]{1,6}\.[0-9]{1,3}")


def in_language(sentence: Sentence) -> str:
    """Say what changed, in the language that is spoken."""
    values = {name: _word(name, value) for name, value in sentence.values.items()}
    return translated(sentence.message, **values)


def _word(name: str, value: str) -> str:
    """Return a value of a sentence in words; what has none is a number, or stays as it is."""
    if name in _IDS:
        return value
    words = _OF.get(name, _WORDS).get(value) or _WORDS.get(value)
    return _number(value) if words is None else gettext(words)


def _number(value: str) -> str:
    """Return a number with the sign that the language has before its decimals; else the value."""
    foreign = language() != ENGLISH and _DECIMAL.fullmatch(value)
    return value.replace(".", ",") if foreign else value


def class_words(case_class: CaseClass) -> tuple[str, str]:
    """Return a class's name and what it means."""
    name, meaning = CLASSES[case_class]
    return gettext(name), gettext(meaning)
