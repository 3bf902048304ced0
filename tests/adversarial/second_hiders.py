"""Hosters that hide the material from the monitor's known vantages and go on serving it."""

from second_world import ONLINE, Entry, Facts, Kind, Story, World, known, say, until


def _sham(w: World) -> Facts:
    return w.chance.choice((dict(w.lost), w.lawful(), w.error(404, length=0), w.error(410)))


def hidden_from_named(w: World) -> Story:
    """Only the vantage that names itself is told 404."""
    hour = w.chance.choice((0.0, w.after(0.05, 40), w.after(0.05, 40)))
    return Story(
        why="Whoever calls itself a monitor is told that the file is missing; others get it.",
        answers=[say(_sham(w), hour, to="loud", at="url"), *w.rest()],
        truth=ONLINE,
    )


def hidden_from_both(w: World) -> Story:
    """Both vantages are told 404; a hidden re-check gets the file."""
    hour = w.after(200, 600) if w.odds(0.15) else w.after(0.1, 60)
    second = hour + w.chance.choice((0.0, 0.0, w.between(0.1, 24)))
    sham = _sham(w)
    return Story(
        why="The hoster knows both vantages and tells them 404; any other visitor gets the file.",
        answers=[
            say(sham, hour, to="loud", at="url"),
            say(sham, second, to="quiet", at="url"),
            *w.rest(),
        ],
        truth=ONLINE,
    )


def dead_site_for_both(w: World) -> Story:
    """Both vantages are shown a site on which nothing is left."""
    hour = w.after(0.1, 60)
    page = w.page(length=w.chance.choice((612, 4_897)), etag_key=w.tag())
    suspended = w.error(w.chance.choice((200, 403, 404)), suspended=True)
    parked = w.page(hops=1, left_host=True, parked=True, location_key=w.tag())
    sham = w.chance.choice((w.lost, page, suspended, parked, w.broken("refused")))
    return Story(
        why="To both vantages the whole site looks gone (error, default page, suspension, parking)"
        "; any other visitor gets site and file.",
        answers=[*known(sham, hour, at="any"), *w.rest()],
        truth=ONLINE,
    )


def soft_sham(w: World) -> Story:
    """Both vantages are shown the signs of a deletion, not an error."""
    w.show("image/jpeg", "video/mp4")
    hour = w.after(0.1, 60)
    home = {**w.front, "hops": 1, "to_root": True, "location_key": w.tag()}
    named = w.page(hops=1, location_key=w.tag(), placeholder=True)
    picture = w.page(type="image/png", length=w.chance.randint(500, 5_000), etag_key=w.tag())
    sham = w.chance.choice((home, named, picture, w.page(length=2_345)))
    if w.odds(0.5):
        w.lost = sham
    return Story(
        why="Both vantages are led to the front page, a placeholder or a page of removed files; "
        "any other visitor gets the file.",
        answers=[*known(sham, hour), *w.rest()],
        truth=ONLINE,
    )


def refused_to_both(w: World) -> Story:
    """Both vantages are refused the file alone."""
    hour = w.after(0.1, 60)
    refusal = w.error(w.chance.choice((401, 403, 403, 451)))
    if w.odds(0.3) and "etag_key" in w.content:
        refusal |= {"etag_key": w.content["etag_key"]}
    return Story(
        why="Both vantages are refused the file, as if it were disabled; others get it.",
        answers=[*known(refusal, hour), *w.rest()],
        truth=ONLINE,
    )


