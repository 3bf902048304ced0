"""A record that carries material is known by it, whatever field it stands in."""

import base64
import zlib

import pytest

from streams.intake.carried_content import (
    RUN_MIN,
    begins_like_a_file,
    carries_content,
    prose_carries_content,
    text_carries_content,
    url_carries_content,
)

_PIXEL = b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
FILES = {
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + _PIXEL,
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
    "exif": b"\xff\xd8\xff\xe1\x00\x18Exif\x00\x00II*\x00\x08\x00\x00\x00",
    "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00,",
    "webp": b"RIFF\x24\x08\x00\x00WEBPVP8 ",
    "avi": b"RIFF\x24\x08\x00\x00AVI LIST",
    "mp4": b"\x00\x00\x00\x18ftypmp42",
    "heic": b"\x00\x00\x00\x1cftypheic",
    "tiff": b"II*\x00\x08\x00\x00\x00",
    "bmp": b"BM\x36\x00\x0c\x00\x00\x00\x00\x00\x36\x00",
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81",
    "pdf": b"%PDF-1.7\n",
    "zip": b"PK\x03\x04\x14\x00\x00\x00",
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize(
    "written",
    [
        lambda text: text,
        lambda text: f"see: {text}",
        lambda text: f"https://a.example/?x={text}",
        lambda text: "\r\n".join(text[at : at + 8] for at in range(0, len(text), 8)),
        lambda text: text.replace("/", "\\/"),
        lambda text: text.replace("/", "%2F").replace("+", "%2B"),
    ],
)
def test_the_beginning_of_a_file_is_known(kind: str, written) -> None:
    """In base64, wrapped, escaped or in a query: the first bytes of a file are its sign."""
    text = base64.b64encode(FILES[kind]).decode()
    assert text_carries_content(written(text), runs=False)
    assert begins_like_a_file(text)


@pytest.mark.parametrize(
    "text",
    [
        "data:image/png;base64,AAAA",
        "DATA:text/html,<b>",
        "data:;base64,AAAA",
        "x data:image/gif,abc",
        "data%3Aimage%2Fpng%3Bbase64%2CAAAA",
        "\\u0064ata:image/png;base64,AAAA",
        "d%61ta:image/gif;base64,AAAA",
    ],
)
def test_a_data_url_is_content(text: str) -> None:
    """However short it is, and wherever it stands, where a URL belongs too."""
    assert text_carries_content(text, runs=False)
    assert url_carries_content(text)
    assert carries_content({"note": text})


def test_a_long_run_is_content_but_in_a_header() -> None:
    """Base64 of anything is longer than any identifier; signatures of mails are as long."""
    run = base64.b64encode(zlib.compress(bytes(range(256))) * 2).decode()
    assert len(run) > RUN_MIN
    assert text_carries_content(run)
    assert text_carries_content("\n".join(run[at : at + 76] for at in range(0, len(run), 76)))
    assert not text_carries_content(run, runs=False)
    assert carries_content({"note": run})
    assert carries_content({"url": run})


_PNG = base64.b64encode(FILES["png"] + bytes(range(150))).decode()


@pytest.mark.parametrize(
    "rest", [_PNG, f"?x=data:image/png;base64,{_PNG}", _PNG.replace("/", "%2F"), "A" * 4_000]
)
@pytest.mark.parametrize("scheme", ["https://", "HTTP://", " http://"])
def test_nothing_in_an_http_url_makes_it_content(scheme: str, rest: str) -> None:
    """A hoster chooses its URLs: whatever stands in one, it can be reported."""
    url = f"{scheme}a.example/{rest}"
    assert not url_carries_content(url)
    assert not carries_content({"url": url, "note": "seen"})
    assert not prose_carries_content(f"{url} seen")
    assert prose_carries_content(f"{url} seen {_PNG}")
    assert carries_content({"note": url})


@pytest.mark.parametrize(
    "text",
    [
        "https://img.example/9j/4f0a/1.jpg?sig=" + "a1B2" * 30,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" * 2,
        "<CAF=x9Qk2f1dJ8n7c3b2a1@mail.example>",
        "a sentence about data: what was seen, and when",
        "metadata:image/png",
    ],
)
def test_what_records_have_is_no_content(text: str) -> None:
    """Long paths, digests, Message-IDs and words are none of the signs."""
    assert not text_carries_content(text)


def test_content_is_found_however_deep_it_lies() -> None:
    """In names of fields, in lists, and below more levels than a stack has."""
    text = base64.b64encode(FILES["png"]).decode()
    assert carries_content({text: 1})
    assert carries_content([{"a": [{"b": [None, 1, text]}]}])
    deep: object = text
    for _ in range(20_000):
        deep = [deep]
    assert carries_content(deep)
    assert not carries_content({"a": [1, None, True, {"b": "c"}]})
