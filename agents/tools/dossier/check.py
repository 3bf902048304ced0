"""Checks a dossier's file by itself: its bytes, signatures and proofs, and all that it tells.

Needs neither broker nor settings. docs/verify_dossier.py checks it too, and shares no code; it
tells no case anew, so it finds less (docs/operator.md, Checking a dossier).
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from agents.edges.crypto.person_key import genuine
from agents.errors import UserError
from agents.tools.dossier import file_form
from agents.tools.dossier.retold import differences, entries_of
from agents.tools.roots.stamps import is_stamped
from schemas.chain.hour_log import is_signed
from schemas.chain.leaf import TopicPosition, hour_leaf, record_leaf
from schemas.chain.merkle import is_consistent, is_included, leaf_hash
from schemas.dossier.dossier import Dossier, QuotedHour, QuotedRecord
from schemas.records.registry import PersonEntry
from schemas.signing import PublicKey
from streams.registry.signatories import Persons


class Known(NamedTuple):
    """What a reader knows from elsewhere, and holds a dossier against.

    Attributes:
        keys: that the roots are signed with, as they were published; none = whichever stand there.
        founders: of the ledger, at least one of the two keys; none = whichever stand there.
        authority: certificate of the authority that timestamped the roots, PEM; None = timestamps
            are not checked.
    """

    keys: Collection[PublicKey] = ()
    founders: Collection[PublicKey] = ()
    authority: Path | None = None


NOTHING: Final = Known()


def findings(raw: bytes, known: Known = NOTHING) -> list[str]:
    """Return what is wrong with a dossier; none = nothing.

    Args:
        raw: the file's content.
        known: from elsewhere.
    """
    try:
        dossier = file_form.decode(raw)
    except UserError as error:
        return [str(error)]
    if file_form.encode(dossier) != raw:
        return ["the file is not written as a dossier is: a byte was changed, or added"]
    persons = persons_of(dossier)
    found = [*_signatures(dossier, known), *_persons(dossier, persons, known), *_proofs(dossier)]
    if not found:  # what nobody answers for, or did not stand in the ledger, is told of no further
        found += differences(dossier, persons)
    if known.authority is not None:
        found += _stamps(dossier, known.authority)
    return found


def persons_of(dossier: Dossier) -> Persons:
    """Return the persons of the ledger, by the entries that a dossier quotes."""
    persons = Persons(genuine)
    for entry, one in entries_of(dossier):
        if isinstance(entry, PersonEntry):
            persons.add(entry, one.at)
    return persons


def _signatures(dossier: Dossier, known: Known) -> Iterator[str]:
    if not genuine(dossier.public_key, dossier.signature, file_form.message(dossier)):
        yield "the dossier is not signed by the key that it names"
    for root in (dossier.head, *(hour.root for hour in dossier.hours)):
        published = not known.keys or root.public_key in known.keys
        if not published or not is_signed(root, root.public_key, genuine):
            yield f"the root of {root.hour_at} is not signed by the published key"
        if root.ledger != dossier.head.ledger:
            yield f"the root of {root.hour_at} is of another ledger than the newest"


def _persons(dossier: Dossier, persons: Persons, known: Known) -> Iterator[str]:
    maker = persons.at(dossier.made_at).get(dossier.person)
    if maker is None or maker.public_key != dossier.public_key:
        yield "whoever signed the dossier is no person of the ledger who may sign"
    if persons.ledger != dossier.head.ledger:
        yield "the persons are of another ledger than the roots"
    if not {*known.founders} <= {one.public_key for one in persons.founders}:
        yield "the ledger's first two persons are not those that were published"


def _proofs(dossier: Dossier) -> Iterator[str]:
    hours = {hour.root.hour_at: hour for hour in dossier.hours}
    if len(hours) != len(dossier.hours):
        yield "an hour stands there twice"
    for hour in dossier.hours:
        yield from _of_hour(dossier, hour)
    places = set()
    for one in dossier.records:
        places.add((one.topic, one.partition, one.offset))
        root = hours[one.hour_at].root if one.hour_at in hours else None
        if root is None or not _stood_there(one, hours[one.hour_at]):
            yield f"nothing proves that {_name(one)} stood in the ledger"
    if len(places) != len(dossier.records):
        yield "a record stands there twice"


def _of_hour(dossier: Dossier, hour: QuotedHour) -> Iterator[str]:
    root, head = hour.root, dossier.head
    place = root.log_size - 1, head.log_size
    log = bytes.fromhex(head.log_root)
    if not is_included(leaf_hash(hour_leaf(root)), place, _bytes(hour.path), log):
        yield f"nothing proves that the newest root has the hour {root.hour_at}"
    earlier = root.log_size, bytes.fromhex(root.log_root)
    if not is_consistent(earlier, (head.log_size, log), _bytes(hour.consistency)):
        yield f"the newest root does not follow on that of {root.hour_at}"


def _bytes(path: Collection[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in path]


def _stood_there(one: QuotedRecord, hour: QuotedHour) -> bool:
    root = hour.root
    place = TopicPosition(one.topic, one.partition, one.offset)
    leaf = leaf_hash(record_leaf(place, one.at, one.key.encode(), one.value.encode()))
    covered = any(
        (extent.topic, extent.partition) == place[:2] and extent.begin <= one.offset < extent.end
        for extent in root.extents
    )
    tree = one.index, root.size
    return covered and is_included(leaf, tree, _bytes(one.path), bytes.fromhex(root.root))


def _name(one: QuotedRecord) -> str:
    return f"{one.topic}/{one.partition}/{one.offset}"


def _stamps(dossier: Dossier, authority: Path) -> Iterator[str]:
    roots = {hour.root.hour_at: hour.root for hour in dossier.hours} | {
        dossier.head.hour_at: dossier.head
    }
    if not dossier.stamps:
        yield "the dossier has no timestamp"
    for stamp in dossier.stamps:
        root = roots.get(stamp.hour_at)
        if root is None or not is_stamped(root.log_root, stamp, authority):
            yield f"the timestamp of {stamp.hour_at} is not the authority's for that root"
