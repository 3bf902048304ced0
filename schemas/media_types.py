"""The closed list of media types: what a server says of its answer stands in facts by no other.

A server chooses its Content-Type, so any text of it could be an address. A type that is not on the
list is `other`, or `text/other` in the family of texts, which verdicts treat apart. Verdicts
compare types, so a keyed hash of such a type stands beside it.
"""

from typing import Final

OTHER: Final = "other"
OTHER_TEXT: Final = "text/other"
_TEXT: Final = "text/"

_NAMES: Final = {
    "application": "epub+zip gzip java-archive javascript json ld+json manifest+json msword "
    "octet-stream ogg pdf pgp-signature postscript rss+xml atom+xml rtf sql "
    "vnd.android.package-archive vnd.apple.mpegurl vnd.ms-excel vnd.ms-fontobject "
    "vnd.ms-powerpoint vnd.rar "
    "wasm x-7z-compressed "
    "x-apple-diskimage x-bittorrent x-bzip2 x-dosexec x-executable x-httpd-php "
    "x-javascript x-mpegurl x-msdownload x-msdos-program x-rar x-rar-compressed "
    "x-sh x-shockwave-flash x-tar x-xz x-www-form-urlencoded x-zip-compressed "
    "xhtml+xml xml zip zstd dash+xml problem+json force-download download binary "
    "x-download x-debian-package x-elf x-sharedlib x-object x-iso9660-image",
    "audio": "aac flac midi mp4 mpeg ogg opus wav webm x-m4a x-wav",
    "font": "collection otf ttf woff woff2",
    "image": "apng avif bmp gif heic heif jpeg jpg jxl png svg+xml tiff vnd.microsoft.icon webp"
    " x-icon x-ms-bmp",
    "message": "http rfc822",
    "model": "gltf+json gltf-binary stl",
    "multipart": "byteranges form-data mixed x-mixed-replace",
    "text": "calendar css csv html javascript markdown php plain rtf vcard x-c x-shellscript x-sh"
    " x-python x-php xml event-stream",
    "video": "3gpp 3gpp2 avi mp2t mp4 mpeg ogg quicktime webm x-flv x-m4v x-matroska x-ms-asf"
    " x-ms-wmv x-msvideo",
}
"""Registered types that servers of reported material use, and the common unregistered ones."""

MEDIA_TYPES: Final = frozenset(
    f"{family}/{name}" for family, names in _NAMES.items() for name in names.split()
)


def listed(said: str) -> str:
    """Return what stands in facts for a media type.

    Args:
        said: in lower case without parameters; empty = none was said.
    """
    if not said or said in MEDIA_TYPES:
        return said
    return OTHER_TEXT if said.startswith(_TEXT) else OTHER
