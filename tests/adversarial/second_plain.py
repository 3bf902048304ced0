"""Plain life: deletions, returns, suspensions, outages, and material that stays."""

from second_world import ONLINE, Entry, Facts, Kind, Story, Truth, World, away, say, until


def plain_delete(w: World) -> Story:
    """The hoster deletes it."""
    hour = w.gone_at()
    return Story(
        why="The hoster deletes the file; everybody gets the server's own error from then on.",
        answers=[say(w.lawful(), hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def plain_stays(w: World) -> Story:
    """Nobody does anything, with an error now and then."""
    hiccup = w.chance.choice((w.broken(), w.error(503), w.error(502), w.error(500)))
    return Story(
        why="Nobody does anything; the file is there, with a failed look now and then.",
        answers=[say(hiccup, odds=w.chance.choice((0.001, 0.02, 0.06))), *w.rest()],
        truth=ONLINE,
    )


def delete_without_notice(w: World) -> Story:
    """It is deleted before a notice or with none."""
    w.noticed_h = w.chance.choice((None, round(w.between(8, 60), 3)))
    hour = w.between(0.5, 7) if w.noticed_h is not None else w.between(0.5, 120)
    return Story(
        why="The uploader takes it down on his own, before a notice or without any.",
        answers=[say(w.lawful(), hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def gone_at_report(w: World) -> Story:
    """It was gone when the report came in."""
    return Story(
        why="It was deleted before the report came in; nobody gets it at any time.",
        answers=[say(w.lawful(), at="url"), *w.rest()],
        truth=[(0.0, "gone")],
    )


def uploaded_again(w: World) -> Story:
    """It is deleted and uploaded again at the same address."""
    hour = w.after(0.3, 60)
    back = hour + w.chance.choice((w.between(0.7, 20), w.between(26, 150), w.between(170, 400)))
    w.follow_h = max(w.follow_h, back // 1 + 200.0)
    copy = dict(w.content)
    if "etag_key" in copy and w.odds(0.6):
        copy |= {"etag_key": w.tag()}
    answers = [say(w.lawful(), hour, back, at="url"), say(copy, back, at="url"), *w.rest()]
    truth: Truth = away(hour, back)
    if w.odds(0.4):
        second = back + w.between(6, 90)
        answers.insert(0, say(w.lawful(), second, at="url"))
        truth.append((round(second, 4), "gone"))
    return Story(
        why="The file is deleted and a user uploads it again at the same address.",
        answers=answers,
        truth=truth,
    )


def account_suspended(w: World) -> Story:
    """The whole account is suspended for abuse."""
    hour = w.gone_at()
    page = _suspension(w)
    return Story(
        why="The company suspends the customer's account; every path shows the suspension page.",
        answers=[say(page, hour), *w.rest()],
        truth=until(hour),
    )


def _suspension(w: World) -> Facts:
    moved = {"hops": 1, "location_key": w.tag()} if w.odds(0.5) else {}
    return w.error(
        w.chance.choice((200, 200, 403, 404, 503)),
        suspended=True,
        length=w.chance.choice((None, 7_621)),
        **moved,
    )


def bill_unpaid(w: World) -> Story:
    """An account is suspended for its bill and comes back."""
    hour = w.after(1, 90)
    back = hour + w.between(8, 140)
    w.follow_h = max(w.follow_h, back // 1 + 150.0)
    return Story(
        why="The account is suspended over a bill and opened again once that is paid.",
        answers=[say(_suspension(w), hour, back), *w.rest()],
        truth=away(hour, back),
    )


def server_off(w: World) -> Story:
    """The whole server is switched off for good."""
    hour = w.gone_at()
    ending = w.chance.choice((w.broken(), w.broken("timeout"), w.error(502), w.error(521)))
    w.follow_h = max(w.follow_h, hour // 1 + 260.0)
    return Story(
        why="The customer's contract ends and the server is switched off for good.",
        answers=[say(ending, hour), *w.rest()],
        truth=until(hour),
    )


def outage(w: World) -> Story:
    """Outages that end by themselves."""
    answers: list[Entry] = []
    hour = w.after(0.1, 20)
    for _ in range(w.chance.randint(1, 4)):
        end = hour + w.between(0.3, 70)
        answers.append(say(w.chance.choice((w.broken(), w.error(503), w.error(509))), hour, end))
        hour = end + w.between(1, 60)
    w.follow_h = max(w.follow_h, hour // 1 + 100.0)
    return Story(
        why="The server fails for hours or days, more than once, and comes back each time.",
        answers=[*answers, *w.rest()],
        truth=ONLINE,
    )


def outage_then_delete(w: World) -> Story:
    """An outage, then a deletion found after it."""
    hour = w.after(0.3, 40)
    end = hour + w.between(1, 40)
    real = end + w.between(0.02, 30)
    return Story(
        why="The server fails, comes back with the file, and the file is deleted some time later.",
        answers=[
            say(w.broken(), hour, end),
            say(w.lawful(), real, at="url"),
            *w.rest(),
        ],
        truth=until(real),
    )


def overload(w: World) -> Story:
    """A server that is too slow for many visitors."""
    share = w.chance.choice((0.2, 0.4, 0.6, 0.8))
    hour = w.gone_at()
    gone = w.odds(0.4)
    failing = w.chance.choice((w.broken("timeout"), w.error(503), w.error(508), w.error(504)))
    removed = [say(w.lawful(), hour, at="url")] if gone else []
    return Story(
        why="A crowded server fails at a share of all looks, "
        + ("and the file is deleted meanwhile." if gone else "and the file stays on it."),
        answers=[say(failing, odds=share), *removed, *w.rest()],
        truth=until(hour) if gone else ONLINE,
    )


def wrong_deploy(w: World) -> Story:
    """A slip in a deployment: not found for some minutes."""
    first = w.after(0.2, 60)
    slips = [first + step * w.chance.uniform(3, 20) for step in range(w.chance.randint(1, 3))]
    everything = w.odds(0.5)
    target = "any" if everything else "url"
    return Story(
        why="A deployment goes wrong and paths are not found for up to 20 min, until put right.",
        answers=[
            *(say(w.lost, at_, at_ + w.chance.uniform(0.05, 0.33), at=target) for at_ in slips),
            *w.rest(),
        ],
        truth=ONLINE,
    )


def front_page(w: World) -> Story:
    """The reported URL is the front page itself."""
    page = w.page(length=w.chance.choice((None, 48_211)), etag_key=w.tag())
    hour = w.gone_at()
    how = w.chance.choice(("stays", "suspended", "dead", "missing"))
    ending: list[Entry] = {
        "stays": [],
        "suspended": [say(_suspension(w), hour)],
        "dead": [say(w.broken("refused", "timeout"), hour)],
        "missing": [say(w.lost, hour)],
    }[how]
    return Story(
        why=f"The front page itself was reported; how it ends: {how}.",
        answers=[*ending, say(w.lost, at="random"), say(page)],
        truth=ONLINE if how == "stays" else until(hour),
        root=True,
    )


KINDS: tuple[tuple[Kind, int], ...] = (
    (plain_delete, 80),
    (plain_stays, 55),
    (delete_without_notice, 35),
    (gone_at_report, 20),
    (uploaded_again, 40),
    (account_suspended, 30),
    (bill_unpaid, 20),
    (server_off, 22),
    (outage, 35),
    (outage_then_delete, 22),
    (overload, 32),
    (wrong_deploy, 28),
    (front_page, 20),
)
