"""What all pages share: the frame, one style, one script, and the policy that allows no other.

Pages are whole without a script. The script, allowed by hash, exchanges the main part in place, so
that a reader keeps the position; without one a page that renews itself is loaded again.
"""

import base64
import hashlib
from typing import Any, Final, cast

from jinja2 import Environment, PackageLoader, StrictUndefined

from agents.edges.web import formatting
from agents.edges.web.messages import LANGUAGES, gettext, language, ngettext, translated
from schemas.moments import Instant, rfc3339
from streams.views.view import View

REFRESH_S: Final = 5


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("agents.edges.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    cast(Any, made).install_gettext_callables(gettext, ngettext, newstyle=False)
    made.filters.update(number=formatting.number, spoken=formatting.spoken, machine=rfc3339)
    made.globals.update(translated=translated)
    return made


ENVIRONMENT: Final = _environment()


def _source(name: str) -> str:
    loader = ENVIRONMENT.loader
    return loader.get_source(ENVIRONMENT, name)[0] if loader else ""


_STYLE: Final = _source("live.css") + _source("pages.css")
_SCRIPT: Final = _source("live.js")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


POLICY: Final = (
    "default-src 'none'; "
    f"style-src 'sha256-{_hash(_STYLE)}'; script-src 'sha256-{_hash(_SCRIPT)}'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Content-Security-Policy: our one style and our one script, by hash, and nothing else.

The empty `data:` icon keeps browsers from asking for /favicon.ico."""


def framed(
    template: str, *, path: str, refreshing: bool, has_overview: bool = True, **content: object
) -> str:
    """Render a page in the language that is spoken.

    Args:
        template: its name.
        path: where it is served, `/` or below.
        refreshing: it renews itself; a reader can switch that off (WCAG 2.2.2).
        has_overview: the process serves `/`, so that links lead there.
        content: what the template names.
    """
    return ENVIRONMENT.get_template(template).render(
        {"stamp": None, "query": "", "can_search": False, "soon": False},
        **content,
        path=path,
        has_overview=has_overview,
        style=_STYLE,
        script=_SCRIPT,
        refreshing=refreshing,
        refresh_s=REFRESH_S,
        language=language(),
        languages=LANGUAGES,
    )


def stamp(view: View, as_of: Instant | None = None) -> dict[str, object]:
    """Return of what moment everything on a page is.

    Args:
        view: the one view that it is made from.
        as_of: where the page holds for another instant than the view.
    """
    return {
        "as_of": view.as_of if as_of is None else as_of,
        "ledger_at": view.ledger_at,
        "positions": sorted(view.positions.items()),
        "method": view.method,
        "code": view.code,
    }
