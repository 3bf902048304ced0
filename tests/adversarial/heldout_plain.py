"""Plain histories: honest hosters and uploaders, lazy or quick, and nothing that hides."""

from msgspec.structs import replace as altered

from tests.adversarial.heldout_dice import Dice
from tests.adversarial.heldout_shapes import Site, Story, program


def _taken(dice: Dice, before: Site, after: Site, why: str, *, root: bool = False) -> Story:
    """Tell that material was there and that, from some hour on, it was not."""
    gone = dice.gone_h()
    return Story(
        why=why,
        answers=program(after.over(gone), before.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
        root=root,
    )


def plain_404(dice: Dice) -> Story:
    """The file is deleted and the server says so."""
    site = dice.site()
    return _taken(dice, site, dice.lost(site), "The hoster deletes the file; everybody gets 404.")


def plain_410(dice: Dice) -> Story:
    """The file is deleted and the server says that it will not come back."""
    site = dice.site(dice.choice(["hard", "soft", "home"]))
    after = site.gone(dice.not_found(410))
    return _taken(dice, site, after, "The hoster deletes the file and marks it 410 for everybody.")


def plain_stays(dice: Dice) -> Story:
    """Nobody removes anything."""
    site = dice.site(dice.choice(["hard", "hard", "soft", "home", "placeholder"]))
    follow = dice.hours(24, 400)
    return Story(
        why="Nobody does anything; the file is served to everybody all the time.",
        answers=site.over(),
        truth=[(0.0, "online")],
        follow_h=follow,
        noticed_h=dice.notice(),
    )


def plain_gone_at_report(dice: Dice) -> Story:
    """The material was removed before the monitor first looked."""
    site = dice.site()
    return Story(
        why="The file was deleted before the report came in; everybody gets 404 from the start.",
        answers=dice.lost(site).over(),
        truth=[(0.0, "gone")],
        follow_h=dice.hours(50, 240),
        noticed_h=dice.notice(),
    )


def plain_suspended(dice: Dice) -> Story:
    """The whole account is suspended with its hoster's usual page."""
    site = dice.site()
    after = dice.whole(site, dice.suspended())
    return _taken(dice, site, after, "The hoster suspends the account; every path says so.")


def plain_placeholder(dice: Dice) -> Story:
    """An image host leads to its "was removed" picture."""
    site = dice.site(dice.choice(["hard", "placeholder"]), page=False)
    shown = site.random if site.random.placeholder else dice.placeholder()
    after = site.gone(dice.timed(altered(shown, tls=site.url.tls, tls_valid=site.url.tls_valid)))
    return _taken(dice, site, after, "The image is deleted; its URL leads to a placeholder.")


def plain_home(dice: Dice) -> Story:
    """A host leads every missing path to its home page."""
    site = dice.site("home")
    after = site.gone(dice.timed(site.random))
    return _taken(dice, site, after, "The file is deleted; as any missing path it leads home.")


def plain_soft404(dice: Dice) -> Story:
    """A host answers every missing path with the same page and status 200."""
    site = dice.site("soft")
    after = site.gone(dice.timed(site.random))
    why = "The file is deleted; its URL now gives the page that any missing path has always given."
    return _taken(dice, site, after, why)


def plain_legal_451(dice: Dice) -> Story:
    """The hoster withholds one URL from everybody, for legal reasons."""
    site = dice.site()
    after = site.gone(dice.not_found(451))
    return _taken(
        dice, site, after, "The URL alone is withheld with 451 from everybody everywhere."
    )


def plain_forbidden_file(dice: Dice) -> Story:
    """The hoster takes the right to read away from one file."""
    site = dice.site()
    after = site.gone(dice.not_found(403))
    why = "The hoster makes the file unreadable; it alone is 403 for everybody, the rest works."
    return _taken(dice, site, after, why)


def plain_root_ended(dice: Dice) -> Story:
    """A reported site, known by its root, is taken down whole."""
    site = dice.site()
    face = dice.choice([dice.not_found(404), dice.not_found(410), dice.suspended(), dice.parked()])
    page = dice.page()
    before = site.like(url=page, root=page)
    why = "The URL is the site's root; the site is taken down and every path says so."
    return _taken(dice, before, dice.whole(before, face), why, root=True)


def plain_root_stays(dice: Dice) -> Story:
    """A reported site, known by its root, is left alone."""
    page = dice.page()
    site = dice.site(page=True).like(url=page, root=page)
    return Story(
        why="The URL is the site's root and nobody takes the site down.",
        answers=site.over(),
        truth=[(0.0, "online")],
        follow_h=dice.hours(24, 300),
        noticed_h=dice.notice(),
        root=True,
    )


def plain_uploaded_again(dice: Dice) -> Story:
    """The hoster deletes at once, the uploader puts it back days later."""
    site = dice.site()
    gone = dice.hours(1, 40)
    back = dice.hours(gone + 30, gone + 140)
    again = site.like(url=dice.timed(altered(site.url, etag_key=dice.key())))
    return Story(
        why="Deleted for everybody, and days later uploaded again under the same URL for good.",
        answers=program(again.over(back), dice.lost(site).over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone"), (back, "online")],
        follow_h=min(400.0, gone + 7 * 24 + dice.hours(40, 120)),
        noticed_h=dice.hours(0, 0.9),
    )


KINDS = (
    (plain_404, 40),
    (plain_410, 22),
    (plain_stays, 45),
    (plain_gone_at_report, 22),
    (plain_suspended, 26),
    (plain_placeholder, 26),
    (plain_home, 24),
    (plain_soft404, 30),
    (plain_legal_451, 18),
    (plain_forbidden_file, 18),
    (plain_root_ended, 20),
    (plain_root_stays, 14),
    (plain_uploaded_again, 24),
)
