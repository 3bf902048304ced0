"""Words put into every input are found in the inbox alone, wherever else is searched."""

import asyncio
import logging
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec
import pytest
from aiohttp import ClientSession, ClientTimeout, CookieJar
from live_folder import below, contents
from pipeline_world import LINE, PipelineWorld, pipeline_world
from two_persons import run

from agents.config import Settings
from agents.edges.child_process.ports import reserved
from agents.edges.crypto.keys import Keyring
from agents.edges.hoster_web.links import Link, created, new_id
from agents.edges.intake_http.api_keys import key_line
from agents.edges.intake_http.intake_server import IntakeServer
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from agents.http_settings import HosterPageSettings, IntakeSettings
from agents.worker import Worker
from schemas.moments import DAY_MS, moment
from schemas.topics import HOTLINE
from sim.demo.demo_settings import as_toml

WORD: Final = b"kestrel"
URL: Final = "http://kestrelhost.example/kestrelpath?kestrelname=kestrelquery#kestrelfragment"
MAIL: Final = "kestrelmail@kestrelhost.example"
INBOX: Final = HOTLINE.named(LINE)
ROLES: Final = ("intake", "attribution", "lifecycle", "feedback", "rollup")
DEADLINE_S: Final = 60.0
KEY: Final = "k" * 43


def _record(id: str, url: str = URL, **more: object) -> tuple[str, dict[str, object]]:
    said = {"v": 2, "type": "report", "id": id, "url": url, "reported_at": moment(0).isoformat()}
    return id, {**said, **more}


def _notice(id: str, url: str, **more: object) -> tuple[str, dict[str, object]]:
    said = {
        "type": "notice",
        "recipient": "quay",
        "sent_at": moment(0).isoformat(),
        "result": "delivered",
    }
    return _record(id, url, **{**said, **more})


def _check(id: str, url: str, **more: object) -> tuple[str, dict[str, object]]:
    said = {"type": "check", "checked_at": moment(0).isoformat(), "result": "present"}
    return _record(id, url, **{**said, **more})


def records(own: str) -> list[tuple[str, object]]:
    """Return keys and values of an inbox with the word in every field, good and bad ones.

    Args:
        own: a URL that leads to a hoster, with the word in its path and query.
    """
    return [
        _record("c-1", own, relayed_from="kestrelline", origin="kestrelorigin"),
        _notice("c-2", own, reference="kestrelreference", message_id=f"<{MAIL}>"),
        _notice("c-3", own, recipient=MAIL, envelope_id="kestrelenvelope"),
        _check("c-4", own, checker="kestrelchecker"),
        _record("c-5"),
        _record("kestrelid.example/x"),
        _record("c-6", "ftp://kestrelhost.example/"),
        _record("c-7", note="kestrelnote"),
        _record("c-8", source={"status": "kestrelstatus"}),
        ("kestrelkey@x.example", {"id": "kestrelother"}),
        ("c-9", "kestrel no JSON"),
        _record("c-5", URL + "kestrelagain"),
    ]


def _sends(own: str) -> list[Send]:
    return [
        Send(INBOX, id.encode(), value.encode() if isinstance(value, str) else _body(value))
        for id, value in records(own)
    ]


def _body(record: object) -> bytes:
    return msgspec.json.encode(record)


async def over_http(settings: Settings, folder: Path, own: str) -> list[str]:
    """Send each record over HTTP, by itself; return all that is answered."""
    keys = folder / "hotline-keys"
    keys.write_text(key_line(LINE, KEY) + "\n")
    outbox = KafkaOutbox(settings)
    await outbox.start()
    server = IntakeServer(IntakeSettings(port=0, keys_file=keys), outbox, {LINE: None})
    await server.start()
    answers = []
    try:
        async with ClientSession(timeout=ClientTimeout(total=60)) as http:
            for send in [*_sends(own), Send(INBOX, b"x", b"kestrelbody {")]:
                head = {
                    "Authorization": f"Bearer {KEY}",
                    "Content-Type": "application/x-ndjson",
                    "X-Kestrel": "kestrelheader",
                }
                url = f"http://127.0.0.1:{server.port}/v1/records?kestrel=kestrelquery"
                async with http.post(url, data=send.value, headers=head) as answer:
                    answers.append(await answer.text())
    finally:
        await server.stop()
        await outbox.stop()
    return answers


