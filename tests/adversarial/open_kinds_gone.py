"""Kinds of the open half in which the material goes, by whatever sign."""

from open_worlds import PICTURES, Kind, Site, Story, a, dead, gone_at, windows


def honest_404(site: Site) -> Story:
    at = site.when(0.3)
    gone = site.missing if site.chance.random() < 0.6 else site.page(site.pick(404, 410))
    why = "The hoster deletes it; the page says 'not found' to everybody."
    return Story(why, [a(gone, at, at="url"), *site.rest()], gone_at(at), at + site.when(20, 200))


def gone_before_report(site: Site) -> Story:
    why = "It was gone before the hotline wrote its report."
    back = site.when(0.3, 100)
    return Story(why, site.rest(site.missing), gone_at(-back), site.when(30, 120))


def gone_before_notice(site: Site) -> Story:
    site.noticed_h = site.when(3, 40)
    at = round(site.noticed_h * site.chance.uniform(0.05, 0.95), 3)
    why = "It goes after the report and before anybody told the hoster."
    answers = [a(site.page(404), at, at="url"), *site.rest()]
    return Story(why, answers, gone_at(at), site.noticed_h + site.when(30, 100))


def gone_under_limits(site: Site) -> Story:
    at = site.when(1, 60)
    busy = site.page(site.pick(429, 503), retry_after_s=site.pick(60, 3_600))
    answers = [
        a(busy, chance=site.pick(0.2, 0.4, 0.6)),
        a(site.missing, at, at="url"),
        *site.rest(),
    ]
    why = "A busy host refuses a share of all looks, before and after it deletes the material."
    return Story(why, answers, gone_at(at), at + site.when(30, 150))


def gone_behind_block(site: Site) -> Story:
    at = site.when(0.3, 30)
    gone = at + site.when(1, 30)
    ends = gone + site.when(5, 60)
    answers = [a(site.refusal(), at, ends), a(site.missing, gone, at="url"), *site.rest()]
    why = "Both vantages are refused for a time; when that ends the material has been deleted."
    return Story(why, answers, gone_at(gone), ends + site.when(30, 100))


def soft404(site: Site) -> Story:
    site.materials = PICTURES
    site.__post_init__()
    site.missing = site.page(200)
    at = site.when(0.3, 60)
    why = "The site says 200 to every unknown path, and to this one when the file is deleted."
    return Story(
        why, [a(site.missing, at, at="url"), *site.rest()], gone_at(at), at + site.when(30, 150)
    )


