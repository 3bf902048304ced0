"""A batch that cannot be read has one outcome: its place, a keyed digest, and no byte of it."""

from schemas.closed_lists import Quarantine, Result
from schemas.records.processing import Origin
from streams.intake.unreadable_batch import unreadable_batch_judgement

ORIGIN = Origin(topic="hotline.alpha.v1", partition=2, offset=7, appended_at=9, last_offset=11)


def keyed(purpose: str, text: str) -> str:
    """Return what a ledger's keyed hash stands for here."""
    return f"{purpose}:{text}"


def of(offset: int = 7):
    origin = Origin(topic="hotline.alpha.v1", partition=2, offset=offset, appended_at=9)
    return unreadable_batch_judgement("alpha", origin, Quarantine.UNREADABLE, "d" * 64, keyed)


def test_its_outcome_stands_for_all_its_records() -> None:
    """The origin says how many there are, and no id is made up for one of them."""
    found = unreadable_batch_judgement("alpha", ORIGIN, Quarantine.UNREADABLE, "d" * 64, keyed)
    assert found.outcome.origin.records == 5
    assert found.outcome.result is Result.QUARANTINED
    assert found.outcome.reason is Quarantine.UNREADABLE
    assert found.outcome.record_id == keyed("batch", "hotline.alpha.v1/2/7")


def test_quarantine_keeps_no_byte_of_it() -> None:
    """It may be gigabytes; the hotline has the records and sends them again."""
    kept = of().quarantined
    assert kept is not None
    assert (kept.record, kept.key) == ("", "")
    assert kept.digest == keyed("batch", "d" * 64)


def test_each_batch_has_an_outcome_of_its_own() -> None:
    """Two of one inbox are told apart by where they stand."""
    assert of(7).outcome.record_id != of(8).outcome.record_id
