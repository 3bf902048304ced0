"""Makes a dossier: reads, tells, proves, signs."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from importlib import metadata
from typing import NamedTuple

from agents.config import Settings
from agents.edges.registry.reader import read_registry
from agents.engine.stage import Received
from agents.errors import UserError
from agents.tools.dossier import file_form
from agents.tools.dossier.proofs import proved
from agents.tools.dossier.read import ReadDossier, read_cases, rooted
from agents.tools.dossier.sealed import unsealed_texts
from agents.tools.proposals import signer
from agents.tools.roots.stamps import of_roots
from agents.tools.sealed.audit import Authority
from agents.tools.two_person import persons_of
from schemas.dossier.dossier import Dossier, DossierCase, Stamp
from schemas.moments import Instant, rfc3339
from schemas.records.registry import PersonEntry
from schemas.records.reports import HosterId
from streams.dossier.belonging import of_hoster
from streams.dossier.cases import NOTES, DossierScope, UnsealedFields
from streams.dossier.contents import contents, named, persons_known_as
from streams.lifecycle import METHOD_VERSION
from streams.registry.snapshot import RegistryHistory

CASES_MAX = 5_000
"""A case with its records takes some 100 KB; who needs more asks for a shorter period."""


class DossierRequest(NamedTuple):
    """What is asked for.

    Attributes:
        hoster: whose cases, by its id or its owner's.
        from_at, to_at: noticed in this period.
        natural_person: why, if the hoster is a natural person.
        reveal: have URLs and addresses opened, on the word of whoever makes it.
        stamps: timestamps of roots that are at hand.
    """

    hoster: HosterId
    from_at: Instant
    to_at: Instant
    natural_person: str | None = None
    reveal: bool = False
    stamps: Sequence[Stamp] = ()


async def made(settings: Settings, request: DossierRequest, by: Authority) -> Dossier:
    """Return a dossier, signed by whoever makes it.

    Args:
        settings: name the broker, and the key file where something is to be opened.
        request: what about.
        by: the person.

    Raises:
        UserError: there is no root, no case, or no such hoster; it is a natural person and no
            reason is given; the ledger is not what its roots say; the person may not sign.
        SendFailed, KafkaError, TimeoutError: the broker failed.
    """
    persons, now = await persons_of(settings), settings.clock.clock().now()
    person = signer(persons, by.key, now)
    found = await rooted(settings)
    _may_be_made(await read_registry(settings), request)
    wanted = DossierScope(request.hoster, request.from_at, request.to_at, found.as_of)
    await read_cases(settings, found, wanted)
    quoted = {
        url_key: of_hoster(url_key, found.quoted(url_key), request.hoster)
        for url_key in found.by_url
    }
    told = contents(quoted, wanted, UnsealedFields())
    _enough(found, request, told.cases)
    names = {one.name for url in {one.url_key for one in told.cases} for one in quoted[url]}
    records, hours = await proved(settings, found.roots, _records(found, told.cases, names))
    if request.reveal:  # whatever refuses the dossier has done so: what is opened stands in it
        mine = {one.url_key: quoted[one.url_key] for one in told.cases}
        told = contents(mine, wanted, await unsealed_texts(settings, mine, by))
    return file_form.signed(
        Dossier(
            hoster=request.hoster,
            name=named(request.hoster, (entry for _, entry in found.entries)).name,
            from_at=request.from_at,
            to_at=request.to_at,
            as_of=found.as_of,
            made_at=now,
            method=METHOD_VERSION,
            code=metadata.version("hostwatch"),
            natural_person=request.natural_person,
            notes=NOTES,
            cases=told.cases,
            speaks_for_the_hoster=told.speaks_for_the_hoster,
            vantages=told.vantages,
            records=records,
            hours=hours,
            head=found.roots[-1],
            stamps=of_roots(request.stamps, [*(one.root for one in hours), found.roots[-1]]),
            person=person,
            public_key=by.key.public_key,
            signature="",
        ),
        by.key,
    )


def _may_be_made(registry: RegistryHistory, request: DossierRequest) -> None:
    """Refuse a dossier of a natural person; an entry that no root covers yet counts as well.

    Raises:
        UserError: no dossier is made of it.
    """
    person = named(request.hoster, registry.all_newest()).natural_person
    if person and request.natural_person is None:
        raise UserError(
            f"{request.hoster} is a natural person: --natural-person REASON says why it is made"
        )


def _enough(found: ReadDossier, request: DossierRequest, cases: Sequence[DossierCase]) -> None:
    if not cases:
        raise UserError(
            f"{request.hoster} has no case of that period that a root covers; the newest root ends"
            f" {rfc3339(found.as_of)}"
        )
    if len(cases) > CASES_MAX:
        raise UserError(f"more than {CASES_MAX:,} cases: ask for a shorter period")


def _records(
    found: ReadDossier, cases: Iterable[DossierCase], places: AbstractSet[str]
) -> list[Received]:
    """Return the records that a dossier quotes: of its cases' URLs, of the hoster, of persons.

    Args:
        found: what was read.
        cases: that it tells of.
        places: of those records of the URLs that speak of the hoster's cases.
    """
    told = list(cases)
    names = {name for one in told for name in (one.hoster, one.owner)}
    names |= persons_known_as(names, RegistryHistory(entry for _, entry in found.entries))
    names |= {row.hotline for one in told for row in one.reports}
    names |= {row.hotline for one in told for row in one.notices}
    urls = {one.url_key for one in told}
    records = [
        record
        for key in sorted(urls)
        for record in found.by_url[key]
        if f"{record.topic}/{record.partition}/{record.offset}" in places
    ]
    return records + [
        record
        for record, entry in found.entries
        if isinstance(entry, PersonEntry) or entry.id in names
    ]
