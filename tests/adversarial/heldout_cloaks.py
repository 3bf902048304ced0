"""Hosters who want to look clean to the monitor, cheaply: it is told apart and told lies."""

from msgspec.structs import replace as altered

from schemas.reasons import ProbeError
from tests.adversarial.heldout_dice import Dice
from tests.adversarial.heldout_shapes import Site, Story, for_each, program

_ALWAYS = [(0.0, "online")]


def _lied_to(dice: Dice, why: str, site: Site, lie: Site, *vantages: str) -> Story:
    """Tell that some vantages get a lie from an hour on, while visitors get the material."""
    noticed = dice.hours(0, 2)
    starts = dice.hours(noticed + 0.05, noticed + dice.choice([1, 12, 90]))
    lies = for_each(vantages, lie, starts, None)
    follow = dice.until(starts)
    return Story(
        why=why,
        answers=program(lies, site.over()),
        truth=list(_ALWAYS),
        follow_h=follow,
        noticed_h=noticed,
    )


def agent_gone(dice: Dice) -> Story:
    """404 for the monitor's agent name."""
    site = dice.site()
    why = "Whoever names itself as the monitor gets 404 for this URL; everybody else the file."
    return _lied_to(dice, why, site, dice.lost(site), "loud")


def agent_host_gone(dice: Dice) -> Story:
    """404 on the whole host for the monitor's agent name."""
    site = dice.site()
    why = "Whoever names itself as the monitor gets 404 for every path; everybody else the site."
    return _lied_to(dice, why, site, dice.whole(site, dice.not_found()), "loud")


def agent_soft(dice: Dice) -> Story:
    """The page for missing paths for the monitor's agent name."""
    site = dice.site(dice.choice(["soft", "home", "placeholder"]))
    lie = site.gone(dice.timed(site.random))
    why = "Whoever names itself as the monitor gets what a missing path gives; others the file."
    return _lied_to(dice, why, site, lie, "loud")


def agent_suspended(dice: Dice) -> Story:
    """A sham suspension for the monitor's agent name."""
    site = dice.site()
    why = "Whoever names itself as the monitor is led to a sham 'account suspended' page."
    return _lied_to(dice, why, site, dice.whole(site, dice.suspended()), "loud")


def agent_parked(dice: Dice) -> Story:
    """A parking page for the monitor's agent name."""
    site = dice.site()
    why = "Whoever names itself as the monitor is led to a parking service, others get the site."
    return _lied_to(dice, why, site, dice.whole(site, dice.parked()), "loud")


def agent_refused(dice: Dice) -> Story:
    """A refusal, of the URL or of all, for the monitor's agent name."""
    site = dice.site()
    status = dice.choice([400, 401, 403, 403, 406, 418, 429, 451, 999])
    refusal = altered(
        dice.not_found(status), challenge=status in {403, 429} and dice.random() < 0.5
    )
    lie = dice.whole(site, refusal) if dice.random() < 0.5 else site.gone(refusal)
    why = f"The announced vantage is refused with {status}; everybody else gets the file."
    return _lied_to(dice, why, site, lie, "loud")


def agent_firewalled(dice: Dice) -> Story:
    """The monitor's listed addresses are dropped or reset."""
    site = dice.site()
    error = dice.choice(
        [
            ProbeError.TIMEOUT,
            ProbeError.RESET,
            ProbeError.REFUSED,
            ProbeError.TLS,
            ProbeError.PROTOCOL,
            ProbeError.TOO_LARGE,
        ]
    )
    why = f"The announced vantage's address meets {error.value}; everybody else gets the file."
    return _lied_to(dice, why, site, dice.whole(site, dice.broken(error)), "loud")


def agent_redirect_trap(dice: Dice) -> Story:
    """The monitor is led in circles or inward."""
    site = dice.site()
    error = dice.choice(
        [ProbeError.TOO_MANY_REDIRECTS, ProbeError.BLOCKED_POLICY_HOP, ProbeError.TIMEOUT]
    )
    trap = altered(dice.broken(error), hops=dice.randint(1, 5), left_host=dice.random() < 0.6)
    why = "The announced vantage is led in circles or to addresses no probe may touch."
    return _lied_to(dice, why, site, site.gone(trap), "loud")


