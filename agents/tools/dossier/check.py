"""Checks a dossier's file by itself: its bytes, signatures, proofs, rows and verdicts.

Needs neither broker nor settings. docs/verify_dossier.py checks the same, and shares no code.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from agents.edges.crypto.person_key import genuine
from agents.errors import UserError
from agents.tools.dossier import file_form
from agents.tools.roots.stamps import is_stamped
from schemas.chain.hour_log import is_signed
from schemas.chain.leaf import TopicPosition, hour_leaf, record_leaf
from schemas.chain.merkle import is_consistent, is_included, leaf_hash
from schemas.codec import REGISTRY, Rejected
from schemas.dossier.dossier import Dossier, DossierCase, QuotedHour, QuotedRecord
from schemas.dossier.rows import RecordRow
from schemas.moments import MINUTE_MS, SECOND_MS, Instant
from schemas.reasons import NormVerdict
from schemas.records.registry import PersonEntry, Registry
from schemas.signing import PublicKey
from streams.registry.signatories import Persons

LATE_BEYOND_MS: Final = 5 * MINUTE_MS
"""How far a sighting lies beyond a norm that makes a case late, by rule 9.2."""

_OF_A_URL: Final = ("reports.v1", "facts.v1", "decisions.v1")


def findings(raw: bytes, key: PublicKey | None = None, authority: Path | None = None) -> list[str]:
    """Return what is wrong with a dossier; none = nothing.

    Args:
        raw: the file's content.
        key: that the roots are signed with, as it was published; None = whichever stands there.
        authority: certificate of the authority that timestamped the roots, PEM; None = timestamps
            are not checked.
    """
    try:
        dossier = file_form.decode(raw)
    except UserError as error:
        return [str(error)]
    if file_form.encode(dossier) != raw:
        return ["the file is not written as a dossier is: a byte was changed, or added"]
    found = list(_signatures(dossier, key))
    found += _proofs(dossier)
    found += _rows(dossier)
    found += [line for case in dossier.cases for line in _verdicts(case)]
    if authority is not None:
        found += _stamps(dossier, authority)
    return found


def _signatures(dossier: Dossier, key: PublicKey | None) -> Iterator[str]:
    if not genuine(dossier.public_key, dossier.signature, file_form.message(dossier)):
        yield "the dossier is not signed by the key that it names"
    wanted = key or dossier.head.public_key
    for root in (dossier.head, *(hour.root for hour in dossier.hours)):
        if not is_signed(root, wanted if key else root.public_key, genuine):
            yield f"the root of {root.hour_at} is not signed by the published key"
    persons = Persons(genuine)
    for one in dossier.records:
        entry = _entry(one)
        if isinstance(entry, PersonEntry):
            persons.add(entry, one.at)
    maker = persons.at(dossier.made_at).get(dossier.person)
    if maker is None or maker.public_key != dossier.public_key:
        yield "whoever signed the dossier is no person of the ledger who may sign"
    if persons.ledger != dossier.head.ledger:
        yield "the persons are of another ledger than the roots"


def _entry(one: QuotedRecord) -> Registry | None:
    try:
        return REGISTRY.decode(one.value.encode()) if one.topic == "registry.v1" else None
    except Rejected:
        return None


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


def _said(one: QuotedRecord) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(one.value)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _rows(dossier: Dossier) -> Iterator[str]:
    """Yield where rows are not what their records say, or where a record has no row."""
    records = {_name(one): one for one in dossier.records}
    by_url: dict[str, set[str]] = defaultdict(set)
    for name, one in records.items():
        if one.topic in _OF_A_URL:
            by_url[one.key].add(name)
    for case in dossier.cases:
        rows = _rows_of(case)
        for row in rows:
            quoted = records.get(row.record)
            if quoted is None or not _agrees(row, quoted):
                yield f"case {case.case_id}: a row is not what {row.record} says"
        if {row.record for row in rows} != by_url[case.url_key]:
            yield f"case {case.case_id}: a record of its URL has no row"
    told = {case.url_key for case in dossier.cases}
    if set(by_url) - told:
        yield "records of a URL stand there without a case"


def _rows_of(case: DossierCase) -> list[RecordRow]:
    return [
        *case.reports,
        *case.notices,
        *case.withdrawals,
        *case.checks,
        *case.answers,
        *case.decisions,
        *case.attributions,
        *case.observations,
    ]


def _agrees(row: RecordRow, one: QuotedRecord) -> bool:
    """Return whether a row has what its record says, wherever a field has the same name."""
    said, told = _said(one), msgspec.json.decode(msgspec.json.encode(row))
    try:
        said |= said.get("facts", {})
        same = all(told[name] == said[name] for name in told.keys() & said.keys())
        return same and row.appended_at == one.at and _same_places(told, said)
    except (AttributeError, KeyError, TypeError):  # it is no record of the ledger
        return False


def _same_places(told: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Return whether the places of an attribution are those of its record."""
    if "places" not in told:
        return True
    pairs = zip(told["places"], said["placements"], strict=False)
    return len(told["places"]) == len(said["placements"]) and all(
        mine[name] == theirs[name] for mine, theirs in pairs for name in mine.keys() & theirs.keys()
    )


def _verdicts(case: DossierCase) -> Iterator[str]:
    """Yield where a verdict does not follow from the clock, L and R."""
    seen_at, gone_at = case.judged or (case.last_seen_at, case.gone_at)
    for norm in case.norms:
        if norm.norm_s is None or case.noticed_at is None:
            continue
        due_at = case.noticed_at + norm.norm_s * SECOND_MS
        in_time = norm.verdict is NormVerdict.IN_TIME
        late = norm.verdict is NormVerdict.LATE
        if (in_time and not _is_by(gone_at, due_at)) or (late and not _is_late(seen_at, due_at)):
            yield f"case {case.case_id}: its verdict does not follow from its clock, L and R"
    if case.supports_a_fine and not (case.public_late and any(case.late_from)):
        yield f"case {case.case_id}: nothing that may be said in public supports a fine"


def _is_by(at: Instant | None, due_at: Instant) -> bool:
    return at is not None and at <= due_at


def _is_late(at: Instant | None, due_at: Instant) -> bool:
    return at is not None and at > due_at + LATE_BEYOND_MS


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
