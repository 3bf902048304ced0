"""Kinds of the open half in which something else goes wrong: machines, names, caches, ourselves."""

from open_worlds import ONLINE, PICTURES, Kind, Site, Story, a, dead, gone_at, windows


def never_removed(site: Site) -> Story:
    why = "Nobody does anything; the material stays, its headers as ordinary sites vary them."
    answers = []
    if site.chance.random() < 0.5:
        for k in range(6):
            other = site.material | {"etag_key": f"e-{k}", "bytes": 100 + k}
            answers.append(a(other, at="url", chance=0.2))
    return Story(why, [*answers, *site.rest()], ONLINE, site.when(60, 390))


def maintenance_503(site: Site) -> Story:
    chance = site.chance
    at = site.when(0.3, 30)
    off = windows(chance, at, at + site.when(2, 100), (0.5, 12), (2, 30))
    page = site.page(site.pick(503, 502, 500))
    answers = [a(page, begins, until) for begins, until in off]
    why = "The server is taken down for work, at times for hours; then the material is there again."
    return Story(why, [*answers, *site.rest()], ONLINE, off[-1][1] + site.when(10, 60))


def outage_404(site: Site) -> Story:
    chance = site.chance
    at = site.when(0.3, 30)
    ends = at + chance.uniform(0.1, 0.45)
    why = "For less than half an hour a wrong set-up lets every path be 'not found'."
    return Story(why, [a(site.missing, at, ends), *site.rest()], ONLINE, ends + site.when(30, 80))


def error_200(site: Site) -> Story:
    at = site.when(0.3, 40)
    ends = at + site.when(1, 60)
    page = site.page(200)
    why = "The site's program fails with status 200 on every path, for hours; then it is back."
    return Story(why, [a(page, at, ends), *site.rest()], ONLINE, ends + site.when(30, 80))


def error_200_url(site: Site) -> Story:
    site.materials = PICTURES
    site.__post_init__()
    at = site.when(0.3, 40)
    ends = at + site.when(1, 60)
    page = site.page(200)
    why = "The program behind this path alone fails with status 200; then it is back."
    return Story(why, [a(page, at, ends, at="url"), *site.rest()], ONLINE, ends + site.when(30, 80))


def wildcard_200(site: Site) -> Story:
    site.material = site.head(
        200, "text/html", site.size(900, 60_000), etag_key=site.pick("", "e-app")
    )
    site.missing = dict(site.material)
    if site.chance.random() < 0.6:
        site.front = dict(site.material)
    why = "One page is served for every path and shows the material by its address; it stays."
    return Story(why, site.rest(), ONLINE, site.when(40, 200))


def wildcard_varies(site: Site) -> Story:
    size = site.size(4_000, 40_000)
    pages = [site.head(200, "text/html", size + 7 * k, etag_key=f"e{k}") for k in range(4)]
    answers = [a(pages[k], chance=(0.25, 0.33, 0.5)[k]) for k in range(3)]
    why = "Every path gets a page of 200 that is new at each look; the material stays on its own."
    return Story(why, [*answers, a(pages[3])], ONLINE, site.when(40, 200))


def wildcard_then_404(site: Site) -> Story:
    site.material = site.head(200, "text/html", site.size(900, 60_000))
    site.missing = dict(site.material)
    at = site.when(1, 60)
    answers = [a(site.page(site.pick(404, 410)), at, at="url"), *site.rest()]
    why = "Every path gets the same page of 200, until this one alone is 'not found'."
    return Story(why, answers, gone_at(at), at + site.when(30, 120))


def control_turns(site: Site) -> Story:
    site.materials = PICTURES
    site.__post_init__()
    at = site.when(0.3, 60)
    turned = site.material | {"etag_key": site.material.get("etag_key", "")}
    why = "Made-up paths begin to be answered like the material, as a soft 404 would."
    return Story(why, [a(turned, at, at="random"), *site.rest()], ONLINE, at + site.when(30, 150))


