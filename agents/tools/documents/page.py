"""The frame of printed documents: one HTML file that is whole without a script and without a net.

A template extends `document.html` and fills its blocks. All texts come from the catalogue of the
pages. The same content gives the same bytes on every machine.
"""

from typing import Any, Final, cast

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from agents.edges.web import formatting
from agents.edges.web.messages import gettext, language, ngettext, speaking, translated
from schemas.moments import Instant, moment, rfc3339

STYLES: Final = {"style": "document.css", "on_screen": "screen.css"}


def listed(at: Instant) -> str:
    """Write an instant in a table, in UTC: `2026-02-06 06:40:00`."""
    return f"{moment(at):%Y-%m-%d %H:%M:%S}"


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("agents.tools.documents"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    cast(Any, made).install_gettext_callables(gettext, ngettext, newstyle=False)
    made.filters.update(
        number=formatting.number,
        decimal=formatting.decimal,
        spoken=formatting.spoken,
        machine=rfc3339,
        listed=listed,
    )
    made.globals.update(translated=translated)
    return made


ENVIRONMENT: Final = _environment()


def _source(name: str) -> str:
    loader = ENVIRONMENT.loader
    return loader.get_source(ENVIRONMENT, name)[0] if loader else ""


_STYLES: Final = {place: _source(name) for place, name in STYLES.items()}


def document(template: "str | Template", *, spoken: str, **content: object) -> str:
    """Render a document as one HTML file.

    Args:
        template: its name in `templates/`, or itself; it extends `document.html`.
        spoken: the language, `en` or `nl`.
        content: what the template names.
    """
    with speaking(spoken):
        return ENVIRONMENT.get_template(template).render(content, language=language(), **_STYLES)
