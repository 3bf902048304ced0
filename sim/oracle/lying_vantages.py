"""Vantages that lie: from when on their word that it is gone counts again.

The oracle's own reading of what docs/states.md says of `gone`: a vantage that says gone while
another saw it three times over half an hour is overruled, and its gone does not count while the
others' last probes showed it there. So where something is removed at last, a probe of such a
vantage counts once those of all others have said so, too, though it was made in the same slot.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from schemas.moments import Instant
from schemas.reasons import Target
from sim.oracle.made_probes import CONFIRM_LOOKS, CONFIRM_MS, Made, is_there
from sim.world.material import Material


def believed(
    item: Material, looks: Sequence[Made], vantages: Collection[str], lies: Mapping[str, Instant]
) -> Sequence[Made]:
    """Return the probes without those that an overruled vantage made too early to count.

    Args:
        item: what was probed.
        looks: in order of their ends.
        vantages: those that have to agree.
        lies: the vantages that take what is there for gone, and from when on.
    """
    removed_at = item.removed_at
    alone = {liar for liar in lies if _overruled(item, looks, liar, set(vantages) - {*lies}, lies)}
    others = set(vantages) - alone
    if removed_at is None or not alone or not others:
        return looks
    after = [look for look in _asked(looks) if look.sent_at >= removed_at]
    firsts = {look.vantage: look.done_at for look in reversed(after) if look.vantage in others}
    if firsts.keys() < others:
        return looks  # they have to agree, and did not
    agreed_at = max(firsts.values())
    early = {look for look in after if look.vantage in alone and look.done_at <= agreed_at}
    return [look for look in looks if look not in early]


def _overruled(
    item: Material,
    looks: Sequence[Made],
    liar: str,
    honest: Collection[str],
    lies: Mapping[str, Instant],
) -> bool:
    """Return whether one of the others saw it often and long enough while a vantage denied it."""
    asked = list(_asked(looks))
    denied = [
        look.done_at
        for look in asked
        if look.vantage == liar and look.sent_at >= lies[liar] and is_there(item, look)
    ]
    if not denied:
        return False
    for vantage in honest:
        saw = [
            look.done_at
            for look in asked
            if look.vantage == vantage and look.sent_at >= denied[0] and is_there(item, look)
        ]
        if len(saw) >= CONFIRM_LOOKS and saw[-1] - saw[0] >= CONFIRM_MS:
            return True
    return False


def _asked(looks: Sequence[Made]) -> Iterator[Made]:
    """Yield the probes of the URL itself that were answered."""
    return (look for look in looks if look.answered and look.target is Target.URL)
