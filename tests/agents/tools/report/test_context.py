"""What is published besides the figures is read back as it was written."""

import msgspec

from agents.tools.report.context import (
    NOTHING_ELSE,
    Exposure,
    MethodChange,
    ReportContext,
    Superseded,
)


def test_a_context_is_read_back() -> None:
    """Every field, through JSON."""
    context = ReportContext(
        language="nl",
        names={"acme": "Acme"},
        methods=(MethodChange(method="10", from_at=1, summary="s"),),
        left_out={"self_report": 2},
        embargo="2026-05-01",
        errata=("x",),
        supersedes=Superseded(digest="d", reason="r", changes=("c",)),
        exposure=(
            Exposure(
                hoster="acme",
                date="2026-01-01",
                addresses=1,
                domains=None,
                customers=None,
                source="s",
            ),
        ),
        shrink=False,
    )
    assert msgspec.json.decode(msgspec.json.encode(context), type=ReportContext) == context
    assert msgspec.convert({}, ReportContext) == NOTHING_ELSE
