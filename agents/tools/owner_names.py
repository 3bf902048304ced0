"""Reads by which names a hoster is, or was, known at each URL where it has a case."""

from collections.abc import Mapping

from agents.config import Settings
from agents.tools.verification import read
from schemas.records.reports import HosterId, UrlKey
from streams.views.owner_names import OwnerNames


async def names_by_url(
    settings: Settings, hoster: HosterId
) -> Mapping[UrlKey, frozenset[HosterId]]:
    """Return the names of a hoster, by the URLs where it has a case; a notice to any is one to it.

    Args:
        settings: name the broker.
        hoster: its id or its owner's, as it is called now.

    Raises:
        UserError: the broker has no table of cases, or one cannot be read.
        KafkaError, TimeoutError: the broker does not answer.
    """
    there, found = await read.tables(settings), dict[UrlKey, frozenset[HosterId]]()
    for partition in there.partitions:
        table = await read.table(settings, partition, there.signed)
        for url_key, value in table.states.items():
            state = read.state_of(value)
            if any(hoster in (case.hoster, case.group) for case in state.cases):
                found[url_key] = OwnerNames(state).of_hoster(hoster, state.cases)
    return found
