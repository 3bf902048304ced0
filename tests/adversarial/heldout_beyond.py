"""Histories that headers alone cannot tell apart, whatever the rules: kept, shown, not counted."""

from msgspec.structs import replace as altered

from schemas.records.facts import Facts
from tests.adversarial.heldout_dice import Dice
from tests.adversarial.heldout_shapes import Answer, Site, Story, program

_ALWAYS = [(0.0, "online")]


def _turns(dice: Dice, why: str, before: Site, after: Site, *, ends: bool) -> Story:
    """Tell that everybody's view changed at some hour; `ends` says what it meant."""
    changed = dice.hours(0.5, 70)
    return Story(
        why=why,
        answers=program(after.over(changed), before.over()),
        truth=[(0.0, "online"), (changed, "gone")] if ends else list(_ALWAYS),
        follow_h=dice.until(changed),
        noticed_h=dice.notice(),
    )


def every_vantage_known(dice: Dice) -> Story:
    """All three vantages are known and get 404."""
    site = dice.site()
    why = "Every vantage of the monitor, the hidden one too, gets 404; visitors get the file."
    return _turns(dice, why, site, dice.lost(site), ends=False)


def everybody_challenged(dice: Dice) -> Story:
    """A browser's challenge in front of whatever is there."""
    site = dice.site()
    face = altered(dice.page(4_000, 20_000), status=403, challenge=True)
    ends = dice.random() < 0.5
    why = "The edge challenges every look; a browser passes, a look never learns what is behind."
    return _turns(dice, why, site, dice.whole(site, face), ends=ends)


def whole_host_refused(dice: Dice) -> Story:
    """403 on every path, to every vantage."""
    site, ends = dice.site(), dice.random() < 0.5
    why = "Every path is 403 for every vantage: the site was closed, or all monitors are barred."
    return _turns(dice, why, site, dice.whole(site, dice.not_found(403)), ends=ends)


def replaced_in_kind(dice: Dice) -> Story:
    """A file of the same type stands where the material stood."""
    site, ends = dice.site(page=False), dice.random() < 0.5
    size = round((site.url.length or 0) * dice.uniform(0.02, 0.6)) + 90
    after = altered(site.url, length=size, etag_key=dice.key())
    why = "The file is replaced by a smaller one of its type: a placeholder, or a thumbnail of it."
    return _turns(dice, why, site, site.like(url=after), ends=ends)


def behind_a_login(dice: Dice) -> Story:
    """The URL leads to a login that everybody may make."""
    site, ends = dice.site(), dice.random() < 0.5
    led = altered(dice.page(), hops=1, location_key=dice.key())
    why = "The URL leads to the site's login from some hour on; what is behind it, no look learns."
    return _turns(dice, why, site, site.like(url=led), ends=ends)


def hotlinking_refused(dice: Dice) -> Story:
    """A direct request is refused, the same from within the site's pages is not."""
    site = dice.site(page=False)
    after = site.like(url=dice.choice([dice.not_found(404), dice.placeholder()]))
    why = "Direct requests get 404 or a placeholder, those from the site's own pages the file."
    return _turns(dice, why, site, after, ends=False)


def same_everywhere(dice: Dice) -> Story:
    """Every path gives the same from the start to the end."""
    site = dice.site(page=True)
    one = site.like(random=dice.timed(site.url))
    ends = dice.random() < 0.5
    why = (
        "Every path has given the same page from the start; whether it shows material, none tells."
    )
    return _turns(dice, why, one, one, ends=ends)


def front_replaced(dice: Dice) -> Story:
    """The reported root shows another page of another size."""
    page, other = dice.page(), dice.page(500, 8_000)
    site = dice.site(page=True).like(url=page, root=page)
    story = _turns(
        dice,
        "The URL is the root and shows a page of another size: cleaned, or merely new.",
        site,
        site.like(url=other, root=other),
        ends=dice.random() < 0.5,
    )
    return Story(
        why=story.why,
        answers=story.answers,
        truth=story.truth,
        follow_h=story.follow_h,
        noticed_h=story.noticed_h,
        root=True,
    )


def seldom_served(dice: Dice) -> Story:
    """One forgotten node in twenty still has the file."""
    site, gone = dice.site(), dice.hours(0.5, 60)
    rest = Answer(facts=site.url, from_h=gone, target="url", chance=0.04, shows=True)
    return Story(
        why="The file is deleted but for one node of many, which serves it once in 25 requests.",
        answers=program([rest], dice.lost(site).over(gone), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def never_answered(dice: Dice) -> Story:
    """No vantage ever got an answer."""
    site, ends = dice.site(), dice.random() < 0.5
    dead = dice.whole(site, dice.broken())
    return Story(
        why="No vantage ever gets any answer; a dead host, or one that drops all monitors.",
        answers=dead.over(),
        truth=[(0.0, "gone")] if ends else list(_ALWAYS),
        follow_h=dice.hours(30, 300),
        noticed_h=dice.notice(),
    )


def emptied(dice: Dice) -> Story:
    """The file is cut to nothing and stays under its URL."""
    site = dice.site(page=False)
    nothing = altered(site.url, length=0, etag_key=dice.key())
    why = "The file is cut to zero bytes under its URL; servers say that of files they hold, too."
    return _turns(dice, why, site, site.gone(dice.timed(nothing)), ends=True)


def rebuilt_as_application(dice: Dice) -> Story:
    """The site becomes an application whose every path gives one shell."""
    site, ends = dice.site(page=True), dice.random() < 0.3
    shell = altered(dice.page(1_500, 9_000), etag_key=dice.key())
    why = "The site becomes an application: one shell for all paths, filled in by the browser."
    return _turns(dice, why, site, dice.whole(site, shell), ends=ends)


def only_a_part_shown(dice: Dice) -> Story:
    """GET and HEAD give a preview page instead of the file."""
    site, ends = dice.site(page=False), dice.random() < 0.5
    page = Facts(status=200, type="text/html", length=dice.randint(9_000, 40_000))
    why = "The file's URL gives a page from some hour on: a viewer that shows it, or a farewell."
    return _turns(dice, why, site, site.like(url=dice.timed(page)), ends=ends)


KINDS = (
    (every_vantage_known, 14),
    (everybody_challenged, 12),
    (whole_host_refused, 12),
    (replaced_in_kind, 14),
    (behind_a_login, 12),
    (hotlinking_refused, 12),
    (same_everywhere, 12),
    (front_replaced, 12),
    (seldom_served, 10),
    (never_answered, 12),
    (emptied, 8),
    (rebuilt_as_application, 12),
    (only_a_part_shown, 12),
)
