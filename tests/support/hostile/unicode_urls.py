"""URLs with every character of Unicode that some transformation turns into ASCII.

What such a character is taken for depends on who reads it: a case-insensitive pattern, a resolver,
a browser. Each stands where a URL's meaning is decided: in its scheme, names, numbers, separators.
"""

import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import islice
from typing import Final

import ada_url

_FORMS = ("NFC", "NFD", "NFKC", "NFKD")
_WAYS: tuple[Callable[[str], str], ...] = (
    str.casefold,
    str.lower,
    str.upper,
    str.swapcase,
    *(partial(unicodedata.normalize, form) for form in _FORMS),
    lambda one: unicodedata.normalize("NFKD", one.casefold()),
)

LEAK_MARKER = "qzkanari"
"""Stands in every URL; nowhere else."""

PLACES = (
    "http://{}qzkanari.1/{}",
    "http://qzkanari.{}/{}",
    "http://qz{}kanari.example/{}",
    "http://www.qzkanari.{}xample/{}",
    "http://10.{}.2.1/{}",
    "http://192.0.2.1{}/{}",
    "http://qzkanari.example{}1/{}",
    "http://qzkanari.example:8{}/{}",
    "http://user{}qzkanari.example/{}",
    "htt{}://qzkanari.example/{}",
    "http:{}/qzkanari.example/{}",
    "http://qzkanari.example{}{}",
    "{}http://qzkanari.example/{}",
    "http://[2001:db8::{}]/{}",
)
"""Where the character goes, and then what tells the URL apart. No address in them is public."""


_USED: Final = (*range(4), 14)
"""Planes with characters for all to read: Unicode keeps the others empty, or for private use."""


@cache
def characters() -> tuple[str, ...]:
    """Return all characters beyond ASCII that case or normalise to something with ASCII in it."""
    planes = (range(max(0x80, plane << 16), plane + 1 << 16) for plane in _USED)
    return tuple(one for plane in planes for one in map(chr, plane) if _leads_to_ascii(one))


def _leads_to_ascii(one: str) -> bool:
    return _in_names(one) or any(any(part.isascii() for part in way(one)) for way in _WAYS)


def _in_names(one: str) -> bool:
    """Return whether IDNA makes ASCII of it or drops it, so that it stands unseen in a name."""
    name = f"a{one}b".encode("utf-8", "surrogatepass")
    found = ada_url.idna_to_ascii(name)  # nothing where it is refused
    return bool(found) and not found.startswith(b"xn--")


def spread(count: int) -> Iterator[str]:
    """Give so many URLs: every character in turn, each time in another place."""
    found = characters()
    turns = (
        (found[n % len(found)], PLACES[(n + n // len(found)) % len(PLACES)])
        for n in range(len(found) * len(PLACES))
    )
    for n, (one, place) in enumerate(islice(turns, count)):
        yield place.format(one, f"{LEAK_MARKER}/{n}")
