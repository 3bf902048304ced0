"""Sentences of a Markdown document: what a person reads, without code, links and tables' bars."""

import re
from collections.abc import Iterator
from typing import Final

WORDS_MAX: Final = 28
"""A longer sentence has to be read twice."""

_FENCE: Final = re.compile(r"^ *(```|~~~).*?^ *\1", re.MULTILINE | re.DOTALL)
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_CODE: Final = re.compile(r"`+[^`]*`+")
_START: Final = re.compile(r"^ *(?:[-*] |[0-9]+\. |#+ |> )")
_END: Final = re.compile(r"(?<=[.!?])[\"”)*]*\s+(?=[\"“(*]*[A-Z0-9`<])")
_BAR: Final = re.compile(r"(?<!\\)\|")
_ABBREVIATION: Final = re.compile(r"\b(e\.g|i\.e|etc|vs|No)\.")


def paragraphs(text: str) -> Iterator[str]:
    """Yield paragraphs, items of lists, headings and cells of tables, each on one line.

    What stands between semicolons in a cell is an item of a list.

    Args:
        text: a Markdown document.
    """
    lines: list[str] = []
    for line in [*_COMMENT.sub("", _FENCE.sub("\n", text)).splitlines(), ""]:
        table = line.lstrip().startswith("|")
        if not line.strip() or table or _START.match(line):
            if lines:
                yield " ".join(lines)
            lines = []
        if table:
            cells = (part for cell in _BAR.split(line.strip()) for part in cell.split("; "))
            yield from (cell for cell in cells if cell.strip(" -:"))
        elif line.strip():
            lines.append(_START.sub("", line).strip())


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a document; code counts as one word.

    Args:
        text: a Markdown document, or a single text.
    """
    for paragraph in paragraphs(text):
        plain = _LINK.sub(r"\1", _CODE.sub("CODE", paragraph))
        plain = _ABBREVIATION.sub(r"\1", plain)
        yield from (one.strip() for one in _END.split(plain) if one.strip())


def too_long(text: str) -> list[str]:
    """Return the sentences of a document that have too many words."""
    return [one for one in sentences(text) if len(words(one)) > WORDS_MAX]


def words(sentence: str) -> list[str]:
    """Return the words of a sentence; signs that stand alone are none."""
    return [word for word in sentence.split() if re.search(r"\w", word)]
