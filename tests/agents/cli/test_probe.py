"""`hostwatch probe --dry-run`: every line is answered, and nothing is asked of anybody."""

import io
import json
import socket
import sys

import pytest

from agents import cli
from agents.cli.probe import show
from streams.probe.gate import Rules


def said(*arguments: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Run the command and return its lines."""
    assert cli.run(["probe", "--dry-run", "--json", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("host", "rule"),
    [
        ("127.0.0.1", "127.0.0.0/8"),
        ("0177.0.0.1", "127.0.0.0/8"),
        ("0x7f000001", "127.0.0.0/8"),
        ("2130706433", "127.0.0.0/8"),
        ("127.1", "127.0.0.0/8"),
        ("127.0.0.1.", "127.0.0.0/8"),
        ("\uff11\uff12\uff17.0.0.1", "127.0.0.0/8"),
        ("\u2460\u2461\u2466.0.0.1", "127.0.0.0/8"),
        ("127\u30020\u30020\u30021", "127.0.0.0/8"),
        ("%31%32%37.0.0.1", "127.0.0.0/8"),
        ("[::ffff:127.0.0.1]", "127.0.0.0/8"),
        ("[::ffff:a9fe:a9fe]", "169.254.0.0/16"),
        ("[64:ff9b::169.254.169.254]", "outside 2000::/3"),
        ("[64:ff9b:1::7f00:1]", "outside 2000::/3"),
        ("[::127.0.0.1]", "outside 2000::/3"),
        ("[2002:7f00:1::]", "2002::/16"),
        ("168.63.129.16", "168.63.129.16/32"),
        ("user:pass@10.0.0.1:81", "10.0.0.0/8"),
    ],
)
def test_a_spelling_is_judged_by_the_address_it_names(host, rule, capsys) -> None:
    """Octal, hex, short, Unicode, escaped, mapped and translated spellings meet the gate."""
    (line,) = said(f"http://{host}/x", capsys=capsys)
    assert (line["ok"], line["allowed"], line["reason"]) == (True, False, rule)
    assert line["address"] in str(line["host"]) or ":" in str(line["host"])


def test_the_answer_of_probe_has_all_keys(capsys) -> None:
    """A public address is allowed, of a name nothing is said, and all keys are always there."""
    (literal,) = said("http://9.9.9.9:8080/a?b", capsys=capsys)
    (name,) = said("HTTPS://Pics.Example/%7ea", capsys=capsys)
    assert literal == {
        "ok": True,
        "canonical": "9.9.9.9:8080/a?b",
        "host": "9.9.9.9",
        "address": "9.9.9.9",
        "allowed": True,
        "reason": "public",
    }
    assert name == {
        "ok": True,
        "canonical": "pics.example/~a",
        "host": "pics.example",
        "address": None,
        "allowed": None,
        "reason": None,
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"ftp://x.example/", "not_http_or_https"),
        (b"", "not_a_url"),
        (b"http://", "not_a_url"),
        (b"http://1.2.3.256/", "not_a_url"),
        (b"http://[fe80::1%25eth0]/", "not_a_url"),
        (b"http://x.example/\xff", "not_utf8"),
        (b"http://x.example/" + b"a" * 4_096, "too_long"),
    ],
)
def test_a_bad_line_is_an_answer(line: bytes, reason: str) -> None:
    """It has a reason from a closed list and nothing of the line."""
    shown = show(line, Rules())
    assert (shown.ok, shown.reason) == (False, reason)
    assert (shown.canonical, shown.host, shown.address, shown.allowed) == (None,) * 4


def test_a_file_and_stdin(tmp_path, monkeypatch, capsys) -> None:
    """One line of output for each line of input, blank and broken ones too, in order."""
    text = b"http://10.1.1.1/\r\n\n\xff\nhttp://x.example/\xc2\x85y\nhttp://9.9.9.9/"
    file = tmp_path / "urls"
    file.write_bytes(text)
    lines = said("--from", str(file), capsys=capsys)
    assert [line["reason"] for line in lines] == [
        "10.0.0.0/8",
        "not_a_url",
        "not_utf8",
        None,
        "public",
    ]
    for arguments in ((), ("-",), ("--from", "-")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        assert said(*arguments, capsys=capsys) == lines


def test_a_person_reads_lines_too(capsys) -> None:
    """Without --json a line has what, decision and rule between tabs."""
    for url in ("http://127.1/a", "http://x.example/", "nothing"):
        assert cli.run(["probe", "--dry-run", url]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "127.0.0.1/a\tdenied\t127.0.0.0/8",
        "x.example/\tname\tjudged by its addresses",
        "-\tno URL\tnot_a_url",
    ]


def test_no_socket_is_opened(monkeypatch, capsys) -> None:
    """Neither a packet nor a name lookup is possible: there is no socket to make one with."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a socket or a lookup")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    assert len(said("http://pics.example/x", capsys=capsys)) == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["http://x.example/"], "only the worker probes"),
        (["--dry-run", "http://x.example/", "--from", "-"], "name one URL"),
        (["--dry-run", "--from", "/nonexistent/file"], "--from: No such file"),
    ],
)
def test_a_mistake_is_one_line(arguments, line, capsys) -> None:
    """Called wrongly it says in one line what to do, without the URL, and ends with 2."""
    assert cli.run(["probe", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert line in captured.err
    assert len(captured.err.splitlines()) == 1
    assert "x.example" not in captured.err
