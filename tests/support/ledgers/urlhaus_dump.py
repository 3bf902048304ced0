"""A made-up URLhaus dump with its databases, and what a replay of it must say, worked out apart.

The oracle reads the same text with `csv` and multiplies ratios of whole numbers; it shares no code
with the product.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any, Final

from mmdb import asn_record, country_record, write_mmdb

HEADER: Final = (
    "id,dateadded,url,host,host_kind,tags,reporter,"
    "status_0928,last_online_0928,status_1110,last_online_1110"
)
_START: Final = datetime(2026, 2, 7, tzinfo=UTC)
_SNAPSHOTS_AT: Final = (
    datetime(2026, 3, 9, 9, 28, tzinfo=UTC),
    datetime(2026, 3, 9, 11, 10, tzinfo=UTC),
)

_ASNS: Final = {
    "192.0.2.0/25": 64500,
    "192.0.2.128/25": 64501,
    "198.51.100.0/25": 64502,
    "2001:db8:1::/48": 64503,
}
_COUNTRIES: Final = {
    "192.0.2.0/25": "NL",
    "192.0.2.128/25": "DE",
    "198.51.100.128/25": "US",
    "2001:db8:1::/48": "NL",
}
_PLACES: Final = {
    "192.0.2.": ((64500, "NL"), (64501, "DE")),
    "198.51.100.": ((64502, None), (None, "US")),
    "203.0.113.": ((None, None), (None, None)),
}
"""Network and country of the lower and the upper half; the databases above say the same."""

Place = tuple[int | None, str | None]
Names = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump and what is looked up for it.

    Attributes:
        rows: whole lines without their ends, no header, in the order of their ids.
        names: recorded addresses of the names that have any.
    """

    rows: tuple[str, ...]
    names: Names

    def files(self, folder: Path) -> tuple[str, ...]:
        """Write databases and recording; return the options that name them."""
        asn = {prefix: asn_record(number, f"Net {number}") for prefix, number in _ASNS.items()}
        countries = {prefix: country_record(code) for prefix, code in _COUNTRIES.items()}
        domains: dict[str, Any] = {
            name: {"status": "ok", "ips": list(found)} for name, found in self.names.items()
        }
        domains["gone.example"] = {"status": "nxdomain", "ips": None}
        dns = folder / "dns.json"
        dns.write_text(json.dumps({"domains": domains}), encoding="utf-8")
        return (
            *("--asn", str(write_mmdb(folder / "asn.mmdb", asn, "ASN"))),
            *("--country", str(write_mmdb(folder / "country.mmdb", countries, "Country"))),
            *("--dns", str(dns)),
        )


def write_dump(file: Path, lines: Iterable[str]) -> Path:
    """Write lines under the header and return the file."""
    file.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return file


def make_dump(size: int, seed: int) -> Dump:
    """Return a dump of so many rows: addresses, names at several networks, names unknown."""
    chance = Random(seed)
    names = {f"n{i}.example": _several(chance) for i in range(40)}
    hosts = [*names, "gone.example", "unknown-a.example", "unknown-b.example"]
    rows = []
    for number in range(size):
        literal = chance.random() < 0.75
        host = _address(chance) if literal else chance.choice(hosts)
        shown = f"[{host}]" if ":" in host else host
        added = _START + timedelta(minutes=25 * number + chance.randrange(20))
        path = f"f{number if chance.random() < 0.9 else number // 50}"
        tags = chance.choice(['"elf,mips,Mozi"', "", "exe", '"a,b"'])
        kind = "ip" if literal else "domain"
        states = ",".join(_states(chance, added))
        rows.append(
            f"{3_773_351 + 2 * number},{_text(added)},http://{shown}/{path},{shown},{kind},"
            f"{tags},r_{chance.randrange(9)},{states}"
        )
    return Dump(tuple(rows), names)


def _address(chance: Random) -> str:
    if chance.random() < 0.1:
        return f"2001:db8:{chance.choice('12')}::{chance.randrange(1, 200):x}"
    return f"{chance.choice(list(_PLACES))}{chance.randrange(1, 255)}"


def _several(chance: Random) -> tuple[str, ...]:
    return tuple({_address(chance) for _ in range(chance.randrange(1, 5))})


def _states(chance: Random, added: datetime) -> tuple[str, str, str, str]:
    """Return the states of two snapshots, in the combinations that the real dump has.

    Durations are few and whole hours, so that many tie and S meets its levels exactly.
    """
    hours = chance.choice((0, 0, 1, 2, 5, 5, 24, 72))
    last = min(added + timedelta(hours=hours), _SNAPSHOTS_AT[0])
    early, late = (_text(max(snapshot_at, added)) for snapshot_at in _SNAPSHOTS_AT)
    combinations = (
        ("offline", "", "offline", ""),
        ("", "", "online", late),
        ("online", early, "online", late),
        ("online", early, "offline", early),
        ("offline", _text(last), "online", late),
        ("offline", "", "online", late),
        ("", "", "offline", ""),
        *[("offline", _text(last), "offline", _text(last))] * 5,
    )
    return chance.choice(combinations)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def expected(rows: Sequence[str], names: Names) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the figures of every group, by kind and id."""
    groups: dict[tuple[str, str], list[tuple[int | None, bool]]] = defaultdict(list)
    for row in csv.DictReader([HEADER, *rows]):
        host = row["host"].strip("[]")
        found = (host,) if row["host_kind"] == "ip" else names.get(host, ())
        places = [_place(address) for address in found] or [(None, None)]
        online = (row["status_1110"] or row["status_0928"]) == "online"
        seen = row["last_online_1110"] or row["last_online_0928"]
        lasted = _seconds(row["dateadded"], seen) if seen else None
        keys = {("all", "all")}
        keys |= {("asn", f"AS{asn}" if asn else "unknown") for asn, _ in places}
        keys |= {("country", country or "unknown") for _, country in places}
        for key in keys:
            groups[key].append((lasted, online))
    return {key: _figures(members) for key, members in groups.items()}


def _place(address: str) -> Place:
    if ":" in address:
        return (64503, "NL") if address.startswith("2001:db8:1:") else (None, None)
    net, _, last = address.rpartition(".")
    return _PLACES[f"{net}."][int(last) >= 128]


def _seconds(begin: str, end: str) -> int:
    return int((datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds())


def _figures(members: Sequence[tuple[int | None, bool]]) -> dict[str, Any]:
    seen = [(lasted, online) for lasted, online in members if lasted is not None]
    online = sum(still for _, still in seen)
    return {
        "reported": len(members),
        "removed": len(seen) - online,
        "online": online,
        "never_online": len(members) - len(seen),
        "km": {f"p{p}_s": _quantile(seen, Fraction(p, 100)) for p in (25, 50, 75)},
    }


def _quantile(seen: Sequence[tuple[int, bool]], p: Fraction) -> int | None:
    """Return the smallest t with S(t) <= 1 - p, S by the definition of Kaplan and Meier."""
    survival = Fraction(1)
    for t in sorted({lasted for lasted, _ in seen}):
        at_risk = sum(lasted >= t for lasted, _ in seen)
        ended = sum(lasted == t and not online for lasted, online in seen)
        survival *= Fraction(at_risk - ended, at_risk)
        if survival <= 1 - p:
            return t
    return None
