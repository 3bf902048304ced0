"""Kinds of the open half in which the material stays and the monitor is to think otherwise."""

from open_worlds import MATERIALS, ONLINE, Kind, Site, Story, a, dead, gone_at, windows


def cloaks_agent(site: Site) -> Story:
    at = site.when(0.2)
    lie = site.page(site.pick(404, 404, 410))
    lies = [a(lie, at, to="loud", at=site.pick("url", "any"))]
    why = "Later on whoever names itself gets 'not found'; everybody else gets the material."
    return Story(why, [*lies, *site.rest()], ONLINE, at + site.when(30, 150))


def cloaks_from_start(site: Site) -> Story:
    who = site.either()
    lies = [a(site.missing, to=who, at="url")]
    why = "One vantage never gets anything but the site's ordinary 'not found'; all others do."
    return Story(why, [*lies, *site.rest()], ONLINE, site.when(60, 190))


def cloaks_unannounced(site: Site) -> Story:
    at = site.when(0.3)
    lies = [a(site.missing, at, to="quiet", at="url")]
    why = "The unannounced address was found out and gets 'not found'; visitors get it."
    return Story(why, [*lies, *site.rest()], ONLINE, at + site.when(30, 150))


def cloaks_and_drips(site: Site) -> Story:
    at = site.when(0.3, 50)
    one, other = site.pick(("loud", "quiet"), ("quiet", "loud"))
    answers = [
        a(site.missing, at, to=one, at="url"),
        a(dead(site.chance), at, to=other, chance=site.pick(1, 0.9, 0.7)),
        *site.rest(),
    ]
    why = "One vantage gets 'not found', the other mostly no answer; visitors get it."
    return Story(why, answers, ONLINE, at + site.when(30, 120))


def cloaks_and_blocks(site: Site) -> Story:
    at = site.when(0.3, 50)
    one, other = site.pick(("loud", "quiet"), ("quiet", "loud"))
    answers = [
        a(site.missing, at, to=one, at="url"),
        a(site.refusal(), at, to=other),
        *site.rest(),
    ]
    why = "One vantage gets 'not found', the other is refused on the whole site; visitors get it."
    return Story(why, answers, ONLINE, at + site.when(30, 120))


def blocks_address(site: Site) -> Story:
    at = site.when(0.2, 60)
    no = dead(site.chance) if site.chance.random() < 0.5 else site.page(403)
    why = "Both vantages are dropped or refused on the whole site; visitors get the material."
    return Story(why, [a(no, at), *site.rest()], ONLINE, at + site.when(60, 260))


def blocks_from_start(site: Site) -> Story:
    why = "Neither vantage ever got an answer that says anything; visitors get the material."
    return Story(why, [a(site.refusal())], ONLINE, site.when(60, 260))


def blocks_one(site: Site) -> Story:
    at = site.when(0.2)
    lies = [a(site.refusal(), at, to=site.either())]
    why = "One vantage is refused on the whole site, the other and all visitors get the material."
    return Story(why, [*lies, *site.rest()], ONLINE, at + site.when(30, 150))


def blocks_then_removes(site: Site) -> Story:
    at = site.when(0.5, 30)
    gone = at + site.when(2, 40)
    answers = [
        a(site.refusal(), at, to="loud"),
        a(site.missing, gone, at="url"),
        *site.rest(),
    ]
    why = "The announced vantage is refused for good; later the material is deleted."
    return Story(why, answers, gone_at(gone), gone + site.when(30, 120))


def challenge(site: Site) -> Story:
    at = site.when(0.2, 60)
    test = site.page(site.pick(403, 503, 429, 200), challenge=True)
    where = site.pick("url", "any", "any")
    why = "A test for robots stands before the material; every browser passes it."
    return Story(why, [a(test, at, at=where), *site.rest()], ONLINE, at + site.when(30, 200))


def challenge_and_404(site: Site) -> Story:
    at = site.when(0.2, 60)
    one, other = site.pick(("loud", "quiet"), ("quiet", "loud"))
    test = site.page(site.pick(403, 503), challenge=True)
    answers = [a(test, at, to=one), a(site.page(404), at, to=other, at="url"), *site.rest()]
    why = "One vantage meets a test for robots, the other is told 'not found'; browsers get it."
    return Story(why, answers, ONLINE, at + site.when(30, 120))


def rate_limits(site: Site) -> Story:
    at = site.when(0.2, 40)
    slow = site.page(site.pick(429, 429, 503), retry_after_s=site.pick(30, 900, 3_600))
    share = site.pick(0.4, 0.7, 0.9, 1)
    answers = [a(slow, at, to=site.pick("any", "any", "loud"), chance=share), *site.rest()]
    why = "Most looks are told to come back later; the material stays."
    return Story(why, answers, ONLINE, at + site.when(40, 200))


