"""A case in little room: what figures ask for and nothing else.

A rollup holds one for every case of the ledger, so each field left out counts. Names and meanings
are those of `schemas.records.case.CaseSummary`. Figures are read off rows alone; what holds
summaries makes rows of them with `streams.rollup.row_interning.rows`.
"""

from msgspec import Struct

from schemas.moments import Instant
from schemas.reasons import Flag, NormVerdict
from schemas.records.case import Phase, Return
from schemas.records.ledger import HotlineId


class CaseRow(Struct, frozen=True, kw_only=True, gc=False):
    """The part of a `CaseSummary` that figures are read off."""

    reported_at: Instant
    noticed_at: Instant | None
    norm_from_at: Instant | None
    norm_s: int
    norms_s: tuple[int, ...]
    last_seen_at: Instant | None
    gone_at: Instant | None
    returns: tuple[Return, ...]
    phases: tuple[Phase, ...]
    verdicts: tuple[NormVerdict, ...]
    flags: tuple[Flag, ...]
    naming: bool
    inclusion: float
    sampled: bool
    brackets: int
    rechecked: int
    disagreed: int
    delay: tuple[HotlineId, int] | None
