"""What a worker will need, checked before it starts: each thing once, and what to do about it."""

import ctypes
import shutil
from collections.abc import AsyncIterator, Callable
from typing import Final

from agents.clock import Clock
from agents.config import Settings, VantageSettings
from agents.edges.crypto.keys import Keyring
from agents.edges.dns.resolver import Resolver
from agents.edges.files import alert_links
from agents.edges.geo.address_databases import Networks
from agents.errors import UserError
from agents.process.vantage_names import doubts
from agents.tools.doctor_broker import Finding, Health, broker_findings, within
from schemas.identity.ids import BadUrl, canonical
from schemas.moments import DAY_MS

DATASET_DAYS_MAX: Final = 45
DISK_FREE_MIN: Final = 0.1
"""As in the alerts."""

NAME_OF_NOBODY: Final = "doctor.invalid"
"""Reserved (RFC 6761 6.4): a server answers that it does not exist, without asking others."""

_UNSYNCHRONISED: Final = 0x40
"""STA_UNSYNC of adjtimex(2)."""


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything; a fault of one thing keeps nothing else from being checked.

    Args:
        settings: with `kafka.bootstrap` set, or without a broker if none is to be asked.
    """
    for check in (_keys, _datasets, _disk, _clock, _vantages, _links):
        yield _caught(check.__name__.strip("_"), check, settings)
    if settings.kafka.bootstrap:
        async for finding in broker_findings(settings):
            yield finding
    names = Resolver(Clock(), settings.dns)
    try:
        if settings.vantages:
            yield await within("name servers", _name_servers(names))
        for vantage in settings.vantages:
            yield await within(f"canary of {vantage.id}", _canary(vantage, names))
    finally:
        await names.close()


def _caught(what: str, check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except UserError as error:
        return Finding(Health.BROKEN, what, str(error))


def _keys(settings: Settings) -> Finding:
    Keyring.load(settings.key_file)
    return Finding(Health.WELL, "keys", "the key file can be read, by its owner only")


def _datasets(settings: Settings) -> Finding:
    networks = Networks(settings.datasets.asn, settings.datasets.country)
    try:
        builds = networks.builds()
    finally:
        networks.close()
    if "asn" not in builds:
        said = "none: hosters are found by prefixes and names of the registry alone (datasets.asn)"
        return Finding(Health.DOUBTFUL, "datasets", said)
    oldest = min(builds.values())
    days = (Clock().now() - oldest) // DAY_MS
    state = Health.DOUBTFUL if days > DATASET_DAYS_MAX else Health.WELL
    more = ": put newer files in their place" if state is Health.DOUBTFUL else ""
    return Finding(state, "datasets", f"the oldest was built {days} days ago{more}")


def _disk(settings: Settings) -> Finding:
    folder = settings.state_dir
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    free = usage.free / usage.total
    state = Health.WELL if free >= DISK_FREE_MIN else Health.BROKEN
    return Finding(state, "disk", f"{free:.0%} free under state_dir")


class _Timex(ctypes.Structure):
    # struct timex of adjtimex(2): only `modes` and `status` are used, the rest is room for it
    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 32),
    )


def _clock(_: Settings) -> Finding:
    """Ask the kernel whether something keeps its clock; asking changes nothing."""
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    found = _Timex()
    if adjtimex is None or adjtimex(ctypes.byref(found)) < 0:
        return Finding(Health.DOUBTFUL, "clock", "the system does not say whether it is kept")
    if found.status & _UNSYNCHRONISED:
        said = "nothing keeps it: run chrony or systemd-timesyncd; in a guest the host may do it"
        return Finding(Health.DOUBTFUL, "clock", said)
    return Finding(Health.WELL, "clock", "it is kept")


def _vantages(settings: Settings) -> Finding:
    if said := "; ".join(doubts(settings.vantages)):
        return Finding(Health.DOUBTFUL, "vantages", said)
    return Finding(Health.WELL, "vantages", "a case can be named by them")


def _links(_: Settings) -> Finding:
    """Look where alerts lead to, where Prometheus' configuration stands on this machine."""
    try:
        said = alert_links.fault()
    except (OSError, UnicodeDecodeError):
        said = (
            f"not known: {alert_links.CONFIG} cannot be read here, look at it where Prometheus is"
        )
    if said:
        return Finding(Health.DOUBTFUL, "links", said)
    return Finding(Health.WELL, "links", "alerts lead to absolute addresses")


async def _name_servers(names: Resolver) -> Finding:
    """Look whether any answers, whatever it says of a name that nobody may have."""
    found = await names.resolve(NAME_OF_NOBODY)
    if not found.status.answered:
        said = (
            f"no answer but {found.status}: check dns.servers, or the system's where none is named"
        )
        return Finding(Health.BROKEN, "name servers", said)
    return Finding(Health.WELL, "name servers", "they answer")


async def _canary(vantage: VantageSettings, names: Resolver) -> Finding:
    """Look whether the name servers know the canary's name; the prober asks the page itself."""
    what = f"canary of {vantage.id}"
    if not vantage.canary_url:
        said = "none: the vantage always counts as healthy; set vantages[].canary_url"
        return Finding(Health.DOUBTFUL, what, said)
    try:
        url = canonical(vantage.canary_url)
    except BadUrl:
        return Finding(Health.BROKEN, what, "vantages[].canary_url is no http(s) URL")
    if url.literal:
        return Finding(Health.WELL, what, "an address, no name server is needed")
    found = await names.resolve(url.host)
    if not found.addresses:
        said = f"the name servers say {found.status}: check dns.servers and the canary's name"
        return Finding(Health.BROKEN, what, said)
    return Finding(Health.WELL, what, f"its name has {len(found.addresses)} addresses")
