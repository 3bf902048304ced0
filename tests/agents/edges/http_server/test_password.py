"""Who may read the pages: this machine, and elsewhere whoever has the password."""

import base64
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from agents.edges.http_server.password import (
    PASSWORD_BYTES_MAX,
    PASSWORD_BYTES_MIN,
    guard,
    is_private,
    loopback,
    password_of,
)
from agents.errors import UserError

PASSWORD = b"0123456789abcdef"


def asked(password: bytes | None, path: str = "/", **headers: str) -> int:
    """Return the status that a request is refused with; 200 = it may come in."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        guard(password)(make_mocked_request("GET", path, headers=named))
    except web.HTTPException as refused:
        return refused.status
    return 200


def basic(password: bytes, user: bytes = b"anybody") -> str:
    return "Basic " + base64.b64encode(user + b":" + password).decode()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:9464", 200),
        ("localhost", 200),
        ("LOCALHOST:9464", 200),
        ("[::1]:9464", 200),
        ("127.9.8.7", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("10.0.0.1", 421),
        ("", 421),
    ],
)
def test_without_a_password_only_loopback_names_are_answered_to(host: str, status: int) -> None:
    """So that no web page reads us through its own name."""
    assert asked(None, Host=host) == status


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (basic(PASSWORD), 200),
        (basic(PASSWORD, b""), 200),
        (basic(PASSWORD + b"x"), 401),
        (basic(b""), 401),
        ("", 401),
        ("Bearer " + PASSWORD.decode(), 401),
        ("Basic no base64 at all", 401),
    ],
)
def test_with_one_whoever_has_it_comes_in(header: str, status: int) -> None:
    """With any name of a user."""
    assert asked(PASSWORD, Authorization=header, Host="pages.example") == status


def test_health_is_told_to_anybody() -> None:
    """What starts containers has no password."""
    assert asked(PASSWORD, "/healthz") == asked(PASSWORD, "/readyz") == 200
    assert asked(PASSWORD, "/healthz/more") == 401


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"x" * (PASSWORD_BYTES_MIN - 1),
        b"x" * (PASSWORD_BYTES_MAX + 1),
        b"one line of bytes\nand another\n",
    ],
)
def test_a_file_without_a_safe_password_is_refused(tmp_path: Path, text: bytes) -> None:
    """Too short, too long, or more than a line; none at all too."""
    file = tmp_path / "password"
    with pytest.raises(UserError, match="cannot be read"):
        password_of(file)
    file.write_bytes(text)
    with pytest.raises(UserError, match="one line"):
        password_of(file)


def test_a_password_is_a_line_without_its_end(tmp_path: Path) -> None:
    """Of any system."""
    file = tmp_path / "password"
    for end in (b"", b"\n", b"\r\n"):
        file.write_bytes(PASSWORD + end)
        assert password_of(file) == PASSWORD


@pytest.mark.parametrize(
    ("address", "private"),
    [
        *(("10.1.2.3", True), ("192.168.1.1", True), ("127.0.0.1", True), ("::1", True)),
        *(("fd00::1", True), ("fe80::1%eth0", True), ("::ffff:10.0.0.1", True)),
        *(("8.8.8.8", False), ("::ffff:8.8.8.8", False), ("2600::1", False), ("name", False)),
    ],
)
def test_which_addresses_are_of_a_private_network(address: str, private: bool) -> None:
    """A mapped one is what it maps."""
    assert is_private(address) is private


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [("localhost", True), ("127.1.2.3", True), ("[::1]", True), ("10.0.0.1", False), ("x", False)],
)
def test_which_hosts_name_this_machine_alone(host: str, is_loopback: bool) -> None:
    """By address, or by the one name."""
    assert loopback(host) is is_loopback
