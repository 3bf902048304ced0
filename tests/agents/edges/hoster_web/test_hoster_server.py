"""Laws of hosters' own pages: what a link opens and what it does not, over a real ledger."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout, CookieJar
from chromium import browser
from playwright.async_api import expect
from served_ledger import CASE, REFERENCE, Served, served, told_ledger
from small_ledger import KEYS, open_ledger

from agents.edges.hoster_web.hoster_server import ANSWERS_MAX, HosterServer
from agents.edges.hoster_web.links import Link, created, new_id, revoked
from agents.edges.hoster_web.own_page import Sources
from agents.engine.read.bulk import read_partitions
from agents.http_settings import HosterPageSettings
from schemas.closed_lists import AnswerKind, Role
from schemas.codec import ANSWER
from schemas.identity.ids import case_id
from schemas.moments import DAY_MS
from schemas.records.feedback import HosterAnswer
from schemas.topics import ANSWERS

FORM = "application/x-www-form-urlencoded"
OF_ANOTHER = case_id(KEYS[0], "other", Role.HOSTING, 0)


@dataclass
class Own:
    """A server of hosters' own pages, and a journal of links."""

    pages: Served
    server: HosterServer
    journal: Path
    clock: dict[str, float]

    def link(self, hoster: str = "acme", *, ends_in_days: int = 30) -> tuple[str, str]:
        """Make a link and return its id and its token."""
        now = self.pages.ledger.settings.clock.clock().now()
        end = now + ends_in_days * DAY_MS
        link = Link(id=new_id(), hoster=hoster, made_at=now, made_by="anna", expires_at=end)
        return link.id, created(self.journal, self.pages.keys.hash, link)

    @property
    def url(self) -> str:
        """Return where the pages are."""
        return f"http://127.0.0.1:{self.server.port}"

    async def answers(self) -> list[HosterAnswer]:
        """Return what stands in `answers.v1`."""
        settings = self.pages.ledger.settings
        found = []
        async for records in read_partitions(settings, ANSWERS.name, range(2)):
            found += [ANSWER.decode(record.value or b"") for record in records]
        return found


@pytest.fixture
async def own(bootstrap: str, tmp_path: Path) -> AsyncIterator[Own]:
    async with AsyncExitStack() as stack:
        ledger = await open_ledger(stack, bootstrap)
        keys = await told_ledger(ledger, tmp_path)
        pages = await stack.enter_async_context(served(ledger, keys))
        journal = tmp_path / "links"
        settings = HosterPageSettings(port=0, links_file=journal)
        case_lookup, rollup = pages.server.case_lookup, pages.rollup
        assert case_lookup is not None
        sources = Sources(
            finder=rollup.finder,
            ledger=case_lookup.ledger,
            view=lambda: rollup.view,
            answers=rollup.answers.of,
            outbox=ledger.outbox,
            now=ledger.settings.clock.clock().now,
        )
        clock = {"s": 0.0}
        server = HosterServer(settings, sources, monotonic=lambda: clock["s"])
        found = Own(pages, server, journal, clock)
        await server.start()
        stack.push_async_callback(server.stop)
        yield found


def session() -> ClientSession:
    return ClientSession(timeout=ClientTimeout(total=60), cookie_jar=CookieJar(unsafe=True))


def form_of(text: str) -> str:
    found = re.search(r'name="form" value="([0-9a-f]{32})"', text)
    assert found is not None
    return found[1]


async def test_a_link_opens_one_hosters_page_and_nothing_else(own: Own) -> None:
    """Its own cases and figures; no page of the operator, no other hoster, no URL, no address."""
    id, token = own.link()
    async with session() as http:
        async with http.get(f"{own.url}/h/{token}") as found:
            status, text, headers = found.status, await found.text(), found.headers
        assert status == 200
        assert CASE in text
        assert OF_ANOTHER not in text
        assert not any(key in text for key in KEYS)
        assert "://" not in text
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        for path in ("/", "/pipeline", "/metrics", "/hoster/acme", "/search", f"/case/{CASE}"):
            async with http.get(own.url + path) as found:
                assert found.status == 404
        forged = token[:-1] + ("0" if token[-1] != "0" else "1")
        _, ended = own.link(ends_in_days=0)
        for other in (forged, ended, "x", token + "0"):
            async with http.get(f"{own.url}/h/{other}") as found:
                assert (found.status, CASE in await found.text()) == (404, False)
        lengthened = own.journal.read_bytes().replace(b'"expires_at":', b'"expires_at":9')
        own.journal.write_bytes(lengthened)
        async with http.get(f"{own.url}/h/{token}") as found:
            assert found.status == 404
        own.journal.write_bytes(lengthened.replace(b'"expires_at":9', b'"expires_at":'))
        async with http.get(f"{own.url}/h/{token}") as found:
            assert found.status == 200
        revoked(own.journal, id, "bram", 1)
        async with http.get(f"{own.url}/h/{token}") as found:
            assert found.status == 404
    await _forms_are_held_to_their_page(own)


