"""Reads a form that was sent to a page: what is none has one answer, and is no fault of ours."""

from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

_KIND: Final = "application/x-www-form-urlencoded"
"""What a browser sends a form as that holds no file."""


async def posted_form(request: web.Request) -> dict[str, str]:
    """Return the fields of a form; of a name given twice the last.

    Args:
        request: its body is not read yet.

    Raises:
        HTTPBadRequest: the body is no form, or in no character set that can be read.
        HTTPRequestEntityTooLarge: it is larger than the server takes.
    """
    if request.content_type != _KIND:
        raise _unreadable()
    try:
        return {name: str(value) for name, value in (await request.post()).items()}
    except (ValueError, LookupError, HttpProcessingError):
        raise _unreadable() from None


def _unreadable() -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text="the form cannot be read\n")
