"""Honest but odd servers, hosts that change their ways, and material that comes and goes."""

from msgspec.structs import replace as altered

from tests.adversarial.heldout_dice import Dice
from tests.adversarial.heldout_shapes import Site, Story, program

_ALWAYS = [(0.0, "online")]


def ends(dice: Dice, why: str, before: Site, after: Site) -> Story:
    """Tell that a host's material went at some hour."""
    gone = dice.gone_h()
    return Story(
        why=why,
        answers=program(after.over(gone), before.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def stays(dice: Dice, why: str, before: Site, after: Site) -> Story:
    """Tell that a host changed its ways at some hour and the material stayed."""
    changed = dice.hours(0.4, 80)
    return Story(
        why=why,
        answers=program(after.over(changed), before.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(changed),
        noticed_h=dice.notice(),
    )


def soft404_echo(dice: Dice) -> Story:
    """A page for missing paths that repeats the path, so that its length varies a little."""
    site = dice.site("soft")
    base = dice.randint(2_000, 9_000)
    said = altered(site.random, length=base, etag_key="")
    before = site.like(random=said, url=altered(site.url, length=dice.randint(60_000, 900_000)))
    after = before.gone(dice.timed(altered(said, length=base + dice.choice([-9, -4, 3, 6, 11]))))
    why = "Deleted; the URL gives the page of missing paths, whose length varies with the path."
    return ends(dice, why, before, after)


def soft404_chunked(dice: Dice) -> Story:
    """A page for missing paths without length or ETag."""
    site = dice.site("soft", page=False)
    said = altered(site.random, length=None, etag_key="")
    before = site.like(random=said)
    why = "Deleted; the file's URL gives the chunked page that any missing path has always given."
    return ends(dice, why, before, before.gone(dice.timed(said)))


def wildcard_parked(dice: Dice) -> Story:
    """The domain lapses and every path gives one small page, without any known marker."""
    site = dice.site(page=False)
    page = altered(dice.page(600, 4_000), etag_key=dice.key() if dice.random() < 0.4 else "")
    why = "The domain lapses; every path and the root give one small page instead of a file."
    return ends(dice, why, site, dice.whole(site, page))


def parked_domain(dice: Dice) -> Story:
    """The domain lapses to a known parking service."""
    site = dice.site()
    why = "The domain lapses; every path leads to a parking service."
    return ends(dice, why, site, dice.whole(site, dice.parked()))


def seized(dice: Dice) -> Story:
    """An authority seizes the domain and leads every path to its banner."""
    site = dice.site(page=False)
    banner = altered(dice.page(1_000, 30_000), hops=1, left_host=True, location_key=dice.key())
    why = "The domain is seized; every path leads to one and the same banner on another host."
    return ends(dice, why, site, dice.whole(site, banner))


def default_host(dice: Dice) -> Story:
    """The site's configuration is deleted, the shared server's default answers."""
    site = dice.site()
    page = dice.page(600, 11_000)
    after = dice.lost(site)
    after = after.gone(after.url, random=dice.timed(after.url), root=page)
    if dice.random() < 0.5:
        after = dice.whole(site, dice.not_found())
    why = "The site is deleted from a shared server; the server's default host answers 404."
    return ends(dice, why, site, after)


def catch_all_then_404(dice: Dice) -> Story:
    """A host whose every path gives the same until the URL is 404 in earnest."""
    site = dice.site("soft", page=True)
    before = site.like(random=dice.timed(site.url))
    why = "Every path gave the same page from the start; then the site ends and all paths are 404."
    return ends(dice, why, before, dice.whole(site, dice.not_found()))


def expired_certificate(dice: Dice) -> Story:
    """Nobody renews the certificate; the file is served all the same."""
    site = dice.each(dice.site(), tls="TLSv1.2", tls_valid=True)
    expired = dice.each(site, tls_valid=False)
    return stays(dice, "The certificate expires; the file is served all the same.", site, expired)


def relabelled(dice: Dice) -> Story:
    """A new server version names the same file's type differently."""
    site = dice.site(page=False)
    said = dice.choice(["application/octet-stream", "binary/octet-stream", ""])
    after = site.like(url=altered(site.url, type=said))
    why = "A new configuration says another content type; length and ETag of the file stay."
    return stays(dice, why, site, after)


def redesigned(dice: Dice) -> Story:
    """The site's error pages and front change; the file does not."""
    site, other = dice.site(), dice.site(dice.choice(["soft", "home", "placeholder"]))
    after = site.like(random=other.random, root=other.root)
    why = "The site is redesigned: its front and its page for missing paths change, the file stays."
    return stays(dice, why, site, after)


def missing_paths_refused(dice: Dice) -> Story:
    """A firewall bans who asks for made-up paths, on those paths."""
    site = dice.site()
    after = site.like(random=dice.choice([dice.not_found(403), dice.not_found(429), dice.broken()]))
    why = "A firewall refuses made-up paths; the file itself is served as ever."
    return stays(dice, why, site, after)


def back_within_a_day(dice: Dice) -> Story:
    """Removed, and uploaded again within the day, for good."""
    site, gone = dice.site(), dice.hours(0.5, 40)
    back = dice.hours(gone + 1.5, gone + 20)
    again = site.like(url=altered(dice.file(page=site.url.type == "text/html"), tls=site.url.tls))
    return Story(
        why="Deleted for everybody, and within a day another copy is put under the same URL.",
        answers=program(again.over(back), dice.lost(site).over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone"), (back, "online")],
        follow_h=min(400.0, back + dice.hours(170, 240)),
        noticed_h=dice.hours(0, 0.4),
    )


def gone_back_gone(dice: Dice) -> Story:
    """Removed, uploaded again, and removed for good."""
    site, gone = dice.site(), dice.hours(0.5, 20)
    back = dice.hours(gone + 1.5, gone + 20)
    last = dice.hours(back + 30, back + 90)
    lost = dice.lost(site)
    return Story(
        why="Deleted, put back within a day, and days later deleted for good.",
        answers=program(lost.over(last), site.over(back), lost.over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone"), (back, "online"), (last, "gone")],
        follow_h=dice.until(max(last, 73)),
        noticed_h=dice.hours(0, 0.4),
    )


def served_by_night(dice: Dice) -> Story:
    """For three days the server is a site by night only, then always."""
    site, first = dice.site(), dice.hours(2, 14)
    nights = [(first, first + 9), (first + 24, first + 33), (first + 48, first + 57)]
    closed = dice.lost(site)
    spans = [closed.over(round(a, 2), round(b, 2)) for a, b in nights]
    truth = [(0.0, "online")]
    for start, end in nights:
        truth += [(round(start, 2), "gone"), (round(end, 2), "online")]
    return Story(
        why="For three days every path's file is 404 by day and back by night, then it stays.",
        answers=program(*spans, site.over()),
        truth=truth,
        follow_h=dice.hours(300, 400),
        noticed_h=0.0,
    )


def toggled(dice: Dice) -> Story:
    """A timer takes the file away for some minutes of every few hours."""
    site, step = dice.site(), dice.hours(1.3, 4.0)
    away = round(dice.uniform(0.15, 0.33), 2)
    starts = [round(0.4 + number * step, 2) for number in range(10)]
    lost = dice.lost(site)
    truth = [(0.0, "online")]
    for start in starts:
        truth += [(start, "gone"), (round(start + away, 2), "online")]
    return Story(
        why="A timer takes the file away for under 20 minutes of every few hours, then no more.",
        answers=program(*(lost.over(one, round(one + away, 2)) for one in starts), site.over()),
        truth=truth,
        follow_h=dice.until(starts[-1] + 1),
        noticed_h=0.0,
    )


KINDS = (
    (soft404_echo, 22),
    (soft404_chunked, 22), (wildcard_parked, 24), (parked_domain, 22), (seized, 16),
    (default_host, 22), (catch_all_then_404, 16), (expired_certificate, 14), (relabelled, 16),
    (redesigned, 22), (missing_paths_refused, 16), (back_within_a_day, 24), (gone_back_gone, 20),
    (served_by_night, 16), (toggled, 20),
)  # kinds, a few a line # fmt: skip
