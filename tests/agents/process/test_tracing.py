"""Laws of traces: off they cost and need nothing, on a list is a span without a record in it."""

import asyncio
from collections.abc import Callable

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from agents.process.tracing import TRACING


class Collector:
    """Takes spans over OTLP."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []

    async def take(self, request: web.Request) -> web.Response:
        """Take one export."""
        self.raw.append(await request.read())
        return web.Response()

    def spans(self) -> list[tuple[str, dict[str, object]]]:
        """Return name and attributes of every span."""
        found = []
        for raw in self.raw:
            for resource in ExportTraceServiceRequest.FromString(raw).resource_spans:
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        said = {
                            one.key: one.value.string_value or one.value.int_value
                            for one in span.attributes
                        }
                        found.append((span.name, said))
        return found


async def _collected(traced: Callable[[str], None]) -> Collector:
    """Return what arrives of the traces that a function sends to an address."""
    collector = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/v1/traces"

    try:
        await asyncio.to_thread(traced, address)
    finally:
        await runner.cleanup()
    return collector


async def test_a_list_is_a_span() -> None:
    """Role, partition and number of records arrive at the collector, and nothing else."""

    def traced(address: str) -> None:
        with TRACING.to(address):
            for role, partition, records in (("intake", 3, 40), ("lifecycle", 0, 1)):
                with TRACING.handling(role, partition, records):
                    pass

    collector = await _collected(traced)
    assert sorted(collector.spans(), key=lambda span: span[0]) == [
        (
            f"process {role}",
            {
                "messaging.system": "kafka",
                "messaging.destination.partition.id": str(partition),
                "messaging.batch.message_count": records,
            },
        )
        for role, partition, records in (("intake", 3, 40), ("lifecycle", 0, 1))
    ]


async def test_nothing_of_an_error_is_traced() -> None:
    """A stage that stops has its span; what the error says and where may hold an address."""

    def traced(address: str) -> None:
        with (
            TRACING.to(address),
            pytest.raises(ValueError, match="canary"),
            TRACING.handling("intake", 0, 1),
        ):
            raise ValueError("http://canary.example/")

    collector = await _collected(traced)
    assert [name for name, _ in collector.spans()] == ["process intake"]
    assert not any(b"canary" in raw or b"ValueError" in raw for raw in collector.raw)


def test_off_nothing_is_made() -> None:
    """Without an endpoint there is one context for all, and an error passes through it."""
    with TRACING.to(None):
        assert TRACING.handling("intake", 0, 1) is TRACING.handling("lifecycle", 1, 2)
    with pytest.raises(ValueError, match="ours"), TRACING.handling("intake", 0, 1):
        raise ValueError("ours")