async def pages(settings: Settings, token: str) -> list[str]:
    """Return all pages and downloads, the figures, and what forms of a hoster are answered."""
    operator = f"http://127.0.0.1:{settings.web.port}"
    own = f"http://127.0.0.1:{settings.hoster_page.port}/h/{token}"
    found = []
    async with ClientSession(
        timeout=ClientTimeout(total=60), cookie_jar=CookieJar(unsafe=True)
    ) as http:

        async def ask(url: str, form: dict[str, str] | None = None) -> str:
            method = "GET" if form is None else "POST"
            async with http.request(method, url, data=form) as answer:
                text = await answer.text()
            found.append(text)
            return text

        for path in ("", "pipeline", "search", "metrics", "hosters.csv", "?lang=nl"):
            await ask(f"{operator}/{path}")
        case = ""
        for hoster in ("quay", "reef", "unknown", "kestrelhost"):
            text = await ask(f"{operator}/hoster/{hoster}")
            await ask(f"{operator}/hoster/{hoster}/cases.csv")
            case = case or "".join(re.findall("/case/([0-9a-f]{24})", text)[:1])
        assert case, "a case is shown"
        await ask(f"{operator}/case/{case}")
        await ask(f"{operator}/search", {"hotline": LINE, "id": "kestrelreference"})
        form = re.findall('name="form" value="([0-9a-f]{32})"', await ask(own))[0]
        for said in (
            {"case": "kestrelcase", "answer": "disputed"},
            {"case": case, "answer": "kestrelanswer"},
            {"case": case, "answer": "disputed", "note": f"kestrelnote {URL}"},
        ):
            await ask(f"{own}/answers", {"form": form, **said})
        await ask(f"{own}/find", {"form": form, "id": "kestrelid", "hotline": LINE})
        await ask(f"{operator}/metrics")
    return found


async def exports(config: Path, folder: Path) -> list[bytes]:
    """Return the lists that the commands write, in every form."""
    files = [folder / f"cases.{end}" for end in ("csv", "parquet", "json")]
    for file in files:
        form = ("--format", file.suffix[1:], "--out", str(file))
        assert await run("cases", "list", *form, config=config) == 0
    await run("quarantine", "list", config=config)
    await run("verify", "--json", str(folder / "verify.json"), config=config)
    return [file.read_bytes() for file in (*files, folder / "verify.json")]


def holding(places: Sequence[Path]) -> set[str]:
    """Return the files below some folders that hold the word, as parts of their paths."""
    return {str(file) for place in places for file, held in contents(place) if WORD in held}


@asynccontextmanager
async def working(world: PipelineWorld, folder: Path) -> AsyncIterator[tuple[Settings, str]]:
    """Run a worker with pages for operator and hosters; yield its settings and a hoster's link."""
    with reserved(0) as port:
        pass
    page = HosterPageSettings(port=port, links_file=folder / "links")
    settings = world.settings.model_copy(update={"hoster_page": page})
    now = settings.clock.clock().now()
    link = Link(
        id=new_id(), hoster="quay", made_at=now, made_by="anna", expires_at=now + 999 * DAY_MS
    )
    token = created(folder / "links", Keyring.load(settings.key_file).hash, link)
    (folder / "hostwatch.toml").write_text(as_toml(settings))
    async with Worker(settings, probing=False).run(ROLES) as worker:
        async with asyncio.timeout(DEADLINE_S):
            while worker.rollup is None or not worker.rollup.view.ready:
                await asyncio.sleep(0.05)
        yield settings, token


async def worked_off(settings: Settings, count: int) -> None:
    """Wait until so many records have an outcome and those of the hoster a case."""
    url = f"http://127.0.0.1:{settings.web.port}/metrics"
    async with asyncio.timeout(DEADLINE_S), ClientSession() as http:
        while True:
            async with http.get(url) as answer:
                text = await answer.text()
            told = re.findall(r"^hostwatch_intake_records\{.*\} (\S+)$", text, re.MULTILINE)
            if sum(map(float, told)) >= count and re.search('hostwatch_cases{.*"quay"', text):
                return
            await asyncio.sleep(0.1)


async def test_a_word_of_any_input_is_found_in_the_inbox_alone(
    bootstrap: str,
    *,
    tmp_path: Path,
    broker_files: Path | None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """URL, host, path, query, keys, ids, mail addresses, notes and bodies, by every way in.

    Files have a test of their own (tests/agents/tools/importing/test_secrecy.py).
    """
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    caplog.set_level(logging.INFO)
    async with pipeline_world(bootstrap, tmp_path) as world:
        own = f"{world.url('quay')}/kestrelpath?kestrelname=kestrelquery"
        async with working(world, tmp_path) as (settings, token):
            sends = _sends(own)
            await world.outbox.send(sends)
            answers = await over_http(settings, tmp_path, own)
            refused = [answer for answer in answers if '"taken"' not in answer]
            taken = len(answers) - len(refused)  # whose answers name the hotline's own ids
            assert taken
            assert refused
            await worked_off(settings, len(sends) + taken)
            shown = await pages(settings, token)
        written = await exports(tmp_path / "hostwatch.toml", tmp_path)
        for why in (f"see {URL}", f"see {MAIL}", "see kestrelhost.example/kestrelpath"):
            what = ("decide", "propose", "0" * 24, "--action", "exclude", "--reason", why)
            config = tmp_path / "hostwatch.toml"
            assert await run(*what, "--person", "none.pem", config=config) == 2
    said = capfd.readouterr()
    for text in (*refused, *shown, said.out, said.err, caplog.text):
        assert WORD.decode() not in text
    assert not any(WORD in raw for raw in written)
    prefix = world.settings.kafka.topic_prefix
    logs = [one for one in below(broker_files or tmp_path) if one.name.startswith(prefix)]
    inboxes = {one for one in logs if one.name.startswith(f"{prefix}{INBOX}-")}
    if broker_files is not None:
        assert holding([*inboxes])  # so it would be found elsewhere too
    assert holding([tmp_path, *(one for one in logs if one not in inboxes)]) == set()
