"""Classes, verdicts, marks and refusals in words for readers of the pages."""

from typing import Final

from schemas.reasons import Flag, NormVerdict, Outcome, Quarantine

CLASSES: Final[dict[Outcome, tuple[str, str]]] = {
    Outcome.AWAITING: ("Awaiting notice", "reported, no notice delivered; not in the backlog"),
    Outcome.ONLINE: ("Online", "last seen online; open"),
    Outcome.SUSPECT: ("Suspected gone", "looks say gone, too few to confirm; open"),
    Outcome.DOUBTED: ("In doubt", "looks contradict each other; open"),
    Outcome.UNAVAILABLE: ("Unavailable", "blocks us or does not answer; open, never removed"),
    Outcome.REMOVED: ("Removed", "confirmed gone after the notice"),
    Outcome.DARK: ("Host dark", "the whole host has not answered for seven days"),
    Outcome.DNS_ENDED: ("Name ended", "the name no longer exists"),
    Outcome.GONE_BEFORE_NOTICE: ("Gone before notice", "nothing was left to remove"),
    Outcome.ENDED_WITHOUT_NOTICE: ("Ended without notice", "gone, and no notice was delivered"),
    Outcome.NEVER_ONLINE: ("Never seen online", "no look ever saw it"),
    Outcome.MOVED: ("Moved", "now at another company, where it is a case of its own"),
    Outcome.WITHDRAWN: ("Withdrawn", "the hotline took its report back"),
    Outcome.EXCLUDED: ("Excluded", "by a decision of the operator"),
    Outcome.EXPIRED: ("Expired", "open for six weeks; no longer looked at"),
}
"""Each class: its name, and what it means. docs/states.md has the rules."""

VERDICTS: Final[dict[NormVerdict, str]] = {
    NormVerdict.IN_TIME: "in time",
    NormVerdict.LATE: "late",
    NormVerdict.UNDETERMINED: "undetermined",
}

FLAGS: Final[dict[Flag, str]] = {
    Flag.BACKDATED: "notice backdated",
    Flag.MISDIRECTED: "notice to another",
    Flag.BOUNCED: "notice bounced",
    Flag.CONTESTED: "company contested",
    Flag.ANNOUNCED_ONLY: "removal announced only",
    Flag.SPLIT: "vantages disagree",
    Flag.NO_DELIVERY_PROOF: "no proof of delivery",
    Flag.SELF_REPORT: "reported by the company",
    Flag.TOO_LATE: "a look came too late",
    Flag.OVERFLOW: "too many companies",
    Flag.SAMPLED: "company is sampled",
    Flag.UNPROVEN: "like its control",
}

REFUSALS: Final[dict[Quarantine, str]] = {
    Quarantine.MALFORMED: "not a readable record, or fields missing or of a wrong type",
    Quarantine.UNKNOWN_TYPE: "a record type that this version does not know",
    Quarantine.UNKNOWN_VERSION: "a record version that this version does not know",
    Quarantine.KEY_MISMATCH: "the key is not the record's id",
    Quarantine.TOO_LARGE: "larger than a record may be",
    Quarantine.BAD_URL: "no http or https URL with a host",
    Quarantine.FUTURE_TIME: "a time more than 5 min after it was received",
    Quarantine.CONFLICT: "its id was accepted before with other content",
    Quarantine.UNKNOWN_HOTLINE: "the hotline is not in the registry",
}


UNBROKEN: Final = "\N{NO-BREAK SPACE}"
"""Between a number and its unit."""


def term(norm_s: int) -> str:
    """Write a norm: `24 h`, or minutes below one hour."""
    hours, rest = divmod(norm_s, 3_600)
    return f"{norm_s // 60}{UNBROKEN}min" if rest else f"{hours}{UNBROKEN}h"


def verdicts(judged: tuple[tuple[int, NormVerdict], ...]) -> str:
    """Write the verdicts of a case by what they say: `late: 1 h, 12 h; in time: 24 h`."""
    told = []
    for verdict in (NormVerdict.LATE, NormVerdict.IN_TIME, NormVerdict.UNDETERMINED):
        terms = [term(norm_s) for norm_s, found in judged if found is verdict]
        if terms:
            told.append(f"{VERDICTS[verdict]}: {', '.join(terms)}")
    return "; ".join(told)
