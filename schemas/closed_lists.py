"""The closed lists: why a record was quarantined, what a probe met, what a case is.

A value outside these lists cannot be written, so it cannot become a label, a log field or a
column of a report.
"""

from enum import StrEnum
from typing import Final


class Quarantine(StrEnum):
    """Why an intake record was quarantined."""

    MALFORMED = "malformed"  # no JSON or no row, cut off, a field missing or wrong
    UNKNOWN_TYPE = "unknown_type"  # a record type this version does not know
    UNKNOWN_VERSION = "unknown_version"  # a record version this version does not know
    KEY_MISMATCH = "key_mismatch"  # the Kafka key is not the record's id, or not of its partition
    TOO_LARGE = "too_large"  # over RECORD_BYTES_MAX; a whole batch: over what it may open to
    BAD_URL = "bad_url"  # no http(s) URL with a host
    FUTURE_TIME = "future_time"  # a time more than 5 min after received_at
    CONFLICT = "conflict"  # the id was accepted before with other content
    UNKNOWN_HOTLINE = "unknown_hotline"  # the topic's hotline is not in the registry
    HOTLINE_ENDED = "hotline_ended"  # it came when the hotline's `until` in the registry was over
    TOO_MANY = "too_many"  # more of a kind of one URL on one day than anybody has to say of it
    UNREADABLE = "unreadable"  # a whole batch: its checksum, codec or framing is wrong


class Guess(StrEnum):
    """What was guessed of a record that was judged like any other."""

    SHORT_ID = "short_id"  # a row of a file that may have lost the first digits of its id


class Result(StrEnum):
    """What became of an intake record."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    SET_ASIDE = "set_aside"  # by two persons: no stage could handle it


class DecisionAction(StrEnum):
    """What two persons may decide about a case."""

    ACCEPT_DISPUTE = "accept_dispute"
    REJECT_DISPUTE = "reject_dispute"
    CONFIRM_BACKDATED = "confirm_backdated"
    EXCLUDE = "exclude"
    REATTRIBUTE = "reattribute"
    LEGAL_HOLD = "legal_hold"
    REVOKE = "revoke"  # takes an earlier decision back


class HotlineMode(StrEnum):
    """How far a hotline's notices can be believed to have arrived (docs/measurement.md, Clocks)."""

    DELIVERY = "delivery"  # it reports delivery results
    SENT_ONLY = "sent_only"  # no delivery result known
    ON_REPORT = "on_report"  # the report is taken as the notice
    HISTORIC = "historic"  # a replay: reported_at stands for received_at


class Basis(StrEnum):
    """What a notice rests on."""

    NOTICE = "notice"
    ORDER = "order"


class Delivery(StrEnum):
    """What the hotline knows of a notice's delivery."""

    DELIVERED = "delivered"
    SENT = "sent"
    BOUNCED = "bounced"
    REFUSED = "refused"


class ProofKind(StrEnum):
    """What shows that a notice was delivered."""

    SMTP_REPLY = "smtp_reply"  # the recipient's mail server took it
    DSN = "dsn"  # a delivery status notification
    MDN = "mdn"  # the recipient's own program says that it had the mail
    PORTAL = "portal"
    API = "api"
    LETTER = "letter"


class Category(StrEnum):
    """What a hotline found the material to be."""

    CSAM = "csam"
    CSAM_GENERATED = "csam_generated"  # made or altered by a machine
    TERRORIST = "terrorist"
    NON_CONSENSUAL = "non_consensual"
    MALWARE = "malware"
    OTHER = "other"


class SiteType(StrEnum):
    """What kind of site the URL belongs to."""

    WEBSITE = "website"
    FILE_HOST = "file_host"
    IMAGE_HOST = "image_host"
    IMAGE_STORE = "image_store"
    IMAGE_BOARD = "image_board"
    BANNER_SITE = "banner_site"
    LINK_SITE = "link_site"
    SOCIAL_SITE = "social_site"
    REDIRECTOR = "redirector"
    WEB_ARCHIVE = "web_archive"
    SEARCH_PROVIDER = "search_provider"
    BLOG = "blog"
    FORUM = "forum"
    OTHER = "other"


class CheckResult(StrEnum):
    """What a person at a hotline saw."""

    PRESENT = "present"
    ABSENT = "absent"
    COULD_NOT_SEE = "could_not_see"
    NOT_ILLEGAL_NOW = "not_illegal_now"  # counts as absent
    NEVER_ILLEGAL = "never_illegal"  # is that hotline's withdrawal


class AnswerKind(StrEnum):
    """What a hoster says about a notice; it triggers probes and closes nothing."""

    REMOVED = "removed"
    REFUSED = "refused"
    DISPUTED = "disputed"
    NOT_OURS = "not_ours"


class Role(StrEnum):
    """What a hoster is to a URL. Roles are never summed."""

    HOSTING = "hosting"
    PROXY = "proxy"


class Confidence(StrEnum):
    """Which layer of attribution named the hoster, strongest first.

    The rule is in streams/attribution/placement.py.
    """

    STATEMENT = "statement"
    NAME = "name"
    PREFIX = "prefix"
    ASN = "asn"
    ORGANISATION = "organisation"
    FALLBACK = "fallback"  # as<number>
    UNKNOWN = "unknown"


class Expected(StrEnum):
    """Which probes a case expects: those like the last one would tell nothing new of it."""

    SEEN = "seen"
    UNAVAILABLE = "barred"
    DOUBTED = "doubted"
    ENDED = "ended"


