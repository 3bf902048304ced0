"""What the demo and the practice world say to each other comes over as it was meant."""

import msgspec
import pytest

from sim.live.protocol import Begin, GoBad, Order, Setting, WentBad

SETTING = Setting(
    seed=3,
    start_wall_ms=1_000,
    start_world_ms=50_000,
    speed=60.0,
    announced=("127.0.1.1",),
    unannounced=("127.0.1.2",),
)


def test_the_clock_of_a_setting_is_the_world_s() -> None:
    """The same in both processes."""
    again = msgspec.json.decode(msgspec.json.encode(SETTING), type=Setting)
    assert again == SETTING
    assert again.clock().world(2_000) == 50_000 + 60_000


def test_hosters_know_the_monitor_by_its_addresses() -> None:
    """Those that announce themselves, and the unannounced ones."""
    monitor = SETTING.monitor()
    assert (monitor.announced, monitor.unannounced) == ({"127.0.1.1"}, {"127.0.1.2"})


@pytest.mark.parametrize("order", [Begin(start_at=5), GoBad(hoster="amber")])
def test_an_order_is_read_as_what_it_is(order: Order) -> None:
    """By its tag; what is none is refused."""
    assert msgspec.json.decode(msgspec.json.encode(order), type=Order) == order
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(WentBad(hoster="amber", at=5)), type=Order)