def control_turns_page(site: Site) -> Story:
    site.material = site.head(200, "text/html", site.size(5_000, 60_000), etag_key="e-page")
    at = site.when(0.3, 60)
    turned = dict(site.material)
    answers = [a(turned, at, at="random"), a(turned, at, at="root"), *site.rest()]
    why = "The site begins to answer every path with the very page reported; it stays where it was."
    return Story(why, answers, ONLINE, at + site.when(30, 150))


def moved_away(site: Site) -> Story:
    at = site.when(0.5, 60)
    left = site.missing if site.chance.random() < 0.7 else site.page(404)
    why = (
        "The site moves to another company; its old server says 'not found', the new one serves it."
    )
    answers = [
        a(left, at, at="url", present=False),
        a(site.missing, at, present=False),
        *site.rest(),
    ]
    return Story(why, answers, ONLINE, at + site.when(40, 150))


def moved_and_kept(site: Site) -> Story:
    at = site.when(0.5, 60)
    answers = [
        a(site.material, at, at="url", present=False),
        a(site.missing, at, present=False),
        *site.rest(),
    ]
    why = "DNS names another company, the old server goes on serving it."
    return Story(why, answers, ONLINE, at + site.when(40, 150))


def moved_and_dark(site: Site) -> Story:
    at = site.when(0.5, 60)
    why = "DNS names another company, the old server does not answer; the new one serves it."
    answers = [a(dead(site.chance), at, present=False), *site.rest()]
    return Story(why, answers, ONLINE, at + site.when(40, 200))


def round_robin(site: Site) -> Story:
    share = site.pick(0.3, 0.5, 0.7)
    at = site.pick(0.0, site.when(0.3, 40))
    answers = [
        a(site.material, at, at="url", present=False, chance=share),
        a(site.front, at, at="root", present=False, chance=share),
        *site.rest(),
    ]
    why = "The name leads now to one company, now to another; both serve it."
    return Story(why, answers, ONLINE, site.when(50, 150))


def round_robin_half(site: Site) -> Story:
    at = site.when(0.3, 40)
    share = site.pick(0.3, 0.5)
    lost = site.pick(site.missing, dead(site.chance))
    answers = [a(lost, at, at="url", chance=share), *site.rest()]
    why = "The name leads to several servers; one of them is dead or has lost the file."
    return Story(why, answers, ONLINE, at + site.when(24, 80))


def dns_to_loopback(site: Site) -> Story:
    at = site.when(0.5, 60)
    left = site.page(404)
    why = "The owner points the name at nothing and deletes the page from the server."
    return Story(
        why, [a(left, at, present=False), *site.rest()], gone_at(at), at + site.when(40, 150)
    )


def vantage_dead(site: Site) -> Story:
    at = site.when(0.2, 50)
    ends = at + site.when(3, 100)
    portal = site.pick(dead(site.chance), site.page(200), site.page(404), site.page(403))
    answers = [a(portal, at, ends, to=site.either(), canary_ok=False), *site.rest()]
    why = "One vantage's network fails: something else answers all it asks, its canary too."
    return Story(why, answers, ONLINE, ends + site.when(20, 60))


def vantages_dead(site: Site) -> Story:
    at = site.when(0.2, 50)
    ends = at + site.when(3, 100)
    portal = site.pick(dead(site.chance), site.page(404), site.page(410), site.page(404))
    answers = [a(portal, at, ends, canary_ok=False), *site.rest()]
    why = "Both vantages' networks fail and answer 'not found' to everything, their canaries too."
    return Story(why, answers, ONLINE, ends + site.when(20, 60))


def portal_over_gone(site: Site) -> Story:
    at = site.when(0.5, 40)
    ends = at + site.when(10, 100)
    portal = site.page(200) if site.chance.random() < 0.5 else dict(site.material)
    answers = [
        a(portal, at, ends, to=site.either(), canary_ok=False),
        a(site.missing, at, at="url"),
        *site.rest(),
    ]
    why = "The material goes while a proxy near one vantage answers 200 to all; its canary fails."
    return Story(why, answers, gone_at(at), ends + site.when(30, 80))


