"""Records of `ledger_events` with places in the ledger."""

from ledger_events import KEY

from schemas.chain.leaf import TopicPosition
from schemas.records.facts import Attribution, Decision, Observation
from schemas.topics import DECISIONS, FACTS, REPORTS
from streams.dossier.cases import DossierScope, UnsealedFields, cases_of
from streams.dossier.quoted import Quoted


def quoted(*happened):
    """Return records with their places, one behind the other."""
    flat = []
    for one in happened:
        flat += one if isinstance(one, list) else [one]
    return [
        Quoted(TopicPosition(_topic(said), 0, n), at, said) for n, (said, at) in enumerate(flat)
    ]


def _topic(said) -> str:
    if isinstance(said, Decision):
        return DECISIONS.name
    return FACTS.name if isinstance(said, Attribution | Observation) else REPORTS.name


def told_of(*happened, as_of, hoster="acme"):
    """Return the cases of the URL at a hoster, as a dossier of all time tells them."""
    wanted = DossierScope(hoster, 0, as_of + 1, as_of)
    return cases_of(KEY, quoted(*happened), wanted, UnsealedFields())
