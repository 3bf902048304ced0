"""What was refused is repeated nowhere."""

from base64 import b64encode

import pytest
from aiohttp import ClientSession, ClientTimeout
from content_places import raw
from hotline_records import notice
from serving_intake import JSON, KEY, NDJSON, serving

from agents.config import LogSettings
from agents.process.log import configure

CANARIES = {
    "url": "http://canary-host.example/canary-path?canary-query=1",
    "mail": "canary-mail@canary-domain.example",
    "note": "canary-note",
    "key": "canary-key",
    "body": "canary-body",
    "field": "canary_field",
}
BODIES = [
    raw(url=CANARIES["url"], note=CANARIES["note"]),
    raw(url=CANARIES["url"], reported_at="2099-01-01T00:00:00Z"),
    raw(url=CANARIES["url"].replace("http:", "ftp:")),
    raw(url=CANARIES["url"], category=CANARIES["note"]),
    raw(url=CANARIES["url"], type=CANARIES["body"]),
    raw(notice(), recipient=CANARIES["mail"] * 40),
    raw(notice(), result=f"{CANARIES['mail']} - at `$.{CANARIES['field']}`"),
    raw(**{CANARIES["field"]: CANARIES["mail"]}),
    raw(source={"status": "online", CANARIES["field"]: 1}),
    raw(url=CANARIES["url"])[:-1],
    CANARIES["body"].encode(),
    b"[" + CANARIES["body"].encode(),
    b64encode(CANARIES["body"].encode() * 100),
    raw(id=CANARIES["url"] + " "),
]


@pytest.mark.parametrize("kind", [JSON, NDJSON, f"text/{CANARIES['body']}"])
async def test_nothing_of_a_refused_request_is_said_anywhere(tmp_path, capfd, kind):
    """No answer, log line, metric or file has a word of what was sent."""
    configure(LogSettings(level="debug"))
    said = ""
    async with serving(tmp_path) as at, ClientSession(timeout=ClientTimeout(total=60)) as session:
        address = f"http://127.0.0.1:{at.intake_server.port}"
        for key in (KEY, CANARIES["key"]):
            for body in BODIES:
                headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
                async with session.post(f"{address}/v1/records", data=body, headers=headers) as got:
                    assert 400 <= got.status < 500
                    said += f"{got.headers} {await got.text()}"
        async with session.get(f"{address}/{CANARIES['body']}?{CANARIES['note']}") as got:
            said += f"{got.headers} {await got.text()}"
        async with session.get(f"{address}/healthz") as got:
            said += await got.text()
    assert not at.shelf.held
    said += "".join(capfd.readouterr())
    said += "".join(file.read_text() for file in tmp_path.rglob("*") if file.is_file())
    assert "canary" not in said.lower()