def drip(site: Site) -> Story:
    at = site.when(0.1, 40)
    where = site.pick("url", "any")
    answers = [a({"error": "timeout", "requests": 1}, at, at=where, chance=site.pick(0.5, 0.8, 1))]
    why = "The answer comes byte by byte and never in time; a patient browser gets the material."
    return Story(why, [*answers, *site.rest()], ONLINE, at + site.when(40, 220))


def flapping_backends(site: Site) -> Story:
    at = site.when(0.2, 30)
    share = site.chance.uniform(0.1, 0.6)
    answers = [a(site.missing, at, at="url", chance=round(share, 2)), *site.rest()]
    why = "Some servers behind the address have lost the file; whoever reloads gets it."
    return Story(why, answers, ONLINE, at + site.when(24, 80))


def flapping(site: Site) -> Story:
    at = site.when(0.2, 20)
    ends = at + site.when(20, 60)
    off = windows(site.chance, at, ends, (0.1, 0.6), (0.2, 5))
    answers = [a(site.missing, begins, until, at="url") for begins, until in off]
    truth = [(-1000.0, "online")]
    for begins, until in off:
        truth += [(begins, "gone"), (until, "online")]
    why = "It is taken away for minutes at a time, for everybody, and is there in the end."
    follow = off[-1][1] + site.when(30, 60)
    return Story(why, [*answers, *site.rest()], truth, follow)


def hides_after_notice(site: Site) -> Story:
    site.noticed_h = site.noticed_h or 1.0
    at = round(site.noticed_h + site.chance.uniform(0, 0.4), 3)
    back = round(at + site.chance.uniform(0.7, 20), 3)
    truth = [*gone_at(at), (back, "online")]
    why = "It is taken away for everybody just after the notice and put back within a day."
    answers = [a(site.missing, at, back, at="url"), *site.rest()]
    return Story(why, answers, truth, back + site.when(60, 120))


def hides_from_timetable(site: Site) -> Story:
    site.noticed_h = site.noticed_h or 0.5
    slots = (
        0,
        0.25,
        0.5,
        0.9,
        1.1,
        2,
        4,
        8,
        11.5,
        12.5,
        18,
        23.5,
        24.5,
        30,
        36,
        47.5,
        48.5,
        72,
        96,
    )
    who = site.pick("loud", "quiet")
    wide = site.chance.uniform(0.1, 0.3)
    answers = [
        a(
            site.missing,
            max(0, site.noticed_h + slot - 0.02),
            site.noticed_h + slot + wide,
            to=who,
            at="url",
        )
        for slot in slots
    ]
    why = "At the published hours one of the vantages gets 'not found'; all others get it."
    return Story(why, [*answers, *site.rest()], ONLINE, site.noticed_h + site.when(50, 110))


def head_liar(site: Site) -> Story:
    at = site.when(0.3, 60)
    says = site.pick(404, 404, 410)
    answers = [a(site.page(says), at, at="url", get=site.material), *site.rest()]
    why = "A HEAD is told 'not found', a GET, as browsers send, gets the material."
    return Story(why, answers, ONLINE, at + site.when(30, 80))


def head_refused(site: Site) -> Story:
    at = site.when(0.1, 30)
    no = site.page(site.pick(403, 400, 501, 500, 405))
    answers = [a(no, at, get=site.missing, at="random"), a(no, at, at="url", get=site.material)]
    why = "HEAD is refused with an error on every page, a GET gets the material."
    return Story(why, [*answers, *site.rest()], ONLINE, at + site.when(30, 120))


def status_liar(site: Site) -> Story:
    at = site.when(0.3, 60)
    site.material.setdefault("length", site.size(20_000, 900_000))
    site.material.setdefault("etag_key", "e-same")
    site.missing["type"] = "text/html"
    lie = site.material | {"status": site.pick(404, 410)}
    why = "The status says 'not found', the same file comes with it: browsers show the material."
    return Story(why, [a(lie, at, at="url"), *site.rest()], ONLINE, at + site.when(30, 100))


def redirect_home_for_monitor(site: Site) -> Story:
    at = site.when(0.2, 60)
    home = site.led(site.page(200), "home", to_root=True)
    answers = [a(home, at, to="loud", at=site.pick("url", "any")), *site.rest()]
    why = "Whoever names itself is sent to the home page; all others get the material."
    return Story(why, answers, ONLINE, at + site.when(30, 120))


def suspended_for_monitor(site: Site) -> Story:
    at = site.when(0.2, 60)
    page = site.led(site.page(200), "suspended", suspended=True)
    why = "One vantage is shown 'account suspended', the other and visitors get the material."
    return Story(
        why, [a(page, at, to=site.either()), *site.rest()], ONLINE, at + site.when(30, 120)
    )


