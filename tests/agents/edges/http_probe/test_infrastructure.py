"""What a deployment rests on is denied, from the settings that name it."""

import pytest

from agents.config import Settings
from agents.edges.http_probe.infrastructure import looked_up, nobody, with_own_addresses_denied
from agents.edges.http_probe.local_addresses import rules_of
from streams.probe.gate import judge

NAMES = {"broker.example": ["93.184.216.1", "2606:2800::1"], "traces.example": ["93.184.216.2"]}


def settings(**more: object) -> Settings:
    """Return settings that name every kind of server."""
    said = {
        "kafka": {"bootstrap": "broker.example:9092, 93.184.216.3:9092,[2606:2800::3]:9092"},
        "dns": {"servers": ("93.184.216.4", "93.184.216.5:53", "2606:2800::5")},
        "web": {"host": "93.184.216.6", "prometheus_url": "http://93.184.216.8:9090"},
        "intake": {"host": "93.184.216.7"},
        "hoster_page": {"host": "93.184.216.9"},
        "log": {"traces_endpoint": "http://traces.example:4318/v1"},
    }
    return Settings(**{**said, **more})


OWN = [*(f"93.184.216.{n}" for n in range(1, 10)), *(f"2606:2800::{n}" for n in (1, 3, 5))]


def test_all_that_the_settings_name_is_denied() -> None:
    """Broker, name servers, servers of ours and the place of traces, by address or by name."""
    rules = rules_of(with_own_addresses_denied(settings(), lambda name: NAMES[name]), own=())
    assert not any(judge(address, rules).allowed for address in OWN)
    assert judge("93.184.216.34", rules).allowed
    assert judge("2606:2800::2", rules).allowed


def test_without_a_lookup_addresses_alone_are_known() -> None:
    """As for `probe --dry-run`, which sends no packet; a name that is not known denies nothing."""
    rules = rules_of(with_own_addresses_denied(settings(), nobody), own=())
    allowed = [address for address in OWN if judge(address, rules).allowed]
    assert allowed == ["93.184.216.1", "93.184.216.2", "2606:2800::1"]
    assert looked_up("nobody.invalid") == []


@pytest.mark.parametrize(("host", "is_denied"), [("127.40.0.1", False), ("93.184.216.1", True)])
def test_a_practice_world_keeps_its_machine(host: str, is_denied: bool) -> None:
    """There broker and servers of hosters share it, and the exception is explicit."""
    made = settings(
        kafka={"bootstrap": f"{host}:9092"}, probe={"allow_networks": ("127.40.0.0/16",)}
    )
    rules = rules_of(with_own_addresses_denied(made, nobody), own=())
    assert judge(host, rules).allowed is not is_denied


def test_what_was_denied_before_stays_denied() -> None:
    """The deployment's own list comes first."""
    made = with_own_addresses_denied(
        settings(probe={"deny_networks": ("198.51.100.0/24",)}), nobody
    )
    assert made.deny_networks[0] == "198.51.100.0/24"
