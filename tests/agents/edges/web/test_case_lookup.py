"""Laws of the pages of single cases and of the search, over a real ledger and real sockets."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout
from served_ledger import CASE, REFERENCE, Served, served, told_ledger
from small_ledger import KEYS, LINE, open_ledger


@pytest.fixture
async def pages(bootstrap: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        ledger = await open_ledger(stack, bootstrap)
        keys = await told_ledger(ledger, tmp_path)
        yield await stack.enter_async_context(served(ledger, keys))


async def answer(
    pages: Served, path: str, form: dict[str, str] | None = None, **headers: str
) -> tuple[int, str, str]:
    """Ask until there is an answer: a page that still reads says so and asks again by itself."""
    async with ClientSession(timeout=ClientTimeout(total=60)) as session:
        async with session.request(
            "GET" if form is None else "POST", pages.server.url + path, data=form, headers=headers
        ) as found:
            status, text, url = found.status, await found.text(), str(found.url)
        while "asks again by itself" in text:
            async with session.get(url) as found:
                status, text = found.status, await found.text()
    return status, text, url


async def test_a_case_has_a_page_with_the_rule_of_each_step(pages: Served) -> None:
    """It tells what `hostwatch cases show` tells, of one moment, and no URL; others are not there.

    A hotline's own reference, or the case's id, leads to it. The reference is never shown.
    """
    status, text, _ = await answer(pages, f"case/{CASE}")
    assert status == 200
    for said in ("Acme Hosting", "the case opens, as of ", "noticed at ", "alpha reports"):
        assert said in text
    assert re.search(r'data-label="Rule">1\.2</td>', text)
    assert "late" in text
    assert KEYS[1] in text
    assert REFERENCE not in text
    assert "sealed" not in text  # as texts of the sample's ledger begin that hold an address
    assert f'<time datetime="{_stamp(text)}">' in text
    assert (await answer(pages, f"case/{'0' * 24}"))[0] == 404
    assert (await answer(pages, "case/%3Cb%3E"))[0] == 404
    await _search_finds(pages)


async def _search_finds(pages: Served) -> None:
    for hotline in (LINE, ""):
        _, text, url = await answer(pages, "search", {"id": REFERENCE, "hotline": hotline})
        assert f'href="/case/{CASE}?hoster=acme"' in text
        assert REFERENCE not in text + url
    _, text, _ = await answer(pages, "search", {"id": "another", "hotline": LINE})
    assert "No case has this reference." in text
    _, text, url = await answer(pages, "search", {"id": CASE.upper()})
    assert url.endswith(f"/case/{CASE}")
    _, text, _ = await answer(pages, "search", {"id": " "})
    assert "Type in a case" in text
    _, text, _ = await answer(pages, f"search/{'0' * 32}")
    assert "This search is over" in text
    status, _, _ = await answer(
        pages, "search", {"id": REFERENCE}, **{"Sec-Fetch-Site": "cross-site"}
    )
    assert status == 403
    kind = "application/x-www-form-urlencoded; charset=nonsense"
    status, text, _ = await answer(pages, "search", {"id": "x"}, **{"Content-Type": kind})
    assert (status, text) == (400, "the form cannot be read\n")
    _, text, _ = await answer(pages, "hoster/acme/cases.csv")
    assert text.splitlines()[0].startswith("case_id,hoster,role,class,")
    assert CASE in text


def _stamp(text: str) -> str:
    found = re.search(r'class="stamp">.*?<time datetime="([^"]*)"', text)
    assert found is not None
    return found[1]
