"""The cases of a history, after both readings of the rules said the same of them."""

from histories import written
from ledger_events import KEY, at, fold

from agents.tools.verification.published import PublishedState
from schemas.codec import STATE
from verify.compared.compare import cases_differ
from verify.ledger.records import url_records
from verify.method_10.cases import cases_at

AS_OF_H = (0.5, 30, 200, 1_000, 9_700, 20_000)


def _flat(happened):
    """Yield the records of records and lists of records, which may hold lists themselves."""
    for one in happened:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one


def held(*happened):
    """Return the cases of the fold, after both readings said the same at several instants."""
    flat = list(_flat(happened))
    state = fold(*flat)
    url = url_records(KEY, written(flat))
    instants = [at(hours) for hours in AS_OF_H]
    for as_of, read in zip(instants, cases_at(url, instants), strict=True):
        published = PublishedState.of(STATE.encode(state)).cases(as_of)
        assert list(cases_differ(KEY, read, published)) == []
    return state.cases
