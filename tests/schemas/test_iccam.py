"""ICCAM's lists are spelt as ICCAM spells them."""

from schemas.iccam import IccamAction, IccamReason


def test_words_are_iccam_s() -> None:
    """A hotline enters them as they are: capitals inside, no blank, each once."""
    words = [*IccamAction, *IccamReason]
    assert len({word.value.lower() for word in words}) == len(words) == 16
    assert all(word.value.isalnum() and word.value[0].isupper() for word in words)
