"""Laws of terms (docs/measurement.md, Norm verdicts): no case is judged by one nobody set it."""

from streams.norms.terms import norms_without_orders


def test_terms_of_orders_are_no_norms_of_a_jurisdiction():
    """Older registries list 1 and 12 h beside 24 and 48 h: only an order can set these."""
    assert norms_without_orders((172_800, 3_600, 43_200, 86_400), 86_400) == (86_400, 172_800)


def test_a_jurisdiction_may_have_a_short_norm():
    """What it names as its shortest holds without an order."""
    assert norms_without_orders((43_200,), 43_200) == (43_200,)
