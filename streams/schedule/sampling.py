"""Which cases of a dominant hoster are promised probes on time.

See docs/measurement.md, If not all cases can be probed on time.

Where politeness leaves no room for all of a hoster's probes, the registry gives that hoster an
inclusion probability p and a seed. A URL is in the sample if fraction(seed, url_key) < p, a number
spread evenly over [0, 1) that whoever does not hold the ledger's key cannot foresee. Attribution
stamps the answer on the placement, by the entry that held at that instant; a case has what stood on
the placement that names its hoster, the earliest of its spell there, and keeps it. Each case of the
sample stands for 1/p cases (`streams.statistics.sampling_weights`); those outside are probed as
capacity allows and weigh nothing in figures that rest on probes on time.
"""

from schemas.identity.ids import fraction
from schemas.records.case import ALL_SAMPLED, Sampling
from schemas.records.registry import InclusionEntry
from schemas.records.reports import UrlKey


def sampling(entry: InclusionEntry | None, url_key: UrlKey) -> Sampling:
    """Return whether a URL is in the sample of a hoster.

    Args:
        entry: the hoster's; None = it has none.
        url_key: the URL.
    """
    if entry is None or entry.probability >= 1:
        return ALL_SAMPLED
    return Sampling(entry.probability, fraction(entry.seed, url_key) < entry.probability)
