"""An image in base64 in many places of a record."""

import base64
import struct
import zlib
from typing import Any

import msgspec
from hotline_records import notice, report

from schemas.codec import HOTLINE


def raw(record: Any = None, **changes: Any) -> bytes:
    """Return a record as JSON with the named fields changed."""
    fields = msgspec.json.decode(HOTLINE.encode(record or report()))
    return msgspec.json.encode({**fields, **changes})


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"\x89PNG\r\n\x1a\n" + b"".join(
    (
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(b"\0\0")),
        _chunk(b"IEND", b""),
    )
)
IMAGE = base64.b64encode(PNG).decode()
_REPORT_FIELDS = ("id", "origin", "row_digest", "replays", "relayed_from", "category", "seen_at")
_NOTICE_FIELDS = ("recipient", "reference", "channel", "message_id", "envelope_id", "delivered_at")
PLACES: dict[str, bytes] = {
    **{name: raw(**{name: IMAGE}) for name in _REPORT_FIELDS},
    **{name: raw(notice(), **{name: IMAGE}) for name in _NOTICE_FIELDS},
    "a data URL": raw(url=f"data:image/png;base64,{IMAGE}"),
    "an unknown field": raw(image=IMAGE),
    "the name of a field": raw(**{IMAGE: True}),
    "an unknown field of an object": raw(source={"status": "online", "image": IMAGE}),
    "a list": raw(images=[1, {"deep": [IMAGE]}]),
    "a field named twice": raw().replace(b'"id":', b'"id":"%b","id":' % IMAGE.encode(), 1),
    "an unknown type": raw(type=IMAGE),
    "behind escapes": raw(image="?").replace(
        b"?", "".join(f"\\u{ord(sign):04x}" for sign in IMAGE).encode()
    ),
    "no JSON": IMAGE.encode(),
    "in lines": raw(image="\r\n".join(IMAGE[at : at + 20] for at in range(0, len(IMAGE), 20))),
}
