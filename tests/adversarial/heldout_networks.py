"""Histories in which a network, a name or the monitor itself fails, and honest overload."""

from dataclasses import replace

from schemas.records.facts import Facts
from tests.adversarial.heldout_dice import Dice
from tests.adversarial.heldout_shapes import Answer, Story, program

_ALWAYS = [(0.0, "online")]


def _trouble(dice: Dice) -> Facts:
    return dice.broken() if dice.random() < 0.5 else dice.overloaded()


def _spells(chance: float, *facts: Facts, **more: object) -> list[Answer]:
    """Return trouble that hits single looks by chance, the same share for each kind of it."""
    spell = Answer(facts=facts[0], chance=round(chance / len(facts), 3), shows=None)
    return [replace(spell, facts=one, **more) for one in facts]  # fields by name


def flaky(dice: Dice) -> Story:
    """A weak server drops many looks."""
    site = dice.site()
    return Story(
        why="A weak server drops or refuses many requests at random; the file is always there.",
        answers=program(
            _spells(dice.uniform(0.15, 0.45), _trouble(dice), _trouble(dice)), site.over()
        ),
        truth=list(_ALWAYS),
        follow_h=dice.hours(50, 300),
        noticed_h=dice.notice(),
    )


def flaky_then_gone(dice: Dice) -> Story:
    """A weak server from which the file is removed."""
    site, gone = dice.site(), dice.gone_h()
    spells = _spells(dice.uniform(0.1, 0.4), _trouble(dice), _trouble(dice))
    return Story(
        why="A weak server drops many requests; the file is deleted in earnest at some hour.",
        answers=program(spells, dice.lost(site).over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def outage(dice: Dice) -> Story:
    """The host is down for hours and comes back as it was."""
    site, down = dice.site(), dice.hours(0.3, 60)
    up = dice.hours(down + 0.7, down + dice.choice([3, 20, 60]))
    return Story(
        why="The whole host is down for a while, for everybody, and comes back as it was.",
        answers=program(dice.out(site, _trouble(dice)).over(down, up), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(up),
        noticed_h=dice.notice(),
    )


def outage_of_404(dice: Dice) -> Story:
    """A botched deployment answers 404 to every path for some minutes."""
    site, down = dice.site(), dice.hours(0.3, 70)
    up = round(down + dice.uniform(0.1, 0.33), 2)
    lie = dice.whole(site, dice.not_found())
    return Story(
        why="A botched deployment answers 404 to all paths for under 20 minutes, for everybody.",
        answers=program(lie.over(down, up), site.over()),
        truth=[(0.0, "online"), (down, "gone"), (up, "online")],
        follow_h=dice.until(up),
        noticed_h=dice.notice(),
    )


def outage_then_gone(dice: Dice) -> Story:
    """The host is down and comes back without the file."""
    site, down = dice.site(), dice.hours(0.3, 40)
    up = dice.hours(down + 1, down + 30)
    out = replace(dice.out(site, _trouble(dice)), shows=False)
    return Story(
        why="The host goes down and comes back without the file, which answers 404 from then on.",
        answers=program(dice.lost(site).over(up), out.over(down), site.over()),
        truth=[(0.0, "online"), (down, "gone")],
        follow_h=dice.until(up),
        noticed_h=dice.notice(),
    )


def host_dead(dice: Dice) -> Story:
    """The server is switched off for good."""
    site, gone = dice.site(), dice.hours(0.5, 90)
    return Story(
        why="The server is switched off for good; nobody gets any answer from it any more.",
        answers=program(dice.whole(site, dice.broken()).over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=min(400.0, gone + dice.hours(200, 300)),
        noticed_h=dice.notice(),
    )


def bad_node_404(dice: Dice) -> Story:
    """One node of several never got the file."""
    site = dice.site()
    lie = dice.lost(site).url
    stray = Answer(facts=lie, target="url", chance=dice.choice([0.1, 0.15, 0.2, 0.25]), shows=False)
    return Story(
        why="One node of several answers 404 for lack of the file; most requests get it, always.",
        answers=[stray, *site.over()],
        truth=list(_ALWAYS),
        follow_h=dice.hours(60, 330),
        noticed_h=dice.notice(),
    )


def rolling_deletion(dice: Dice) -> Story:
    """The file disappears from node after node."""
    site, starts = dice.site(), dice.hours(0.5, 60)
    gone = dice.hours(starts + 0.5, starts + 5)
    lie = dice.lost(site)
    stray = Answer(facts=lie.url, from_h=starts, target="url", chance=0.25, shows=False)
    return Story(
        why="The file goes from one node first and from all of them hours later.",
        answers=program(lie.over(gone), [stray], site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def lagging_vantage(dice: Dice) -> Story:
    """One vantage sees the end hours after the other."""
    site, gone = dice.site(), dice.gone_h()
    last = dice.hours(gone + 0.7, gone + 20)
    first, lie = dice.choice(["loud", "quiet"]), dice.lost(site)
    return Story(
        why="The deletion reaches one region hours before the other; then it is gone everywhere.",
        answers=program(lie.over(last), lie.over(gone, vantage=first), site.over()),
        truth=[(0.0, "online"), (last, "gone")],
        follow_h=dice.until(last),
        noticed_h=dice.notice(),
    )


def overload_after_removal(dice: Dice) -> Story:
    """Errors of the server mix with the 404 of a deleted file."""
    site, gone = dice.site(), dice.gone_h()
    spells = _spells(dice.uniform(0.2, 0.5), dice.overloaded(), dice.broken(), from_h=gone)
    return Story(
        why="The file is deleted; the overloaded server says 404 at most times, 5xx at others.",
        answers=program(spells, dice.lost(site).over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def rate_limited(dice: Dice) -> Story:
    """429 at random, removal or not."""
    site, gone = dice.site(), dice.gone_h()
    limits = _spells(dice.uniform(0.2, 0.5), dice.overloaded(429))
    ends = dice.random() < 0.5
    after = dice.lost(site).over(gone) if ends else []
    return Story(
        why="The server limits rates and answers 429 to many looks, whatever it holds.",
        answers=program(limits, after, site.over()),
        truth=[(0.0, "online"), (gone, "gone")] if ends else list(_ALWAYS),
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


KINDS = (
    (flaky, 24),
    (flaky_then_gone, 20),
    (outage, 28),
    (outage_of_404, 20),
    (outage_then_gone, 20),
    (host_dead, 22),
    (bad_node_404, 22),
    (rolling_deletion, 18),
    (lagging_vantage, 22),
    (overload_after_removal, 20),
    (rate_limited, 22),
)
