"""A dossier to read: HTML, and PDF where the extra `report` is installed."""

import hashlib
from typing import Final

from agents.edges.web.case_labels import GRADES, ROLES, VERDICTS, norm_words
from agents.edges.web.messages import gettext, speaking, translated
from agents.tools.documents.dossier_words import point, points, word
from agents.tools.documents.page import document
from agents.tools.documents.printing import printed
from agents.tools.dossier import file_form
from schemas.dossier.dossier import Dossier
from streams.lifecycle.state_table import CLASSES

TEMPLATE: Final = "dossier.html"


def html_of(dossier: Dossier, spoken: str) -> str:
    """Return a dossier as one HTML file.

    Args:
        dossier: signed.
        spoken: the language, `en` or `nl`.
    """
    with speaking(spoken):
        words = {
            "classes": {one: gettext(label) for one, (label, _) in CLASSES.items()},
            "verdicts": {one: gettext(label) for one, label in VERDICTS.items()},
            "roles": {one: gettext(label) for one, label in ROLES.items()},
            "grades": {one: gettext(label) for one, label in GRADES.items()},
            "speaks": points(dossier.speaks_for_the_hoster),
        }
        digest = hashlib.sha256(file_form.encode(dossier)).hexdigest()
        calls = {"point": point, "word": word, "term": norm_words}
        return document(TEMPLATE, spoken=spoken, dossier=dossier, digest=digest, **calls, **words)


def pdf_of(dossier: Dossier, html: str, spoken: str) -> bytes | None:
    """Return a dossier as PDF; None = the extra `report` is not installed.

    Args:
        dossier: whose page it is.
        html: that page.
        spoken: its language.

    Raises:
        UserError: it is too large for a PDF.
    """
    with speaking(spoken):
        title = translated("Dossier of %(name)s", name=dossier.name)
    return printed(html, instant=dossier.as_of, language=spoken, title=title)
