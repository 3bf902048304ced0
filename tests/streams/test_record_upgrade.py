"""A record of version 1 in the newest version."""

import ledger_events
import msgspec
import pytest
from msgspec import structs
from old_ledger import rows

from schemas import codec, topics
from schemas.closed_lists import Category, HotlineMode, ProofKind, SiteType
from schemas.codec import Rejected
from schemas.identity.ids import keyed_hash
from schemas.records.facts import Attribution, Observation
from schemas.records.reports import ReportAccepted
from schemas.seal_context import SealContext
from streams.record_upgrade import Upgrade, revealed

KEY = b"a secret of a ledger"
CODECS = {
    "reports.v1": codec.REPORTS_ENTRY,
    "facts.v1": codec.FACT,
    "outcomes.v1": codec.OUTCOME,
    "quarantine.v1": codec.QUARANTINED,
}


def _hash(purpose: str, text: str) -> str:
    return keyed_hash(KEY, purpose, text)


def _field(bound: SealContext) -> str:
    return bound.decode().rsplit("\x00", 1)[1]


UPGRADE = Upgrade(
    hash=_hash,
    seal=lambda raw, at, bound: f"{at} {raw.decode()} {_field(bound)}",
    reseal=lambda _, bound: bound.decode().replace("\x00", " "),
)
ROWS = [row for row in rows() if row.topic in CODECS]


def test_every_record_of_version_1_becomes_one_of_version_2():
    """Nothing of an old ledger is left behind in the old version but decisions and registry."""
    for row in ROWS:
        _, value = UPGRADE.record(row.topic, row.key, row.value, row.at)
        assert CODECS[row.topic].decode(value).v == 2


def test_an_upgraded_record_stays_as_it_is():
    """Doing it again changes nothing but what is sealed, so a ledger may be copied twice."""
    for row in ROWS:
        once = UPGRADE.record(row.topic, row.key, row.value, row.at)
        assert UPGRADE.record(row.topic, *once, row.at)[0] == once[0]
        shown = [
            revealed(row.topic, value, lambda *_: "")
            for value in (once[1], UPGRADE.record(row.topic, *once, row.at)[1])
        ]
        assert shown[0] == shown[1]


LATER = {
    "category": Category.CSAM,
    "site_type": SiteType.IMAGE_HOST,
    "self_report": True,
    "relayed_from": "archive",
    "reference": "ab" * 16,
    "term_s": 3_600,
    "backdated": True,
    "proof_kind": ProofKind.PORTAL,
    "proof_digest": "cd" * 16,
    "message_id": "ef" * 16,
    "envelope_id": "01" * 16,
}
"""What version 2 of a hotline's records adds, as the ledger has it, and what goes with it."""


@pytest.mark.parametrize("mode", [HotlineMode.DELIVERY, HotlineMode.HISTORIC])
def test_what_version_2_adds_is_in_the_copy_of_a_ledger(mode):
    """Each field of a report and of a notice, of a replay too, is copied as it stands."""
    carried = set()
    for entry in (ledger_events.report(mode=mode)[0], ledger_events.notice(mode=mode)[0]):
        names = LATER.keys() & set(entry.__struct_fields__)
        said = structs.replace(entry, **{name: LATER[name] for name in names})
        _, value = UPGRADE.record("reports.v1", b"k", codec.REPORTS_ENTRY.encode(said), 0)
        copy = codec.REPORTS_ENTRY.decode(value)
        assert {name: getattr(copy, name) for name in names} == {n: LATER[n] for n in names}
        carried |= names
    assert carried == LATER.keys()


def test_each_sealed_text_is_sealed_anew_for_its_own_place():
    """A text that was moved to another record or field opens there no more."""
    seen: set[str] = set()
    for row in ROWS:
        _, value = UPGRADE.record(row.topic, row.key, row.value, row.at)
        record = CODECS[row.topic].decode(value)
        if isinstance(record, ReportAccepted):
            assert record.sealed == f"reports.v1 {record.url_key} sealed"
            seen.add("sealed")
        if isinstance(record, Attribution):
            assert record.names == f"facts.v1 {record.url_key} names"
            addresses = {place.address for place in record.placements}
            assert addresses == {f"facts.v1 {record.url_key} address"}
            seen.add("names")
    assert seen == {"sealed", "names"}


def test_types_are_told_apart_as_before():
    """Two answers have one type after it just when they had one before."""
    pairs = set()
    for row in ROWS:
        if row.topic != topics.FACTS.name:
            continue
        before = codec.FACT.decode(row.value)
        after = codec.FACT.decode(UPGRADE.record(row.topic, row.key, row.value, row.at)[1])
        if isinstance(before, Observation) and isinstance(after, Observation):
            pairs.add((before.facts.type, (after.facts.type, after.facts.type_key)))
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}) > 2


@pytest.mark.parametrize("topic", ["decisions.v1", "registry.v1", "audit.v1"])
def test_other_topics_are_copied_as_they_are(topic):
    """What version 2 says no other way is not touched, not even decoded."""
    assert UPGRADE.record(topic, b"k", b"any", 0) == (b"k", b"any")


def test_what_is_no_record_is_refused():
    """The caller decides what becomes of it."""
    with pytest.raises(Rejected):
        UPGRADE.record("reports.v1", b"k", b"{", 0)


def test_what_differs_in_a_sealed_text_is_seen():
    """A copy whose texts open to something else is not the ledger."""
    row = next(row for row in ROWS if row.topic == "reports.v1")
    entry = codec.REPORTS_ENTRY.decode(row.value)
    assert isinstance(entry, ReportAccepted)

    def shown(text: str, bound: SealContext) -> str:
        return f"{text}{_field(bound)}"

    other = msgspec.json.encode(structs.replace(entry, sealed="b" + entry.sealed[1:]))
    assert revealed(row.topic, other, shown) != revealed(row.topic, row.value, shown)
