"""Innocent but odd technology: methods, headers, stores, clocks, redirects."""

from second_world import ONLINE, START_MS, Entry, Facts, Kind, Story, Truth, World, say, until


def _maybe(w: World, ending: Entry, hour: float, share: float) -> tuple[list[Entry], Truth]:
    if w.odds(share):
        return [ending], until(hour)
    return [], list(ONLINE)


def head_is_lost(w: World) -> Story:
    """A framework whose routes know GET alone: HEAD is 404 on everything."""
    hour = w.gone_at()
    ending, truth = _maybe(w, say(w.lost, hour, at="url"), hour, 0.5)
    return Story(
        why="The framework has no HEAD: it answers 404 to one, and GET with the material.",
        answers=[
            *ending,
            say(w.lost, at="random"),
            say(w.lost, at="root", get=w.front),
            say(w.lost, get=w.content),
        ],
        truth=truth,
    )


def head_not_allowed(w: World) -> Story:
    """HEAD is refused with 405, 501 or 400 on every path."""
    hour = w.gone_at()
    no = w.error(w.chance.choice((405, 405, 501, 400)))
    ending, truth = _maybe(w, say(no, hour, at="url", get=w.lawful()), hour, 0.6)
    return Story(
        why="The server refuses HEAD; only a GET says whether the file is there.",
        answers=[
            *ending,
            say(no, at="random", get=w.lost),
            say(no, at="root", get=w.front),
            say(no, get=w.content),
        ],
        truth=truth,
    )


def head_not_signed(w: World) -> Story:
    """A signed link that is signed for GET alone."""
    w.show("image/jpeg", "video/mp4")
    refusal = w.error(403, type="application/xml")
    w.lost = refusal
    hour = w.gone_at()
    missing = w.error(404, type="application/xml")
    ending, truth = _maybe(w, say(refusal, hour, at="url", get=missing), hour, 0.6)
    return Story(
        why="A link to a store is signed for GET alone: HEAD is 403, GET gives the file.",
        answers=[
            *ending,
            say(refusal, at="random"),
            say(refusal, at="root"),
            say(refusal, get=w.content),
        ],
        truth=truth,
    )


def head_from_stale_cache(w: World) -> Story:
    """A cache that answers HEAD from what it should have dropped."""
    hour = w.gone_at()
    lead = w.between(0.1, 2)
    slices = w.chance.randint(2, 20)
    stale = [
        say(
            {**w.content, "cached": True, "age_s": int((lead + number + 1) * 3600)},
            hour + number,
            hour + number + 1,
            at="url",
            get=w.lost,
        )
        for number in range(slices)
    ]
    return Story(
        why="After the deletion a cache goes on answering HEAD as before; a GET finds nothing.",
        answers=[*stale, say(w.lost, hour, at="url"), *w.rest()],
        truth=until(hour),
    )


def store_hides_missing(w: World) -> Story:
    """An object store that refuses what is not there."""
    w.show("image/jpeg", "video/mp4")
    refusal = w.error(403, type="application/xml")
    w.lost = refusal
    w.front = dict(refusal) if w.odds(0.7) else w.front
    hour = w.gone_at()
    ending, truth = _maybe(w, say(refusal, hour, at="url"), hour, 0.75)
    return Story(
        why="An object store says 403 of every object it lacks"
        + ("; the object is deleted." if ending else "; the object stays."),
        answers=[*ending, *w.rest()],
        truth=truth,
    )


def bucket_deleted(w: World) -> Story:
    """The whole bucket is deleted."""
    w.show("image/jpeg", "video/mp4")
    w.lost = w.error(w.chance.choice((403, 404)), type="application/xml")
    hour = w.gone_at()
    return Story(
        why="The whole bucket is deleted; the store says of every path that there is no such one.",
        answers=[say(w.error(404, type="application/xml"), hour), *w.rest()],
        truth=until(hour),
    )


def restless_tags(w: World) -> Story:
    """Every answer has another ETag, and sometimes another length."""
    hour = w.gone_at()
    bare = {name: value for name, value in w.content.items() if name != "etag_key"}
    size = int(bare.get("length", 40_000))
    copies: list[Facts] = []
    for _ in range(6):
        length = size + w.chance.randint(-300, 300) if w.odds(0.5) else size
        copies.append({**bare, "etag_key": w.tag(), "length": length})
    ending, truth = _maybe(w, say(w.lawful(), hour, at="url"), hour, 0.4)
    spread = [say(copy, at="url", odds=0.3) for copy in copies]
    return Story(
        why="The server makes a new ETag for each answer; the file is the same.",
        answers=[*ending, *spread, *w.rest(copies[0])],
        truth=truth,
    )


