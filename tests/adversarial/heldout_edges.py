"""Histories behind content networks and object stores."""

from dataclasses import replace

from msgspec.structs import replace as altered

from schemas.records.facts import Facts
from tests.adversarial.heldout_dice import Dice
from tests.adversarial.heldout_shapes import Answer, Site, Story, program

_ALWAYS = [(0.0, "online")]
_HOUR_S = 3_600


def _cached(facts: Facts, age_s: int) -> Facts:
    return altered(facts, cached=True, age_s=age_s)


def cached_after_removal(dice: Dice) -> Story:
    """The edge serves its copy for hours after the origin lost the file."""
    site, lost = dice.site(page=False), dice.hours(0.5, 60)
    purged = dice.hours(lost + 2, lost + 30)
    step = (purged - lost) / 4
    copies = [
        Answer(
            facts=_cached(site.url, round((part + 1) * step * _HOUR_S)),
            target="url",
            shows=True,
            from_h=round(lost + part * step, 2),
            to_h=round(lost + (part + 1) * step, 2),
        )
        for part in range(4)
    ]
    return Story(
        why="The origin loses the file; the edge serves its ageing copy for hours, then 404.",
        answers=program(dice.lost(site).over(purged), copies, site.over()),
        truth=[(0.0, "online"), (purged, "gone")],
        follow_h=dice.until(purged),
        noticed_h=dice.notice(),
    )


