"""A letter to a hoster: HTML, PDF where the extra is installed, and the list of its cases."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from agents.config import Settings
from agents.edges.registry.reader import read_registry
from agents.edges.web.case_labels import norm_words
from agents.edges.web.formatting import number
from agents.edges.web.messages import gettext, speaking, translated
from agents.errors import UserError
from agents.tools.case_search import search
from agents.tools.documents.page import document
from agents.tools.documents.printing import printed
from agents.tools.documents.writing import write_files
from agents.tools.letter.notices import Referenced, notices_of
from agents.tools.sealed.audit import Authority
from agents.tools.sealed.reveal import reveal
from schemas.closed_lists import BACKLOG
from schemas.moments import Instant, rfc3339
from schemas.records.reports import HosterId, UrlKey
from streams.lifecycle.state_table import CLASSES
from streams.views.case_search import CaseFilter, FoundCase

CASES_FILE: Final = "cases.csv"
TEMPLATE: Final = "letter.html"
_SECONDS_IN_HOUR: Final = 3_600
_ORDER: Final = "order"
"""What a case calls the terms of its orders, beside norms in seconds."""


class Letter(NamedTuple):
    """What is written to a hoster.

    Attributes:
        hoster: its id.
        name: as the registry has it.
        sender: whom it answers to, in words.
        as_of: for when it holds.
        cases: all of the hoster, oldest notice first.
        notices: to it, by URL.
        urls: in clear, where a person had them opened.
    """

    hoster: HosterId
    name: str
    sender: str
    as_of: Instant
    cases: Sequence[FoundCase]
    notices: Mapping[UrlKey, Sequence[Referenced]]
    urls: Mapping[UrlKey, str]


async def made(settings: Settings, hoster: HosterId, sender: str, by: Authority | None) -> Letter:
    """Return what is written to a hoster.

    Args:
        settings: name the broker and the key file.
        hoster: its id or its owner's.
        sender: whom it answers to, in words.
        by: on whose word URLs are opened; None = none is.

    Raises:
        UserError: it has no case, there is no key file, or what `reveal` raises.
        SendFailed, KafkaError, TimeoutError: the broker failed.
    """
    answer = await search(settings, CaseFilter(hoster=hoster))
    if not answer.cases:
        raise UserError(f"{hoster} has no case")
    url_keys = {one.url_key for one in answer.cases}
    owners = {hoster} | {name for one in answer.cases for name in (one.hoster, one.owner)}
    notices = await notices_of(settings, owners, url_keys)
    urls = {} if by is None else await reveal(settings, url_keys, by)
    entry = (await read_registry(settings)).at(answer.as_of).hosters.get(hoster)
    name = hoster if entry is None else entry.name
    return Letter(hoster, name, sender, answer.as_of, answer.cases, notices, urls)


def write(letter: Letter, folder: Path, languages: Sequence[str]) -> list[str]:
    """Write a letter to a folder, which is made where there is none; return the files' names.

    Args:
        letter: what is written.
        folder: where.
        languages: `en` and `nl`.

    Raises:
        UserError: it cannot be written.
    """
    return write_files(folder, _files(letter, languages))


def _files(letter: Letter, languages: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    yield CASES_FILE, cases_csv(letter).encode()
    for spoken in languages:
        html = html_of(letter, spoken)
        yield f"letter.{spoken}.html", html.encode()
        with speaking(spoken):
            title = translated("Letter to %(name)s", name=letter.name)
        pdf = printed(html, instant=letter.as_of, language=spoken, title=title)
        if pdf is not None:
            yield f"letter.{spoken}.pdf", pdf


def html_of(letter: Letter, spoken: str) -> str:
    """Return a letter as one HTML file.

    Args:
        letter: what is written.
        spoken: the language.
    """
    counts = Counter(one.case_class for one in letter.cases)
    terms = {int(norm) for one in letter.cases for norm in one.verdicts if norm != _ORDER}
    noticed = [one.noticed_at for one in letter.cases if one.noticed_at is not None]
    with speaking(spoken):
        return document(
            TEMPLATE,
            spoken=spoken,
            name=letter.name,
            hoster=letter.hoster,
            sender=letter.sender,
            as_of=letter.as_of,
            classes=[
                (gettext(CLASSES[one][0]), number(counts[one])) for one in CLASSES if counts[one]
            ],
            total=number(len(letter.cases)),
            open_cases=number(sum(one.case_class in BACKLOG for one in letter.cases)),
            overdue=number(sum(one.overdue for one in letter.cases)),
            since=min(noticed, default=None),
            norms=[norm_words(term) for term in sorted(terms)],
            file=CASES_FILE,
            with_urls=bool(letter.urls),
        )


def cases_csv(letter: Letter) -> str:
    """Return a line for each notice of each case, and one for a case without any."""
    terms = sorted({norm for one in letter.cases for norm in one.verdicts}, key=_by_length)
    names = ["reference", "hotline", "noticed_at", "case_id", "class", "last_seen_at", "gone_at"]
    names += [f"within_{_label(term)}" for term in terms]
    text = io.StringIO()
    table = csv.DictWriter(text, [*names, *(["url"] if letter.urls else [])])
    table.writeheader()
    for case in letter.cases:
        row = {
            "case_id": case.case_id,
            "class": case.case_class,
            "last_seen_at": _text(case.last_seen_at),
            "gone_at": _text(case.gone_at),
            **{f"within_{_label(term)}": case.verdicts.get(term, "") for term in terms},
        }
        if letter.urls:
            row["url"] = letter.urls.get(case.url_key, "")
        for one in letter.notices.get(case.url_key) or [Referenced("", "", 0)]:
            told_at = _text(one.noticed_at or None)
            table.writerow(
                row | {"reference": one.reference, "hotline": one.hotline, "noticed_at": told_at}
            )
    return text.getvalue()


def _by_length(term: str) -> tuple[bool, int]:
    return term == _ORDER, 0 if term == _ORDER else int(term)


def _label(term: str) -> str:
    return term if term == _ORDER else f"{int(term) / _SECONDS_IN_HOUR:g}h"


def _text(at: Instant | None) -> str:
    return "" if at is None else rfc3339(at)
