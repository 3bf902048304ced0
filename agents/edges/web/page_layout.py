"""What all pages share: the frame, one style, one script, and the policy that allows no other.

Pages are whole without a script. The script, allowed by hash, exchanges the main part in place, so
that a reader keeps the position; without one a page that renews itself is loaded again.
"""

import base64
import hashlib
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

REFRESH_S: Final = 5

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("agents.edges.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _source(name: str) -> str:
    loader = _ENVIRONMENT.loader
    return loader.get_source(_ENVIRONMENT, name)[0] if loader else ""


_STYLE: Final = _source("live.css") + _source("pages.css")
_SCRIPT: Final = _source("live.js")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


POLICY: Final = (
    "default-src 'none'; "
    f"style-src 'sha256-{_hash(_STYLE)}'; script-src 'sha256-{_hash(_SCRIPT)}'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: our one style and our one script, by hash, and nothing else.

The empty `data:` icon keeps browsers from asking for /favicon.ico."""


def framed(
    template: str, *, path: str, refreshing: bool, has_overview: bool = True, **content: object
) -> str:
    """Render a page.

    Args:
        template: its name.
        path: where it is served, `/` or below.
        refreshing: it renews itself; a reader can switch that off (WCAG 2.2.2).
        has_overview: the process serves `/`, so that links lead there.
        content: what the template names.
    """
    return _ENVIRONMENT.get_template(template).render(
        content,
        path=path,
        has_overview=has_overview,
        style=_STYLE,
        script=_SCRIPT,
        refreshing=refreshing,
        refresh_s=REFRESH_S,
    )
