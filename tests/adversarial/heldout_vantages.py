"""Histories in which the monitor's own vantages, or the networks before them, fail or lie."""

from msgspec.structs import replace as altered

from schemas.reasons import ProbeError
from schemas.records.facts import Facts
from tests.adversarial.heldout_dice import Dice
from tests.adversarial.heldout_shapes import Story, program

_ALWAYS = [(0.0, "online")]


def vantage_behind_portal(dice: Dice) -> Story:
    """A captive portal answers for the whole world at one vantage."""
    site, down = dice.site(), dice.hours(0.1, 50)
    up = dice.hours(down + 1, down + 60)
    page = altered(dice.page(1_000, 9_000), hops=1, left_host=True, location_key=dice.key())
    lie = dice.whole(site, dice.choice([page, dice.not_found(404), dice.not_found(403)]))
    vantage = dice.choice(["loud", "quiet"])
    return Story(
        why="At one vantage a portal answers for all hosts, its canary included; the file stays.",
        answers=program(lie.over(down, up, vantage=vantage, canary_ok=False), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(up),
        noticed_h=dice.notice(),
    )


def both_vantages_lied_to(dice: Dice) -> Story:
    """The monitor's own networks answer 404 for everything for some hours."""
    site, down = dice.site(), dice.hours(0.3, 60)
    up = dice.hours(down + 1, down + 14)
    lie = dice.whole(site, dice.choice([dice.not_found(404), dice.not_found(410)]))
    lies = [lie.over(down, up, vantage=one, canary_ok=False) for one in ("loud", "quiet")]
    return Story(
        why="A broken gateway answers 404 at both vantages, canaries included; the file stays.",
        answers=program(*lies, site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(up),
        noticed_h=dice.notice(),
    )


def vantage_lost_then_gone(dice: Dice) -> Story:
    """One vantage is down for good when the file goes."""
    site, gone = dice.site(), dice.gone_h()
    lost = dice.hours(0, gone)
    dead = dice.out(site, dice.broken()).over(lost, vantage="loud", canary_ok=False)
    return Story(
        why="The announced vantage's own network dies; later the file is deleted for everybody.",
        answers=program(dead, dice.lost(site).over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def middlebox(dice: Dice) -> Story:
    """One vantage's country filters the host."""
    site, starts = dice.site(), dice.hours(0, 60)
    wall = altered(dice.page(400, 5_000), hops=1, left_host=True, location_key=dice.key())
    face = dice.choice([wall, dice.not_found(451), dice.not_found(403), dice.broken()])
    vantage = dice.choice(["loud", "quiet"])
    lies = dice.whole(site, face).over(starts, vantage=vantage)
    return Story(
        why="A filter in one vantage's network answers for the host; elsewhere the file is served.",
        answers=program(lies, site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(starts),
        noticed_h=dice.notice(),
    )


def clock_lost(dice: Dice) -> Story:
    """The announced vantage has no trustworthy clock for a time."""
    site, gone = dice.site(), dice.gone_h()
    bad = dice.out(site, Facts(error=ProbeError.CLOCK)).over(0.0, dice.hours(5, 30), vantage="loud")
    return Story(
        why="One vantage's clock is off for hours; the file is deleted for everybody at some hour.",
        answers=program(bad, dice.lost(site).over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(max(gone, 30)),
        noticed_h=dice.notice(),
    )


KINDS = (
    (vantage_behind_portal, 22),
    (both_vantages_lied_to, 18),
    (vantage_lost_then_gone, 20),
    (middlebox, 22),
    (clock_lost, 12),
)
