"""Whether a text carries material itself: an image, another file, or a long run of base64.

A record is about a URL and holds metadata. Material in it would be kept for 30 days in the inbox,
so it is refused before it is written anywhere. Three signs decide, in every field and in the names
of fields:

- a data URL (RFC 2397);
- the first bytes of a usual kind of file, in base64 or hexadecimal (RFC 4648);
- a run of base64 that no identifier is long enough for. URLs carry long signed tokens, so in a URL
  such a run is no sign.
"""

import re
from typing import Final
from urllib.parse import unquote

RUN_MIN: Final = 200
"""Characters of base64 in a row: more than a SHA-512 in hexadecimal (128) or a PhotoDNA hash (192)
has, and 150 bytes of content at the least."""

URL_FIELDS: Final = frozenset({"url", "URL"})

_BEGINNINGS: Final = re.compile(
    r"iVBORw0KGgo"  # PNG
    r"|[/_]9j[/_](?:4A|4Q|4g|2w|7g)[A-Za-z0-9+/_-]{16}"  # JPEG: JFIF, Exif, ICC, bare, Adobe
    r"|R0lGODdh|R0lGODlh"  # GIF
    r"|UklGR[A-Za-z0-9+/_-]{6}XRUJQ"  # WebP
    r"|UklGR[A-Za-z0-9+/_-]{6}BVkkg"  # AVI
    r"|AAAA[A-Za-z0-9+/_-]{2}Z0eX"  # MP4, MOV, HEIC, AVIF: `ftyp` at the fifth byte
    r"|SUkqAAgA|TU0AKgAA"  # TIFF
    r"|GkXfo[0-9A-Za-z+/_-]{8}"  # Matroska, WebM
    r"|JVBERi0x"  # PDF
    r"|UEsDBBQA"  # ZIP
    r"|Qk[0-3][0-9A-Za-z+/_-]{5}AAAAA",  # BMP
    re.ASCII,
)
_HEXADECIMAL: Final = re.compile(
    r"89504e470d0a1a0a|ffd8ffe[0-9a-f]{33}|47494638[37]961", re.ASCII | re.IGNORECASE
)
_DATA_URL: Final = re.compile(
    r"\bdata:(?:[a-z0-9.+-]+/[a-z0-9.+-]+[;,]|;|,)[^\s]|;base64,", re.ASCII | re.IGNORECASE
)
_RUN: Final = re.compile(rf"[A-Za-z0-9+/_=\\-]{{{RUN_MIN}}}")
_ESCAPE: Final = re.compile(r"\\u00([0-9a-fA-F]{2})", re.ASCII)
_BLANK: Final = re.compile(r"\s+", re.ASCII)
_LINE_END: Final = re.compile(r"\\[rn]|[\r\n]+[ \t]*")


def text_carries_content(text: str, *, is_url: bool = False) -> bool:
    """Return whether a text carries material.

    Args:
        text: of one field, or a whole line that could not be read.
        is_url: a long run of base64 is no sign there.
    """
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text).replace("\\/", "/")
    for said in {plain, unquote(plain)}:
        packed = _BLANK.sub("", said)
        if _DATA_URL.search(said) or _BEGINNINGS.search(packed) or _HEXADECIMAL.search(packed):
            return True
    return not is_url and _RUN.search(_LINE_END.sub("", plain)) is not None


def carries_content(value: object) -> bool:
    """Return whether a value as JSON has it carries material anywhere, names of fields included."""
    left: list[tuple[str, object]] = [("", value)]
    while left:  # nesting is as deep as whoever wrote it liked, so there is no recursion
        name, one = left.pop()
        if isinstance(one, str):
            if text_carries_content(one, is_url=name in URL_FIELDS):
                return True
        elif isinstance(one, dict):
            left.extend((str(key), found) for key, found in one.items())
            left.extend(("", str(key)) for key in one)
        elif isinstance(one, list | tuple):
            left.extend((name, found) for found in one)
    return False
