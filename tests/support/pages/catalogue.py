"""The messages of the pages as their sources have them; prints those without a Dutch text."""

from pathlib import Path

from babel.messages.extract import extract_from_dir, extract_from_file

from agents.edges.web.messages import catalogue
from streams.lifecycle.state_table import CLASSES

ROOT = Path(__file__).parents[3]
FOLDERS = (
    "agents/edges/web",
    "agents/edges/hoster_web",
    "agents/tools/documents",
    "agents/tools/report",
    "agents/tools/letter",
)
KEYWORDS = {
    "N_": None,
    "_": None,
    "gettext": None,
    "translated": None,
    "said": None,
    "Sentence": None,
}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true", "extensions": "jinja2.ext.i18n"}}


def messages() -> set[str]:
    """Return every message that a page can show."""
    found: set[str] = set()
    for folder in FOLDERS:
        for _, _, text, _, _ in extract_from_dir(
            ROOT / folder, METHODS, OPTIONS, KEYWORDS, strip_comment_tags=False
        ):
            found.update([text] if isinstance(text, str) else text)
    for module in ("timeline", "tell"):
        file = ROOT / f"streams/history/{module}.py"
        found.update(str(text) for _, text, _, _ in extract_from_file("python", file, KEYWORDS))
    for words in CLASSES.values():
        found.update(words)
    return found


if __name__ == "__main__":
    for missing in sorted(messages() - catalogue("nl").keys()):
        print(repr(missing))
