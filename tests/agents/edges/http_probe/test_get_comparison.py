"""A GET beside a HEAD, at real loopback servers that answer the two alike or not."""

import asyncio

import pytest
from hostile_servers import LEAK_MARKER, PACK
from msgspec.structs import replace
from web_server import Behave, response, web_server

from agents.clock import Clock
from agents.edges.http_probe.get_comparison import Compare, agree
from agents.edges.http_probe.probe import HttpProber, Probed, ProberConfig
from agents.edges.http_probe.response import Head
from schemas.closed_lists import ProbeError, Verdict
from schemas.identity.ids import canonical, keyed_hash
from schemas.records.case_observations import MARK_HEAD_DIFFERS
from schemas.records.facts import Facts
from streams.probe.gate import Rules
from streams.verdicts.conditions import JudgingContext
from streams.verdicts.fingerprints import fingerprint
from streams.verdicts.rules import verdict

BODY = LEAK_MARKER
SHORT_S = 0.5
HELD_UP_S = 30.0
"""How late a busy machine may be; a server that goes on for ever would not end at all."""
SHOWN = response(206, "Content-Type: image/jpeg", "Content-Range: bytes 0-0/4711", body=BODY)
HEADED = response(200, "Content-Type: image/jpeg", "Content-Length: 4711")
PRESENT = 1 << 4


async def itself(host: str) -> tuple[str, ...]:
    """Resolve addresses alone."""
    return (host,)


def by_method(**said: str) -> Behave:
    """Answer by method and, if a path is named so, by path: `HEAD`, `GET`, `HEAD_away`."""

    async def behave(request: str, writer: asyncio.StreamWriter) -> None:
        method, path, _ = request.split(" ", 2)
        text = said.get(f"{method}_{path.strip('/')}") or said.get(method)
        if text is not None:
            writer.write(text.encode("latin-1"))
            await writer.drain()

    return behave


async def probed(
    behave: Behave, path: str = "/a.jpg", *, compare: Compare = Compare.ALL, within_s: float = 10.0
) -> tuple[Probed, str]:
    """Probe a server with a GET comparison; return what was seen and the requests' first words."""
    rules = Rules.of(exceptions=("127.0.0.0/24",))
    http = HttpProber(
        ProberConfig(user_agent="watcher/1", rules=rules),
        Clock(),
        lambda purpose, text: keyed_hash(b"k" * 16, purpose, text),
        itself,
    )
    async with web_server(behave) as server:
        until = asyncio.get_running_loop().time() + within_s
        url = canonical(f"http://x.example:{server.port}{path}")
        seen = await http.probe(url, "127.0.0.1", until, compare=compare)
    assert seen.facts.requests == len(server.requests)
    assert server.connections == len(server.requests)
    assert all("Range: bytes=0-0" in r for r in server.requests if r.startswith("GET"))
    assert asyncio.get_running_loop().time() < until + HELD_UP_S
    assert seen.facts.bytes <= 16_384
    assert BODY not in repr(seen)
    return seen, " ".join(" ".join(r.split(" ", 2)[:2]) for r in server.requests)


def said(facts: Facts) -> Verdict:
    """Return what a probe says, nothing beside it."""
    return verdict(fingerprint(facts), PRESENT, JudgingContext())[0]


@pytest.mark.parametrize(
    ("head", "get", "want"),
    [
        (response(404), SHOWN, Verdict.ONLINE),
        (response(403), SHOWN, Verdict.ONLINE),
        (response(500), SHOWN, Verdict.ONLINE),
        (HEADED, response(404), Verdict.GONE_HARD),
        (HEADED, response(403), Verdict.BLOCKED),
        (response(404), response(403), Verdict.BLOCKED),
        (response(404), None, Verdict.UNREACHABLE),
        (HEADED, None, Verdict.UNREACHABLE),
        (response(404), response(200, "CF-Mitigated: challenge"), Verdict.BLOCKED),
    ],
)
async def test_where_they_differ_the_get_counts(head: str, get: str | None, want: Verdict) -> None:
    """What a person would be served decides, to show it and to deny it; the HEAD is recorded."""
    seen, asked = await probed(by_method(HEAD=head, **({"GET": get} if get else {})))
    assert asked == "HEAD /a.jpg GET /a.jpg"
    assert said(seen.facts) is want
    assert seen.facts.method == "GET"
    assert seen.facts.head_status == int(head.split(" ")[1])
    assert fingerprint(seen.facts).marks & MARK_HEAD_DIFFERS


@pytest.mark.parametrize(
    ("head", "get"),
    [
        (HEADED, SHOWN),
        (response(200), response(200, "Content-Type: text/html", "Content-Length: 9")),
        (HEADED, response(416)),
        (response(404), response(410)),
        (response(403), response(451)),
        (response(500), response(502)),
    ],
)
async def test_where_they_agree_the_probe_is_as_without(head: str, get: str) -> None:
    """A checked probe that found no difference is the probe it would have been unchecked."""
    checked, _ = await probed(by_method(HEAD=head, GET=get))
    plain, asked = await probed(by_method(HEAD=head, GET=get), compare=Compare.NONE)
    assert asked == "HEAD /a.jpg"
    assert fingerprint(checked.facts) == fingerprint(plain.facts)
    assert (checked.facts.head_status, checked.facts.method) == (plain.facts.status, "HEAD")
    assert plain.facts.head_status == 0


