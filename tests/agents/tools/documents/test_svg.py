"""Drawings: told to those who cannot see them, the same bytes, nothing taken for markup."""

import re

from agents.tools.documents.svg import MARKS, WIDTH, Drawing


def drawn(words: str = "a < b") -> str:
    """Return a drawing with a mark of every form."""
    drawing = Drawing(100)
    drawing.line((0, 0), (10.04, -0.04), "grid")
    drawing.box((1, 2), -3, 4, "fill")
    drawing.hatched((10, 10), 30, 12)
    drawing.spot((5, 5), "dot")
    drawing.diamond((9, 9), "empty")
    drawing.text((1, 1), words, "end", quiet=True)
    return str(drawing.svg("sample", 'told "so"'))


def test_it_is_an_image_with_a_title() -> None:
    """An image with a name; words and title are text, whatever stands in them."""
    found = drawn("<script>&")
    assert found.startswith(f'<svg viewBox="0 0 {WIDTH} 100" role="img" aria-labelledby="s')
    assert '<title id="sample-title">told &#34;so&#34;</title>' in found
    assert ">&lt;script&gt;&amp;</text>" in found


def test_numbers_are_short_and_none_is_minus_zero() -> None:
    """To a tenth; a size below 0 is 0."""
    text = drawn()
    assert "M0 0L10 0" in text
    assert 'width="0"' in text
    assert not re.search(r"\d\.\d\d|-0[^.\d]", text.replace("0.0.1", ""))


def test_a_hatch_stays_in_its_box() -> None:
    """Slanted lines between the edges, none outside."""
    drawing = Drawing(50)
    drawing.hatched((10, 10), 30, 12)
    (path,) = re.findall(r'd="(M[^"]*)"', str(drawing.svg("h", "h")))
    points = [tuple(map(float, one.split())) for one in re.findall(r"[ML]([\d. ]+)", path)]
    assert points
    assert all(10 <= x <= 40 and 10 <= y <= 22 for x, y in points)


def test_no_mark_needs_its_colour_to_be_told_apart() -> None:
    """Lines of one chart have their own dashes, spots are full or hollow, an area is hatched."""
    for lines in (("one", "two", "three"), ("thin", "target"), ("one", "target")):
        dashes = [MARKS[one].get("stroke-dasharray") for one in lines]
        assert len(set(dashes)) == len(lines), lines
    for full, hollow in (("dot", "ring"), ("strong", "empty")):
        assert MARKS[full]["fill"] != MARKS[hollow]["fill"] == "#ffffff"
