"""Any records as a name server's answer, and any bytes as its message.

Oracles: only addresses at the end of the chain from the asked name are taken, each once and in
its plain form, as a naive reading says; the chain is bounded; bytes that are no message, and hosts
that are no name, raise only what `agents.edges.dns.dnssec` catches.
"""

from contextlib import suppress
from ipaddress import IPv6Address, ip_address

import dns.exception
import dns.message
import pycares
from fuzz_bytes import Reader

from agents.edges.dns.query import CHAIN_MAX, read
from agents.edges.dns.resolution import DnsStatus
from schemas.identity.ids import BadUrl, canonical

_NAMES = ("a.example", "b.example", "c.example", "B.Example.", "d.example.", "", ".", "\\000.x")
_KINDS = ("A", "AAAA", "CNAME", "TXT", "message", "host")
_RECORDS_MAX = 64


def check(data: bytes) -> None:
    """Judge one input: records, or a message, or a host."""
    reader = Reader(data)
    kind = reader.pick(_KINDS)
    if kind == "message":
        with suppress(dns.exception.DNSException, OSError, EOFError):
            dns.message.from_wire(reader.rest())
    elif kind == "host":
        with suppress(BadUrl, dns.exception.DNSException):
            host = canonical("http://" + reader.rest().decode("utf-8", "replace")).host
            dns.message.make_query(host, "A", use_edns=0)
    else:
        records = []
        while reader.left and len(records) < _RECORDS_MAX:
            records.append(_record(reader))
        _check_read(records)


def _record(reader: Reader) -> pycares.DNSRecord:
    name, kind, ttl = reader.pick(_NAMES), reader.pick(_KINDS[:4]), reader.number()
    if kind == "A":
        data = pycares.ARecordData(addr=".".join(str(part) for part in reader.take(4)))
    elif kind == "AAAA":
        data = pycares.AAAARecordData(addr=str(IPv6Address(reader.take(16))))
    elif kind == "CNAME":
        data = pycares.CNAMERecordData(cname=reader.pick(_NAMES))
    else:
        data = pycares.TXTRecordData(data=reader.take(4))
    return pycares.DNSRecord(name=name, type=1, record_class=1, ttl=ttl, data=data)


def _check_read(records: list[pycares.DNSRecord]) -> None:
    answer = read("a.example", records)
    name, followed = "a.example", 0
    while followed < CHAIN_MAX and (to := _alias(name, records)) is not None:
        name, followed = to, followed + 1
    assert len(answer.names) == followed
    assert answer.names[-1:] == ((name,) if followed else ())
    wanted = {
        _unmapped(one.data.addr)
        for one in records
        if isinstance(one.data, pycares.ARecordData | pycares.AAAARecordData)
        and _plain(one.name) == name
    }
    assert answer.addresses == wanted, "other addresses than the chain leads to"
    assert answer.status is (DnsStatus.OK if wanted else DnsStatus.NODATA)
    assert len(answer.ttls_s) == followed + len(wanted)


def _alias(name: str, records: list[pycares.DNSRecord]) -> str | None:
    for one in records:
        if isinstance(one.data, pycares.CNAMERecordData) and _plain(one.name) == name:
            return _plain(one.data.cname)
    return None


def _plain(name: str) -> str:
    return name.lower().rstrip(".")


def _unmapped(text: str) -> object:
    found = ip_address(text)
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
