"""Verdicts, marks and refusals in words for readers of the pages."""

from typing import Final

from schemas.reasons import Flag, NormVerdict, Quarantine
from streams.norms.maturity import ORDER

VERDICTS: Final[dict[NormVerdict, str]] = {
    NormVerdict.IN_TIME: "in time",
    NormVerdict.LATE: "late",
    NormVerdict.UNDETERMINED: "undetermined",
}

FLAGS: Final[dict[Flag, str]] = {
    Flag.BACKDATED: "notice backdated",
    Flag.MISDIRECTED: "notice to somebody else",
    Flag.BOUNCED: "notice bounced",
    Flag.CONTESTED: "hoster contested",
    Flag.ANNOUNCED_ONLY: "only announced vantages saw the removal",
    Flag.CLOAKED: "late by what unannounced vantages alone saw: a check is asked for",
    Flag.SINGLE_VANTAGE: "one vantage alone is configured",
    Flag.SPLIT: "vantages disagree",
    Flag.ASSUMED_SEEN: "the hotline said no time at which it saw it",
    Flag.UNOBSERVED: "removed before a probe saw it",
    Flag.NO_DELIVERY_PROOF: "no proof of delivery",
    Flag.SELF_REPORT: "reported by the hoster",
    Flag.TOO_LATE: "an observation reached the ledger over 24 h late",
    Flag.OVERFLOW: "too many hosters",
    Flag.NOT_PROBED: "not probed",
    Flag.SAMPLED: "hoster is sampled",
    Flag.BEHIND_PROXY: "seen through a proxy that did not disclose the origin",
    Flag.UNPROVEN: "like its control",
}

QUARANTINE_WORDS: Final[dict[Quarantine, str]] = {
    Quarantine.MALFORMED: "not a readable record, or fields missing or of a wrong type",
    Quarantine.UNKNOWN_TYPE: "a record type that this version does not know",
    Quarantine.UNKNOWN_VERSION: "a record version that this version does not know",
    Quarantine.KEY_MISMATCH: "the key is not the record's id",
    Quarantine.TOO_LARGE: "a record or a batch over the size limit",
    Quarantine.BAD_URL: "no http or https URL with a host",
    Quarantine.FUTURE_TIME: "a time more than 5 min after it was received",
    Quarantine.CONFLICT: "its id was accepted before with other content",
    Quarantine.UNKNOWN_HOTLINE: "the hotline is not in the registry",
    Quarantine.HOTLINE_ENDED: "it came after the registry had ended the hotline",
    Quarantine.TOO_MANY: "over the daily limit of records of its kind for one URL",
    Quarantine.UNREADABLE: "a batch whose checksum, compression or form is wrong",
}


UNBROKEN: Final = "\N{NO-BREAK SPACE}"
"""Between a number and its unit."""


def norm_words(norm_s: int) -> str:
    """Write a norm: `24 h`, or minutes below one hour; `order` for the terms of orders."""
    if norm_s == ORDER:
        return "order"
    hours, rest = divmod(norm_s, 3_600)
    return f"{norm_s // 60}{UNBROKEN}min" if rest else f"{hours}{UNBROKEN}h"


def verdicts(judged: tuple[tuple[int, NormVerdict], ...]) -> str:
    """Write the verdicts of a case by what they say: `late: 1 h, 12 h; in time: 24 h`."""
    told = []
    for verdict in (NormVerdict.LATE, NormVerdict.IN_TIME, NormVerdict.UNDETERMINED):
        terms = [norm_words(norm_s) for norm_s, found in judged if found is verdict]
        if terms:
            told.append(f"{VERDICTS[verdict]}: {', '.join(terms)}")
    return "; ".join(told)
