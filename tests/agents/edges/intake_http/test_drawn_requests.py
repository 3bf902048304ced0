"""Laws of the API under requests that schemathesis draws from its description."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks
from serving_intake import JSON, KEY, NDJSON, Serving, serving

KEYS = {
    "none": None,
    "another's": "Bearer " + "a" * 43,
    "no key": "Basic bm9ib2R5",
    "north's": f"Bearer {KEY}",
}
AS_DESCRIBED = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
PLENTY = {"requests_burst_per_key": 1_000_000, "records_burst_per_key": 10_000_000}


@schemathesis.serializer(NDJSON)
def in_lines(_: schemathesis.SerializationContext, value: Any) -> bytes:
    """Return the body for a drawn value: it is lines already, or no text at all."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "surrogatepass")


@dataclass
class Running:
    """An intake that runs in a thread of its own, and what describes it."""

    at: Serving
    schema: Any

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.at.intake_server.port}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Serve on a real socket while the test asks from this thread."""
    loop, ready, over = asyncio.new_event_loop(), Future(), asyncio.Event()

    async def serve() -> None:
        async with serving(tmp_path_factory.mktemp("intake"), **PLENTY) as at:
            ready.set_result(at)
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    at = ready.result(timeout=60)
    document = requests.get(
        f"http://127.0.0.1:{at.intake_server.port}/v1/openapi.json", timeout=60
    ).json()
    try:
        yield Running(at, schemathesis.openapi.from_dict(document))
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(timeout=60)
        loop.close()


def cases(running: Running) -> st.SearchStrategy:
    """Return requests of every operation by its description, and records against it."""
    operations = [one.ok() for one in running.schema.get_all_operations()]
    wrong = [one.as_strategy(GenerationMode.NEGATIVE) for one in operations if one.body]
    right = [one.as_strategy(GenerationMode.POSITIVE) for one in operations]
    return st.one_of(*right, *wrong, *wrong)


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.soak)])
def test_no_request_is_a_fault_and_none_without_a_key_is_written(running, count):
    """No answer is a 5xx, each is as described, and only what a key came with is written."""
    session = requests.Session()
    seen = dict.fromkeys(KEYS, 0)

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(cases(running), st.sampled_from([*KEYS]), st.booleans())
    def ask(case: Any, who: str, lines: bool) -> None:
        held = len(running.at.shelf.held)
        given_headers = {"Authorization": KEYS[who]}
        if lines and case.media_type == JSON and isinstance(case.body, list):
            case.body = "\n".join(json.dumps(one) for one in case.body)
            case.media_type = NDJSON
        answer = case.call(base_url=running.address, session=session, headers=given_headers)
        seen[who] += 1
        assert answer.status_code < 500
        case.validate_response(answer, checks=AS_DESCRIBED)
        if who != "north's":
            assert len(running.at.shelf.held) == held
            assert answer.status_code == 401 or case.path != "/v1/records"
        written = len(running.at.shelf.held) - held
        taken = answer.json()["taken"] if answer.status_code == 202 else 0
        assert written == taken

    ask()
    assert min(seen.values()) > count / 20