async def test_a_get_for_a_head_is_the_head_that_was_asked_for_before() -> None:
    """What only GET shows has the fingerprint that HEAD had, but for the mark: 206 is 200."""
    shown, _ = await probed(by_method(HEAD=response(404), GET=SHOWN))
    before, _ = await probed(by_method(HEAD=HEADED), compare=Compare.NONE)
    a, b = fingerprint(shown.facts), fingerprint(before.facts)
    assert (a.status, a.type, a.size_class, a.marks ^ MARK_HEAD_DIFFERS) == (
        b.status,
        b.type,
        b.size_class,
        b.marks,
    )


@pytest.mark.parametrize("status", [429, 503])
async def test_who_asks_for_patience_is_asked_no_more(status: int) -> None:
    """No GET follows 429 or 503."""
    seen, asked = await probed(by_method(HEAD=response(status), GET=SHOWN))
    assert asked == "HEAD /a.jpg"
    assert seen.facts.head_status == 0


@pytest.mark.parametrize("status", [405, 501])
async def test_a_get_in_place_of_a_head_is_not_doubled(status: int) -> None:
    """Where HEAD is not allowed the GET is the probe; nothing is left to check."""
    seen, asked = await probed(by_method(HEAD=response(status), GET=SHOWN))
    assert asked == "HEAD /a.jpg GET /a.jpg"
    assert (seen.facts.status, seen.facts.head_status) == (206, 0)


async def test_the_get_is_followed_like_the_head() -> None:
    """Through an ordinary redirect both are led to its end, and what GET is shown there counts."""
    away = response(301, "Location: /b.jpg")
    behave = by_method(
        **{"HEAD_a.jpg": away, "GET_a.jpg": away, "HEAD_b.jpg": response(404), "GET": SHOWN}
    )
    seen, asked = await probed(behave)
    assert asked == "HEAD /a.jpg HEAD /b.jpg GET /a.jpg GET /b.jpg"
    assert said(seen.facts) is Verdict.ONLINE
    assert (seen.facts.hops, seen.facts.location_key != "") == (1, True)


@pytest.mark.parametrize("page", ["/", "/removed.html", "/login"])
async def test_a_page_in_its_place_for_head_alone_is_found_out(page: str) -> None:
    """HEAD is sent to the home page, to "removed" or to a log-in; GET is shown the content."""
    behave = by_method(
        **{
            "HEAD_a.jpg": response(302, f"Location: {page}"),
            "HEAD": response(200),
            "GET": SHOWN,
        }
    )
    seen, asked = await probed(behave)
    assert asked == f"HEAD /a.jpg HEAD {page} GET /a.jpg"
    assert said(seen.facts) is Verdict.ONLINE
    assert (seen.facts.to_root, seen.facts.placeholder, seen.facts.location_key) == (
        False,
        False,
        "",
    )
    assert (seen.facts.hops, seen.facts.head_status, seen.facts.method) == (0, 200, "GET")


@pytest.mark.parametrize("query", ["", "?for={}"])
async def test_a_page_in_its_place_for_everybody_stands(query: str) -> None:
    """A redirect that GET gets as well is what it was, whatever its query holds for each."""
    to = [response(302, f"Location: /{query.format(method)}") for method in ("HEAD", "GET")]
    behave = by_method(
        **{"HEAD_a.jpg": to[0], "GET_a.jpg": to[1], "HEAD": response(200), "GET": response(200)}
    )
    checked, _ = await probed(behave)
    plain, _ = await probed(behave, compare=Compare.NONE)
    a, b = (replace(fingerprint(seen.facts), location_key="") for seen in (checked, plain))
    assert a == b  # the two servers have different ports
    assert (checked.facts.hops, checked.facts.method, checked.facts.requests) == (1, "HEAD", 4)


async def test_where_only_get_is_redirected_it_is_followed() -> None:
    """A GET that is led to the home page is followed there; alone it says nothing."""
    behave = by_method(
        **{"HEAD_a.jpg": HEADED, "GET_a.jpg": response(302, "Location: /"), "GET": response(200)}
    )
    seen, asked = await probed(behave)
    assert asked == "HEAD /a.jpg GET /a.jpg GET /"
    assert said(seen.facts) is Verdict.UNKNOWN
    assert (seen.facts.to_root, seen.facts.head_status, seen.facts.method) == (True, 200, "GET")


