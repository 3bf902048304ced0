"""Servers whose word for a file is not the file: shams for everybody, and HEAD unlike GET."""

from dataclasses import replace

from msgspec.structs import replace as altered

from schemas.records.facts import Facts
from tests.adversarial.heldout_dice import Dice
from tests.adversarial.heldout_odd import ends, stays
from tests.adversarial.heldout_shapes import Answer, Story, program

_ALWAYS = [(0.0, "online")]


def front_suspended(dice: Dice) -> Story:
    """The front says "suspended" while the file is still served."""
    site = dice.site()
    sham = dice.suspended()
    lie = site.like(random=dice.timed(sham), root=dice.timed(sham))
    starts = dice.hours(0.3, 40)
    return Story(
        why="The site's front and all other paths say 'suspended', the file is still served.",
        answers=program(lie.over(starts), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(starts),
        noticed_h=dice.hours(0, 0.3),
    )


def head_lies(dice: Dice) -> Story:
    """404 to every HEAD, the file to every GET."""
    site = dice.site(page=False)
    starts = dice.hours(0.3, 60)
    lie = dice.lost(site)
    got = dice.timed(altered(site.url, method="GET"))
    answers = [
        Answer(facts=lie.url, from_h=starts, target="url", get=got, shows=True),
        *site.over(),
    ]
    return Story(
        why="HEAD gets 404 or 410 from some hour on, GET, which is what visitors send, the file.",
        answers=answers,
        truth=list(_ALWAYS),
        follow_h=dice.until(starts),
        noticed_h=dice.hours(0, 0.3),
    )


def error_with_file(dice: Dice) -> Story:
    """An error status whose body is the file; browsers show it all the same."""
    site = dice.site(page=False)
    site = site.like(url=altered(site.url, etag_key=dice.key()))
    status = dice.choice([404, 404, 404, 410, 451, 403])
    lie = site.like(url=dice.timed(altered(site.url, status=status)))
    starts = dice.hours(0.3, 60)
    return Story(
        why=f"The file is served as ever, type, length and ETag alike, only under status {status}.",
        answers=program(lie.over(starts), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(starts),
        noticed_h=dice.hours(0, 0.3),
    )


def new_fingerprint_each_time(dice: Dice) -> Story:
    """Length and ETag change from look to look."""
    site = dice.site(page=False)
    size = site.url.length or 100_000
    varied = [
        Answer(
            facts=dice.timed(
                altered(site.url, length=size + dice.randint(1, 900), etag_key=dice.key())
            ),
            target="url",
            chance=chance,
            shows=True,
        )
        for chance in (0.2, 0.25, 0.33, 0.5)
    ]
    return Story(
        why="Padding and a fresh ETag make each answer differ a little; it is the file every time.",
        answers=[*varied, *site.over()],
        truth=list(_ALWAYS),
        follow_h=dice.hours(60, 300),
        noticed_h=dice.notice(),
    )


def _mirror(facts: Facts, dice: Dice) -> Facts:
    return dice.timed(altered(facts, hops=facts.hops + 1, left_host=True, location_key=dice.key()))


def offsite_redirect(dice: Dice) -> Story:
    """The URL leads to the same file at another company."""
    site = dice.site(page=False)
    moved = dice.hours(0.5, 60)
    after = site.like(url=_mirror(site.url, dice))
    return Story(
        why="From some hour on the URL redirects to the same file on another company's host.",
        answers=program(after.over(moved), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(moved),
        noticed_h=dice.hours(0, 0.4),
    )


def head_unsupported(dice: Dice) -> Story:
    """A server that takes no HEAD, asked by GET instead."""
    site = dice.each(dice.site(page=False), method="GET")
    status, length = dice.choice([(200, site.url.length), (206, 1)])
    site = site.like(url=dice.timed(altered(site.url, status=status, length=length)))
    if dice.random() < 0.4:
        why = "The server takes no HEAD; a GET shows that the file stays."
        return stays(dice, why, site, site)
    lost = dice.lost(site)
    lost = lost.gone(altered(lost.url, method="GET"))
    return ends(
        dice, "The server takes no HEAD; a GET shows the file and later its 404.", site, lost
    )


def head_always_200(dice: Dice) -> Story:
    """A server that says the same of every path to a HEAD, and the truth to a GET."""
    site, gone = dice.site(page=False), dice.gone_h()
    shrug = altered(dice.page(), length=None, etag_key="", tls=site.url.tls)
    got = altered(site.url, method="GET")
    lost = altered(dice.lost(site).url, method="GET")
    ask = Answer(facts=dice.timed(shrug), target="url")
    return Story(
        why="HEAD gets the same empty 200 for all paths; GET shows the file and later its 404.",
        answers=[
            replace(ask, from_h=gone, get=dice.timed(lost), shows=False),
            replace(ask, get=dice.timed(got), shows=True),
            replace(ask, target="random", get=dice.timed(altered(site.random, method="GET"))),
            Answer(facts=dice.timed(shrug)),
        ],
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def head_always_404(dice: Dice) -> Story:
    """An application that routes only GET, so that HEAD is 404 from the start."""
    site, gone = dice.site(page=False), dice.gone_h()
    lost = dice.lost(site)
    ends = dice.random() < 0.4
    ask = Answer(facts=dice.timed(lost.url), target="url")
    after = [replace(ask, from_h=gone, shows=False)] if ends else []
    got = dice.timed(altered(site.url, method="GET"))
    return Story(
        why="The application answers 404 to every HEAD from the start; GET shows what is there.",
        answers=program(after, [replace(ask, get=got, shows=True)], site.over()),
        truth=[(0.0, "online"), (gone, "gone")] if ends else list(_ALWAYS),
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


KINDS = (
    (front_suspended, 18),
    (head_lies, 24),
    (error_with_file, 24),
    (new_fingerprint_each_time, 20),
    (offsite_redirect, 18),
    (head_unsupported, 26),
    (head_always_200, 18),
    (head_always_404, 18),
)
