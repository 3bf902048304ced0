"""Removals that are said otherwise than by 404: pictures, pages, redirects, blanks, wildcards."""

from second_world import ONLINE, Facts, Kind, Story, World, away, say, until

FILES = ("image/jpeg", "image/png", "video/mp4")


def removed_picture(w: World) -> Story:
    """An image host shows a picture that says "removed", with status 200."""
    w.show("image/jpeg", "image/png")
    hour = w.gone_at()
    picture = w.page(
        type=w.chance.choice(("image/png", "image/gif", "image/jpeg")),
        length=w.chance.randint(430, 6_900),
        etag_key=w.tag(),
    )
    if w.odds(0.5):
        w.lost = picture
    return Story(
        why="The image host deletes it and answers 200 with a small picture that says so.",
        answers=[say(picture, hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def removed_redirect(w: World) -> Story:
    """A redirect to the picture or page of removed files."""
    hour = w.gone_at()
    named = w.odds(0.6)
    target = w.page(
        type=w.chance.choice(("image/png", "text/html")),
        length=w.chance.randint(500, 8_000),
        hops=1,
        location_key=w.tag(),
        left_host=w.odds(0.3),
    )
    if named:
        target["placeholder"] = True
    if w.odds(0.5):
        w.lost = target
    return Story(
        why="A deleted file leads by a redirect to the host's picture or page of removed files.",
        answers=[say(target, hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def removed_page(w: World) -> Story:
    """A page with status 200 says that the file was deleted."""
    w.show(*FILES)
    hour = w.gone_at()
    page = w.page(length=w.chance.choice((None, w.chance.randint(1_900, 30_000))))
    return Story(
        why="In place of the deleted file there is a page with status 200 that says so.",
        answers=[say(page, hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def removed_home(w: World) -> Story:
    """Deleted paths lead to the front page."""
    hour = w.gone_at()
    home = {**w.front, "hops": 1, "to_root": True, "location_key": w.tag()}
    if w.odds(0.7):
        w.lost = home
    return Story(
        why="The file is deleted and its path leads to the front page.",
        answers=[say(home, hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def removed_search(w: World) -> Story:
    """Deleted paths lead to a list of similar things on the same host."""
    hour = w.gone_at()
    listing = w.page(hops=w.chance.choice((1, 2)), location_key=w.tag())
    w.lost = listing
    return Story(
        why="The file is deleted; like any unknown path, its own leads to a list of other files.",
        answers=[say(listing, hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def emptied(w: World) -> Story:
    """The file is cut to no bytes; the path stays."""
    w.show(*FILES)
    hour = w.gone_at()
    blank = w.page(
        type=w.chance.choice((w.media, "text/html", "application/octet-stream")), length=0
    )
    if w.odds(0.5):
        blank |= {"etag_key": w.tag()}
    elif w.odds(0.3):
        blank = {"status": 204, **w.wire}
    return Story(
        why="The file is cut to 0 bytes and its path stays; a visitor gets nothing to see.",
        answers=[say(blank, hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def soft_missing(w: World) -> Story:
    """A site that says "not found" with status 200."""
    w.show(*FILES)
    w.lost = w.page(length=w.chance.choice((None, w.chance.randint(2_000, 40_000))))
    hour = w.gone_at()
    gone = w.odds(0.75)
    return Story(
        why="The site answers unknown paths with status 200 and a page; "
        + ("the file becomes such a path." if gone else "the file stays."),
        answers=[*([say(w.lost, hour, at="url")] if gone else []), *w.rest()],
        truth=until(hour) if gone else ONLINE,
    )


def soft_wobbly(w: World) -> Story:
    """A "not found" page with status 200 that is a little different each time."""
    w.show("page")
    w.content = w.page(length=w.chance.randint(60_000, 160_000), etag_key=w.tag())
    pages = [w.page(length=2_000 + w.chance.randint(0, 90)) for _ in range(4)]
    hour = w.gone_at()
    answers = [say(page, hour, at="url", odds=0.4) for page in pages]
    answers.append(say(pages[0], hour, at="url"))
    answers += [say(page, at="random", odds=0.4) for page in pages]
    w.lost = pages[0]
    return Story(
        why="The page is deleted; not found is a page with 200 whose length wobbles by a number.",
        answers=[*answers, *w.rest()],
        truth=until(hour),
    )


def catch_all(w: World) -> Story:
    """An application that answers every path alike, from the start."""
    shell: Facts = w.page(length=w.chance.randint(900, 9_000), etag_key=w.tag())
    hour = w.gone_at()
    gone = w.odds(0.5)
    answers = [say(shell)]
    if gone and w.odds(0.5):
        answers.insert(0, say(w.broken("timeout"), hour / 2, hour / 2 + 1))
    return Story(
        why="A one-page application answers every path with one shell; "
        + ("behind it the file is deleted." if gone else "behind it the file stays."),
        answers=answers,
        truth=until(hour) if gone else ONLINE,
    )


def site_replaced(w: World) -> Story:
    """The company deletes the site; its server's default page answers every path."""
    hour = w.gone_at()
    default = w.page(length=w.chance.choice((612, 10_671, 867)), etag_key=w.tag())
    if w.odds(0.4):
        default |= {"status": 403}
    return Story(
        why="The company deletes the site; the server's default page answers every path.",
        answers=[say(default, hour), *w.rest()],
        truth=until(hour),
    )


def disabled_by_law(w: World) -> Story:
    """The file alone is refused to everybody."""
    hour = w.gone_at()
    refusal = w.error(w.chance.choice((403, 451, 451)), length=w.chance.choice((None, 199, 1_204)))
    return Story(
        why="The company disables the one file; everybody is refused it, the site goes on.",
        answers=[say(refusal, hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def disabled_a_while(w: World) -> Story:
    """The file is disabled while the company looks at it, and given free again."""
    hour = w.after(0.2, 50)
    back = hour + w.between(2, 100)
    w.follow_h = max(w.follow_h, back // 1 + 120.0)
    return Story(
        why="The company disables the file while it looks into it, then gives it free again.",
        answers=[say(w.error(w.chance.choice((403, 404, 451))), hour, back, at="url"), *w.rest()],
        truth=away(hour, back),
    )


def error_with_picture(w: World) -> Story:
    """A 404 or 410 that carries a picture and an ETag of its own."""
    w.show("image/jpeg", "image/png")
    hour = w.gone_at()
    picture = w.error(
        w.chance.choice((404, 410)),
        type="image/png",
        length=w.chance.randint(1_500, 60_000),
        etag_key=w.tag(),
    )
    if w.odds(0.4):
        w.lost = {**picture, "status": 404}
    return Story(
        why="The file is deleted; the error comes with a picture as its body.",
        answers=[say(picture, hour, at="url"), *w.rest()],
        truth=until(hour),
    )


KINDS: tuple[tuple[Kind, int], ...] = (
    (removed_picture, 36),
    (removed_redirect, 34),
    (removed_page, 28),
    (removed_home, 30),
    (removed_search, 18),
    (emptied, 22),
    (soft_missing, 28),
    (soft_wobbly, 14),
    (catch_all, 24),
    (site_replaced, 26),
    (disabled_by_law, 26),
    (disabled_a_while, 18),
    (error_with_picture, 18),
)
