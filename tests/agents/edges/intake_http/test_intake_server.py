"""Laws of the HTTP intake as a whole, over real sockets."""

import pytest
from aiohttp import ClientSession, ClientTimeout
from prometheus_client.parser import text_string_to_metric_families
from serving_intake import KEY, RECORD, SOUTH, FakeOutbox, serving

from agents.edges.http_server.admission import ConnectionRefusal
from agents.edges.http_server.password import is_private
from agents.edges.intake_http.api_keys import ApiKey, digest_of, key_line
from agents.edges.intake_http.intake_server import IntakeServer
from agents.edges.intake_http.problems import Problem
from agents.errors import UserError
from agents.http_settings import IntakeSettings

NOON = 1_790_000_000_000


async def test_prometheus_sees_that_it_answers(tmp_path):
    """The health check is an exposition of counts: how many are in, and how many were refused."""
    async with serving(tmp_path) as it, ClientSession(timeout=ClientTimeout(total=60)) as session:
        key = ApiKey(id="one", hotline="south", digest=digest_of(SOUTH), expires_at=NOON)
        it.keys.write_text(f"{key_line('north', KEY)}\n{key.line()}")
        assert (await it.post(RECORD, key=SOUTH))[0] == 401
        async with session.get(f"http://127.0.0.1:{it.intake_server.port}/healthz") as answer:
            text = await answer.text()
        assert (answer.status, answer.content_type) == (200, "text/plain")
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found == {
        **{
            ("hostwatch_intake_refused_connections_total", reason.value): 0
            for reason in ConnectionRefusal
        },
        **{("hostwatch_intake_refused_requests_total", problem.value): 0 for problem in Problem},
        ("hostwatch_intake_refused_requests_total", "unknown_key"): 1,
        ("hostwatch_intake_key_expiry_timestamp_seconds", "south"): NOON / 1_000,
        ("hostwatch_intake_connections",): 1,
        ("hostwatch_intake_connections_max",): 2_048,
        ("hostwatch_intake_keys_current",): 1,
    }


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("172.18.0.4", True),
        ("fd00::1", True),
        ("::ffff:10.0.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("9.9.9.9", False),
        ("2620:fe::fe", False),
        ("::ffff:9.9.9.9", False),
        ("", False),
    ],
)
def test_counts_are_told_to_one_s_own_networks(address, answer):
    """Who sends from outside learns that the intake answers, and no more."""
    assert is_private(address) is answer


async def test_urls_do_not_go_over_a_network_in_clear(tmp_path):
    """Beyond loopback the intake needs a certificate, and keys anywhere."""
    keys = tmp_path / "keys"
    keys.touch()
    with pytest.raises(UserError, match="cert_file"):
        IntakeServer(IntakeSettings(host="0.0.0.0", keys_file=keys), FakeOutbox(), {})
    with pytest.raises(UserError, match="keys_file"):
        IntakeServer(IntakeSettings(), FakeOutbox(), {})