def agent_other_picture(dice: Dice) -> Story:
    """A harmless picture of the same kind for the monitor's agent name."""
    site = dice.site(page=False)
    other = altered(site.url, length=dice.randint(800, 9_000), etag_key=dice.key())
    why = "The announced vantage gets a small harmless file with 200, everybody else the real one."
    return _lied_to(dice, why, site, site.gone(dice.timed(other)), "loud")


def control_mimic(dice: Dice) -> Story:
    """Made-up paths give the monitor the very file, so that it seems a catch-all."""
    site = dice.site(page=False)
    lie = site.like(random=dice.timed(site.url))
    why = "The announced vantage gets the file under any made-up path; it stays there for all."
    return _lied_to(dice, why, site, lie, "loud")


def unlisted_network_refused(dice: Dice) -> Story:
    """A blanket ban of cloud networks hits the vantage that does not name itself."""
    site = dice.site()
    face = dice.choice([dice.not_found(404), dice.not_found(403), dice.broken(), dice.parked()])
    lie = dice.whole(site, face) if dice.random() < 0.6 else site.gone(face)
    why = (
        "A blanket rule against cloud networks hits the quiet vantage only; visitors get the file."
    )
    return _lied_to(dice, why, site, lie, "quiet")


def networks_gone(dice: Dice) -> Story:
    """Both networks of the monitor are known and get 404."""
    site = dice.site()
    lie = dice.lost(site) if dice.random() < 0.7 else dice.whole(site, dice.not_found())
    why = "Both known networks of the monitor get 404; the hidden vantage and visitors the file."
    return _lied_to(dice, why, site, lie, "loud", "quiet")


def networks_soft(dice: Dice) -> Story:
    """Both networks of the monitor get what a missing path gives."""
    site = dice.site(dice.choice(["soft", "home", "placeholder"]))
    why = "Both known networks get what a missing path gives; the hidden one and visitors the file."
    lie = site.gone(dice.timed(site.random))
    return _lied_to(dice, why, site, lie, "loud", "quiet")


def networks_refused(dice: Dice) -> Story:
    """Both networks of the monitor are refused this URL."""
    site = dice.site()
    lie = site.gone(dice.not_found(dice.choice([401, 403, 403, 451])))
    why = "Both known networks are refused this URL alone; the hidden vantage and visitors get it."
    return _lied_to(dice, why, site, lie, "loud", "quiet")


def networks_dead(dice: Dice) -> Story:
    """Both networks of the monitor meet silence."""
    site = dice.site()
    lie = dice.whole(site, dice.broken())
    why = "Both known networks meet a firewall; the hidden vantage and visitors get the file."
    return _lied_to(dice, why, site, lie, "loud", "quiet")


def networks_starved(dice: Dice) -> Story:
    """Both networks of the monitor are told to come back later, for ever."""
    site = dice.site()
    later = altered(
        dice.not_found(dice.choice([429, 503])), retry_after_s=dice.choice([600, 86_400])
    )
    why = "Both known networks are told to retry later, for ever; visitors get the file."
    return _lied_to(dice, why, site, dice.whole(site, later), "loud", "quiet")


def hides_at_norms(dice: Dice) -> Story:
    """404 for the monitor's networks around the hours at which norms end."""
    site = dice.site()
    spans = [(0.8, 1.3), (11.2, 12.8), (23.1, 24.9), (47.0, 49.0)]
    lie = dice.lost(site)
    lies = [for_each(("loud", "quiet"), lie, *span) for span in spans[dice.randint(0, 2) :]]
    return Story(
        why="Around each norm's end both known networks get 404; visitors always get the file.",
        answers=program(*lies, site.over()),
        truth=list(_ALWAYS),
        follow_h=dice.hours(130, 260),
        noticed_h=0.0,
    )


KINDS = (
    (agent_gone, 30), (agent_host_gone, 22), (agent_soft, 26), (agent_suspended, 22),
    (agent_parked, 16), (agent_refused, 28), (agent_firewalled, 28), (agent_redirect_trap, 20),
    (agent_other_picture, 20), (control_mimic, 20), (unlisted_network_refused, 24),
    (networks_gone, 24), (networks_soft, 18), (networks_refused, 20), (networks_dead, 20),
    (networks_starved, 16), (hides_at_norms, 20),

)  # kinds, a few a line # fmt: skip
