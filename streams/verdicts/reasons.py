"""The reason of a verdict: a closed list, one sentence each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class VerdictReason(StrEnum):
    """Names the rule of `streams.verdicts.rules` that gave a verdict."""

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
    URL_REFUSED = "url_refused"
    TIMEOUT = "timeout"
    RESET = "reset"
    CONNECTION_REFUSED = "refused"
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
    REDIRECT_TO_DENIED = "redirect_to_denied"
    REDIRECT_RATE_LIMITED = "redirect_rate_limited"
    CLOCK = "clock"
    MISSED = "missed"
    ROOT = "root"
    ELSEWHERE = "elsewhere"
    SAME_FROM_START = "unproven"
    HEAD_DIFFERS = "head_differs"
    HEAD_LIES = "head_lies"
    CHANGED = "changed"
    WHOLE_HOST_CHANGED = "whole_host_changed"
    CONTRADICTS = "contradicts"


WORDING: Final[Mapping[VerdictReason, str]] = {
    VerdictReason.ONLINE: "The server answered with content, and nothing speaks against it.",
    VerdictReason.NOT_FOUND: "The server says that there is nothing at the URL (404).",
    VerdictReason.GONE: "The server says that the content is gone for good (410).",
    VerdictReason.SUSPENDED: "The server redirects to a page that says the account is suspended.",
    VerdictReason.PLACEHOLDER: "The server redirects to a placeholder for removed content.",
    VerdictReason.HOME_PAGE: "The server answers with its home page in place of the content.",
    VerdictReason.PARKED: "The name leads to a service for parked domains.",
    VerdictReason.LIKE_CONTROL: "The answer is now the same as for any made-up path of the host.",
    VerdictReason.FORBIDDEN: "The server refuses to answer the prober (401 or 403).",
    VerdictReason.LEGAL: "The server refuses for legal reasons (451).",
    VerdictReason.RATE_LIMITED: "The server says that the prober asks too often (429).",
    VerdictReason.CHALLENGE: "A proxy answered with a test for robots in place of the content.",
    VerdictReason.URL_REFUSED: (
        "The server refuses only this URL of the host, perhaps by law. It counts as gone if an "
        "unannounced vantage is refused so too."
    ),
    VerdictReason.TIMEOUT: "No complete answer came within the deadline.",
    VerdictReason.RESET: "The connection ended before the answer was complete.",
    VerdictReason.CONNECTION_REFUSED: "The server refused the connection.",
    VerdictReason.TLS: "No encrypted connection could be made.",
    VerdictReason.PROTOCOL: "The answer was not HTTP, or its head was over 16 KiB.",
    VerdictReason.REDIRECTS: "The server redirected more than five times.",
    VerdictReason.SERVER_ERROR: "The server reports a fault of its own (5xx).",
    VerdictReason.OTHER_STATUS: (
        "The server answered with a status that says nothing about the content."
    ),
    VerdictReason.DNS_FAILURE: "The name servers gave no usable answer.",
    VerdictReason.DNSSEC: (
        "The name's signatures (DNSSEC) do not hold, so name servers withhold it."
    ),
    VerdictReason.MOVED: "The name now leads to another hoster.",
    VerdictReason.LEFT: "The name leads to another hoster; the old address has no content.",
    VerdictReason.NAME_GONE: (
        "The name does not exist. The last address did not serve the material, did not answer, or "
        "was not asked."
    ),
    VerdictReason.POLICY: "The prober may not, or cannot, connect to any known address.",
    VerdictReason.REDIRECT_TO_DENIED: (
        "A redirect or an address of the name leads to a denied address."
    ),
    VerdictReason.REDIRECT_RATE_LIMITED: (
        "A redirect leads to a server whose limit of requests is reached."
    ),
    VerdictReason.CLOCK: "The prober's clock was wrong at that time.",
    VerdictReason.MISSED: "The probe could not take place within the limits of politeness.",
    VerdictReason.ROOT: (
        "The report names the whole site, so no path of it can be compared with the URL."
    ),
    VerdictReason.ELSEWHERE: "The server redirects to the home page of another host.",
    VerdictReason.SAME_FROM_START: "From the start, every path of the host gave the same answer.",
    VerdictReason.HEAD_LIES: "The server answers HEAD with content that it does not show to GET.",
    VerdictReason.CHANGED: "The answer differs from the earlier ones; controls must explain it.",
    VerdictReason.WHOLE_HOST_CHANGED: (
        "All paths of the host, made-up ones too, changed at the same time."
    ),
    VerdictReason.CONTRADICTS: "The status says gone, but the headers are those of the content.",
    VerdictReason.HEAD_DIFFERS: "The server shows the content to GET, and answered HEAD otherwise.",
}
"""One sentence each, for documents and reports."""
