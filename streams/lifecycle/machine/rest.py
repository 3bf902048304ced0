"""Which probes would tell nothing new of a case, as its newest entry left it."""

from schemas.reasons import CaseClass, Expected
from streams.lifecycle.machine.case_state import CaseState
from streams.lifecycle.state_table import ENDS
from streams.verdicts.confirmation import CONFIRM_SPAN_MS


def come_to_rest(state: CaseState) -> None:
    """Note which probes would tell nothing new of the newest case."""
    episode, run, vantages = state.episode, state.run, state.vantages
    episode.suspect = episode.state is CaseClass.SUSPECT
    if state.disputed or state.returned is not None:
        return
    if episode.end is not None:
        # a name that leads back to an owner it had left may open the case again
        rests = episode.state in ENDS and episode.state is not CaseClass.MOVED
        rests &= not episode.end.by_person
        episode.expected = Expected.ENDED if rests else None
    elif episode.state is CaseClass.ONLINE and run.is_fresh() and not vantages.strange:
        usual = vantages.nobody_denies() and 1 not in state.reference.unlike.values()
        episode.expected = Expected.SEEN if usual else None
    elif episode.state is CaseClass.UNAVAILABLE and run.is_barred_only():
        episode.expected = Expected.BARRED
        episode.unavailable_at = run.barred[0] if run.barred else 0
    elif episode.state is CaseClass.DOUBTED and run.is_gone_only():
        first_at = min(tally.first_at for tally in run.gone.values())
        last_at = max(tally.last_at for tally in run.gone.values())
        until = min(first_at + CONFIRM_SPAN_MS, state.doubt_until() or last_at)
        if last_at < until:
            episode.expected, episode.doubted_until = Expected.DOUBTED, until
