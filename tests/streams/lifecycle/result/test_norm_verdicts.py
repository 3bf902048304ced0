"""Laws of the norm verdict (docs/measurement.md, Norm verdicts)."""

import pytest

from schemas.reasons import NormVerdict
from streams.lifecycle.result.norm_verdicts import norm_verdict

IN_TIME, LATE, OPEN = NormVerdict.IN_TIME, NormVerdict.LATE, NormVerdict.UNDETERMINED
N_S = 3_600
N_MS = 3_600_000


@pytest.mark.parametrize(
    ("noticed", "seen", "removed", "expected"),
    [
        (0, 10, N_MS, IN_TIME),
        (0, 10, N_MS + 1, OPEN),
        (0, N_MS, N_MS + 1, OPEN),
        (0, N_MS + 1, N_MS + 2, LATE),
        (0, N_MS + 1, None, LATE),
        (0, N_MS, None, OPEN),
        (0, None, None, OPEN),
        (None, N_MS * 9, None, OPEN),
        (None, 0, 5, OPEN),
    ],
)
def test_three_values(noticed, seen, removed, expected):
    """In time if R - notice <= N, late if L - notice > N, else undetermined."""
    assert norm_verdict(N_S, noticed, seen, removed) is expected
