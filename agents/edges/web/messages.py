"""The texts of the pages in English and Dutch, from one catalogue in gettext's form.

A message is its English text; `locale/nl/LC_MESSAGES/pages.po` has the Dutch one. Which language
is spoken is a variable of the context, so that threads of a request have it too.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale, negotiate_locale
from babel.messages.pofile import read_po

ENGLISH: Final = "en"
LANGUAGES: Final = {ENGLISH: "English", "nl": "Nederlands"}
"""What a reader may choose, each by its own name."""

CATALOGUES: Final = Path(__file__).parent / "locale"
ACCEPTED_MAX: Final = 20
"""Languages of an Accept-Language header that are read; a browser sends some five."""

N_: Final[Callable[[str], str]] = str
"""Marks a message that is translated where it is shown, as is usual with gettext."""

_SPOKEN: Final[ContextVar[str]] = ContextVar("language", default=ENGLISH)
_WEIGHTED: Final = re.compile(
    "[ \t]*([A-Za-z]{2,3})(?:-[A-Za-z0-9-]*)?[ \t]*(?:;[ \t]*q=([01](?:[.][0-9]+)?)[ \t]*)?"
)


def language() -> str:
    """Return the language that is spoken."""
    return _SPOKEN.get()


def locale() -> Locale:
    """Return the names of months and the like of the language that is spoken."""
    return Locale(language())


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language meanwhile.

    Args:
        language: of `LANGUAGES`.
    """
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def chosen(asked: str | None, kept: str | None, accepted: str) -> str:
    """Return the language for a reader: what is asked for, else what was, else what is accepted.

    Args:
        asked: the `lang` of the address.
        kept: the `lang` that was asked for before.
        accepted: the Accept-Language header (RFC 9110, 12.5.4).
    """
    for one in (asked, kept):
        if one in LANGUAGES:
            return str(one)
    weighted: list[tuple[float, str]] = []
    for part in accepted.split(",")[:ACCEPTED_MAX]:
        found = _WEIGHTED.fullmatch(part)
        if found is not None:
            weighted.append((float(found[2] or 1), found[1].lower()))
    weighted.sort(key=lambda one: -one[0])
    wanted = [name for weight, name in weighted if weight > 0]
    return negotiate_locale(wanted, list(LANGUAGES)) or ENGLISH


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the texts of a language by their messages; English has none."""
    if language == ENGLISH:
        return {}
    with (CATALOGUES / language / "LC_MESSAGES" / "pages.po").open("rb") as opened:
        found = read_po(opened, locale=language)
    return {str(one.id): str(one.string) for one in found if one.id and one.string}


def gettext(message: str) -> str:
    """Return a message in the language that is spoken; English where there is no other text."""
    return catalogue(_SPOKEN.get()).get(message, message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the one message or the other, which the catalogue has as two."""
    return gettext(singular if count == 1 else plural)


def translated(message: str, **values: object) -> str:
    """Return a message in the language that is spoken, with values put in by their names."""
    return gettext(message) % values