def nxdomain_to_monitor(site: Site) -> Story:
    at = site.when(0.2, 60)
    who = site.pick("loud", "quiet", "any")
    still = site.chance.random() < 0.6 or who == "any"
    facts = site.material if still else dead(site.chance)
    answers = [
        a(facts, at, to=who, at="url", nxdomain=True),
        a(site.missing, at, to=who, nxdomain=True),
        *site.rest(),
    ]
    why = "The name servers tell our resolvers that there is no such name; visitors' get an answer."
    return Story(why, answers, ONLINE, at + site.when(30, 150))


def lame_dns(site: Site) -> Story:
    at = site.when(0.1, 40)
    failed = a({"error": "dns_failure"}, at, at + site.when(5, 150), chance=site.pick(0.4, 0.8, 1))
    why = (
        "Name servers fail for hours on end; whoever has the address in a cache gets the material."
    )
    return Story(why, [failed, *site.rest()], ONLINE, at + site.when(80, 200))


def geo_block(site: Site) -> Story:
    at = site.pick(0.0, site.when(0.2, 40))
    no = site.page(site.pick(451, 403, 404)) if site.chance.random() < 0.7 else dead(site.chance)
    answers = [a(no, at, to=site.either()), *site.rest()]
    why = "The country of one vantage is shut out of the whole site; the rest of the world gets it."
    return Story(why, answers, ONLINE, at + site.when(40, 150))


def geo_block_both(site: Site) -> Story:
    at = site.when(0.2, 40)
    no = site.page(site.pick(451, 403, 401))
    why = "The countries of both vantages are shut out of the whole site; elsewhere it is served."
    return Story(why, [a(no, at), *site.rest()], ONLINE, at + site.when(40, 250))


def login_wall(site: Site) -> Story:
    at = site.when(0.3, 60)
    page = site.page(200)
    wall = site.led(page, "login", left_host=site.pick(True, False))
    answers = [a(page, at, at="root") if site.chance.random() < 0.5 else a(wall, at, at="root")]
    answers += [a(wall, at), *site.rest()]
    why = "The whole site is put behind a log-in that anybody may have; members get the material."
    return Story(why, answers, ONLINE, at + site.when(30, 150))


def consent_wall(site: Site) -> Story:
    at = site.when(0.3, 60)
    wall = site.page(200) if site.chance.random() < 0.5 else site.led(site.page(200), "consent")
    why = "Every page first answers with the same question for consent; one click and it is there."
    return Story(why, [a(wall, at), *site.rest()], ONLINE, at + site.when(30, 150))


def age_gate(site: Site) -> Story:
    at = site.when(0.3, 60)
    gate = site.led(site.page(200), f"age{site.chance.randrange(99)}")
    why = "The page alone first leads to a question for one's age, at a path of its own."
    return Story(why, [a(gate, at, at="url"), *site.rest()], ONLINE, at + site.when(30, 150))


def interstitial(site: Site) -> Story:
    at = site.when(0.3, 60)
    site.material["type"] = site.pick("image/jpeg", "video/mp4", "image/png")
    page = site.page(200)
    why = "In place of the file comes a page with advertisements that shows it after five seconds."
    return Story(why, [a(page, at, at="url"), *site.rest()], ONLINE, at + site.when(30, 150))


def reencoded(site: Site) -> Story:
    at = site.when(0.3, 60)
    media, least, most = site.pick(*MATERIALS)
    other = site.head(200, media, site.size(least, most), etag_key=site.pick("", "e-new"))
    why = "The site re-encodes its files: another type and size, the same picture."
    return Story(why, [a(other, at, at="url"), *site.rest()], ONLINE, at + site.when(30, 150))


def unfindable(site: Site) -> Story:
    at = site.when(0.3, 60)
    why = "Every vantage is told 'not found'; visitors get the material."
    return Story(
        why, [a(site.missing, at, at="url"), *site.rest()], ONLINE, at + 60, judgeable=False
    )


def refuses_one_url(site: Site) -> Story:
    at = site.when(0.3, 60)
    no = site.page(site.pick(403, 451, 401))
    why = "Both vantages are refused the one page, as an order would have it; visitors get it."
    return Story(why, [a(no, at, at="url"), *site.rest()], ONLINE, at + 60, judgeable=False)


KINDS: tuple[Kind, ...] = (
    cloaks_agent, cloaks_from_start, cloaks_unannounced, cloaks_and_drips, cloaks_and_blocks,
    blocks_address, blocks_from_start, blocks_one, blocks_then_removes, challenge,
    challenge_and_404, rate_limits, drip, flapping_backends, flapping, hides_after_notice,
    hides_from_timetable, head_liar, head_refused, status_liar, redirect_home_for_monitor,
    suspended_for_monitor, nxdomain_to_monitor, lame_dns, geo_block, geo_block_both, login_wall,
    consent_wall, age_gate, interstitial, reencoded, unfindable, refuses_one_url,
)  # kinds, a few a line # fmt: skip
