"""Records an authority's order in that authority's own inbox, and reads where orders stand."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.registry.reader import read_registry
from agents.engine.produce.outbox import send_once
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.verification import read
from schemas.authority_orders import OrderStage
from schemas.closed_lists import Basis, Delivery, ProofKind
from schemas.codec import HOTLINE, REPORTS_ENTRY, Rejected
from schemas.identity.ids import BadUrl, canonical
from schemas.moments import Instant, moment
from schemas.records.hotline import Notice, Proof, Report
from schemas.records.reports import HosterId, HotlineId, NoticeAccepted, UrlKey
from schemas.topics import HOTLINE as INBOX
from schemas.topics import REPORTS
from streams.dossier.authority_orders import OrderLine, orders_of
from streams.registry.snapshot import UNKNOWN

ID_DIGITS: Final = 32


class AuthorityOrder(NamedTuple):
    """An order as an authority gave it.

    Attributes:
        authority: its id as a hotline of the registry.
        hoster: to whom.
        reference: the authority's own.
        stage: what the order is of.
        term_s: within which it is to be kept, seconds.
        delivered_at: when it was delivered.
        proof: what shows that.
        reports: the authority reports the URL too, so that there is a case.
    """

    authority: HotlineId
    hoster: HosterId
    reference: str
    stage: OrderStage
    term_s: int
    delivered_at: Instant
    proof: ProofKind
    reports: bool = True


async def record(settings: Settings, order: AuthorityOrder, urls: Sequence[str]) -> int:
    """Write an order to its authority's inbox, and return how many records that are.

    The same order again is a duplicate: its records have the same ids, and keyed ones, since they
    cover a URL.

    Args:
        settings: name the broker and the key file.
        order: what the authority ordered.
        urls: about which URLs.

    Raises:
        UserError: the registry knows no such authority or hoster, a URL is none, or there is no
            key file.
        SendFailed, KafkaError, TimeoutError: the broker did not take it.
    """
    now = settings.clock.clock().now()
    registry = (await read_registry(settings)).at(now)
    if registry.hotline(order.authority) is None:
        raise UserError(f"the registry has no hotline {order.authority}; an authority is one too")
    if registry.recipient(order.hoster) == UNKNOWN:
        raise UserError(f"the registry has no hoster {order.hoster}")
    if order.delivered_at > now:
        raise UserError("--delivered-at lies in the future")
    ring, records = Keyring.load(settings.key_file), list[Report | Notice]()
    for number, url in enumerate(urls, 1):
        try:
            key = ring.url_key(canonical(url))
        except BadUrl:
            raise UserError(f"URL number {number} is none with http or https and a host") from None
        records += _records(ring, order, url, key)
    topic = INBOX.named(order.authority)
    await send_once(
        settings, [Send(topic, one.id.encode(), HOTLINE.encode(one)) for one in records]
    )
    return len(records)


def _records(ring: Keyring, order: AuthorityOrder, url: str, key: UrlKey) -> list[Report | Notice]:
    at = moment(order.delivered_at).astimezone(UTC)
    parts = (order.authority, order.reference, order.stage, key)
    name = ring.hash("order", "\x00".join(parts))[:ID_DIGITS]
    notice = Notice(
        v=2,
        id=f"order-{name}",
        url=url,
        recipient=order.hoster,
        sent_at=at,
        delivered_at=at,
        result=Delivery.DELIVERED,
        channel="letter",
        basis=Basis.ORDER,
        reference=order.reference,
        term_s=order.term_s,
        proof=Proof(kind=order.proof),
        stage=order.stage,
    )
    return [*([_report(f"report-{name}", url, at)] if order.reports else []), notice]


def _report(id: str, url: str, at: datetime) -> Report:
    return Report(v=2, id=id, url=url, reported_at=at)


async def orders(settings: Settings) -> list[OrderLine]:
    """Return where all orders stand, the oldest first.

    Args:
        settings: name the broker.

    Raises:
        UserError: the broker has no table of cases, or it cannot be read.
        KafkaError, TimeoutError: the broker does not answer.
    """
    there = await read.tables(settings)
    found: list[OrderLine] = []
    for partition in there.partitions:
        told = await _told(settings, partition, there)
        if not told:
            continue
        table = await read.table(settings, partition, there.signed)
        as_of = 0 if table.position is None else table.position.as_of
        for url_key, notices in told.items():
            value = table.states.get(url_key)
            state = None if value is None else read.state_of(value)
            found += orders_of(notices, state, as_of)
    return sorted(found, key=lambda one: (one.noticed_at, one.authority, one.url_key))


async def _told(
    settings: Settings, partition: int, there: read.LedgerTables
) -> Mapping[UrlKey, Sequence[NoticeAccepted]]:
    """Return the orders of a partition of the ledger, by URL."""
    found: dict[UrlKey, list[NoticeAccepted]] = defaultdict(list)
    async for records in read_partitions(settings, REPORTS.name, (partition,)):
        for one in filter(there.signed.passes, records):
            try:
                said = REPORTS_ENTRY.decode(one.value)
            except Rejected:
                continue  # `hostwatch verify` names it
            if isinstance(said, NoticeAccepted) and said.basis is Basis.ORDER:
                found[said.url_key].append(said)
    return found
