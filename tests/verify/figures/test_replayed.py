"""Figures of replayed reports: by network and country, over those that were ever online."""

from verify.figures.replayed import NOT_REACHED, UNKNOWN, ReplayedReport, figures

S = 1_000
AS1, NL = ("AS1", "asn"), ("NL", "country")


def row(last_s: int | None, *, online: bool = False, groups=frozenset({AS1, NL})) -> ReplayedReport:
    return ReplayedReport(0, None if last_s is None else last_s * S, online, groups)


def test_each_row_is_in_all_and_in_its_groups() -> None:
    """By what became of it."""
    found = figures(
        [row(10), row(20, online=True), row(None, groups=frozenset({(UNKNOWN, "asn")}))]
    )
    assert found["all", "all"].counts["replayed"] == 3
    assert found["all", "all"].counts["never_online"] == 1
    assert found[AS1].counts["removed"] == found[NL].counts["online"] == 1
    assert "never_online" not in found[AS1].counts
    assert found[UNKNOWN, "asn"].counts["replayed"] == 1


def test_quartiles_are_of_what_was_seen_online() -> None:
    """One that is not reached says so."""
    counts = figures([row(10), row(20), row(30), row(40)])[AS1].counts
    assert (counts["p25_s"], counts["p50_s"], counts["p75_s"]) == (10, 20, 30)
    lasting = figures([row(10, online=True)])[AS1].counts
    assert lasting["p50_s"] == NOT_REACHED
