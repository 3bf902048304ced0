"""Whether a text carries material itself: an image, another file, or a long run of base64.

A record is about a URL and holds metadata. Material in it would be kept for 30 days in the inbox,
so it is refused before it is written anywhere. Three signs decide, in every field and in the names
of fields:

- a data URL (RFC 2397);
- the first bytes of a usual kind of file, in base64 or hexadecimal (RFC 4648);
- a run of base64 that no identifier is long enough for.

An http(s) URL is never searched where a URL belongs, whichever way it comes in. A hoster chooses
its URLs: were one refused for what stands in it, whoever writes a sign into all of its URLs could
not be reported. A `data:` URL is none of http(s), so it is searched, and refused.
"""

import re
from typing import Final
from urllib.parse import unquote

RUN_MIN: Final = 200
"""Characters of base64 in a row: more than a SHA-512 in hexadecimal (128) or a PhotoDNA hash (192)
has, and 150 bytes of content at the least."""

CONTENT_LENGTH_MIN: Final = 40
"""Characters of a field that can carry content: the smallest image, a GIF of 35 bytes, has 48 in
base64."""

_SHORT: Final = re.compile(r"data|%|\\u", re.ASCII | re.IGNORECASE)
"""A data URL is content however short it is; escapes may hide its first letters."""

URL_FIELDS: Final = frozenset({"url", "URL"})
"""Of a record in which a URL belongs."""

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
_WEB_URL: Final = re.compile("https?://", re.ASCII | re.IGNORECASE)
_URL_IN_TEXT: Final = re.compile(r"https?://[^\s\"'<>]*", re.ASCII | re.IGNORECASE)
_LINE_END: Final = re.compile(r"\\[rn]|[\r\n]+[ \t]*")


def text_carries_content(text: str, *, runs: bool = True) -> bool:
    """Return whether a text carries material.

    Args:
        text: of one field, or a whole line that is no record and so has no URL to be reported.
        runs: a long run of base64 is a sign; headers of mails have such runs.
    """
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text).replace("\\/", "/")
    for said in {plain, unquote(plain)}:
        packed = _BLANK.sub("", said)
        if _DATA_URL.search(said) or _BEGINNINGS.search(packed) or _HEXADECIMAL.search(packed):
            return True
    return runs and _RUN.search(_LINE_END.sub("", plain)) is not None


def is_web_url(text: object) -> bool:
    """Return whether a value is an http(s) URL by its first letters."""
    return isinstance(text, str) and _WEB_URL.match(text.lstrip()) is not None


def url_carries_content(text: str) -> bool:
    """Return whether a text that stands where a URL belongs carries material; no http(s) URL does.

    Args:
        text: of the field.
    """
    return not is_web_url(text) and text_carries_content(text)


def prose_carries_content(text: str) -> bool:
    """Return whether a text among which http(s) URLs stand carries material beside them.

    Args:
        text: of a mail. A URL in it ends at a blank, a quote or an angle.
    """
    return text_carries_content(_URL_IN_TEXT.sub(" ", text), runs=False)


def begins_like_a_file(text: str) -> bool:
    """Return whether base64 is that of a usual kind of file.

    Args:
        text: base64 and blanks, nothing else.
    """
    return _BEGINNINGS.match(_BLANK.sub("", text)) is not None


def carries_content(value: object) -> bool:
    """Return whether a value as JSON has it carries material anywhere, names of fields included.

    Every way in asks this of a record that can be read: the HTTP intake, and each format of files.
    """
    left: list[tuple[str, object]] = [("", value)]
    while left:  # nesting is as deep as whoever wrote it liked, so there is no recursion
        name, one = left.pop()
        if isinstance(one, str):
            said = url_carries_content if name in URL_FIELDS else text_carries_content
            if (len(one) >= CONTENT_LENGTH_MIN or _SHORT.search(one)) and said(one):
                return True
        elif isinstance(one, dict):
            left.extend((str(key), found) for key, found in one.items())
            left.extend(("", str(key)) for key in one)
        elif isinstance(one, list | tuple):
            left.extend((name, found) for found in one)
    return False
