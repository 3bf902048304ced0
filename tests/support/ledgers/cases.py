"""Cases for tests of figures: one line says what matters, the rest is ordinary."""

from schemas.closed_lists import OPEN, CaseClass, ClockStanding, NormVerdict, Role
from schemas.moments import HOUR_MS, Instant
from schemas.records.case import CaseSummary, Phase, Return, Sampling
from schemas.records.case_observations import ALL_SLOTS, NormProbes

START: Instant = 1_770_000_000_000
NORMS_S = (86_400, 172_800)

ON_TIME = NormProbes(on_time=ALL_SLOTS)


def at(hours: float) -> Instant:
    """Return the instant so many hours after the start of the test's world."""
    return START + round(hours * HOUR_MS)


def case(
    outcome: CaseClass = CaseClass.ONLINE,
    *,
    hoster: str = "alpha",
    role: Role = Role.HOSTING,
    reported: float = 0,
    noticed: float | None = 0,
    seen: float | None = 0,
    gone: float | None = None,
    since: float | None = None,
    norm_s: int = 86_400,
    returns: tuple[Return, ...] = (),
    naming: bool = True,
    number: int = 0,
    inclusion: float = 1.0,
    sampled: bool = True,
    norm_probes: NormProbes = ON_TIME,
) -> CaseSummary:
    """Return a case that was `awaiting` from its report and is in `outcome` since `since`.

    Times are hours after the start; `since` is `gone`, else `noticed`, else `reported`. It was
    probed on time beside every norm unless `norm_probes` says otherwise.
    """
    begins = next(h for h in (since, gone, noticed, reported) if h is not None)
    noticed_at = None if noticed is None else at(noticed)
    verdicts = tuple(
        _verdict(n * 1_000, noticed_at, seen, gone if outcome is CaseClass.REMOVED else None)
        for n in NORMS_S
    )
    late = [n for n, said in zip(NORMS_S, verdicts, strict=True) if said is NormVerdict.LATE]
    late_at = None if noticed_at is None or not late else noticed_at + late[0] * 1_000
    return CaseSummary(
        case_id=f"{number:024x}",
        hoster=hoster,
        group=hoster,
        role=role,
        opened_at=at(reported),
        reported_at=at(reported),
        received_at=at(reported),
        noticed_at=noticed_at,
        clock=None if noticed is None else ClockStanding.DELIVERED,
        reported_last_at=at(reported),
        back_last_at=returns[-1].back_at if returns else None,
        late_at=late_at,
        overdue=late_at is not None,
        norm_from_at=noticed_at,
        norm_s=norm_s,
        norms_s=NORMS_S if noticed is not None else (),
        first_seen_at=None if seen is None else at(reported),
        last_seen_at=None if seen is None else at(seen),
        gone_at=None if gone is None else at(gone),
        confirmed_at=None if gone is None or outcome in OPEN else at(gone),
        phases=(Phase(at(reported), CaseClass.AWAITING), Phase(at(begins), outcome))
        if begins > reported
        else (Phase(at(reported), outcome),),
        returns=returns,
        verdicts=verdicts if noticed is not None else (),
        naming=naming,
        hotlines=("north",),
        delay=None if noticed_at is None else ("north", noticed_at - at(reported)),
        sampling=Sampling(inclusion, sampled),
        norm_probes=norm_probes,
    )


def _verdict(
    norm_ms: int, noticed_at: Instant | None, seen: float | None, gone: float | None
) -> NormVerdict:
    if noticed_at is not None and gone is not None and at(gone) - noticed_at <= norm_ms:
        return NormVerdict.IN_TIME
    if noticed_at is not None and seen is not None and at(seen) - noticed_at > norm_ms:
        return NormVerdict.LATE
    return NormVerdict.UNDETERMINED
