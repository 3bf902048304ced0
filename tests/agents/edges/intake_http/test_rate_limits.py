"""Laws of limits on one key."""

import pytest
from hotline_records import report
from serving_intake import RECORD, SOUTH, serving, stored

from agents.edges.intake_http.problems import Problem, ProblemError
from agents.edges.intake_http.rate_limits import Bucket, RateLimits
from agents.http_settings import IntakeSettings
from schemas.codec import HOTLINE


def test_a_bucket_gives_its_burst_and_then_its_rate():
    """What is refused takes nothing, and after the wait that it names it is given."""
    bucket = Bucket(per_s=2, burst=10)
    assert bucket.wait_s(10, 100.0) == 0
    assert bucket.wait_s(4, 100.0) == 2
    assert bucket.wait_s(4, 101.0) == 1
    assert bucket.wait_s(4, 102.0) == 0
    assert bucket.wait_s(11, 1_000.0) == 0.5  # it never holds more than its burst


def test_each_key_has_buckets_of_its_own():
    """A key that sends too many is told how long to wait, in whole seconds; another one goes on."""
    shown = [0.0]
    settings = IntakeSettings(requests_per_s_per_key=0.4, requests_burst_per_key=1)
    limits = RateLimits(settings, now_s=lambda: shown[0])
    limits.request("one")
    with pytest.raises(ProblemError) as refused:
        limits.request("one")
    assert (refused.value.problem, refused.value.headers) == (
        Problem.REQUESTS_OF_KEY,
        {"Retry-After": "3"},
    )
    limits.request("two")
    shown[0] = 3.0
    limits.request("one")


async def test_too_many_records_of_a_key_are_a_429_and_written_nowhere(tmp_path):
    """Requests and records have a limit each; whoever is over it is told when to come again."""
    bodies = [
        b"\n".join(HOTLINE.encode(report(f"r{number}")) for number in range(count))
        for count in (999, 2)
    ]
    slow = {"records_per_s_per_key": 0.001, "records_burst_per_key": 1_000}
    async with serving(tmp_path, **slow) as at:
        assert (await at.post(bodies[0]))[0] == 202
        status, said = await at.post(bodies[1])
        assert (status, said["reason"]) == (429, Problem.RECORDS_OF_KEY)
        assert await at.post(RECORD, key=SOUTH) == stored("r1")
        assert at.intake_server.limited == {"north": 1}
    assert len(at.shelf.held) == 1_000


async def test_too_many_requests_of_a_key_are_a_429(tmp_path):
    """Whatever they ask for; another key of another hotline goes on."""
    slow = {"requests_per_s_per_key": 0.001, "requests_burst_per_key": 2}
    async with serving(tmp_path, **slow) as at:
        assert await at.post(RECORD) == stored("r1")
        assert (await at.post(b""))[0] == 422
        status, said = await at.post(RECORD)
        assert (status, said["reason"]) == (429, Problem.REQUESTS_OF_KEY)
        assert await at.post(RECORD, key=SOUTH) == stored("r1")
    assert len(at.shelf.held) == 2
