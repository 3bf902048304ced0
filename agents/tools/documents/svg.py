"""Drawings as SVG: marks of a few kinds, each told apart by its form and not by its colour alone.

Marks carry their colours with them, for print; the style of a screen may give them others. All
numbers are rounded to a tenth of a unit, so that every machine draws the same bytes.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

WIDTH: Final = 720
"""Units across; text of 13 units is 8.7 pt on paper."""

_FONT: Final = "Document, Source Sans Pro, system-ui, sans-serif"
MARKS: Final = {
    "grid": {"stroke": "#c9d0d9", "stroke-width": "1", "fill": "none"},
    "axis": {"stroke": "#1a2028", "stroke-width": "1", "fill": "none"},
    "one": {"stroke": "#154273", "stroke-width": "2.5", "fill": "none"},
    "two": {"stroke": "#a3460a", "stroke-width": "2.5", "stroke-dasharray": "7 4", "fill": "none"},
    "three": {"stroke": "#2b6b44", "stroke-width": "2", "stroke-dasharray": "2 3", "fill": "none"},
    "thin": {"stroke": "#154273", "stroke-width": "1.5", "fill": "none"},
    "target": {
        "stroke": "#a3460a",
        "stroke-width": "1.5",
        "stroke-dasharray": "5 3",
        "fill": "none",
    },
    "fill": {"fill": "#8fb1d6"},
    "band": {"fill": "#e3ebf5"},
    "strong": {"fill": "#154273"},
    "empty": {"fill": "#ffffff", "stroke": "#154273", "stroke-width": "1.5"},
    "dot": {"fill": "#154273", "stroke": "#154273", "stroke-width": "1"},
    "ring": {"fill": "#ffffff", "stroke": "#154273", "stroke-width": "1.5"},
    "hatch": {"stroke": "#4b5663", "stroke-width": "1", "fill": "none"},
}
_ANCHORS: Final = {"start": "start", "middle": "middle", "end": "end"}

Coordinates = tuple[float, float]


class Drawing:
    """A drawing of `WIDTH` units across.

    Args:
        height: units down.
    """

    def __init__(self, height: float) -> None:
        """Begin with an empty ground."""
        self._height = height
        self._parts: list[Markup] = []

    def line(self, start: Coordinates, end: Coordinates, mark: str) -> None:
        """Draw a straight line.

        Args:
            start: where it begins.
            end: where it ends.
            mark: its kind.
        """
        self.path([start, end], mark)

    def path(self, places: Sequence[Coordinates], mark: str, *, closed: bool = False) -> None:
        """Draw a line through places; closed, it is an area.

        Args:
            places: one after the other.
            mark: its kind.
            closed: it leads back to its start.
        """
        points = "L".join(f"{_n(x)} {_n(y)}" for x, y in places)
        self._add("path", mark, d=f"M{points}{'Z' if closed else ''}")

    def box(self, corner: Coordinates, width: float, height: float, mark: str) -> None:
        """Draw a rectangle.

        Args:
            corner: upper left.
            width: across.
            height: down.
            mark: its kind.
        """
        size = {"width": _n(max(width, 0)), "height": _n(max(height, 0))}
        self._add("rect", mark, x=_n(corner[0]), y=_n(corner[1]), **size)

    def hatched(self, corner: Coordinates, width: float, height: float) -> None:
        """Draw a rectangle of slanted lines: what is not known.

        Args:
            corner: upper left.
            width: across.
            height: down.
        """
        x, y = corner
        step, places = 6.0, []
        for i in range(int((width + height) / step) + 1):
            run = (i + 0.5) * step
            low, high = max(0.0, run - width), min(run, height)
            if high > low:
                places.append(
                    f"M{_n(x + run - low)} {_n(y + low)}L{_n(x + run - high)} {_n(y + high)}"
                )
        if places:
            self._add("path", "hatch", d="".join(places))

    def spot(self, at: Coordinates, mark: str, radius: float = 4.5) -> None:
        """Draw a disc or a ring.

        Args:
            at: its middle.
            mark: `dot` or `ring`.
            radius: of it.
        """
        self._add("circle", mark, cx=_n(at[0]), cy=_n(at[1]), r=_n(radius))

    def diamond(self, at: Coordinates, mark: str, radius: float = 6.5) -> None:
        """Draw a diamond.

        Args:
            at: its middle.
            mark: its kind.
            radius: from its middle to a corner.
        """
        x, y = at
        corners = [(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)]
        self.path(corners, mark, closed=True)

    def text(
        self,
        at: Coordinates,
        words: str,
        anchor: str = "start",
        *,
        quiet: bool = False,
        size: int = 13,
    ) -> None:
        """Write words.

        Args:
            at: where their base line begins, or is anchored.
            words: to write.
            anchor: `start`, `middle` or `end`.
            quiet: in a weaker colour.
            size: of the letters.
        """
        kind, colour = ("quiet", "#4b5663") if quiet else ("text", "#1a2028")
        form = {"x": _n(at[0]), "y": _n(at[1]), "font-size": size, "fill": colour}
        form |= {"text-anchor": _ANCHORS[anchor], "font-family": _FONT}
        open_tag = _attributes({"class": kind} | form)
        self._parts.append(Markup("<text{}>{}</text>").format(open_tag, words))

    def svg(self, name: str, told: str) -> Markup:
        """Return the drawing.

        Args:
            name: what tells its title's id from those of other drawings of the page.
            told: what it shows, for those who cannot see it.
        """
        form = {
            "viewBox": f"0 0 {WIDTH} {_n(self._height)}",
            "role": "img",
            "aria-labelledby": f"{name}-title",
            "xmlns": "http://www.w3.org/2000/svg",
        }
        return Markup('<svg{}><title id="{}-title">{}</title>\n{}</svg>').format(
            _attributes(form), name, told, Markup("\n").join(self._parts)
        )

    def _add(self, kind: str, mark: str, **form: str) -> None:
        tag = Markup("<{}{}/>").format(kind, _attributes({"class": mark} | form | MARKS[mark]))
        self._parts.append(tag)


def _attributes(form: Mapping[str, object]) -> Markup:
    return Markup("").join(Markup(' {}="{}"').format(*one) for one in form.items())


def _n(value: float) -> str:
    """Write a number to a tenth, without what it does not need."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
