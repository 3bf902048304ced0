"""Records of an order, before they are written."""

from ledger_events import at

from agents.edges.crypto.keys import Keyring
from agents.tools.authority_orders import AuthorityOrder, _records
from schemas.authority_orders import OrderStage
from schemas.closed_lists import ProofKind
from schemas.identity.ids import canonical
from schemas.records.hotline import Notice, Report

URL = "http://ordered.example/page"
ORDER = AuthorityOrder(
    "atkm", "acme", "2026-17", OrderStage.INSTRUCTION, 3_600, at(2), ProofKind.LETTER
)


def test_the_same_order_has_the_same_ids_and_another_stage_has_others(tmp_path) -> None:
    """Keyed ones, since they cover a URL: another ledger's are others."""
    ring = Keyring.create(tmp_path / "keys.json")
    key = ring.url_key(canonical(URL))
    report, notice = _records(ring, ORDER, URL, key)
    assert isinstance(report, Report)
    assert isinstance(notice, Notice)
    assert _records(ring, ORDER, URL, key) == [report, notice]
    later = _records(ring, ORDER._replace(stage=OrderStage.FINE), URL, key)
    assert {report.id, notice.id}.isdisjoint(one.id for one in later)
    other = _records(Keyring.create(tmp_path / "other.json"), ORDER, URL, key)
    assert {report.id, notice.id}.isdisjoint(one.id for one in other)
    assert [type(one) for one in _records(ring, ORDER._replace(reports=False), URL, key)] == [
        Notice
    ]
