"""Why a look was read as it was: the closed list of reasons, one sentence each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Names the rule of `streams.verdict` that gave a verdict."""

    ONLINE = "online"
    NOT_FOUND = "not_found"
    GONE = "gone"
    SUSPENDED = "suspended"
    PLACEHOLDER = "placeholder"
    HOME_PAGE = "home_page"
    PARKED = "parked"
    LIKE_CONTROL = "like_control"
    FORBIDDEN = "forbidden"
    LEGAL = "legal"
    RATE_LIMITED = "rate_limited"
    CHALLENGE = "challenge"
    DISABLED = "disabled"
    TIMEOUT = "timeout"
    RESET = "reset"
    REFUSED = "refused"
    TLS = "tls"
    PROTOCOL = "protocol"
    REDIRECTS = "redirects"
    SERVER_ERROR = "server_error"
    OTHER_STATUS = "other_status"
    DNS_FAILURE = "dns_failure"
    DNSSEC = "dnssec"
    MOVED = "moved"
    LEFT = "left"
    NAME_GONE = "name_gone"
    POLICY = "policy"
    LURED = "lured"
    CROWDED = "crowded"
    CLOCK = "clock"
    MISSED = "missed"
    ROOT = "root"
    UNPROVEN = "unproven"
    HEAD_DIFFERS = "head_differs"
    HEAD_LIES = "head_lies"
    CHANGED = "changed"
    WALLED = "walled"
    CONTRADICTS = "contradicts"


WORDING: Final[Mapping[Reason, str]] = {
    Reason.ONLINE: "The server answered with content, and nothing speaks against it.",
    Reason.NOT_FOUND: "The server says that there is nothing at the address (404).",
    Reason.GONE: "The server says that the content is gone for good (410).",
    Reason.SUSPENDED: "The server leads to a page that says the account is suspended.",
    Reason.PLACEHOLDER: "The server leads to a page that stands in for removed content.",
    Reason.HOME_PAGE: "The server gives its home page in place of the content.",
    Reason.PARKED: "The name leads to a service for parked domains.",
    Reason.LIKE_CONTROL: "The answer became the one that any made-up address of the host gets.",
    Reason.FORBIDDEN: "The server refuses to answer the monitor (401 or 403).",
    Reason.LEGAL: "The server refuses for legal reasons (451).",
    Reason.RATE_LIMITED: "The server says that the monitor asks too often (429).",
    Reason.CHALLENGE: "A proxy answered with a test for robots in place of the content.",
    Reason.DISABLED: "Only this address of the host is refused; it may have been disabled by law.",
    Reason.TIMEOUT: "No complete answer came within the deadline.",
    Reason.RESET: "The connection ended before the answer was complete.",
    Reason.REFUSED: "The server refused the connection.",
    Reason.TLS: "No encrypted connection could be made.",
    Reason.PROTOCOL: "What came was no HTTP answer, or its head was over 16 KiB.",
    Reason.REDIRECTS: "The server redirected more than five times.",
    Reason.SERVER_ERROR: "The server reports a fault of its own (5xx).",
    Reason.OTHER_STATUS: "The server answered with a status that says nothing of the content.",
    Reason.DNS_FAILURE: "The name servers gave no usable answer.",
    Reason.DNSSEC: "The name's signatures (DNSSEC) do not hold, so name servers withhold it.",
    Reason.MOVED: "The name now leads to another hoster.",
    Reason.LEFT: "The name leads to another hoster, and the old address has the content no more.",
    Reason.NAME_GONE: "The name exists no more, and the last address serves the content no more.",
    Reason.POLICY: "The monitor must not, or cannot, connect to any address that is known.",
    Reason.LURED: "A redirect, or one of the name's addresses, leads where no monitor may connect.",
    Reason.CROWDED: "A redirect leads to a server that is being asked as often as it may be.",
    Reason.CLOCK: "The monitor's clock was not to be trusted at the time.",
    Reason.MISSED: "The look could not take place within the limits of politeness.",
    Reason.ROOT: "The report names the whole site, and any address of it answers the same.",
    Reason.UNPROVEN: "From the start the answer was the one that any address of the host gets.",
    Reason.HEAD_LIES: "The server answers HEAD for what it does not show to GET.",
    Reason.CHANGED: "The answer is another one than before; what it is, controls have to show.",
    Reason.WALLED: "All addresses of the host, made-up ones too, got another answer at once.",
    Reason.CONTRADICTS: "The status says that it is gone, the headers are those of the content.",
    Reason.HEAD_DIFFERS: "The server shows the content to GET, and answered HEAD otherwise.",
}
"""One sentence each, for documents and reports."""
