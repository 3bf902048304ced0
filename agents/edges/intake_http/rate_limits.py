"""How much of the intake one key may use: a bucket of requests and one of records.

A bucket fills at a steady rate up to its burst, and whatever is taken from it has to be in it. So
a hotline that hands in a day's file at once is served, and one that never stops leaves room for
the others.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from agents.edges.intake_http.problems import Problem, ProblemError
from agents.http_settings import IntakeSettings

WAIT_S_MIN: Final = 1


@dataclass(slots=True)
class Bucket:
    """Says whether so much may be taken now.

    Attributes:
        per_s: how much comes in each second.
        burst: how much it holds; it begins full.
    """

    per_s: float
    burst: float
    _level: float = field(init=False)
    _at_s: float = field(init=False, default=-math.inf)

    def __post_init__(self) -> None:
        """Begin full."""
        self._level = self.burst

    def wait_s(self, count: int, now_s: float) -> float:
        """Take so much and return 0; or take nothing and return in how many seconds it will do.

        Args:
            count: how much, `burst` at most.
            now_s: by a clock that nobody sets, seconds.
        """
        if math.isfinite(self._at_s):
            self._level = min(self.burst, self._level + (now_s - self._at_s) * self.per_s)
        self._at_s = now_s
        if count <= self._level:
            self._level -= count
            return 0.0
        return (count - self._level) / self.per_s


class RateLimits:
    """Keeps the buckets of each key; there are no more than lines in the file of keys.

    Args:
        settings: rates and bursts.
        now_s: tells seconds by a clock that nobody sets.
    """

    def __init__(
        self, settings: IntakeSettings, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with full buckets."""
        self._settings = settings
        self._now_s = now_s
        self._requests: dict[str, Bucket] = {}
        self._records: dict[str, Bucket] = {}

    def request(self, key_id: str) -> None:
        """Count a request of a key.

        Raises:
            ProblemError: it has sent too many.
        """
        of = self._settings
        bucket = self._requests.get(key_id)
        if bucket is None:
            bucket = Bucket(of.requests_per_s_per_key, of.requests_burst_per_key)
            self._requests[key_id] = bucket
        self._take(bucket, 1, Problem.REQUESTS_OF_KEY)

    def records(self, key_id: str, count: int) -> None:
        """Count records of a key.

        Raises:
            ProblemError: it has sent too many; none of these is counted.
        """
        of = self._settings
        bucket = self._records.get(key_id)
        if bucket is None:
            bucket = Bucket(of.records_per_s_per_key, of.records_burst_per_key)
            self._records[key_id] = bucket
        self._take(bucket, count, Problem.RECORDS_OF_KEY)

    def _take(self, bucket: Bucket, count: int, problem: Problem) -> None:
        wait_s = bucket.wait_s(count, self._now_s())
        if wait_s:
            raise ProblemError(problem, retry_after_s=max(WAIT_S_MIN, math.ceil(wait_s)))
