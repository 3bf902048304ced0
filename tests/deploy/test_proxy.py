"""Laws of the proxy: one door, a name and a password for everybody, and to each part its own."""

import asyncio
import base64
import os
import re
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from nameserver import Name, name_server

from agents.edges.child_process.ports import reserved
from sim.demo.children import Child

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60.0
POLL_S = 0.1
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") or "nginx"
PARTS = ("worker-1", "worker-2", "prometheus", "alertmanager", "grafana")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets as their script makes them, under the names they have in the container."""
    root = tmp_path_factory.mktemp("proxy")
    shutil.copytree(ROOT / "deploy", root / "deploy", ignore=shutil.ignore_patterns("secrets"))
    script = root / "deploy/compose/secrets.sh"
    subprocess.run(
        [script],
        check=True,
        capture_output=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "OWNER": "0:0"},
    )
    made = root / "deploy/secrets"
    names = {
        "proxy_certificate": "proxy.pem",
        "proxy_key": "proxy-key.pem",
        "pages_header": "pages-header",
    }
    for name, file in names.items():
        (made / name).symlink_to(made / file)
    return made


def placed(text: str, folder: Path, secrets: Path) -> str:
    """Return a text with a folder in the place of /tmp, and the secrets that were made."""
    text = text.replace("/tmp/", f"{folder}/")  # noqa: S108 - the container's own
    return text.replace("/run/secrets/", f"{secrets}/")


def on_loopback(folder: Path, secrets: Path, ports: dict[str, int], resolver: str) -> Path:
    """Write nginx.conf with our ports, our name server, and a folder in the place of /tmp."""
    text = (ROOT / "deploy/proxy/nginx.conf").read_text()
    text = placed(text, folder, secrets)
    text = text.replace("127.0.0.11", resolver)
    for part in PARTS:
        text = re.sub(rf"http://{part}:\d+", f"http://{part}.example:{ports[part]}", text)
    for name, port in (("8443", ports["door"]), ("8080", ports["health"])):
        text = text.replace(f"listen {name}", f"listen 127.0.0.1:{port}")
    if os.getuid() == 0:  # else its children are nobody's, who may not enter the tests' folders
        text = f"user root;\n{text}"
    (folder / "nginx.conf").write_text(text)
    shutil.copy(ROOT / "deploy/runbook.md", folder)
    return folder / "nginx.conf"


def test_the_configuration_is_valid(tmp_path: Path, secrets: Path) -> None:
    """As it is shipped, with the secrets that their script makes."""
    file = tmp_path / "nginx.conf"
    file.write_text(placed((ROOT / "deploy/proxy/nginx.conf").read_text(), tmp_path, secrets))
    done = subprocess.run(
        [NGINX, "-t", "-e", "stderr", "-c", file],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


@dataclass(frozen=True)
class Door:
    """The running proxy, and what the parts behind it were asked.

    Attributes:
        address, health: where it listens.
        asked: (part, path, headers) of each request that came through.
        auth: the header with which the operator logs in.
        runners: the parts, to be stopped.
    """

    address: str
    health: str
    asked: list[tuple[str, str, dict[str, str]]]
    auth: str
    runners: dict[str, web.AppRunner]

    async def get(self, path: str, auth: str | None, **more: str) -> tuple[int, str]:
        """Return status, and text or where it leads to."""
        headers = {**more, **({"Authorization": auth} if auth else {})}
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        async with (
            aiohttp.ClientSession() as session,
            session.get(
                self.address + path, ssl=context, headers=headers, allow_redirects=False
            ) as answer,
        ):
            return answer.status, answer.headers.get("Location", await answer.text())


@asynccontextmanager
async def door(folder: Path, secrets: Path) -> AsyncIterator[Door]:
    """Run nginx as its script starts it, with five parts that say what they were asked."""
    asked: list[tuple[str, str, dict[str, str]]] = []
    runners: dict[str, web.AppRunner] = {}
    ports: dict[str, int] = {}
    for part in PARTS:
        runners[part] = await _part(part, asked)
        ports[part] = runners[part].addresses[0][1]
    with reserved(0) as ports["door"], reserved(0) as ports["health"]:
        pass
    everything = {part: Name(a=("127.0.0.1",)) for part in PARTS}
    async with name_server(**everything) as names:
        on_loopback(folder, secrets, ports, names.address)
        env = [
            "env",
            f"PROXY_FOLDER={folder}",
            f"PROXY_SCRATCH={folder}",
            f"PATH={Path(NGINX).parent}:/usr/bin:/bin",
        ]
        command = [*env, "/bin/sh", str(ROOT / "deploy/proxy/start.sh"), "-e", "stderr"]
        child = await Child.start("proxy", command, folder / "log")
        health = f"http://127.0.0.1:{ports['health']}/healthz"
        try:
            await _ready(health, child)
            password = (secrets / "watch").read_text()
            auth = aiohttp.encode_basic_auth("operator", password)
            yield Door(f"https://127.0.0.1:{ports['door']}", health, asked, auth, runners)
        finally:
            await child.stop()
            for runner in runners.values():
                await runner.cleanup()


async def _part(part: str, asked: list[tuple[str, str, dict[str, str]]]) -> web.AppRunner:
    async def answer(request: web.Request) -> web.Response:
        asked.append((part, request.path, dict(request.headers)))
        return web.Response(text=part)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


async def _ready(health: str, child: Child) -> None:
    async with asyncio.timeout(DEADLINE_S), aiohttp.ClientSession() as session:
        while child.process.returncode is None:
            try:
                async with session.get(health) as answer:
                    assert answer.status == 200
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(POLL_S)
    raise AssertionError(child.log.read_text())


PATHS = {
    "/": ("worker-1", "/"),
    "/hoster/alpha": ("worker-1", "/hoster/alpha"),
    "/prometheus/graph": ("prometheus", "/graph"),
    "/alertmanager/api/v2/status": ("alertmanager", "/api/v2/status"),
    "/grafana/d/hostwatch-overview": ("grafana", "/grafana/d/hostwatch-overview"),
}


async def test_nobody_comes_in_without_a_password(tmp_path: Path, secrets: Path) -> None:
    """Not to any part, not to the runbook; a wrong password and a made-up name neither.

    The redirects to this very door are given to anybody: they say nothing.
    """
    async with door(tmp_path, secrets) as proxy:
        wrong = aiohttp.encode_basic_auth("operator", "wrong")
        for path in (*PATHS, "/runbook", "/metrics", "/grafana/api/health"):
            assert (await proxy.get(path, None))[0] == 401, path
            assert (await proxy.get(path, wrong))[0] == 401, path
            assert (await proxy.get(path, None, **{"X-WEBAUTH-USER": "admin"}))[0] == 401, path
        assert proxy.asked == []


async def test_each_part_gets_what_is_its_own(tmp_path: Path, secrets: Path) -> None:
    """The pages their password, Grafana the name; what people typed goes to none of them."""
    async with door(tmp_path, secrets) as proxy:
        for path, (part, inside) in PATHS.items():
            given = {"X-WEBAUTH-USER": "admin"}
            assert await proxy.get(path, proxy.auth, **given) == (200, part)
            asked, at, headers = proxy.asked[-1]
            assert (asked, at) == (part, inside)
            token = headers.get("Authorization", "")
            if part == "worker-1":
                said = base64.b64decode(token.removeprefix("Basic ")).decode()
                assert said == f"proxy:{(secrets / 'pages').read_text()}"
            else:
                assert token == ""
            assert headers.get("X-WEBAUTH-USER", "") == ("operator" if part == "grafana" else "")


async def test_the_second_worker_answers_for_the_first(tmp_path: Path, secrets: Path) -> None:
    """A page is there as long as any worker is."""
    async with door(tmp_path, secrets) as proxy:
        await proxy.runners["worker-1"].cleanup()
        assert await proxy.get("/", proxy.auth) == (200, "worker-2")


async def test_alerts_and_dashboards_lead_to_the_runbook(tmp_path: Path, secrets: Path) -> None:
    """It is there when nothing behind the proxy is; Grafana's own path before a link is undone."""
    async with door(tmp_path, secrets) as proxy:
        for runner in proxy.runners.values():
            await runner.cleanup()
        status, page = await proxy.get("/runbook", proxy.auth)
        assert status == 200
        alerts = re.findall(r"^## (\w+)", (ROOT / "deploy/runbook.md").read_text(), re.MULTILINE)
        assert re.findall(r'<h2 id="(\w+)">', page) == [name.lower() for name in alerts]
        assert "<id>" not in page
        said = await proxy.get("/grafana/go/hoster/alpha", proxy.auth)
        assert said == (302, f"{proxy.address}/hoster/alpha")
