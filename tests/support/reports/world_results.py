"""What a report of a world says of a hoster, made up."""

from sim.memory.reports.compared import HosterResult
from streams.report.judged_minimum import NamingReason

ROW = HosterResult(
    hoster="acme",
    n=40,
    incidents=20,
    reason=NamingReason.NOT_BELOW,
    bounds=(0.25, 0.5),
    interval=(0.125, 0.625),
    happened=0.375,
    plain_h=12.5,
)