class Target(StrEnum):
    """What an order probes: the URL, or one of its controls."""

    URL = "url"
    MADE_UP_PATH = "random"
    ROOT = "root"
    CANARY = "canary"


class ProbeError(StrEnum):
    """Why a probe has no complete response."""

    NXDOMAIN = "nxdomain"
    DNS_FAILURE = "dns_failure"
    DNSSEC = "dnssec"  # the name's signatures do not hold
    TIMEOUT = "timeout"
    CONNECTION_REFUSED = "refused"
    RESET = "reset"
    TLS = "tls"
    PROTOCOL = "protocol"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BLOCKED_POLICY = "blocked_policy"
    CLOCK = "clock"
    MISSED_POLITENESS = "missed_politeness"
    BLOCKED_POLICY_HOP = "blocked_policy_hop"  # by a redirect the probe was led where none may go
    RATE_LIMITED_HOP = "crowded_hop"  # a redirect led where there was no turn in time
    BLOCKED_POLICY_MIXED = "blocked_policy_mixed"  # the name leads there beside where it may


NO_PROBE: Final = (ProbeError.MISSED_POLITENESS, ProbeError.CLOCK, ProbeError.BLOCKED_POLICY)
"""Errors of orders that came to no probe."""


class Verdict(StrEnum):
    """What one observation says (docs/measurement.md, Verdicts)."""

    ONLINE = "online"
    GONE_HARD = "gone_hard"
    GONE_SOFT = "gone_soft"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    MOVED = "moved"
    DNS_GONE = "dns_gone"
    UNKNOWN = "unknown"


class CaseClass(StrEnum):
    """The class a case is in; each case is in exactly one (docs/measurement.md, Classes)."""

    AWAITING = "awaiting"
    ONLINE = "online"
    SUSPECT = "suspect"
    DOUBTED = "doubted"
    UNAVAILABLE = "unavailable"
    REMOVED = "removed"
    DARK = "dark"
    DNS_ENDED = "dns_ended"
    GONE_BEFORE_NOTICE = "gone_before_notice"
    ENDED_WITHOUT_NOTICE = "ended_without_notice"
    NEVER_ONLINE = "never_online"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    EXCLUDED = "excluded"
    EXPIRED = "expired"


OPEN: frozenset[CaseClass] = frozenset(
    {
        CaseClass.AWAITING,
        CaseClass.ONLINE,
        CaseClass.SUSPECT,
        CaseClass.DOUBTED,
        CaseClass.UNAVAILABLE,
    }
)
"""The open sub-states."""

BACKLOG: frozenset[CaseClass] = OPEN - {CaseClass.AWAITING}
"""Those of cases whose clock runs."""


class NormVerdict(StrEnum):
    """Whether a hoster kept a norm (docs/measurement.md, Norm verdicts)."""

    IN_TIME = "in_time"
    LATE = "late"
    UNDETERMINED = "undetermined"


class ClockStanding(StrEnum):
    """How surely the hoster knew from when its clock runs, best first."""

    DELIVERED = "delivered"
    SENT_ONLY = "sent_only"  # a notice of a hotline that learns of no delivery
    ON_REPORT = "on_report"  # the report of a hotline that tells the hoster with it


class Grade(StrEnum):
    """What L or R of a case rests on (docs/measurement.md, Confirmation), best first."""

    PROBE = "probe"  # probes saw it, or confirmed that it is gone
    CHECK = "check"  # a person at a hotline opened the URL
    SOURCE = "source"  # an authoritative source said so
    REPORT = "report"  # a hotline's report or notice alone says that it was there
    OWNER_CHANGED = "statement"  # the owner changed by a statement of origin, a group or a decision


class Flag(StrEnum):
    """What must be said beside a case's figures."""

    BACKDATED = "backdated"  # a notice dated before it was received by more than `feed_delay_s`
    MISDIRECTED = "misdirected"  # a notice went to somebody who is not its hoster or owner
    BOUNCED = "bounced"  # a notice to its hoster did not arrive, and none that did starts its clock
    CONTESTED = "contested"  # what is known of its origin contradicts itself
    ANNOUNCED_ONLY = "announced_only"  # only announced vantages saw the removal
    SINGLE_VANTAGE = "single_vantage"  # its end was seen by the only vantage that was asked
    SPLIT = "split"  # vantages disagreed: one saw it against the others and was believed
    NO_DELIVERY_PROOF = "no_delivery_proof"  # its hotline gives no delivery results
    SELF_REPORT = "self_report"  # the hoster itself reported it
    TOO_LATE = "too_late"  # an observation reached the ledger over 24 h after it was made
    OVERFLOW = "overflow"  # it stands for all (owner, role) pairs beyond the first 16 of a URL
    SAMPLED = "sampled"  # its hoster has an inclusion probability below 1
    ASSUMED_SEEN = "assumed_seen"  # its hotline's analysts see what they report, and said no time
    UNOBSERVED = "unobserved"  # removed before a probe saw it; its hotline did
    BEHIND_PROXY = "behind_proxy"  # seen through a proxy alone, whose operator disclosed no origin
    UNPROVEN = "unproven"  # a check is asked for; rule 3.5 says when
    NOT_PROBED = "not_probed"  # no report of its URL lets it be resolved or probed
    CLOAKED = "cloaked"  # late by what unannounced vantages alone saw; a check is asked for