def office_hours(w: World) -> Story:
    """Known vantages are told 404 for some hours of each day."""
    first = w.after(0.1, 12)
    length = w.chance.randint(3, 14)
    days = min(20, int((w.follow_h - first) // 24))
    sham = _sham(w)
    answers: list[Entry] = []
    for day in range(days):
        start = first + day * 24
        answers += known(sham, start, start + length)
    return Story(
        why=f"For {length} h of each day known vantages are told 404; other visitors never are.",
        answers=[*answers, *w.rest()],
        truth=ONLINE,
    )


def night_shop(w: World) -> Story:
    """The file is put up for some hours of each day only, for everybody."""
    first = w.after(0.3, 12)
    length = w.chance.randint(4, 16)
    days = min(20, int((w.follow_h - first) // 24) - 3)
    answers: list[Entry] = []
    truth: list[tuple[float, str]] = [(0.0, "online")]
    for day in range(days):
        start = first + day * 24
        answers.append(say(w.lost, start, start + length, at="url"))
        truth += [(round(start, 4), "gone"), (round(start + length, 4), "online")]
    return Story(
        why=f"For {length} h of each day the file is away for everybody, then put up again.",
        answers=[*answers, *w.rest()],
        truth=truth,
    )


def coin_toss(w: World) -> Story:
    """Known vantages are told 404 by chance."""
    hour = w.after(0.1, 40)
    share = w.chance.choice((0.3, 0.5, 0.7, 0.9))
    return Story(
        why=f"Known vantages are told 404 at {share:.0%} of looks; any other visitor gets it.",
        answers=[*known(_sham(w), hour, odds=share), *w.rest()],
        truth=ONLINE,
    )


def counted_visits(w: World) -> Story:
    """An address that has come too often is told 404."""
    loud = w.after(0.5, 20)
    quiet = loud + w.between(0.5, 60)
    end = quiet + w.between(20, 300)
    forgets = w.odds(0.4)
    sham = _sham(w)
    w.follow_h = max(w.follow_h, end // 1 + 72.0)
    return Story(
        why="An address that came too often is told 404"
        + (" until it is forgotten." if forgets else " for good.")
        + " New addresses get the file.",
        answers=[
            say(sham, loud, end if forgets else None, to="loud", at="url"),
            say(sham, quiet, end if forgets else None, to="quiet", at="url"),
            *w.rest(),
        ],
        truth=ONLINE,
    )


def shown_removal(w: World) -> Story:
    """A true removal for some hours, then back for all but known vantages."""
    hour = w.after(0.2, 20)
    back = hour + w.between(1, 40)
    w.follow_h = max(w.follow_h, back // 1 + 200.0)
    return Story(
        why="The file is taken away for some hours, then put back for all but known vantages.",
        answers=[
            say(w.lost, hour, back, at="url"),
            *known(w.lost, back),
            *w.rest(),
        ],
        truth=[(0.0, "online"), (hour, "gone"), (round(back, 4), "online")],
    )


def harmless_copy(w: World) -> Story:
    """Known vantages get another, harmless file of the same kind."""
    hour = w.after(0.1, 40)
    other = {**w.content, "etag_key": w.tag()}
    other["length"] = int(other.get("length", 30_000) * w.chance.choice((0.97, 1.0, 1.3)))
    return Story(
        why="Known vantages get a harmless file of the same kind; others get the material.",
        answers=[*known(other, hour), *w.rest()],
        truth=ONLINE,
    )


def wild_shield(w: World) -> Story:
    """Every path serves the material, so that no control differs."""
    hour = w.gone_at()
    gone = w.odds(0.5)
    removed = [say(w.error(404), hour)] if gone else []
    return Story(
        why="A wildcard serves the file at every path, so that no other path proves anything; "
        + ("then all is deleted." if gone else "it stays."),
        answers=[*removed, say(w.front, at="root"), say(w.content)],
        truth=until(hour) if gone else ONLINE,
    )


def feigned_failure(w: World) -> Story:
    """Known vantages get errors and silence for good."""
    hour = w.after(0.1, 40)
    failing = w.chance.choice((w.error(503), w.error(500), w.broken(), {"error": "protocol"}))
    at = w.chance.choice(("url", "any"))
    return Story(
        why="Known vantages get a failure for good; any other visitor gets the file.",
        answers=[*known(failing, hour, at=at), *w.rest()],
        truth=ONLINE,
    )


def refused_everywhere(w: World) -> Story:
    """All addresses of the monitor, the hidden one too, are told 404."""
    hour = w.after(0.1, 40)
    return Story(
        why="The hoster knows every address of the monitor, the hidden one too; visitors get it.",
        answers=[say(_sham(w), hour, at="url"), *w.rest()],
        truth=ONLINE,
        judgeable=False,
    )


KINDS: tuple[tuple[Kind, int], ...] = (
    (hidden_from_named, 44),
    (hidden_from_both, 46),
    (dead_site_for_both, 34),
    (soft_sham, 34),
    (refused_to_both, 28),
    (office_hours, 20),
    (night_shop, 18),
    (coin_toss, 26),
    (counted_visits, 26),
    (shown_removal, 20),
    (harmless_copy, 14),
    (wild_shield, 20),
    (feigned_failure, 26),
    (refused_everywhere, 16),
)
