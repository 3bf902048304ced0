"""For every alert of the probers a story: what is seen, what it does."""

from alert_story import AlertStory, InputSeries


def _prober(metric: str, values: str, vantage: str, **labels: str) -> InputSeries:
    of = {"instance": "worker-1", "job": "hostwatch", "vantage": vantage}
    return InputSeries(metric=metric, values=values, labels={**of, **labels})


PROBERS = (
    AlertStory(
        alert="HostwatchProberBlind",
        seen=(_prober("hostwatch_canary_healthy", "1x9 0x19 1x30", vantage="quiet"),),
        labels={"vantage": "quiet", "severity": "critical"},
        silent_at=14,
        fires_at=15,
        over_at=30,
    ),
    AlertStory(
        alert="HostwatchProbesMissed",
        seen=(
            _prober("hostwatch_probe_orders", "0+100x400", vantage="quiet", result="looked"),
            _prober(
                "hostwatch_probe_orders", "0x60 0+10x100 1000x300", vantage="quiet", result="late"
            ),
        ),
        labels={"vantage": "quiet", "severity": "critical"},
        silent_at=89,
        fires_at=130,
        over_at=240,
    ),
    AlertStory(
        alert="HostwatchProbesWithoutAnswer",
        seen=(
            _prober("hostwatch_probe_observations", "0+60x400", vantage="quiet", error="none"),
            _prober(
                "hostwatch_probe_observations",
                "0x60 0+60x100 6000x300",
                vantage="quiet",
                error="timeout",
            ),
        ),
        labels={"vantage": "quiet", "severity": "warning"},
        silent_at=89,
        fires_at=140,
        over_at=240,
    ),
    AlertStory(
        alert="HostwatchProbesWithoutAnswer",
        seen=(
            _prober("hostwatch_probe_observations", "0+60x400", vantage="late", error="none"),
            _prober(
                "hostwatch_probe_observations",
                "0x60 0+60x100 6000x300",
                vantage="late",
                error="clock",
            ),
        ),
        labels={"vantage": "late", "severity": "warning"},
        silent_at=89,
        fires_at=140,
        over_at=240,
    ),
    # All name servers are dead, or the route is gone: no request is sent, and nothing else is told.
    AlertStory(
        alert="HostwatchProbesWithoutAnswer",
        seen=(
            _prober(
                "hostwatch_probe_observations", "0+60x59 3600x341", vantage="deaf", error="none"
            ),
            _prober(
                "hostwatch_probe_observations",
                "0x60 0+60x100 6000x300",
                vantage="deaf",
                error="dns_failure",
            ),
        ),
        labels={"vantage": "deaf", "severity": "warning"},
        silent_at=89,
        fires_at=140,
        over_at=240,
    ),
    AlertStory(
        alert="HostwatchProbesWithoutAnswer",
        seen=(
            _prober(
                "hostwatch_probe_observations", "0+60x59 3600x341", vantage="cut", error="none"
            ),
            _prober(
                "hostwatch_probe_observations",
                "0x60 0+60x100 6000x300",
                vantage="cut",
                error="blocked_policy",
            ),
        ),
        labels={"vantage": "cut", "severity": "warning"},
        silent_at=89,
        fires_at=140,
        over_at=240,
    ),
)
