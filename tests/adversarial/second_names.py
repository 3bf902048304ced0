"""What happens to the name: moves, expiry, parking, failing and lying name servers."""

from typing import Any

from second_world import KNOWN, ONLINE, Entry, Kind, Story, World, away, say, until


def moved_away(w: World) -> Story:
    """The site moves to another company."""
    hour = w.after(0.3, 90)
    old = hour + w.chance.choice((0.0, w.between(0.5, 100)))
    w.follow_h = max(w.follow_h, old // 1 + 200.0)
    ending = w.chance.choice((w.lost, w.error(404, length=153), w.page(length=612), w.broken()))
    at = "url" if ending is w.lost else "any"
    answers: list[Entry] = [say(ending, old, at=at, present=False)]
    for target, facts in (("random", w.lost), ("root", w.front), ("url", w.content)):
        answers.append(say(facts, hour, at=target, present=False))
    return Story(
        why="The site moves to another company and its old server is cleared, at once or later.",
        answers=[*answers, *w.rest()],
        truth=ONLINE,
    )


def moved_slowly(w: World) -> Story:
    """During a move resolvers answer with either company."""
    hour = w.after(0.3, 60)
    end = hour + w.between(4, 48)
    w.follow_h = max(w.follow_h, end // 1 + 200.0)
    return Story(
        why="The site moves; for hours resolvers name the old or the new company by chance.",
        answers=[
            say(w.lost, end, present=False),
            *(
                say(facts, hour, end, at=target, odds=0.5, present=False)
                for target, facts in (("random", w.lost), ("root", w.front), ("url", w.content))
            ),
            *w.rest(),
        ],
        truth=ONLINE,
    )


def name_deleted(w: World) -> Story:
    """The registrar deletes the name and the server ends with it."""
    hour = w.gone_at()
    early = max(0.0, hour - w.chance.choice((0.0, 0.0, w.between(0.1, 20))))
    default = w.page(length=612, etag_key=w.tag())
    old = w.chance.choice((w.error(404), default, w.broken("refused"), w.broken("timeout")))
    answers = [say(old, hour, nxdomain=True)]
    if early < hour:
        answers.append(say(w.error(404), early, hour))
    return Story(
        why="The name is deleted and its old server holds the site no more.",
        answers=[*answers, *w.rest()],
        truth=until(early),
    )


def name_lost_a_while(w: World) -> Story:
    """The zone is broken for a while: the name does not exist."""
    hour = w.after(0.2, 90)
    end = hour + w.between(0.3, 60)
    where = w.chance.choice(("any", "any", *KNOWN))
    return Story(
        why="A broken zone says that the name does not exist until it is put right; the server "
        "has the file all the time.",
        answers=[
            *(
                say(facts, hour, end, to=where, at=target, nxdomain=True)
                for target, facts in (("random", w.lost), ("root", w.front), ("url", w.content))
            ),
            *w.rest(),
        ],
        truth=ONLINE,
    )


def name_expired(w: World) -> Story:
    """The name expires, is parked, and is renewed days later."""
    hour = w.after(0.5, 120)
    end = hour + w.between(10, 150)
    w.follow_h = max(w.follow_h, end // 1 + 150.0)
    parked = w.page(parked=w.odds(0.6), hops=1, left_host=True, location_key=w.tag())
    mixed = end + w.between(1, 24)
    return Story(
        why="The name expires and is parked by the same company; renewed, the site is back.",
        answers=[
            say(parked, hour, end),
            say(parked, end, mixed, odds=0.25),
            *w.rest(),
        ],
        truth=away(hour, end),
    )


def name_parked(w: World) -> Story:
    """The name expires for good and is parked by another company."""
    hour = w.gone_at()
    cleared = hour + w.chance.choice((0.0, w.between(1, 40)))
    default = w.page(length=612)
    ending = w.chance.choice((w.error(404), default, w.broken("refused")))
    answers = [say(ending, cleared, present=False)]
    for target, facts in (("random", w.lost), ("root", w.front), ("url", w.lost)):
        answers.append(say(facts, hour, at=target, present=False))
    w.follow_h = max(w.follow_h, cleared // 1 + 150.0)
    return Story(
        why="The company deletes the file; the name, left to expire, is parked elsewhere.",
        answers=[*answers, say(w.lost, max(0.0, hour - 0.5), at="url"), *w.rest()],
        truth=until(max(0.0, hour - 0.5)),
    )


def site_parked(w: World) -> Story:
    """The site is given up and its name parked at the same company."""
    hour = w.gone_at()
    parked = w.page(
        parked=w.odds(0.7),
        hops=1,
        left_host=w.odds(0.6),
        location_key=w.tag(),
        length=w.chance.choice((None, 2_713)),
    )
    return Story(
        why="The site is given up; every path leads to a page that offers the name for sale.",
        answers=[say(parked, hour), *w.rest()],
        truth=until(hour),
    )


def signatures_broken(w: World) -> Story:
    """The zone's signatures do not hold, for those who check them."""
    hour = w.after(0.2, 90)
    end = hour + w.between(2, 120)
    where = w.chance.choice(("any", *KNOWN))
    failing = {"error": w.chance.choice(("dnssec", "dnssec", "dns_failure"))}
    w.follow_h = max(w.follow_h, end // 1 + 100.0)
    return Story(
        why="The zone's signatures or its name servers fail for days and are put right.",
        answers=[say(failing, hour, end, to=where), *w.rest()],
        truth=ONLINE,
    )


def two_companies(w: World) -> Story:
    """A name with addresses at two companies by turns."""
    hour = w.gone_at()
    gone = w.odds(0.5)
    share = w.chance.choice((0.3, 0.5))
    elsewhere = [
        say(facts, 0.0, at=target, odds=share, present=False)
        for target, facts in (("random", w.lost), ("root", w.front), ("url", w.content))
    ]
    removed = [
        say(w.lost, hour, at="url", odds=share, present=False),
        say(w.lost, hour, at="url"),
    ]
    return Story(
        why="The name has addresses at two companies by turns; "
        + ("both delete the file." if gone else "both serve the file."),
        answers=[*(removed if gone else []), *elsewhere, *w.rest()],
        truth=until(hour) if gone else ONLINE,
    )


def resolver_lies(w: World) -> Story:
    """The resolver of one vantage leads it elsewhere or says that there is no such name."""
    where = w.chance.choice(KNOWN)
    hour = w.chance.choice((0.0, w.after(0.2, 40)))
    denied = w.odds(0.5)
    more: dict[str, Any] = {"nxdomain": True} if denied else {"present": False}
    return Story(
        why="A blocking resolver at one vantage denies the name or leads it to a page of its own.",
        answers=[
            *(
                say(facts, hour, to=where, at=target, **more)
                for target, facts in (("random", w.lost), ("root", w.front), ("url", w.content))
            ),
            *w.rest(),
        ],
        truth=ONLINE,
    )


def name_denied(w: World) -> Story:
    """The hoster's own name servers deny the name to known resolvers."""
    hour = w.after(0.2, 40)
    old = w.chance.choice((w.error(404), w.broken("refused"), w.page(length=612)))
    more: dict[str, Any] = w.chance.choice(({"nxdomain": True}, {"present": False}))
    return Story(
        why="The hoster's name servers deny the name, or name another company, to known vantages "
        "and its server shows them nothing; any other visitor gets the file.",
        answers=[*(say(old, hour, to=vantage, **more) for vantage in KNOWN), *w.rest()],
        truth=ONLINE,
    )


KINDS: tuple[tuple[Kind, int], ...] = (
    (moved_away, 44),
    (moved_slowly, 22),
    (name_deleted, 34),
    (name_lost_a_while, 24),
    (name_expired, 24),
    (name_parked, 20),
    (site_parked, 24),
    (signatures_broken, 20),
    (two_companies, 24),
    (resolver_lies, 22),
    (name_denied, 24),
)
