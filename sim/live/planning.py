"""What a live world is made from: a scenario, cast anew where more or fewer hosters are wanted."""

from dataclasses import replace
from typing import Final

from schemas.moments import Instant
from schemas.records.registry import Registry
from sim.live.cast import cast, entries
from sim.live.protocol import Setting
from sim.memory.scenarios.catalogue import SCENARIOS
from sim.memory.scenarios.scenario import Scenario
from sim.world.world import Plan

OPENING_MAX: Final = 60
"""Up to so many hosters are each reported once in the first hours; more would be a flood."""

_IN_MEMORY: Final = frozenset({"storm", "liar", "method", "burst-full"})
"""These need a broker or a vantage that does wrong on command, or two methods of measurement at
once. Others need more reports in a quarter of a minute than two cores can take."""

SENT_WITHIN_MS: Final = 10_000
"""Wall time in which a busy machine sends what is due. At the demo's speed that is ten hours of the
world, so its hotlines register it as their feed's; else what is sent a second late is backdated."""

LIVE: Final = {name: scenario for name, scenario in SCENARIOS.items() if name not in _IN_MEMORY}
"""The scenarios that can be seen on loopback, by name; what goes wrong there is up to the person
at the keys."""


def planned(setting: Setting, port: int = 0, start_at: Instant | None = None) -> Plan:
    """Return what the world of a setting is made from.

    Args:
        setting: names the scenario and changes it.
        port: of its servers; 0 = not known, and nothing but who takes part is asked for.
        start_at: when its first day begins; None = not known either.
    """
    plan = _scenario(setting).plan(setting.seed, port)
    hosters = cast(plan.hosters, setting.hosters)
    tempo = replace(plan.tempo, opens=plan.tempo.opens and len(hosters) <= OPENING_MAX)
    return replace(
        plan,
        start_at=plan.start_at if start_at is None else start_at,
        hosters=hosters,
        tempo=tempo,
        rate=plan.rate if setting.rate is None else setting.rate,
    )


def registered(setting: Setting) -> list[Registry]:
    """Return the operator's registry of the world of a setting."""
    return entries(_scenario(setting).registry(), planned(setting).hosters)


def _scenario(setting: Setting) -> Scenario:
    """Return the scenario of a setting, with the time that its feeds take on this machine."""
    scenario, least_ms = LIVE[setting.scenario], round(SENT_WITHIN_MS * setting.speed)
    hotlines = [
        replace(one, feed_delay_ms=max(one.feed_delay_ms, least_ms)) for one in scenario.hotlines
    ]
    return replace(scenario, hotlines=hotlines)
