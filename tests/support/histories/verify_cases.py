"""A case as both sides of the verification say it."""

from schemas.closed_lists import CaseClass, NormVerdict, Role
from verify.compared.record import Case

CASE = Case(
    case_id="0123456789abcdef01234567",
    hoster="acme",
    group="acme",
    role=Role.HOSTING,
    case_class=CaseClass.REMOVED,
    since_at=20,
    opened_at=0,
    reported_at=0,
    noticed_at=5,
    norms_s=(86_400,),
    verdicts=(NormVerdict.IN_TIME,),
    first_seen_at=0,
    last_seen_at=10,
    gone_at=20,
    settled_at=25,
    first_end=None,
    returns=(),
    again_noticed_at=None,
    again_verdicts=(),
    flags=(),
    naming=True,
    inclusion=1.0,
    sampled=True,
    missed=0,
    unmeasurable=False,
    rechecked=0,
    disagreed=0,
    delay=None,
)