def purged_in_one_region(dice: Dice) -> Story:
    """A purge reaches one region only; the other keeps serving."""
    site, purged = dice.site(page=False), dice.hours(0.5, 60)
    kept = site.like(url=_cached(site.url, dice.randint(1, 240)))
    lie = dice.lost(site)
    first = dice.choice(["loud", "quiet"])
    return Story(
        why="A purge reaches one vantage's edge only; elsewhere the file is served and refreshed.",
        answers=program(lie.over(purged, vantage=first), kept.over(purged), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(purged),
        noticed_h=dice.notice(),
    )


def cached_404_in_one_region(dice: Dice) -> Story:
    """An edge keeps a 404 that the origin gave by mistake."""
    site, starts = dice.site(page=False), dice.hours(0.3, 60)
    ends = dice.hours(starts + 0.6, starts + 24)
    lie = dice.lost(site)
    lie = replace(lie, url=_cached(lie.url, dice.randint(60, 3_000)))
    first = dice.choice(["loud", "quiet"])
    return Story(
        why="One vantage's edge keeps a mistaken 404 for hours; elsewhere the file is served.",
        answers=program(lie.over(starts, ends, vantage=first), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(ends),
        noticed_h=dice.notice(),
    )


def edge_without_origin(dice: Dice) -> Story:
    """The edge cannot reach the origin for a time."""
    site, down = dice.site(), dice.hours(0.3, 60)
    up = dice.hours(down + 0.6, down + 50)
    out = replace(dice.whole(site, dice.overloaded(520, 521, 522, 523, 524, 525, 526)), shows=None)
    return Story(
        why="The edge cannot reach its origin for a while and says 52x; then the file is back.",
        answers=program(out.over(down, up), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(up),
        noticed_h=dice.notice(),
    )


def edge_origin_ended(dice: Dice) -> Story:
    """The origin behind the edge is switched off for good."""
    site, gone = dice.site(), dice.hours(0.5, 80)
    after = dice.whole(site, dice.overloaded(521, 522, 523, 530))
    return Story(
        why="The origin behind the edge is switched off for good; every path says 52x or 530.",
        answers=program(after.over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=min(400.0, gone + dice.hours(200, 300)),
        noticed_h=dice.notice(),
    )


def challenged_at_random(dice: Dice) -> Story:
    """Bot protection challenges some looks."""
    site, gone = dice.site(), dice.gone_h()
    face = altered(dice.page(4_000, 20_000), status=dice.choice([403, 429, 503]), challenge=True)
    spell = Answer(facts=face, chance=round(dice.uniform(0.2, 0.5), 2))
    ends = dice.random() < 0.5
    after = dice.lost(site).over(gone) if ends else []
    return Story(
        why="The edge challenges many looks as a bot's; browsers pass and get whatever is there.",
        answers=program([spell], after, site.over()),
        truth=[(0.0, "online"), (gone, "gone")] if ends else list(_ALWAYS),
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def challenged_when_announced(dice: Dice) -> Story:
    """Bot protection always challenges the announced vantage; the file goes at some hour."""
    site, gone = dice.site(), dice.gone_h()
    face = altered(dice.page(4_000, 20_000), status=403, challenge=True)
    wall = replace(dice.whole(site, face), shows=None)
    return Story(
        why="The announced vantage always meets a challenge; the others see the file and its end.",
        answers=program(wall.over(vantage="loud"), dice.lost(site).over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def negotiated_type(dice: Dice) -> Story:
    """The edge makes each client the format it likes."""
    site, gone = dice.site(page=False), dice.gone_h()
    site = site.like(url=altered(site.url, type="image/jpeg", length=dice.randint(60_000, 900_000)))
    size = round((site.url.length or 0) * dice.uniform(0.4, 0.8))
    other = site.like(
        url=dice.timed(altered(site.url, type="image/webp", length=size, etag_key=dice.key()))
    )
    ends = dice.random() < 0.6
    after = dice.lost(site).over(gone) if ends else []
    return Story(
        why="Each client gets the picture in another format and size; it is the same picture.",
        answers=program(after, other.over(vantage="quiet"), site.over()),
        truth=[(0.0, "online"), (gone, "gone")] if ends else list(_ALWAYS),
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def optimised_later(dice: Dice) -> Story:
    """The owner turns on compression; the file changes a little and stays."""
    site, changed = dice.site(page=False), dice.hours(0.5, 70)
    size = round((site.url.length or 0) * dice.uniform(0.93, 0.99))
    again = altered(site.url, length=size, etag_key=dice.key(), modified=1_790_000_000_000)
    return Story(
        why="Files are recompressed: length, ETag and date change a little, the file stays.",
        answers=program(site.like(url=again).over(changed), site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.until(changed),
        noticed_h=dice.notice(),
    )


def _bucket(dice: Dice) -> Site:
    """Return an object store that says 403 of any object it does not have."""
    denied = Facts(status=403, type="application/xml", tls="TLSv1.3", tls_valid=True)
    file = altered(dice.file(page=False), etag_key=dice.key(), tls="TLSv1.3", tls_valid=True)
    return Site(url=file, random=dice.timed(denied), root=dice.timed(denied))


def bucket_denies(dice: Dice) -> Story:
    """A deleted object of a store without the right to list."""
    site, gone = _bucket(dice), dice.gone_h()
    after = site.gone(dice.timed(site.random))
    return Story(
        why="An object store says 403 of what it lacks; the object is deleted, for everybody.",
        answers=program(after.over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def bucket_stays(dice: Dice) -> Story:
    """The same store with the object still there."""
    site = _bucket(dice)
    return Story(
        why="An object store says 403 of what it lacks; the object itself stays for everybody.",
        answers=site.over(),
        truth=list(_ALWAYS),
        follow_h=dice.hours(40, 300),
        noticed_h=dice.notice(),
    )


def bucket_removed(dice: Dice) -> Story:
    """The whole store is deleted."""
    site, gone = _bucket(dice), dice.gone_h()
    face = Facts(status=404, type="application/xml", tls="TLSv1.3", tls_valid=True)
    return Story(
        why="The whole bucket is deleted; every path says 404 with the store's own error document.",
        answers=program(dice.whole(site, face).over(gone), site.over()),
        truth=[(0.0, "online"), (gone, "gone")],
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


def signed_redirects(dice: Dice) -> Story:
    """The URL leads to a store's signed address, another one each time."""
    site, gone = dice.site(page=False), dice.gone_h()
    away = dice.random() < 0.6
    led = [
        Answer(
            facts=dice.timed(altered(site.url, hops=1, left_host=away, location_key=dice.key())),
            target="url",
            chance=chance,
            shows=True,
        )
        for chance in (0.25, 0.33, 0.5, 1.0)
    ]
    ends = dice.random() < 0.6
    after = dice.lost(site).over(gone) if ends else []
    return Story(
        why="The URL leads to a signed address in a store, new each time, as long as it is there.",
        answers=program(after, led, site.over()),
        truth=[(0.0, "online"), (gone, "gone")] if ends else list(_ALWAYS),
        follow_h=dice.until(gone),
        noticed_h=dice.notice(),
    )


KINDS = (
    (cached_after_removal, 24),
    (purged_in_one_region, 20),
    (cached_404_in_one_region, 20),
    (edge_without_origin, 20),
    (edge_origin_ended, 16),
    (challenged_at_random, 22),
    (challenged_when_announced, 18),
    (negotiated_type, 20),
    (optimised_later, 20),
    (bucket_denies, 20),
    (bucket_stays, 12),
    (bucket_removed, 14),
    (signed_redirects, 24),
)
