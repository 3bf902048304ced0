"""Walls that a visitor passes and a monitor does not, and what happens behind them."""

from second_world import KNOWN, ONLINE, Entry, Kind, Story, World, known, say, until


def login_wall(w: World) -> Story:
    """A login that everybody may make."""
    hour = w.after(0.2, 70)
    login = w.page(hops=1, location_key=w.tag(), left_host=w.odds(0.2))
    everywhere = w.odds(0.45)
    by_page = not everywhere or w.odds(0.5)
    wall = login if by_page else w.error(401)
    targets = ("url", "random") if everywhere else ("url",)
    walls = [say(wall, hour, at=target) for target in targets]
    if everywhere and w.odds(0.4):
        walls.append(say(wall, hour, at="root"))
    return Story(
        why="The site asks for a login that everybody may make; behind it the file is there"
        + ("." if not (everywhere and by_page) else ". By headers no other than a site cleared."),
        answers=[*walls, *w.rest()],
        truth=ONLINE,
        judgeable=not (everywhere and by_page),
    )


def age_gate(w: World) -> Story:
    """A page that asks for the age or for consent first."""
    hour = w.chance.choice((0.0, w.after(0.2, 70)))
    gate = w.page(
        length=w.chance.randint(3_000, 20_000),
        hops=w.chance.choice((0, 1)),
        left_host=w.odds(0.3),
    )
    if gate["hops"]:
        gate["location_key"] = w.tag()
    everywhere = w.odds(0.4)
    gates = [say(gate, hour, at="url")]
    if everywhere:
        gates += [say(gate, hour, at="root"), say(gate, hour, at="random")]
    return Story(
        why="A page asks for the visitor's age first; one click and the file is there"
        + ("." if not everywhere or not hour else ". By headers no other than a site cleared."),
        answers=[*gates, *w.rest()],
        truth=ONLINE,
        judgeable=not everywhere or not hour,
    )


def challenge(w: World) -> Story:
    """A challenge that a browser solves."""
    hour = w.after(0.2, 70)
    puzzle = w.error(w.chance.choice((403, 403, 503, 200)), challenge=True)
    whom = w.chance.choice(("any", "any", "loud"))
    share = w.chance.choice((1.0, 1.0, 0.6))
    end = None if w.odds(0.6) else hour + w.between(3, 200)
    return Story(
        why="A proxy asks for a puzzle that a browser solves by itself; behind it the file is.",
        answers=[say(puzzle, hour, end, to=whom, odds=share), *w.rest()],
        truth=ONLINE,
    )


def challenge_for_one(w: World) -> Story:
    """One vantage is challenged throughout; the other sees the deletion."""
    hour = w.gone_at()
    puzzle = w.error(w.chance.choice((403, 503)), challenge=True)
    wall = w.chance.choice((puzzle, w.error(403), w.error(429, retry_after_s=3600)))
    return Story(
        why="The vantage that names itself is kept out of the site; the file is deleted.",
        answers=[say(wall, to="loud"), say(w.lawful(), hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def country_for_one(w: World) -> Story:
    """One vantage's country is shut out."""
    where = w.chance.choice(KNOWN)
    hour = w.chance.choice((0.0, w.after(0.2, 60)))
    away = w.page(hops=1, location_key=w.tag(), length=4_007)
    answer = w.chance.choice((w.error(451), w.error(403), away, w.lost))
    at = w.chance.choice(("any", "url"))
    return Story(
        why="The site shuts out the country of one vantage; visitors from others get the file.",
        answers=[say(answer, hour, to=where, at=at), *w.rest()],
        truth=ONLINE,
    )


def country_for_both(w: World) -> Story:
    """The country of both vantages is shut out of the one file."""
    hour = w.after(0.2, 60)
    away = w.page(hops=1, location_key=w.tag(), length=4_007)
    answer = w.chance.choice((w.error(451), w.error(403), away, w.error(404)))
    return Story(
        why="After the notice the one file is shut to two countries; from a third it is there.",
        answers=[*known(answer, hour), *w.rest()],
        truth=ONLINE,
    )


def slowed_down(w: World) -> Story:
    """A limit on the number of requests."""
    hour = w.chance.choice((0.0, w.after(0.1, 30)))
    limit = w.error(429, retry_after_s=w.chance.choice((60, 600, 3_600, 86_400)))
    share = w.chance.choice((0.3, 0.6, 0.9, 1.0))
    whom = w.chance.choice(("loud", "loud", "any"))
    gone = w.odds(0.4) and (share < 1 or whom == "loud")
    real = max(hour, w.gone_at())
    removed = [say(w.lawful(), real, at="url")] if gone else []
    return Story(
        why="A limiter refuses a share of looks; "
        + ("the file is deleted." if gone else "the file is there."),
        answers=[say(limit, hour, to=whom, odds=share), *removed, *w.rest()],
        truth=until(real) if gone else ONLINE,
    )


def kept_out(w: World) -> Story:
    """Monitors are refused everything."""
    hour = w.after(0.1, 30)
    wall = w.chance.choice((w.error(403), w.error(418), w.error(401), w.broken("reset")))
    whom = w.chance.choice((("loud",), KNOWN, ("loud", "quiet", "hidden")))
    return Story(
        why="A firewall refuses addresses of data centres every path; a visitor gets the file.",
        answers=[*(say(wall, hour, to=vantage) for vantage in whom), *w.rest()],
        truth=ONLINE,
    )


def under_repair(w: World) -> Story:
    """A page of maintenance with status 200 on every path, for hours."""
    answers: list[Entry] = []
    hour = w.after(0.2, 60)
    for _ in range(w.chance.randint(1, 2)):
        page = w.page(length=w.chance.randint(700, 5_000))
        if w.odds(0.4):
            page |= {"hops": 1, "location_key": w.tag()}
        if w.odds(0.4):
            page = w.error(503, retry_after_s=3_600)
        end = hour + w.between(0.6, 12)
        answers.append(say(page, hour, end))
        hour = end + w.between(5, 80)
    w.follow_h = max(w.follow_h, hour // 1 + 72.0)
    return Story(
        why="For some hours every path shows a page of maintenance; then all is as it was.",
        answers=[*answers, *w.rest()],
        truth=ONLINE,
    )


def no_foreign_links(w: World) -> Story:
    """Files are refused without a Referer of the site."""
    w.show("image/jpeg", "image/png")
    hour = w.chance.choice((0.0, w.after(0.2, 60)))
    refusal = w.error(403)
    return Story(
        why="Files of this kind are refused to whoever does not come from the site's own pages.",
        answers=[say(refusal, hour, at="url"), say(refusal, hour, at="random"), *w.rest()],
        truth=ONLINE,
    )


KINDS: tuple[tuple[Kind, int], ...] = (
    (login_wall, 34),
    (age_gate, 26),
    (challenge, 34),
    (challenge_for_one, 26),
    (country_for_one, 32),
    (country_for_both, 24),
    (slowed_down, 30),
    (kept_out, 30),
    (under_repair, 24),
    (no_foreign_links, 14),
)
