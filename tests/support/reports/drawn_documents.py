"""A letter and a dossier with all that may stand in them, made without a broker."""

from chain_records import log_of
from ledger_events import (
    KEY,
    ONLINE,
    START,
    answer,
    at,
    check,
    decision,
    fold,
    gone_run,
    notice,
    placed,
    report,
    slots,
    withdrawal,
)
from quoted_events import quoted

from agents.tools.dossier.printed import html_of
from agents.tools.letter import letter
from agents.tools.letter.reading import ToldCases
from schemas.closed_lists import CheckResult
from schemas.dossier.dossier import Dossier
from schemas.moments import DAY_MS
from streams.dossier.cases import NOTES, DossierScope, UnsealedFields
from streams.dossier.contents import contents
from streams.views.letter_cases import letter_cases

HAPPENED = (
    report(seen=0),
    placed(),
    notice(1),
    notice(2, term_s=900, basis="order", reference="a" * 32),
    slots([2, 30, 31], ONLINE),
    slots([3], ONLINE, canary_ok=False),
    check(32, CheckResult.PRESENT),
    answer(33),
    gone_run(40),
    decision(60, "legal_hold"),
    withdrawal(70),
)


def drawn_dossier(language: str) -> str:
    """Return the page of a dossier of one case."""
    until = at(100)
    wanted = DossierScope("acme", 0, until, until)
    told = contents(
        {KEY: quoted(*HAPPENED)}, wanted, UnsealedFields(lambda _: "http://canary.example/")
    )
    dossier = Dossier(
        hoster="acme",
        name="Acme B.V.",
        from_at=START - DAY_MS,
        to_at=until,
        as_of=until,
        made_at=until,
        method="10",
        code="1.0",
        natural_person="an authority asks",
        notes=NOTES,
        **told._asdict(),
        records=(),
        hours=(),
        head=log_of(1)[0],
        stamps=(),
        person="anna",
        public_key="0" * 64,
        signature="",
    )
    return html_of(dossier, language)


def drawn_letter(language: str) -> str:
    """Return the page of a letter about one case."""
    as_of = at(100)
    told = ToldCases(as_of, list(letter_cases(fold(*HAPPENED), "acme", as_of)), {})
    return letter.html_of(letter.Letter("acme", "Acme B.V.", "the desk", told, {}), language)
