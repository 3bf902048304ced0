"""What was refused is repeated nowhere."""

from base64 import b64encode

import pytest
from aiohttp import ClientSession, ClientTimeout
from content_places import raw
from hotline_records import notice
from serving_intake import JSON, KEY, NDJSON, serving

from agents.config import LogSettings
from agents.process.log import configure

LEAK_MARKERS = {
    "url": "http://leakmark-host.example/leakmark-path?leakmark-query=1",
    "mail": "leakmark-mail@leakmark-domain.example",
    "note": "leakmark-note",
    "key": "leakmark-key",
    "body": "leakmark-body",
    "field": "leakmark_field",
}
BODIES = [
    raw(url=LEAK_MARKERS["url"], note=LEAK_MARKERS["note"]),
    raw(url=LEAK_MARKERS["url"], reported_at="2099-01-01T00:00:00Z"),
    raw(url=LEAK_MARKERS["url"].replace("http:", "ftp:")),
    raw(url=LEAK_MARKERS["url"], category=LEAK_MARKERS["note"]),
    raw(url=LEAK_MARKERS["url"], type=LEAK_MARKERS["body"]),
    raw(notice(), recipient=LEAK_MARKERS["mail"] * 40),
    raw(notice(), result=f"{LEAK_MARKERS['mail']} - at `$.{LEAK_MARKERS['field']}`"),
    raw(**{LEAK_MARKERS["field"]: LEAK_MARKERS["mail"]}),
    raw(source={"status": "online", LEAK_MARKERS["field"]: 1}),
    raw(url=LEAK_MARKERS["url"])[:-1],
    LEAK_MARKERS["body"].encode(),
    b"[" + LEAK_MARKERS["body"].encode(),
    b64encode(LEAK_MARKERS["body"].encode() * 100),
    raw(id=LEAK_MARKERS["url"] + " "),
]


@pytest.mark.parametrize("kind", [JSON, NDJSON, f"text/{LEAK_MARKERS['body']}"])
async def test_nothing_of_a_refused_request_is_said_anywhere(tmp_path, capfd, kind):
    """No answer, log line, metric or file has a word of what was sent."""
    configure(LogSettings(level="debug"))
    said = ""
    async with serving(tmp_path) as at, ClientSession(timeout=ClientTimeout(total=60)) as session:
        address = f"http://127.0.0.1:{at.intake_server.port}"
        for key in (KEY, LEAK_MARKERS["key"]):
            for body in BODIES:
                headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
                async with session.post(f"{address}/v1/records", data=body, headers=headers) as got:
                    assert 400 <= got.status < 500
                    said += f"{got.headers} {await got.text()}"
        async with session.get(f"{address}/{LEAK_MARKERS['body']}?{LEAK_MARKERS['note']}") as got:
            said += f"{got.headers} {await got.text()}"
        async with session.get(f"{address}/healthz") as got:
            said += await got.text()
    assert not at.shelf.held
    said += "".join(capfd.readouterr())
    said += "".join(file.read_text() for file in tmp_path.rglob("*") if file.is_file())
    assert "leakmark" not in said.lower()