def policy(site: Site) -> Story:
    at = site.when(0.2, 60)
    error = site.pick("blocked_policy", "blocked_policy_hop", "blocked_policy_mixed", "clock")
    share = site.pick(1, 0.5)
    answers = [a({"error": error}, at, chance=share), *site.rest()]
    why = "The name or a redirect leads our prober where it may not go; visitors go on and get it."
    return Story(why, answers, ONLINE, at + site.when(30, 150))


def redirect_zoo(site: Site) -> Story:
    at = site.when(0.2, 60)
    error = site.pick("too_many_redirects", "too_large", "protocol", "tls", "reset")
    answers = [a({"error": error, "requests": 6, "hops": 5}, at, at=site.pick("url", "any"))]
    why = "Endless redirects, headers without end, broken framing for robots; browsers get it."
    return Story(why, [*answers, *site.rest()], ONLINE, at + site.when(30, 200))


def stale_404_edge(site: Site) -> Story:
    at = site.when(0.3, 40)
    ends = at + site.when(2, 50)
    old = site.missing | {"cached": True, "age_s": site.chance.randint(60, 40_000)}
    answers = [a(old, at, ends, to=site.either(), at="url"), *site.rest()]
    why = "A cache near one vantage keeps an old 'not found'; everywhere else it is served."
    return Story(why, answers, ONLINE, ends + site.when(20, 60))


def seen_through_cache(site: Site) -> Story:
    site.material |= {"cached": True}
    if site.chance.random() < 0.7:
        site.material["age_s"] = site.chance.randint(1, 3_000)
    at = site.when(1, 60)
    answers = [a(site.missing, at, at="url"), *site.rest()]
    why = "The hoster's own cache marks every answer; the material goes and so does its copy."
    return Story(why, answers, gone_at(at), at + site.when(30, 100))


def root_is_target(site: Site) -> Story:
    site.front = site.material = site.page(200)
    at = site.when(0.3, 40)
    lies = []
    if site.chance.random() < 0.5:
        who = site.either()
        lies = [a(site.page(404), at, to=who, at="url"), a(site.page(404), at, to=who, at="root")]
    why = "The material is the home page; it stays, at times one vantage is lied to."
    return Story(why, [*lies, *site.rest()], ONLINE, at + site.when(40, 150), root=True)


def ends_by_night(site: Site) -> Story:
    out = site.page(404) if site.chance.random() < 0.5 else dead(site.chance)
    silent = "error" in out
    length = site.chance.uniform(4, 9)
    start = site.chance.uniform(0.5, 14)
    off = [(round(start + 24 * k, 3), round(start + 24 * k + length, 3)) for k in range(4)]
    truth = [(-1000.0, "online")]
    for begins, until in off:
        truth += [] if silent else [(begins, "gone"), (until, "online")]
    answers = [a(out, begins, until, at="any" if silent else "url") for begins, until in off]
    why = "Every night it is off for hours, the page alone or the whole server, and on by day."
    return Story(why, [*answers, *site.rest()], truth, off[-1][1] + site.when(8, 14))


def mixed_noise(site: Site) -> Story:
    share = site.chance.uniform(0.05, 0.35)
    noise = [
        a(dead(site.chance), chance=round(share, 2)),
        a({"error": "dns_failure"}, chance=round(share / 2, 2)),
        a(site.page(503), chance=round(share / 2, 2)),
    ]
    gone = site.chance.random() < 0.5
    at = site.when(1, 80)
    answers = [*noise, *([a(site.missing, at, at="url")] if gone else []), *site.rest()]
    why = "A bad line: a share of all looks fails, whatever the truth is."
    return Story(why, answers, gone_at(at) if gone else ONLINE, at + site.when(40, 120))


KINDS: tuple[Kind, ...] = (
    never_removed, maintenance_503, outage_404, error_200, error_200_url, wildcard_200,
    wildcard_varies, wildcard_then_404, control_turns, control_turns_page, moved_away,
    moved_and_kept, moved_and_dark, round_robin, round_robin_half, dns_to_loopback, vantage_dead,
    vantages_dead, portal_over_gone, policy, redirect_zoo, stale_404_edge, seen_through_cache,
    root_is_target, ends_by_night, mixed_noise,
)  # kinds, a few a line # fmt: skip
