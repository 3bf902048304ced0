"""Binding a ledger to its key file before it has topics, and what was bound there.

Key files of an older release hold month keys. Before `topics migrate`, each host copies its month
keys into `keys.v1` of the new prefix. Then the migrated ledger can open what any host sealed.
"""

from collections.abc import Sequence

from agents.config import Settings
from agents.edges.crypto.key_file import KeyFile
from agents.edges.crypto.key_table import KeyTable, read_table, unwrapped
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.ledger_keys import bind_key_file, check
from agents.edges.crypto.sealing import MonthKey
from agents.edges.kafka import topic_admin
from schemas.topics import KEYS, REPORTS


async def bind_ledger(settings: Settings, *, unproven: bool = False) -> KeyTable:
    """Bind a ledger to the key file; one that has no topics yet gets `keys.v1` alone.

    Args:
        settings: name the key file and the broker.
        unproven: see `agents.edges.crypto.ledger_keys.bind_key_file`.

    Raises:
        KeyFileError: see `agents.edges.crypto.ledger_keys.bind_key_file`.
        AdminError: the broker does not answer, or refuses.
        KafkaError, TimeoutError, SendFailed: the broker does not answer.
    """
    ring = Keyring.load(settings.key_file)
    missing = await _missing(settings)
    if KEYS.name in missing:
        wanted = [one for one in topic_admin.wanted(settings) if one.name == KEYS.name]
        await topic_admin.apply(settings, wanted)
    return await bind_key_file(settings, ring, unproven=unproven or REPORTS.name in missing)


async def held_months(settings: Settings, content: KeyFile) -> dict[int, Sequence[MonthKey]]:
    """Return the data keys in `keys.v1` by month (yyyymm); nothing where there is no such topic.

    Args:
        settings: name the broker.
        content: the key file.

    Raises:
        KeyFileError: it is of another ledger, or its master key was replaced.
        AdminError, KafkaError, TimeoutError: the broker does not answer.
    """
    if KEYS.name in await _missing(settings):
        return {}
    table = await read_table(settings)
    check(table, content)
    return {
        int(month): [MonthKey(int(month), key) for key in unwrapped(content.masters, record)]
        for month, record in table.months.items()
        if record.wrapped
    }


async def _missing(settings: Settings) -> frozenset[str]:
    changes = await topic_admin.plan(settings, topic_admin.wanted(settings))
    return frozenset(one.topic for one in changes if one.action is topic_admin.TopicAction.CREATE)
