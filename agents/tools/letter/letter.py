"""A letter to a hoster: HTML, PDF where the extra is installed, and the list of its cases."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from agents.config import Settings
from agents.edges.registry.reader import read_registry
from agents.edges.web.case_labels import ROLES, norm_words
from agents.edges.web.formatting import number
from agents.edges.web.messages import gettext, speaking, translated
from agents.tools.documents.page import document
from agents.tools.documents.printing import printed
from agents.tools.documents.writing import write_files
from agents.tools.letter.case_lines import cases_csv
from agents.tools.letter.reading import ToldCases, read_cases
from agents.tools.sealed.audit import Authority
from agents.tools.sealed.reveal import reveal
from schemas.closed_lists import BACKLOG, Flag, Role
from schemas.records.reports import HosterId, UrlKey
from streams.lifecycle.state_table import CLASSES
from streams.norms.maturity import AUTHORITY_ORDER, NO_NORM_APPLIES
from streams.views.letter_cases import LetterCase

CASES_FILE: Final = "cases.csv"
TEMPLATE: Final = "letter.html"


class Letter(NamedTuple):
    """What is written to a hoster.

    Attributes:
        hoster: its id.
        name: as the registry has it.
        sender: whom it answers to, in words.
        told: its cases, with the notices of each.
        urls: in clear, where a person had them opened.
    """

    hoster: HosterId
    name: str
    sender: str
    told: ToldCases
    urls: Mapping[UrlKey, str]


class LetterRole(NamedTuple):
    """What a letter says of the cases of one role; roles are never summed.

    Attributes:
        role: which.
        label: the same in words.
        classes: each class in words, and how many cases are in it.
        total, open_cases, overdue: of how many; open and late for a norm.
        unproven: cases whose clock no proven delivery started.
    """

    role: Role
    label: str
    classes: Sequence[tuple[str, str]]
    total: str
    open_cases: str
    overdue: str
    unproven: int


async def made(settings: Settings, hoster: HosterId, sender: str, by: Authority | None) -> Letter:
    """Return what is written to a hoster.

    Args:
        settings: name the broker and the key file.
        hoster: its id or its owner's.
        sender: whom it answers to, in words.
        by: on whose word URLs are opened; None = none is.

    Raises:
        UserError: it has no case, or too many; there is no key file; or what `reveal` raises.
        SendFailed, KafkaError, TimeoutError: the broker failed.
    """
    told = await read_cases(settings, hoster)
    urls = {} if by is None else await reveal(settings, {one.url_key for one in told.cases}, by)
    entry = (await read_registry(settings)).at(told.as_of).hosters.get(hoster)
    name = hoster if entry is None else entry.name
    return Letter(hoster, name, sender, told, urls)


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
    yield CASES_FILE, cases_csv(letter.told, letter.urls).encode()
    for spoken in languages:
        html = html_of(letter, spoken)
        yield f"letter.{spoken}.html", html.encode()
        with speaking(spoken):
            title = translated("Letter to %(name)s", name=letter.name)
        pdf = printed(html, instant=letter.told.as_of, language=spoken, title=title)
        if pdf is not None:
            yield f"letter.{spoken}.pdf", pdf


def html_of(letter: Letter, spoken: str) -> str:
    """Return a letter as one HTML file.

    Args:
        letter: what is written.
        spoken: the language.
    """
    lines = [one.line for one in letter.told.cases]
    terms = {norm for one in lines for norm, _ in one.verdicts if norm != AUTHORITY_ORDER}
    counting = [one.noticed_at for one in lines if one.case_class not in NO_NORM_APPLIES]
    with speaking(spoken):
        return document(
            TEMPLATE,
            spoken=spoken,
            name=letter.name,
            hoster=letter.hoster,
            sender=letter.sender,
            as_of=letter.told.as_of,
            roles=[*_roles(letter.told.cases)],
            since=min((at for at in counting if at is not None), default=None),
            norms=[norm_words(term) for term in sorted(terms)],
            file=CASES_FILE,
            flag=Flag.NO_DELIVERY_PROOF.value,
            with_urls=bool(letter.urls),
        )


def _roles(cases: Sequence[LetterCase]) -> Iterator[LetterRole]:
    for role, label in ROLES.items():
        mine = [one for one in cases if one.line.role is role]
        if not mine:
            continue
        counts = Counter(one.line.case_class for one in mine)
        yield LetterRole(
            role=role,
            label=gettext(label),
            classes=[
                (gettext(CLASSES[one][0]), number(counts[one])) for one in CLASSES if counts[one]
            ],
            total=number(len(mine)),
            open_cases=number(sum(one.line.case_class in BACKLOG for one in mine)),
            overdue=number(sum(one.is_overdue for one in mine)),
            unproven=sum(Flag.NO_DELIVERY_PROOF in one.line.flags for one in mine),
        )
