"""Cases by the second reading, of records that are made as for the fold."""

from itertools import chain

from histories import written
from ledger_events import KEY, START, at

from schemas.moments import HOUR_MS
from verify.ledger.records import url_records
from verify.method_10.cases import cases


def read(*happened, hours=10_000.0):
    """Return the cases of records and lists of records that were appended by an hour."""
    flat = list(chain.from_iterable(one if isinstance(one, list) else [one] for one in happened))
    known = [(record, when) for record, when in flat if when <= at(hours)]
    found = cases(url_records(KEY, written(known)), at(hours))
    return [case for case in found if case.case_class is not None]


def only(*happened, hours=10_000.0):
    """Return the only case of records."""
    (case,) = read(*happened, hours=hours)
    return case


def hour(instant):
    """Return the hours from the start to an instant, to 3.6 s."""
    return None if instant is None else round((instant - START) / HOUR_MS, 3)


def verdicts(case):
    """Return the verdicts of a case by the norm's hours."""
    pairs = zip(case.norms_s, case.verdicts, strict=True)
    return {norm_s // 3_600: verdict.value for norm_s, verdict in pairs}
