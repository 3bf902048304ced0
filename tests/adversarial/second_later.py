"""What comes later: sites made anew after a deletion, controls that change, redirects abroad."""

from second_world import ONLINE, Entry, Facts, Kind, Story, World, say, until


def gone_then_redesign(w: World) -> Story:
    """Days after the deletion the site is made anew and answers unknown paths with 200."""
    w.show("image/jpeg", "image/png", "video/mp4")
    hour = w.gone_at()
    later = hour + w.between(3, 150)
    w.follow_h = max(w.follow_h, later // 1 + 170.0)
    shell = w.page(length=w.chance.choice((None, w.chance.randint(900, 30_000))))
    home: Facts = {**w.front, "hops": 1, "to_root": True, "location_key": w.tag()}
    new = w.chance.choice((shell, home, shell))
    answers = [say(new, later, at=target) for target in ("url", "random")]
    if new is shell and w.odds(0.6):
        answers.append(say(shell, later, at="root"))
    return Story(
        why="The file is deleted; later the site is made anew and answers every path with 200.",
        answers=[*answers, say(w.lawful(), hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def gone_then_name_sold(w: World) -> Story:
    """After the deletion the name goes to somebody else."""
    hour = w.gone_at()
    later = hour + w.between(10, 200)
    w.follow_h = max(w.follow_h, later // 1 + 170.0)
    same = w.odds(0.5)
    sale = w.page(parked=w.odds(0.5), hops=1, left_host=True, location_key=w.tag())
    after = say(sale, later) if same else say(w.broken("refused", "timeout"), later, present=False)
    return Story(
        why="The file is deleted; later the name is given up and sold, here or elsewhere.",
        answers=[after, say(w.lawful(), hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def gone_then_failing(w: World) -> Story:
    """After the deletion the server shuts monitors out or fails."""
    hour = w.gone_at()
    later = hour + w.between(0.8, 100)
    w.follow_h = max(w.follow_h, later // 1 + 100.0)
    wall = w.chance.choice((w.error(403), w.error(503), w.broken(), w.error(403, challenge=True)))
    return Story(
        why="The file is deleted; later the whole site refuses or fails for good.",
        answers=[say(wall, later), say(w.lawful(), hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def controls_change(w: World) -> Story:
    """The site changes what it says of unknown paths; the file stays as it was."""
    w.show("image/jpeg", "image/png", "video/mp4")
    hour = w.after(0.2, 100)
    home: Facts = {**w.front, "hops": 1, "to_root": True, "location_key": w.tag()}
    new = w.chance.choice((home, w.page(length=2_048), w.error(403), w.error(503), w.broken()))
    answers: list[Entry] = [say(new, hour, at="random")]
    if w.odds(0.4):
        answers.append(say(w.page(length=7_777), hour, at="root"))
    return Story(
        why="The site is made anew around the file: unknown paths and front page answer otherwise.",
        answers=[*answers, *w.rest()],
        truth=ONLINE,
    )


def head_silenced(w: World) -> Story:
    """After the notice HEAD is told 404 and GET is served."""
    hour = w.after(0.1, 60)
    sham = w.error(w.chance.choice((404, 404, 410, 403)))
    return Story(
        why="From then on the server tells every HEAD that the file is missing and serves a GET.",
        answers=[say(sham, hour, at="url", get=w.content), *w.rest()],
        truth=ONLINE,
    )


def rebuilt_by_clock(w: World) -> Story:
    """A job takes all files away for some minutes, again and again."""
    hour = w.after(0.1, 30)
    step = w.chance.choice((1.0, 1.5, 3.0))
    minutes = w.chance.randint(4, 14)
    return Story(
        why=f"A job rebuilds the site: every {step:g} h files are missing for {minutes} min.",
        answers=[
            *(
                say(w.lost, hour + turn * step, hour + turn * step + minutes / 60, at="url")
                for turn in range(45)
            ),
            *w.rest(),
        ],
        truth=ONLINE,
    )


def served_from_mirror(w: World) -> Story:
    """The old path leads to a mirror of the file on another host."""
    w.show("image/jpeg", "video/mp4")
    hour = w.after(0.2, 90)
    mirror = {**w.content, "hops": 1, "left_host": True, "location_key": w.tag()}
    end = hour + w.between(20, 200)
    w.follow_h = max(w.follow_h, end // 1 + 150.0)
    gone = w.odds(0.4)
    removed = [say(w.lost, end, at="url")] if gone else []
    return Story(
        why="The old path leads to the same file on a mirror"
        + ("; later it is deleted for good." if gone else "; a visitor gets it as before."),
        answers=[*removed, say(mirror, hour, at="url"), *w.rest()],
        truth=until(end) if gone else ONLINE,
    )


def sent_elsewhere(w: World) -> Story:
    """Deleted files lead to the front page of another site."""
    w.show("image/jpeg", "image/png", "video/mp4")
    hour = w.gone_at()
    other = w.page(hops=1, left_host=True, to_root=True, location_key=w.tag())
    if w.odds(0.6):
        w.lost = other
    return Story(
        why="The file is deleted and its path leads to the front page of another site.",
        answers=[say(other, hour, at="url"), *w.rest()],
        truth=until(hour),
    )


KINDS: tuple[tuple[Kind, int], ...] = (
    (gone_then_redesign, 28),
    (gone_then_name_sold, 18),
    (gone_then_failing, 20),
    (controls_change, 20),
    (head_silenced, 20),
    (rebuilt_by_clock, 16),
    (served_from_mirror, 20),
    (sent_elsewhere, 20),
)