def template_pages(site: Site) -> Story:
    at = site.when(0.5, 60)
    media = "text/html"
    size = site.size(9_000, 60_000)
    site.material = site.head(200, media, size, etag_key=site.pick("", "e-page"))
    sizes = [size // site.pick(3, 4, 6) + site.chance.randint(-40, 40) for _ in range(4)]
    none = [site.head(200, media, one) for one in sizes]
    answers = [a(none[k], at, at="url", chance=(0.25, 0.33, 0.5)[k]) for k in range(3)]
    answers += [a(none[3], at, at="url"), a(site.material, at="url"), a(site.front, at="root")]
    answers += [*(a(none[k], chance=(0.25, 0.33, 0.5)[k]) for k in range(3)), a(none[3])]
    why = (
        "Pages of one template, also where there is none: they differ by a few bytes at each look."
    )
    return Story(why, answers, gone_at(at), at + site.when(30, 150))


def redirect_home(site: Site) -> Story:
    site.front = site.page(200)
    at = site.when(0.3, 60)
    home = site.led(site.front, "home", to_root=True)
    if site.chance.random() < 0.5:
        site.missing = home
    answers = [a(home, at, at="url"), *site.rest()]
    why = "What is deleted leads to the home page, on half of the sites like everything unknown."
    return Story(why, answers, gone_at(at), at + site.when(30, 120))


def placeholder_redirect(site: Site) -> Story:
    at = site.when(0.3, 60)
    picture = site.head(
        200, site.pick("image/png", "image/gif", "image/svg+xml"), site.size(300, 9_000)
    )
    sign = site.led(picture, "removed", placeholder=True)
    if site.chance.random() < 0.5:
        site.missing = sign
    why = "What is deleted leads to the picture that says so."
    return Story(why, [a(sign, at, at="url"), *site.rest()], gone_at(at), at + site.when(30, 120))


def one_pixel_placeholder(site: Site) -> Story:
    site.materials = PICTURES
    site.__post_init__()
    site.material.setdefault("length", site.size(20_000, 500_000))
    at = site.when(0.3, 60)
    pixel = site.head(200, site.pick("image/gif", "image/png"), site.pick(43, 35, 68, 807))
    why = "At the same address lies a picture of one pixel, or a small one that says 'removed'."
    return Story(why, [a(pixel, at, at="url"), *site.rest()], gone_at(at), at + site.when(30, 260))


def empty_200(site: Site) -> Story:
    at = site.when(0.3, 60)
    site.material.setdefault("length", site.size(20_000, 500_000))
    empty = site.material | {"length": 0, "etag_key": "e-none"}
    why = "The file was cut to nothing and is still served: same type, no byte."
    return Story(why, [a(empty, at, at="url"), *site.rest()], gone_at(at), at + site.when(30, 260))


def content_swap(site: Site) -> Story:
    site.materials = PICTURES
    site.__post_init__()
    site.material |= {"length": site.size(20_000, 500_000), "etag_key": "e-before"}
    at = site.when(0.3, 60)
    other = site.material | {
        "length": int(site.material["length"] * site.chance.uniform(0.97, 1.03)),
        "etag_key": "e-after",
    }
    why = (
        "Another picture of like size lies at the address; its headers say only that it is another."
    )
    answers = [a(other, at, at="url"), *site.rest()]
    return Story(why, answers, gone_at(at), at + site.when(30, 200), judgeable=False)


def parked(site: Site) -> Story:
    at = site.when(0.5, 80)
    sale = site.led(site.page(200), "parking", left_host=True, parked=True)
    why = "The whole name leads to a parking service; the site is no more."
    return Story(why, [a(sale, at), *site.rest()], gone_at(at), at + site.when(30, 150))


def parked_by_dns(site: Site) -> Story:
    at = site.when(0.5, 80)
    left = site.missing if site.chance.random() < 0.6 else site.page(404)
    answers = [
        a(left, at, at="url", present=False),
        a(site.missing, at, present=False),
        *site.rest(),
    ]
    why = "DNS names a parking service; the old address no longer has the page."
    return Story(why, answers, gone_at(at), at + site.when(30, 150))


def suspended(site: Site) -> Story:
    at = site.when(0.3, 80)
    page = site.led(site.page(200), "suspended", suspended=True)
    why = "The hoster closed the account: every path leads to the page that says so."
    return Story(why, [a(page, at), *site.rest()], gone_at(at), at + site.when(30, 150))


def name_ends(site: Site) -> Story:
    at = site.when(0.5, 80)
    left = site.page(404) if site.chance.random() < 0.7 else dead(site.chance)
    why = "The name is deleted, and the server no longer serves it under the old address."
    return Story(
        why, [a(left, at, nxdomain=True), *site.rest()], gone_at(at), at + site.when(30, 260)
    )


def expired_name(site: Site) -> Story:
    at = site.when(0.5, 80)
    answers = [
        a(site.material, at, at="url", nxdomain=True),
        a(site.missing, at, nxdomain=True),
        *site.rest(),
    ]
    why = "The name expired, the server would still serve it to whoever knew the address."
    return Story(why, answers, gone_at(at), at + site.when(30, 200), judgeable=False)


def lawful_disabling(site: Site) -> Story:
    at = site.when(0.3, 60)
    no = site.page(site.pick(451, 451, 403, 401))
    if site.front["status"] == 403:
        site.front = site.page(200)
    why = "By an order the hoster disables the one page for everybody; the site goes on."
    return Story(why, [a(no, at, at="url"), *site.rest()], gone_at(at), at + site.when(30, 150))


def site_closed(site: Site) -> Story:
    at = site.when(0.3, 60)
    page = site.page(200)
    why = "The site is closed: every path answers 200 with the page the hoster shows for no site."
    return Story(why, [a(page, at), *site.rest()], gone_at(at), at + site.when(30, 200))


def site_404(site: Site) -> Story:
    at = site.when(0.3, 60)
    page = site.page(site.pick(404, 410))
    why = "The whole site is deleted: every path is 'not found', the root too."
    return Story(why, [a(page, at), *site.rest()], gone_at(at), at + site.when(30, 200))


def slow_purge(site: Site) -> Story:
    at = site.when(0.5, 50)
    steps = site.chance.randint(2, 8)
    each = site.chance.uniform(0.3, 3)
    answers = [
        a(
            site.missing,
            at + k * each,
            at + (k + 1) * each,
            at="url",
            chance=round((k + 1) / (steps + 1), 3),
        )
        for k in range(steps)
    ]
    end = round(at + steps * each, 3)
    answers += [a(site.missing, end, at="url"), *site.rest()]
    why = "The deletion takes hours to reach all servers; until then it is to be had."
    return Story(why, answers, gone_at(end), end + site.when(30, 100))


def cdn_cached(site: Site) -> Story:
    at = site.when(0.5, 40)
    lasts = site.when(1, 40)
    end = round(at + lasts, 3)
    answers = []
    step = max(0.5, lasts / 12)
    for k in range(int(lasts / step) + 1):
        old = site.material | {"cached": True, "age_s": int(k * step * 3_600) + 60}
        answers.append(a(old, at + k * step, min(at + (k + 1) * step, end), at="url"))
    gone = site.missing | site.pick({}, {"cached": True, "age_s": 5})
    answers += [a(gone, end, at="url"), *site.rest()]
    why = "A cache before the server serves the deleted file until its time is up."
    return Story(why, answers, gone_at(end), end + site.when(30, 100))


def cached_at_one(site: Site) -> Story:
    at = site.when(0.5, 40)
    end = round(at + site.when(1, 30), 3)
    old = site.material | {"cached": True}
    answers = [
        a(old, at, end, to=site.either(), at="url"),
        a(site.missing, at, at="url"),
        *site.rest(),
    ]
    why = "One edge of a network of caches keeps the deleted file for hours; visitors there get it."
    return Story(why, answers, gone_at(end), end + site.when(30, 100))


def reappears(site: Site) -> Story:
    at = site.when(0.5, 40)
    away = site.when(26, 150)
    back = round(at + away, 3)
    answers = [a(site.missing, at, back, at="url"), *site.rest()]
    truth = [*gone_at(at), (back, "online")]
    follow = back + site.when(20, 60)
    if site.chance.random() < 0.4:
        again = round(back + site.when(5, 40), 3)
        answers.insert(0, a(site.missing, again, at="url"))
        truth.append((again, "gone"))
        follow = again + site.when(30, 60)
    why = "It is deleted and put back after more than a day, sometimes deleted again."
    return Story(why, answers, truth, follow)


def flaps_then_goes(site: Site) -> Story:
    at = site.when(0.5, 20)
    end = round(at + site.when(5, 40), 3)
    off = [w for w in windows(site.chance, at, end, (0.1, 0.5), (0.3, 4)) if w[1] < end - 0.3]
    truth = [(-1000.0, "online")]
    for begins, until in off:
        truth += [(begins, "gone"), (until, "online")]
    truth.append((end, "gone"))
    answers = [a(site.missing, begins, until, at="url") for begins, until in off]
    answers += [a(site.missing, end, at="url"), *site.rest()]
    why = "It comes and goes for hours and is then deleted for good."
    return Story(why, answers, truth, end + site.when(30, 100))


def head_of_gone(site: Site) -> Story:
    at = site.when(0.3, 50)
    answers = [a(site.material, at, at="url", get=site.missing), *site.rest()]
    why = "A HEAD is still answered from a table of files, a GET says that the file is gone."
    return Story(why, answers, gone_at(at), at + site.when(30, 120))


def deletes_then_outage(site: Site) -> Story:
    at = site.when(0.5, 50)
    fails = at + site.chance.uniform(0.05, 6)
    ends = fails + site.when(2, 40)
    out = site.page(site.pick(500, 502, 503)) if site.chance.random() < 0.5 else dead(site.chance)
    answers = [a(out, fails, ends), a(site.missing, at, at="url"), *site.rest()]
    why = "It is deleted, and soon after the whole server fails for a time."
    return Story(why, answers, gone_at(at), ends + site.when(30, 100))


def root_removed(site: Site) -> Story:
    at = site.when(0.3, 60)
    site.material = site.front = site.page(200)
    page = site.page(site.pick(404, 410, 200))
    why = "The material is the home page itself; it is deleted or another page lies there."
    answers = [a(page, at, at="url"), a(page, at, at="root"), *site.rest()]
    return Story(
        why,
        answers,
        gone_at(at),
        at + site.when(30, 120),
        root=True,
        judgeable=page["status"] != 200,
    )


KINDS: tuple[Kind, ...] = (
    honest_404, gone_before_report, gone_before_notice, gone_under_limits, gone_behind_block,
    soft404, template_pages, redirect_home, placeholder_redirect, one_pixel_placeholder, empty_200,
    content_swap, parked, parked_by_dns, suspended, name_ends, expired_name, lawful_disabling,
    site_closed, site_404, slow_purge, cdn_cached, cached_at_one, reappears, flaps_then_goes,
    head_of_gone, deletes_then_outage, root_removed,
)  # kinds, a few a line # fmt: skip
