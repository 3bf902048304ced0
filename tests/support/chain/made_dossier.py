"""A dossier of one case and one of all, made once in a run of the tests."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from ledger_events import at
from rooted_ledger import rooted_ledger

from agents.edges.crypto.person_key import PersonKey
from agents.tools.dossier import file_form
from agents.tools.dossier.make import made
from schemas.dossier.dossier import Dossier

_MADE: dict[str, "Made"] = {}


@dataclass(frozen=True, slots=True)
class Made:
    """What was made.

    Attributes:
        raw: the file of a dossier of one case.
        all: a dossier of all cases of its hoster.
        key: the public key of the roots.
        person: the key of whoever made them.
    """

    raw: bytes
    all: Dossier
    key: str
    person: PersonKey


def made_dossier(bootstrap: str, folder: Path) -> Made:
    """Return the dossiers; the first call makes them."""
    if bootstrap not in _MADE:
        _MADE[bootstrap] = asyncio.run(_make(bootstrap, folder))
    return _MADE[bootstrap]


async def _make(bootstrap: str, folder: Path) -> Made:
    async with rooted_ledger(bootstrap, folder) as rooted:
        settings, by = rooted.desk.ledger.settings, rooted.desk.by("anna")
        whole = await made(settings, rooted.request(), by)
        one = await made(settings, rooted.request(from_at=at(3), to_at=at(5)), by)
        return Made(file_form.encode(one), whole, rooted.key, by.key)
