"""Several servers behind one name, caches before them, and vantages with trouble of their own."""

from second_world import KNOWN, ONLINE, Entry, Kind, Story, Truth, World, say, until


def stale_backend(w: World) -> Story:
    """One server of a pool keeps the file for days after the others deleted it."""
    hour = w.gone_at()
    end = hour + w.between(30, 200)
    w.follow_h = max(w.follow_h, end // 1 + 150.0)
    share = w.chance.choice((0.5, 0.67, 0.75, 0.8))
    stays = w.odds(0.3)
    answers = [say(w.content, hour, None if stays else end, at="url", odds=share)]
    answers.append(say(w.lost, hour, at="url"))
    return Story(
        why="The file is deleted from some servers of a pool; another serves it to a share of all"
        + (" for good." if stays else " for days, until it is deleted there too."),
        answers=[*answers, *w.rest()],
        truth=ONLINE if stays else until(end),
    )


def backend_without(w: World) -> Story:
    """One server of a pool never got the file."""
    share = w.chance.choice((0.05, 0.1, 0.2, 0.25, 0.33, 0.33, 0.5))
    since = w.chance.choice((0.0, w.after(0.1, 40)))
    hour = w.after(60, 200)
    gone = share <= 0.25 and w.odds(0.5)
    removed = [say(w.lost, hour, at="url")] if gone else []
    return Story(
        why="One server of a pool lacks the file and says 404 to a share of all visitors"
        + ("; later it is deleted from all." if gone else "; the others serve it."),
        answers=[*removed, say(w.lost, since, at="url", odds=share), *w.rest()],
        truth=until(hour) if gone else ONLINE,
    )


def site_without(w: World) -> Story:
    """By anycast one vantage reaches a site that lacks the file."""
    where = w.chance.choice(KNOWN)
    since = w.chance.choice((0.0, w.after(0.1, 100)))
    lost = w.chance.choice((w.lost, w.lawful(), w.error(404, cached=True)))
    return Story(
        why="By anycast one vantage is sent to a site that lacks the file; elsewhere it is served.",
        answers=[say(lost, since, to=where, at="url"), *w.rest()],
        truth=ONLINE,
    )


def two_sites_without(w: World) -> Story:
    """Both vantages of the timetable reach sites that lack the file for a time."""
    hour = w.after(0.3, 60)
    end = hour + w.between(5, 90)
    w.follow_h = max(w.follow_h, end // 1 + 100.0)
    return Story(
        why="A replication fault leaves the file out of two sites of three, for days.",
        answers=[*(say(w.lost, hour, end, to=v, at="url") for v in KNOWN), *w.rest()],
        truth=ONLINE,
    )


def purged_unevenly(w: World) -> Story:
    """Edges drop a deleted file at different times."""
    hour = w.gone_at()
    last = w.chance.choice(KNOWN)
    end = hour + w.between(0.3, 60)
    lead = w.between(0.05, 8)
    answers: list[Entry] = []
    step = max((end - hour) / 24, 0.25)
    start = hour
    while start < end:
        stop = end if end - start - step < step / 2 else start + step
        aged = {**w.content, "cached": True, "age_s": int((lead + stop - hour) * 3600)}
        answers.append(say(aged, start, stop, to=last, at="url"))
        start = stop
    return Story(
        why="The origin deletes it; one edge serves its copy on until that is purged.",
        answers=[*answers, say(w.lost, hour, at="url"), *w.rest()],
        truth=until(end),
    )


def stale_while_broken(w: World) -> Story:
    """The origin fails and the edges serve what they have."""
    hour = w.after(0.5, 80)
    hours = w.chance.randint(6, 70)
    end = hour + hours
    step = max(1, hours // 20)
    copies = [
        say(
            {**w.content, "cached": True, "age_s": 3_600 * (start + step + 1)},
            hour + start,
            min(hour + start + step, end),
            at="url",
        )
        for start in range(0, hours, step)
    ]
    back = w.odds(0.5)
    ending = [] if back else [say(w.error(w.chance.choice((502, 504, 404))), end)]
    w.follow_h = max(w.follow_h, end // 1 + 240.0)
    truth: Truth = ONLINE if back else until(end)
    return Story(
        why="The origin fails and edges serve their copies; "
        + ("then the origin is back." if back else "then the copies end and nothing is left."),
        answers=[*copies, *ending, say(w.error(502), hour, end, at="random"), *w.rest()],
        truth=truth,
    )


def negative_cache(w: World) -> Story:
    """An edge keeps a passing 404 for hours."""
    hour = w.after(0.2, 90)
    where = w.chance.choice(KNOWN)
    missing = {**w.lost, "cached": True, "age_s": w.chance.randint(10, 3_000)}
    blip = say(w.lost, hour, hour + w.chance.uniform(0.02, 0.2), at="url")
    end = hour + w.between(1, 30)
    return Story(
        why="A passing 404 stays in the cache of one edge for hours; other edges have the file.",
        answers=[blip, say(missing, hour, end, to=where, at="url"), *w.rest()],
        truth=ONLINE,
    )


def sick_vantage(w: World) -> Story:
    """A vantage's own network answers in place of the server."""
    where = w.chance.choice(KNOWN)
    hour = w.after(0.1, 60)
    end = hour + w.between(2, 200)
    fake = w.chance.choice((w.error(404), w.page(length=3_311), w.broken(), {"error": "tls"}))
    gone = w.odds(0.4)
    real = hour + w.between(1, 60)
    removed = [say(w.lawful(), real, at="url")] if gone else []
    return Story(
        why="The network of one vantage is ill and its canary says so; "
        + ("the file is deleted meanwhile." if gone else "the file stays."),
        answers=[say(fake, hour, end, to=where, canary_ok=False), *removed, *w.rest()],
        truth=until(real) if gone else ONLINE,
    )


def all_vantages_sick(w: World) -> Story:
    """The network of every vantage is ill at once."""
    hour = w.after(0.1, 60)
    end = hour + w.between(0.5, 40)
    fake = w.chance.choice((w.error(404), w.page(length=911), w.broken("timeout")))
    return Story(
        why="A carrier common to all vantages fails, and their canaries say so; the file stays.",
        answers=[say(fake, hour, end, canary_ok=False), *w.rest()],
        truth=ONLINE,
    )


def one_cut_off(w: World) -> Story:
    """One vantage never reaches the server."""
    where = w.chance.choice(KNOWN)
    since = w.chance.choice((0.0, w.after(0.1, 20)))
    gone = w.odds(0.5)
    hour = max(w.gone_at(), since)
    removed = [say(w.lawful(), hour, at="url")] if gone else []
    return Story(
        why="A route of one vantage is dead for good; "
        + ("the file is deleted." if gone else "everybody else gets the file."),
        answers=[say(w.broken("timeout", "refused"), since, to=where), *removed, *w.rest()],
        truth=until(hour) if gone else ONLINE,
    )


def failing_then_deleted(w: World) -> Story:
    """A deletion seen between errors."""
    hour = w.gone_at()
    share = w.chance.choice((0.2, 0.4, 0.5))
    noise = w.chance.choice((w.error(503), w.error(502), w.broken("timeout", "reset")))
    return Story(
        why="After the deletion a share of looks fails; the others find it gone.",
        answers=[say(noise, hour, odds=share), say(w.lost, hour, at="url"), *w.rest()],
        truth=until(hour),
    )


KINDS: tuple[tuple[Kind, int], ...] = (
    (stale_backend, 34),
    (backend_without, 40),
    (site_without, 30),
    (two_sites_without, 20),
    (purged_unevenly, 32),
    (stale_while_broken, 20),
    (negative_cache, 20),
    (sick_vantage, 26),
    (all_vantages_sick, 14),
    (one_cut_off, 28),
    (failing_then_deleted, 22),
)
