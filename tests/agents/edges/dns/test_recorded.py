"""Recorded answers, in the shape recorders write them."""

import gzip
import json
from pathlib import Path

import pytest

from agents.edges.dns.recorded import Recorded
from agents.edges.dns.resolution import DnsStatus
from agents.errors import UserError


def recorded(tmp_path: Path, packed: bool = False, **rows) -> Recorded:
    """Load a recording of `<key>.example`."""
    domains = {f"{key.replace('_', '.')}.example": row for key, row in rows.items()}
    raw = json.dumps({"domains": domains, "ips": {}}).encode()
    file = tmp_path / "recorded"
    file.write_bytes(gzip.compress(raw) if packed else raw)
    return Recorded.load(file)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("row", "status", "addresses"),
    [
        ({"status": "ok", "ips": ["192.0.2.9"], "asn": "AS1"}, DnsStatus.OK, ("192.0.2.9",)),
        (
            {"status": "ok", "ips": ["2001:db8::1", "192.0.2.10", "192.0.2.9"]},
            DnsStatus.OK,
            ("192.0.2.9", "192.0.2.10", "2001:db8::1"),
        ),
        ({"status": "tld_unsupported", "ips": ["192.0.2.9"]}, DnsStatus.OK, ("192.0.2.9",)),
        ({"status": "tld_unsupported", "ips": None}, DnsStatus.NOT_ASKED, ()),
        ({"status": "nxdomain", "ips": None}, DnsStatus.NXDOMAIN, ()),
        ({"status": "nxdomain"}, DnsStatus.NXDOMAIN, ()),
        ({"status": "ok", "ips": []}, DnsStatus.NODATA, ()),
        ({"status": "error", "ips": []}, DnsStatus.NOT_ASKED, ()),
    ],
)
async def test_a_recorded_row_with_addresses_is_an_answer(
    tmp_path: Path, packed, row, status, addresses
) -> None:
    """Addresses are an answer whatever the status; without, only ok and nxdomain are."""
    found = await recorded(tmp_path, packed, x=row).resolve("x.example")
    assert (found.status, found.addresses) == (status, addresses)


async def test_names_are_found_in_canonical_form(tmp_path: Path) -> None:
    """Case, a final dot and the spelling of an international name do not count."""
    file = tmp_path / "r.json"
    row = {"status": "ok", "ips": ["192.0.2.1"]}
    file.write_text(json.dumps({"domains": {"B\u00fccher.Example.": row}}))
    found = await Recorded.load(file).resolve("xn--bcher-kva.EXAMPLE.")
    assert found.status is DnsStatus.OK


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\x1f\x8bnot gzip",
        gzip.compress(b'{"domains": {}}', mtime=0)[:-9],
        b'{"domains": {"secret.example": {"status": 5}}}',
        b'{"domains": {"secret.example": {"status": "ok", "ips": ["secret"]}}}',
        b'{"domains": {"\xff": {"status": "ok"}}}',
    ],
)
def test_a_bad_recording_is_one_line(tmp_path: Path, content: bytes) -> None:
    """Whatever is wrong with it, the message says what is wanted and repeats nothing of it."""
    file = tmp_path / "r.json"
    file.write_bytes(content)
    with pytest.raises(UserError) as raised:
        Recorded.load(file)
    assert "recorded DNS answers" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_missing_recording_is_one_line(tmp_path: Path) -> None:
    """A wrong path names the option to look at."""
    with pytest.raises(UserError, match="--dns"):
        Recorded.load(tmp_path / "none.json")