async def test_a_get_that_leads_nowhere_good_ends_the_probe() -> None:
    """Redirects of the GET are judged by the gate and bounded like those of the HEAD."""
    inward = response(302, "Location: http://10.0.0.1/")
    seen, _ = await probed(by_method(HEAD=response(404), GET=inward))
    assert (seen.facts.error, seen.facts.head_status) == (ProbeError.BLOCKED_POLICY_HOP, 404)
    mail = response(302, "Location: //x.example:25/")
    seen, _ = await probed(by_method(HEAD=response(404), GET=mail))
    assert seen.facts.error is ProbeError.BLOCKED_POLICY_HOP
    seen, asked = await probed(by_method(HEAD=response(404), GET=response(302, "Location: /b")))
    assert (seen.facts.error, seen.facts.method) == (ProbeError.TOO_MANY_REDIRECTS, "GET")
    assert asked.count("GET") == 6


@pytest.mark.parametrize("name", sorted(set(PACK) - {"GET answered without end"}))
async def test_a_hostile_get_ends_like_a_hostile_head(name: str) -> None:
    """After an honest HEAD it is bounded as that is, keeps nothing, and is never gone."""
    hostile = PACK[name]

    async def behave(request: str, writer: asyncio.StreamWriter) -> None:
        if request.startswith("HEAD"):
            writer.write(response(404).encode())
        else:
            await hostile.behave(request, writer)

    seen, _ = await probed(behave, within_s=SHORT_S if hostile.short else 10.0)
    end = seen.facts.error or seen.facts.status
    assert end in hostile.ends
    assert seen.facts.head_status == 404
    assert (said(seen.facts) is Verdict.GONE_HARD) == (end == 404)
    assert seen.facts.error is None or (seen.facts.status, seen.facts.type) == (0, "")


@pytest.mark.parametrize(("first", "second"), [(15_000, 2_000), (16_384, 100)])
async def test_the_limit_of_bytes_is_the_probe_s(first: int, second: int) -> None:
    """What the HEAD's answer took is not there for the GET's: 16 KiB are read of both together."""
    head, get = (
        response(404, "X: " + "x" * (size - len(response(404, "X: ")))) for size in (first, second)
    )
    assert (len(head), len(get)) == (first, second)
    seen, _ = await probed(by_method(HEAD=head, GET=get))
    assert (seen.facts.error, seen.facts.head_status) == (ProbeError.TOO_LARGE, 404)


STALE = response(200, "Content-Type: image/jpeg", "Content-Length: 4711", "X-Cache: HIT")


@pytest.mark.parametrize(
    ("mark", "asked"),
    [
        ("X-Cache: HIT", "HEAD /a.jpg GET /a.jpg"),
        ("Age: 7", "HEAD /a.jpg GET /a.jpg"),
        ("Cache-Status: edge; hit; ttl=30", "HEAD /a.jpg GET /a.jpg"),
        ("X-Varnish: 1711 1703", "HEAD /a.jpg GET /a.jpg"),
        ("X-Cache: MISS", "HEAD /a.jpg"),
        ("Age: 0", "HEAD /a.jpg"),
    ],
)
async def test_a_kept_copy_is_held_against_a_get_at_once(mark: str, asked: str) -> None:
    """A cache may answer HEAD with what its server has lost; unmarked answers cost no GET."""
    head = response(200, "Content-Type: image/jpeg", "Content-Length: 4711", mark)
    seen, requests = await probed(by_method(HEAD=head, GET=response(404)), compare=Compare.CACHED)
    assert requests == asked
    assert said(seen.facts) is (Verdict.GONE_HARD if "GET" in asked else Verdict.ONLINE)


async def test_a_copy_that_get_is_shown_too_is_the_answer_it_was() -> None:
    """What a cache gives everybody is what a person gets: the header alone changes nothing."""
    behave = by_method(HEAD=STALE, GET=SHOWN)
    compared, _ = await probed(behave, compare=Compare.CACHED)
    plain, asked = await probed(behave, compare=Compare.NONE)
    assert asked == "HEAD /a.jpg"
    assert fingerprint(compared.facts) == fingerprint(plain.facts)


def test_only_there_or_not_there_is_compared() -> None:
    """Types and lengths of a HEAD are not held against the GET's."""
    head = Head(200, ((b"Content-Type", b"text/plain"),))
    assert agree(head, Head(206, ((b"Content-Type", b"image/jpeg"),)))
    assert not agree(head, Head(200, ((b"cf-mitigated", b"challenge"),)))
    assert not agree(Head(404, ()), Head(416, ()))


@pytest.mark.parametrize(("head", "get"), [(403, 429), (500, 503), (404, 429)])
async def test_a_get_that_is_asked_to_wait_is_heard(head: int, get: int) -> None:
    """Whatever the HEAD was answered, 429 and 503 and their Retry-After are the probe's."""
    seen, _ = await probed(by_method(HEAD=response(head), GET=response(get, "Retry-After: 120")))
    assert (seen.facts.status, seen.facts.retry_after_s) == (get, 120)
    assert seen.facts.head_status == head
