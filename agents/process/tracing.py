"""Traces for OpenTelemetry, off unless `log.traces_endpoint` names a collector.

A span is one list of records through one stage: role, partition, how many records. Nothing of a
record is in it. Without the setting a stage pays a comparison; with it the package is needed:
`pip install "hostwatch[otel]"`.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from agents.errors import UserError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

EXPORT_DEADLINE_S: Final = 10.0
"""A collector that takes longer loses spans; it never holds a stage up."""

_NOTHING: Final[AbstractContextManager[None]] = nullcontext()


class Tracing:
    """What this process traces with; nothing until it is begun."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._tracer: Tracer | None = None

    def handling(self, role: str, partition: int, records: int) -> AbstractContextManager[None]:
        """Return a span around the handling of a list.

        Args:
            role: of the stage.
            partition: of the list.
            records: in it.
        """
        return _NOTHING if self._tracer is None else self._span(role, partition, records)

    @contextmanager
    def _span(self, role: str, partition: int, records: int) -> Iterator[None]:
        attributes: dict[str, str | int] = {
            "messaging.system": "kafka",
            "messaging.destination.partition.id": str(partition),
            "messaging.batch.message_count": records,
        }
        if self._tracer is None:
            yield
            return
        with self._tracer.start_as_current_span(
            f"process {role}",
            attributes=attributes,
            record_exception=False,  # the text of an error may hold an address
            set_status_on_exception=False,
        ):
            yield

    @contextmanager
    def to(self, endpoint: str | None) -> Iterator[None]:
        """Send spans to a collector for the duration of the block; None = trace nothing.

        Args:
            endpoint: of OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces.

        Raises:
            UserError: the packages are not installed.
        """
        if endpoint is None:
            yield
            return
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
                OTLPSpanExporter,
            )
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError:
            raise UserError('log.traces_endpoint needs: pip install "hostwatch[otel]"') from None
        provider = TracerProvider(resource=Resource.create({"service.name": "hostwatch"}))
        exporter = OTLPSpanExporter(endpoint, timeout=EXPORT_DEADLINE_S)
        provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = provider.get_tracer("hostwatch")
        try:
            yield
        finally:
            self._tracer = None
            provider.shutdown()


TRACING: Final = Tracing()
"""The one of this process."""
