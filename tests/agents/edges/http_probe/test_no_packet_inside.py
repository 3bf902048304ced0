"""No packet leaves for the inside, counted by the kernel's own copy of every packet."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SINK = Path(__file__).parents[3] / "support" / "hostile" / "sink_process.py"
ROOT = Path(__file__).parents[4]
URLS = (10_000, 100_000)


@pytest.fixture(scope="module", params=[URLS[0], pytest.param(URLS[1], marks=pytest.mark.soak)])
def found(request: pytest.FixtureRequest) -> dict[str, object]:
    """Run the prober in a namespace of its own; a machine that cannot make one fails."""
    urls: int = request.param
    own = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    done = subprocess.run(
        [*own, sys.executable, str(SINK), str(urls), "20260115"],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{SINK.parent}"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, f"no network namespace, or the prober failed: {done.stderr[-800:]}"
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return {**result, "urls": urls}


def test_no_packet_to_a_denied_range(found) -> None:
    """Over URLs, spellings, lying names and redirects inwards: none is sent there."""
    assert found["denied"] == 0
    assert found["lost"] == 0


def test_the_sink_is_not_blind(found) -> None:
    """A connect past the gate to one address of each denied network is counted, each of them."""
    assert found["control_sent"] >= 20
    assert found["control_denied"] >= found["control_sent"]


def test_the_prober_was_led_there(found) -> None:
    """The run has its denials at each place: at the first address, of a name, on a redirect."""
    ends, urls = found["ends"], found["urls"]
    assert sum(ends.values()) == urls
    for end in ("blocked_policy", "blocked_policy_hop", "denied_name", "answered", "refused"):
        assert ends[end] > urls / 200, end
    assert found["packets"] > urls / 10
