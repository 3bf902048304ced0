"""Tells a dossier anew from the records that it quotes, and says where it says something else."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import structs
from msgspec.structs import replace

from schemas.chain.leaf import TopicPosition
from schemas.codec import REGISTRY, Rejected
from schemas.dossier.dossier import Dossier, DossierCase, QuotedRecord
from schemas.moments import HOUR_MS
from schemas.records.facts import Decision
from schemas.records.registry import Registry
from schemas.records.reports import UrlKey
from schemas.topics import OF_A_URL
from schemas.topics import REGISTRY as REGISTRY_TOPIC
from streams.dossier.cases import NOTES, DossierScope, UnsealedFields
from streams.dossier.contents import contents, named
from streams.dossier.quoted import Quoted, quoted
from streams.lifecycle import METHOD_VERSION
from streams.registry.signatories import Persons


def entries_of(dossier: Dossier) -> list[tuple[Registry, QuotedRecord]]:
    """Return the entries of the registry that a dossier quotes; what is none is passed over."""
    found = []
    for one in dossier.records:
        if one.topic == REGISTRY_TOPIC.name:
            try:
                found.append((REGISTRY.decode(one.value.encode()), one))
            except Rejected:
                continue
    return found


def differences(dossier: Dossier, persons: Persons) -> Iterator[str]:
    """Yield where a dossier is not what its records come to.

    All is told anew but for what no record can show: the texts in clear, who made it, when, why and
    with which release, and that no record of a URL or of the registry was left out.

    Args:
        dossier: whose records are shown to have stood in the ledger.
        persons: of the ledger, by the entries that the dossier quotes.
    """
    if dossier.method != METHOD_VERSION:
        yield (
            f"it was made by method {dossier.method} and this release reckons by {METHOD_VERSION}:"
            f" check it with hostwatch {dossier.code}"
        )
        return
    try:
        found = _by_url(dossier)
    except Rejected:
        yield "a record of a URL cannot be read"
        return
    for one in (one for records in found.values() for one in records):
        if isinstance(one.said, Decision) and not persons.admits(one.said, one.at):
            yield f"{one.name} is no decision that two persons signed"
    if dossier.as_of != dossier.head.hour_at + HOUR_MS:
        yield "as_of is not the end of the newest root's hour"
    if dossier.made_at < max((one.at for one in dossier.records), default=0):
        yield "it was made before a record that it quotes"
    hoster = named(dossier.hoster, (entry for entry, _ in entries_of(dossier)))
    if dossier.name != hoster.name or (hoster.natural_person and dossier.natural_person is None):
        yield "the hoster's name, or that it is a person, is not what the registry says"
    if dossier.notes != NOTES:
        yield "the notes are not those that have to be said with a dossier"
    yield from _retold(dossier, found)


def _by_url(dossier: Dossier) -> Mapping[UrlKey, Sequence[Quoted]]:
    found: dict[UrlKey, list[Quoted]] = defaultdict(list)
    for one in dossier.records:
        if one.topic in OF_A_URL:
            place = TopicPosition(one.topic, one.partition, one.offset)
            found[one.key].append(quoted(place, one.at, one.value.encode()))
    return found


def _retold(dossier: Dossier, found: Mapping[UrlKey, Sequence[Quoted]]) -> Iterator[str]:
    wanted = DossierScope(dossier.hoster, dossier.from_at, dossier.to_at, dossier.as_of)
    told = contents(found, wanted, UnsealedFields())
    mine = {one.case_id: _sealed(one) for one in dossier.cases}
    due = {one.case_id: one for one in told.cases}
    for case_id in sorted(mine.keys() | due.keys()):
        if case_id not in due:
            yield f"case {case_id}: its records make no such case"
        elif case_id not in mine:
            yield f"case {case_id} is left out"
        else:
            for name in _differing(mine[case_id], due[case_id]):
                yield f"case {case_id}: {name} is not what its records come to"
    if [one.case_id for one in dossier.cases] != [one.case_id for one in told.cases]:
        yield "it has other cases than its records, or has them in another order"
    if {*found} - {one.url_key for one in told.cases}:
        yield "records of a URL stand there without a case"
    for name in ("speaks_for_the_hoster", "vantages"):
        if getattr(dossier, name) != getattr(told, name):
            yield f"{name} is not what the cases come to"


def _differing(one: Any, other: Any) -> list[str]:
    """Return the names of the fields that two structs of a type differ in."""
    names = [field.name for field in structs.fields(one)]
    return [name for name in names if getattr(one, name) != getattr(other, name)]


def _sealed(case: DossierCase) -> DossierCase:
    """Return a case without its texts in clear.

    No record can show them. Of placements with one address only those open whose month's key is
    there, so no rule says either which rows have one.
    """
    rows = tuple(
        replace(row, opened="", places=tuple(replace(place, opened="") for place in row.places))
        for row in case.attributions
    )
    return replace(case, opened="", attributions=rows)