def bare_headers(w: World) -> Story:
    """A server of the old protocol: no type, no length, no tag."""
    hour = w.gone_at()
    w.lost = {"status": 404, **w.wire}
    w.front = {"status": w.chance.choice((200, 403)), **w.wire}
    content = {"status": w.chance.choice((200, 200, 200, 203, 206)), **w.wire}
    if w.odds(0.5):
        content["type"] = w.chance.choice(("application/octet-stream", "text/plain"))
    ending, truth = _maybe(w, say(w.lost, hour, at="url"), hour, 0.6)
    return Story(
        why="An old server sends a status and nearly nothing else.",
        answers=[*ending, *w.rest(content)],
        truth=truth,
    )


def wrong_clock(w: World) -> Story:
    """A server whose clock is wrong: Last-Modified at the epoch, ahead, or of the answer."""
    hour = w.gone_at()
    dates = (0, START_MS + 40_000_000_000, START_MS + w.chance.randint(1, 3_000) * 3_600_000)
    content = {**w.content, "modified": w.chance.choice(dates)}
    later = {**content, "modified": START_MS + w.chance.randint(1, 400) * 3_600_000}
    ending, truth = _maybe(w, say(w.lawful(), hour, at="url"), hour, 0.5)
    return Story(
        why="The server's clock is wrong and its dates wander; the file is the same.",
        answers=[*ending, say(later, hour / 2, hour, at="url", odds=0.5), *w.rest(content)],
        truth=truth,
    )


def made_smaller(w: World) -> Story:
    """An optimiser encodes the material anew: other type, size and tag."""
    w.show("image/jpeg", "image/png")
    hour = w.gone_at()
    smaller = {
        **w.content,
        "type": w.chance.choice(("image/webp", "image/avif", w.media)),
        "length": int(w.content["length"] * w.chance.uniform(0.25, 0.8)),
        "etag_key": w.tag(),
    }
    return Story(
        why="An optimiser encodes the picture anew; a visitor sees the same one as before.",
        answers=[say(smaller, hour, at="url"), *w.rest()],
        truth=ONLINE,
    )


def path_rewritten(w: World) -> Story:
    """Paths get a new spelling and the old one redirects."""
    hour = w.gone_at()
    there = {**w.content, "hops": w.chance.choice((1, 1, 2)), "location_key": w.tag()}
    end = hour + w.between(10, 150)
    w.follow_h = max(w.follow_h, end // 1 + 120.0)
    ending, truth = _maybe(w, say(w.lost, end, at="url"), end, 0.4)
    return Story(
        why="The site spells its paths anew (case, slash, percent signs); the old one redirects.",
        answers=[*ending, say(there, hour, at="url"), *w.rest()],
        truth=truth,
    )


def redirect_loop(w: World) -> Story:
    """A wrong rule sends paths round in circles for a while."""
    hour = w.after(0.2, 80)
    end = hour + w.between(0.4, 60)
    return Story(
        why="A wrong rule sends every path round in circles until somebody puts it right.",
        answers=[say({"error": "too_many_redirects", "hops": 5}, hour, end), *w.rest()],
        truth=ONLINE,
    )


def certificate_trouble(w: World) -> Story:
    """A certificate that ends, or a negotiation that fails."""
    hour = w.after(0.2, 80)
    end = hour + w.between(2, 120)
    expired = {**w.content, "tls": "TLSv1.2", "tls_valid": False}
    failing = {"error": "tls"}
    trouble = w.chance.choice((expired, failing))
    w.follow_h = max(w.follow_h, end // 1 + 72.0)
    at = "url" if trouble is expired else "any"
    return Story(
        why="The certificate runs out or the negotiation fails for days, then it is put right.",
        answers=[say(trouble, hour, end, at=at), *w.rest()],
        truth=ONLINE,
    )


KINDS: tuple[tuple[Kind, int], ...] = (
    (head_is_lost, 32),
    (head_not_allowed, 28),
    (head_not_signed, 20),
    (head_from_stale_cache, 12),
    (store_hides_missing, 30),
    (bucket_deleted, 14),
    (restless_tags, 26),
    (bare_headers, 22),
    (wrong_clock, 18),
    (made_smaller, 24),
    (path_rewritten, 26),
    (redirect_loop, 16),
    (certificate_trouble, 22),
)
