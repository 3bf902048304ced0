"""Records for the real pipeline: a registry, hotline records, observations, states of cases.

Addresses are of 198.18.0.0/15, which is for benchmarks (RFC 2544), names of `.example`; nothing
is resolved and nothing is contacted.
"""

import time
from collections.abc import Iterable, Iterator

import ground

from agents.edges.dns.resolution import DnsResolution, DnsStatus
from schemas import codec
from schemas.closed_lists import Delivery, Target
from schemas.identity.ids import order_id, partition_of
from schemas.moments import moment
from schemas.records.case import CaseSummary, UrlState
from schemas.records.facts import Facts, Observation
from schemas.records.hotline import HotlineRecord, Notice, Report
from schemas.records.registry import HosterEntry, HotlineEntry, NormEntry, Registry

LINE = "bench"
VANTAGE = "local"
HOSTERS = ("quay", "reef", "dune", "moor")
MARK = "mark"
"""Hoster of the reports whose way to the figures is timed; it has no others."""

NAMES_PER_HOSTER = 250
PROBE_MS = 1_000


def _address(hoster: str, number: int) -> str:
    return f"198.18.{(*HOSTERS, MARK).index(hoster)}.{number % NAMES_PER_HOSTER + 1}"


def _host(hoster: str, number: int) -> str:
    return f"h{number % NAMES_PER_HOSTER}.{hoster}.example"


def registry() -> list[Registry]:
    """Return norms, the hotline and the hosters."""
    return [
        NormEntry(id="default", version=1, valid_from=0),
        HotlineEntry(id=LINE, version=1, valid_from=0, name="Bench"),
        *(
            HosterEntry(
                id=hoster,
                version=1,
                valid_from=0,
                name=hoster,
                country="XA",
                asns=(64_500 + number,),
                prefixes=(f"198.18.{number}.0/24",),
            )
            for number, hoster in enumerate((*HOSTERS, MARK))
        ),
    ]


def answers() -> dict[str, DnsResolution]:
    """Return what the recorded resolver says."""
    return {
        _host(hoster, number): DnsResolution(
            status=DnsStatus.OK, addresses=(_address(hoster, number),)
        )
        for hoster in (*HOSTERS, MARK)
        for number in range(NAMES_PER_HOSTER)
    }


def networks() -> dict[str, int]:
    """Return the networks of the hosters and their numbers."""
    return {f"198.18.{number}.0/24": 64_500 + number for number in range(len(HOSTERS) + 1)}


def url(hoster: str, number: int) -> str:
    """Return a URL of some 60 bytes; each number has its own."""
    return f"https://{_host(hoster, number)}/gallery/2024/{number:09d}/image-{number % 97:02d}.jpeg"


def report(number: int, hoster: str | None = None) -> Report:
    """Return the report of a URL."""
    where = hoster or HOSTERS[number % len(HOSTERS)]
    now = moment(int(time.time() * 1_000) - 60_000)
    name = f"r-{where}-{number}"
    return Report(v=1, id=name, url=url(where, number), reported_at=now, seen_at=now)


def notice(number: int) -> Notice:
    """Return the delivered notice about a report's URL."""
    where = HOSTERS[number % len(HOSTERS)]
    now = moment(int(time.time() * 1_000) - 1_000)
    return Notice(
        v=1,
        id=f"n-{where}-{number}",
        url=url(where, number),
        recipient=where,
        sent_at=now,
        delivered_at=now,
        result=Delivery.DELIVERED,
    )


def payload(records: Iterable[HotlineRecord], partitions: int) -> ground.Payload:
    """Yield hotline records as they stand in the inbox."""
    for record in records:
        key = record.id.encode()
        yield partition_of(key, partitions), key, codec.HOTLINE.encode(record)


def observations(state: UrlState, case: CaseSummary, count: int) -> Iterator[Observation]:
    """Yield so many observations of a case, a second apart, all of which find the material.

    They are newer than all that is known of the URL, as probes are. A slow machine places a
    report seconds after its case opened; an observation from before that is judged anew.
    """
    for number in range(1, count + 1):
        slot_at = state.newest_at + number * PROBE_MS
        yield Observation(
            url_key=state.url_key,
            order_id=order_id(case.case_id, slot_at, VANTAGE, Target.URL),
            case_id=case.case_id,
            hoster=case.hoster,
            role=case.role,
            vantage=VANTAGE,
            target=Target.URL,
            slot_at=slot_at,
            sent_at=slot_at + 100,
            done_at=slot_at + 300,
            asked=(VANTAGE,),
            hosters=(case.hoster,),
            facts=Facts(status=200, type="image/jpeg", length=48_213),
        )


def states(template: UrlState, count: int, partitions: int) -> ground.Payload:
    """Yield a state under so many keys, as records of `cases.v1`."""
    encoded = codec.STATE.encode(template)
    for number in range(count):
        # spread over the key space as keyed hashes are; the value's own key stays the template's
        key = f"{(number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % (1 << 128):032x}".encode()
        yield number % partitions, key, encoded
