"""Samples of all formats with an image put into 20 places of each, and with words to look for."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from format_reading import SAMPLES

PLACES: Final = 20

IMAGE: Final = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(90)) + b"IEND\xaeB`\x82"
).decode()
"""No image that anybody could see: the first and last bytes of one, and numbers between them."""

DRESSES: Final = (
    "{}",
    "data:image/png;base64,{}",
    "see {}",
    "<img src=data:image/png;base64,{}>",
)


def with_image(path: Path) -> list[bytes]:
    """Return copies of a sample with the image in PLACES places, one each."""
    found = [copy for dress in DRESSES for copy in _each(path, dress.format(IMAGE))]
    step = max(1, len(found) // PLACES)
    return found[::step][:PLACES] if len(found) >= PLACES else found


def _each(path: Path, text: str) -> Iterator[bytes]:
    raw = path.read_bytes()
    match path.suffix:
        case ".json" | ".ndjson":
            yield from _of_json(raw, text)
        case ".csv":
            yield from _of_csv(raw, text)
        case _:
            yield from _of_mail(raw, text)


def _of_json(raw: bytes, text: str) -> Iterator[bytes]:
    tree = _value(raw)
    for place in _places(tree):
        copy = _value(raw)
        inside: Any = copy
        for step in place[:-1]:
            inside = inside[step]
        if place[-1] is None:
            inside[text] = 1
        else:
            inside[place[-1]] = text
        yield json.dumps(copy).encode() + b"\n"


def _value(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return json.loads(raw.splitlines()[0])


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to each text, and to a new name in each object that is a record."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _places(one, (*at, name))
        if "url" in value:
            yield (*at, None)
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from _places(one, (*at, n))
    elif at:
        yield at


def _of_csv(raw: bytes, text: str) -> Iterator[bytes]:
    header, row = raw.splitlines()[:2]
    sign = b"," if b'","' in row else b";"
    cells = row.split(sign)
    names = header.lower().replace(b'"', b"").split(sign)
    for n, name in enumerate(names[: len(cells)]):
        dressed = [] if name in (b"url", b"referer") else [b"https://a.example/?x=" + text.encode()]
        for put in (text.encode(), *dressed):  # in its place a URL may hold anything
            changed = [*cells[:n], b'"' + put.replace(b'"', b"") + b'"', *cells[n + 1 :]]
            yield header + b"\n" + sign.join(changed) + b"\n"


def _of_mail(raw: bytes, text: str) -> Iterator[bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    wrapped = "\r\n ".join(text[at : at + 60] for at in range(0, len(text), 60))
    for header in re.findall(rb"^(?:From|To|Subject|Message-ID): ", head, re.MULTILINE):
        yield head.replace(header, header + wrapped.encode() + b" ") + b"\r\n\r\n" + body
    yield head + b"\r\nX-Note: " + wrapped.encode() + b"\r\n\r\n" + body
    lines = body.split(b"\r\n")
    for n, line in enumerate(lines):
        if line and not line.startswith((b"--", b"Content-")):
            changed = [*lines[:n], line + b";;" + text.encode(), *lines[n + 1 :]]
            yield head + b"\r\n\r\n" + b"\r\n".join(changed)


WORDS: Final = {
    b"img.example": b"canaryhost.example",
    b"bin.example": b"canaryhost.example",
    b"/a/1.jpg": b"/canarypath/1.jpg?q=canaryquery",
    b"/x.exe": b"/canarypath.exe?q=canaryquery",
    b"analyst@hotline.example": b"canarymail@hotline.example",
    b"desk@hotline.example": b"canarymail@hotline.example",
    b"seen twice": b"canarynote",
    b"seen by an analyst": b"canarynote",
    b"board.example": b"canaryreferer.example",
    b"This is the mail system": b"canarybody",
    b"Notice and takedown": b"canarysubject",
    b'"exe"': b'"canarytag"',
    b"J.": b"canaryperson",
}
"""Words of the samples, and what stands for each so that it can be found wherever it leaks."""

DROPPED: Final = (
    b"canarymail",
    b"canarynote",
    b"canaryreferer",
    b"canarybody",
    b"canarysubject",
    b"canarytag",
    b"canaryperson",
)
"""Of these not even the inbox has anything."""


def with_words(path: Path) -> bytes:
    """Return a sample with words that can be found in place of its own."""
    raw = path.read_bytes()
    for was, now in WORDS.items():
        raw = raw.replace(was, now)
    return raw


VALID: Final = tuple(sorted(SAMPLES.glob("*/valid/*")))
