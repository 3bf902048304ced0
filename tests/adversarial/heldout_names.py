"""Histories of names: zones that end, resolvers that lie, hosts that move or rotate.

Where a name does not exist or leads elsewhere, the facts are those of the hoster's last known
address, asked with the old name.
"""

from dataclasses import replace

from schemas.reasons import ProbeError
from schemas.records.facts import Facts
from tests.adversarial.heldout_dice import Dice
from tests.adversarial.heldout_shapes import Answer, Story, program

_ALWAYS = [(0.0, "online")]


def resolver_lies(dice: Dice) -> Story:
    """One vantage's resolver denies the name, or names an inner address."""
    site, starts = dice.site(), dice.hours(0, 60)
    denied = dice.random() < 0.6
    inner = replace(dice.whole(site, Facts(error=ProbeError.BLOCKED_POLICY)), shows=None)
    lie = site if denied else inner
    vantage = dice.choice(["loud", "quiet"])
    return Story(
        why="One vantage's resolver denies or bends the name; elsewhere it leads to the file.",
        answers=program(
            lie.over(starts, vantage=vantage, nxdomain=denied, present=False), site.over()
        ),
        truth=list(_ALWAYS),
        follow_h=dice.until(starts),
        noticed_h=dice.notice(),
    )


def servfail_spells(dice: Dice) -> Story:
    """Name servers that often fail."""
    site = dice.site()
    spell = Answer(
        facts=Facts(error=ProbeError.DNS_FAILURE), chance=round(dice.uniform(0.1, 0.5), 2)
    )
    return Story(
        why="The zone's name servers often fail to answer; when they do, the file is served.",
        answers=[spell, *site.over()],
        truth=list(_ALWAYS),
        follow_h=dice.hours(50, 300),
        noticed_h=dice.notice(),
    )


def nxdomain_spells(dice: Dice) -> Story:
    """One of several name servers does not know the name."""
    site = dice.site()
    spells = site.over(nxdomain=True, present=False, chance=dice.choice([0.1, 0.15, 0.2, 0.25]))
    return Story(
        why="One of the zone's name servers says the name is not there; most looks get the file.",
        answers=program(spells, site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.hours(50, 300),
        noticed_h=dice.notice(),
    )


def name_ended(dice: Dice) -> Story:
    """The domain is taken from its zone, and its old host knows it no more."""
    site, gone = dice.site(), dice.gone_h()
    face = dice.choice([dice.not_found(404), dice.not_found(404), dice.broken()])
    after = dice.whole(site, face)
    return Story(
        why="The domain is taken from DNS; its last address serves the name no more.",
        answers=program(after.over(gone, nxdomain=True, present=False), site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def name_to_nowhere(dice: Dice) -> Story:
    """The name is pointed at an inner address for everybody."""
    site, gone = dice.site(), dice.gone_h()
    inner = Facts(error=ProbeError.BLOCKED_POLICY)
    after = dice.whole(site, dice.choice([dice.not_found(404), dice.broken(), inner]))
    return Story(
        why="The owner points the name at an inner address; no visitor gets anything any more.",
        answers=program(after.over(gone, present=False), site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def moved_away(dice: Dice) -> Story:
    """The site moves to another company; the old one serves it no more."""
    site, moved = dice.site(), dice.hours(0.5, 70)
    after = replace(dice.whole(site, dice.not_found()), shows=None)
    if dice.random() < 0.5:
        after = replace(dice.lost(site), shows=None)
    return Story(
        why="DNS leads to another company, which serves the file; the old address answers 404.",
        answers=program(after.over(moved, present=False), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(moved),
        noticed_h=dice.notice(),
    )


def moved_still_served(dice: Dice) -> Story:
    """DNS leads away while the old server still answers with the file."""
    site, moved = dice.site(), dice.hours(0.5, 70)
    return Story(
        why="DNS leads to another company, while the old address still serves the file, too.",
        answers=program(site.over(moved, present=False), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(moved),
        noticed_h=dice.notice(),
    )


def rotating_names(dice: Dice) -> Story:
    """DNS names two companies in turn."""
    site = dice.site()
    away = [replace(one, present=False, chance=0.4) for one in site.over()]
    ends = dice.random() < 0.4
    gone = dice.gone_h()
    lost = dice.lost(site).over(gone)
    lost_away = [replace(one, present=False, chance=0.4) for one in lost]
    parts = [lost_away, lost, away, site.over()] if ends else [away, site.over()]
    return Story(
        why="DNS names two companies in turn and both hold the same files, or lack the same.",
        answers=program(*parts),
        truth=[(0.0, "online"), (gone, "gone")] if ends else list(_ALWAYS),
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


KINDS = (
    (resolver_lies, 24),
    (servfail_spells, 18),
    (nxdomain_spells, 18),
    (name_ended, 26),
    (name_to_nowhere, 16),
    (moved_away, 20),
    (moved_still_served, 14),
    (rotating_names, 22),
)
