"""What a report says besides its figures: it is published with them and cannot follow from cases.

Whoever makes a report again from its own cases takes it as it is said.
"""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.moments import Instant


class MethodChange(Struct, frozen=True, kw_only=True):
    """A method version, from when it held, and what changed with it."""

    method: str
    from_at: Instant
    summary: str


class Exposure(Struct, frozen=True, kw_only=True):
    """How large a hoster is, as the operator says.

    Attributes:
        date: of the count, as YYYY-MM-DD.
        addresses, domains, customers: counts; None = not said.
        source: who counted.
    """

    hoster: str
    date: str
    addresses: int | None
    domains: int | None
    customers: int | None
    source: str


class Superseded(Struct, frozen=True, kw_only=True):
    """The report that this one takes the place of.

    Attributes:
        digest: of its `method.json`.
        reason: why there is a new one.
        changes: a line for each thing that is another now.
    """

    digest: str
    reason: str
    changes: tuple[str, ...]


class ReportContext(Struct, frozen=True, kw_only=True):
    """What a report says besides its figures.

    Attributes:
        language: of the page.
        names: of judged hosters, by id.
        methods: versions and what changed with them.
        left_out: cases of the period that count for no naming, by reason.
        embargo: not to be published before this day, as YYYY-MM-DD; empty = none.
        note: what a reader has to know first; empty = nothing.
        errata: corrections of this report, a sentence each.
        supersedes: the report in whose place it stands.
        exposure: sizes of hosters; empty = figures are not normalised.
        shrink: shrunken estimates are shown in the funnel.
    """

    language: str = "en"
    names: dict[str, str] = {}
    methods: tuple[MethodChange, ...] = ()
    left_out: dict[str, Annotated[int, Meta(ge=0)]] = {}
    embargo: str = ""
    note: str = ""
    errata: tuple[str, ...] = ()
    supersedes: Superseded | None = None
    exposure: tuple[Exposure, ...] = ()
    shrink: bool = True


NOTHING_ELSE = ReportContext()
"""In English, without what only a ledger or the operator knows."""
