"""Any bytes as a server's answer: the head, its facts, and where it leads.

Oracles: only `Malformed` is raised; in pieces or whole the head is the same; facts are of closed
forms, survive the codec and hold no byte of the server's; a redirect leads to a canonical http(s)
URL or nowhere.
"""

from itertools import pairwise

import msgspec
from fuzz_bytes import Reader

from agents.edges.http_probe.probe_trace import Trail, redirect
from agents.edges.http_probe.response import Head, HeadReader, Malformed
from schemas.identity.ids import canonical
from schemas.media_types import MEDIA_TYPES, OTHER, OTHER_TEXT
from schemas.records.facts import Facts
from streams.probe import headers

_STARTS = (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\nLocation: ", b"HTTP/1.0 404 N\r\n")
_BASE = canonical("http://a.example/one/two?three")
_NOW = 1_750_000_000_000
_TYPES = {"", OTHER, OTHER_TEXT, *MEDIA_TYPES}


def check(data: bytes) -> None:
    """Judge one input: a start, two cuts, then bytes."""
    reader = Reader(data)
    start = reader.pick(_STARTS)
    cuts = (reader.number(), reader.number())
    answer = start + reader.rest()
    whole = _head([answer])
    edges = sorted({0, *(cut % (len(answer) + 1) for cut in cuts), len(answer)})
    assert _head([answer[a:b] for a, b in pairwise(edges)]) == whole, "pieces say another head"
    if whole is not None:
        _check_facts(whole)


def _head(pieces: list[bytes]) -> Head | None:
    reader = HeadReader()
    try:
        for piece in pieces:
            reader.feed(piece)
    except Malformed:
        assert reader.head is None, "malformed after the head"
    finally:
        reader.close()
    return reader.head


def _check_facts(head: Head) -> None:
    assert 200 <= head.status <= 999
    trail = Trail(until=0.0)
    target = redirect(head, _BASE)
    if target is not None:
        assert canonical(f"{target.scheme}://{target.text}") == target
        trail.followed(target, _BASE, _BASE.request)
    facts = trail.facts(head, None, _hashed, _NOW)
    assert facts.type in _TYPES, "a media type that is not on the closed list"
    assert facts.length is None or 0 <= facts.length < 10**15
    assert facts.age_s is None or 0 <= facts.age_s <= headers.AGE_MAX_S
    assert facts.retry_after_s is None or 0 <= facts.retry_after_s <= headers.RETRY_AFTER_MAX_S
    assert facts.modified is None or 0 <= facts.modified < 1 << 48
    keys = {facts.etag_key, facts.location_key, facts.type_key}
    assert keys <= {"", "etag", "location", "media type"}
    assert msgspec.json.decode(msgspec.json.encode(facts), type=Facts) == facts


def _hashed(purpose: str, text: str) -> str:
    """Stand for a keyed hash; the text must be one that can be hashed."""
    text.encode()
    return purpose
