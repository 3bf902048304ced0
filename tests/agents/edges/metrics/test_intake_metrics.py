"""What the HTTP intake says of itself: counts and names of hotlines, and nothing of who sends."""

from prometheus_client.parser import text_string_to_metric_families

from agents.edges.http_server.admission import Admission, ConnectionRefusal
from agents.edges.intake_http.problems import Problem
from agents.edges.metrics.intake_metrics import (
    INTAKE_INSTRUMENTS,
    KEY_ENDS,
    REQUESTS,
    IntakeCollector,
    IntakeFigures,
    exposition,
)
from agents.edges.metrics.told_metrics import TOLD_INSTRUMENTS

ENDS_AT = 1_790_000_000_500


class Connection:
    """A connection that can be ended."""

    def end(self) -> None:
        """End."""


def told(**more: object) -> dict[tuple[str, ...], float]:
    """Return what a scrape says of an intake with one connection, by name and labels."""
    admission = Admission(most=5, most_of_address=1)
    admission.admits("192.0.2.1")
    admission.entered("192.0.2.1", Connection())
    admission.admits("192.0.2.1")
    figures = IntakeFigures(
        **{
            "admission": admission,
            "keys_current": True,
            "refused": {"unknown_key": 2, "too_large": 0},
            "limited": {"north": 3},
            "key_ends": {"south": ENDS_AT},
        }
        | more
    )
    families = text_string_to_metric_families(exposition(IntakeCollector(figures)))
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_every_reason_is_told_at_0_too() -> None:
    """A rate of a refusal that never came is 0, and no gap."""
    found = told()
    refused = "hostwatch_intake_refused_connections_total"
    assert {key[1] for key in found if key[0] == refused} == {
        one.value for one in ConnectionRefusal
    }
    assert REQUESTS.series_max == str(len(Problem))
    assert found[refused, ConnectionRefusal.ADDRESS] == 1
    assert found[refused, ConnectionRefusal.ALL] == 0
    assert found["hostwatch_intake_refused_requests_total", "too_large"] == 0
    assert found["hostwatch_intake_refused_requests_total", "unknown_key"] == 2


def test_connections_keys_and_limits_are_those_of_the_moment() -> None:
    """How many are open of how many that may be, and whether the keys are those of the file."""
    found = told()
    assert found["hostwatch_intake_connections",] == 1
    assert found["hostwatch_intake_connections_max",] == 5
    assert found["hostwatch_intake_limited_requests_total", "north"] == 3
    assert found["hostwatch_intake_keys_current",] == 1
    assert told(keys_current=False)["hostwatch_intake_keys_current",] == 0


def test_an_expiry_is_told_in_seconds_and_a_key_that_never_expires_has_none() -> None:
    """Prometheus reckons in seconds; a series of 0 would alert on a key that is good for ever."""
    assert told()[KEY_ENDS.name, "south"] == ENDS_AT / 1_000
    assert not [key for key in told(key_ends={}) if key[0] == KEY_ENDS.name]


def test_nothing_is_told_that_is_not_declared() -> None:
    """The table of metrics has every name, and each has its samples."""
    declared = {one.name for one in INTAKE_INSTRUMENTS} - {one.name for one in TOLD_INSTRUMENTS}
    assert {name.removesuffix("_total") for name, *_ in told()} == declared