async def _forms_are_held_to_their_page(own: Own) -> None:
    """An answer becomes a record once it comes from its page, of an own case, not too often."""
    _, token = own.link()
    page = f"{own.url}/h/{token}"
    async with session() as http:
        async with http.get(page) as found:
            form = form_of(await found.text())
        said = {"form": form, "case": CASE, "answer": "disputed"}
        for body, headers, status in (
            ({**said, "form": "0" * 32}, {}, 403),
            ({**said, "form": "\u00e9" * 32}, {}, 403),
            (b"form=%ed%a0%80", {"Content-Type": FORM}, 403),
            (said, {"Origin": "http://[x"}, 403),
            (said, {"Origin": "null"}, 403),
            (b"form=\xff", {"Content-Type": FORM}, 400),
            (said, {"Origin": "https://elsewhere.example"}, 403),
            (said, {"Sec-Fetch-Site": "cross-site"}, 403),
            ({**said, "case": OF_ANOTHER}, {}, 422),
            ({**said, "answer": "accept"}, {}, 422),
        ):
            async with http.post(f"{page}/answers", data=body, headers=headers) as found:
                assert found.status == status
        async with session() as stranger, stranger.post(f"{page}/answers", data=said) as found:
            assert found.status == 403  # the form, without the browser it was shown in
        assert await own.answers() == []
        async with http.post(f"{page}/answers", data=said) as found:
            assert "Your answer is stored." in await found.text()
        (kept,) = await own.answers()
        assert (kept.hoster, kept.case_id, kept.url_key) == ("acme", CASE, KEYS[1])
        assert kept.answer is AnswerKind.DISPUTED
        for _ in range(ANSWERS_MAX):
            async with http.post(f"{page}/answers", data={**said, "case": "x"}) as found:
                last = found.status, found.headers.get("Retry-After")
        assert last[0] == 429
        assert last[1] is not None
        own.clock["s"] = 3_601
        async with http.post(f"{page}/answers", data={**said, "case": "x"}) as found:
            assert found.status == 422
        await _a_reference_leads_to_own_cases_alone(http, page, form)


async def _a_reference_leads_to_own_cases_alone(http: ClientSession, page: str, form: str) -> None:
    for id, there in ((REFERENCE, True), ("r0", False)):  # r0 is another hoster's
        async with http.post(f"{page}/find", data={"form": form, "id": id}) as found:
            text, url = await found.text(), str(found.url)
        while "asks again by itself" in text:
            async with http.get(url) as found:
                text = await found.text()
        rows = re.search(r"Cases found</caption>.*?</table>", text, re.DOTALL)
        assert (rows is not None and CASE in rows[0]) is there
        assert id not in url
        assert OF_ANOTHER not in text


async def test_a_browser_searches_and_answers_by_the_page(own: Own) -> None:
    """What a browser sends with a form is taken: its cookie, and where the form comes from."""
    _, token = own.link()
    async with browser() as chromium:
        page = await chromium.new_page()
        await page.goto(f"{own.url}/h/{token}")
        await page.get_by_label("Reference of the notice").fill(REFERENCE)
        await page.get_by_role("button", name="Search").click()
        await expect(page.get_by_role("table", name="Cases found")).to_contain_text(CASE)
        await page.get_by_label("Case", exact=True).fill(CASE)
        await page.get_by_label("Answer", exact=True).select_option("disputed")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("Your answer is stored.")).to_be_visible()
    (kept,) = await own.answers()
    assert (kept.case_id, kept.answer) == (CASE, AnswerKind.DISPUTED)
