"""The extra ``opentelemetry``: spans for publishing, resolving and delivering an event, which carries the context of its trace."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

import msgspec
from opentelemetry import trace
from opentelemetry.context import Context, attach, detach, get_current
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ._version import __version__
from .calling import InThread, Invoke
from .log import logger
from .resolvers import Skip
from .tracing import Publishing

if TYPE_CHECKING:
    from ._native import Executor, LoopPort, ResolverCall

__all__ = ["Tracing"]

_TRACEPARENT: Final = "traceparent"
_NO_SDK: Final = (trace.ProxyTracerProvider, trace.NoOpTracerProvider)
"""Whose tracers record nothing."""
_SECONDS_UNTIL_ASKED: Final = 0.05
"""To ask for a provider that is not there looks into the environment, which takes longer than publishing does."""


class _TraceContext(msgspec.Struct):
    """What W3C Trace Context has of an event's attributes."""

    traceparent: str = ""
    tracestate: str = ""


_decode: Final = msgspec.json.Decoder(_TraceContext).decode


class _InSpan(Publishing):
    """An event that a span tells of."""

    __slots__ = ("_span",)

    def __init__(self, attributes: dict[str, str] | None, span: Span) -> None:
        super().__init__(attributes)
        self._span = span

    def published(self, cursor: str) -> str:
        self._span.set_attribute("messaging.message.id", cursor)
        return cursor

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if error is not None:
            _note(error, self._span)
        self._span.end()


class Tracing:
    """Makes the spans of one runtime, or of a publisher, which has none."""

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor
        # It asks the provider that there is when a span begins, also where that is set later.
        self._tracer = trace.get_tracer("subsgen", __version__)
        self._records = False
        """Whether there is an SDK. It stays."""
        self._asks_at = 0.0
        self._propagator = TraceContextTextMapPropagator()
        self._clients: dict[int, Context] = {}
        """What clients were connected in, by the handles of their connections."""

    def start(self, port: LoopPort | None) -> None:
        """Lets the runtime note the ways of traced events, and wake a loop for ``write``."""
        if self._executor is not None:
            self._executor.trace(port)

    # Publishing

    def is_idle(self) -> bool:
        """Whether nothing is under way and nobody records spans: an event has none, then, and nothing travels with it."""
        if trace.get_current_span() is not trace.INVALID_SPAN:
            return False
        if not self._records and (now := time.monotonic()) >= self._asks_at:
            self._asks_at = now + _SECONDS_UNTIL_ASKED
            self._records = not isinstance(trace.get_tracer_provider(), _NO_SDK)
        return not self._records

    def publishing(self, topic: str, attributes: dict[str, str] | None, size: int) -> Publishing:
        """A span for an event of so many bytes, whose context travels with it. None where the attributes have a context already: somebody
        has said what the event belongs to. None, either, where what it belongs to is not sampled; that travels all the same."""
        if attributes is not None and _TRACEPARENT in attributes:
            return Publishing(attributes)
        known = trace.get_current_span().get_span_context()
        if known.is_valid and not known.trace_flags.sampled:
            return Publishing(_carrying(known, attributes))
        if not known.is_valid and isinstance(trace.get_tracer_provider(), _NO_SDK):
            return Publishing(attributes)
        template = None if self._executor is None else self._executor.topic_template(topic)
        name = "publish" if template is None else f"publish {template}"
        described = _described("publish", "send", topic, template)
        described["messaging.message.body.size"] = size
        span = self._tracer.start_span(name, kind=SpanKind.PRODUCER, attributes=described)
        return _InSpan(_carrying(span.get_span_context(), attributes), span)

    # Resolving

    @contextmanager
    def detached(self) -> Generator[None, None, None]:
        """What begins here belongs to nothing that is under way, as what a loop's reader starts: it outlives whoever came first."""
        token = attach(Context())
        try:
            yield
        finally:
            detach(token)

    def connected(self, handle: int) -> None:
        """Functions that are called for this client alone belong to what is under way now: the request."""
        if trace.get_current_span().get_span_context().is_valid:
            self._clients[handle] = get_current()

    def disconnected(self, handle: int) -> None:
        self._clients.pop(handle, None)

    def around(self, call: ResolverCall, invoke: Invoke) -> Invoke:
        """``invoke`` for a call of a function: in a span where it is for an event, in what the client came with where it is for one."""
        if call.kind == "resolve":
            return self.resolving(call.field, (call,), invoke)
        client = None if call.connection is None else self._clients.get(call.connection)
        return invoke if client is None else partial(_run, client, None, (), invoke)

    def resolving(self, field: str, calls: Sequence[ResolverCall], invoke: Invoke) -> Invoke:
        """``invoke`` for one call of a field's function, which answers these.

        Its span belongs to the trace of the first event that is sampled, and has links to those of the others."""
        origins: dict[str, Context] = {}
        for call in calls:
            if (attributes := call.attributes) is not None:
                self._add(attributes, origins)
        if not origins:
            return invoke
        sampled = [origin for origin in origins.values() if trace.get_current_span(origin).get_span_context().trace_flags.sampled]
        if not sampled:
            first = next(iter(origins.values()))
            return partial(_run, first, None, (), invoke)

        def traced(function: Callable[..., Any], *arguments: Any) -> Any:
            described: dict[str, str | int] = {"subsgen.field": field}
            if len(calls) > 1:
                described["messaging.batch.message_count"] = len(calls)
            links = [Link(trace.get_current_span(origin).get_span_context()) for origin in sampled[1:]]
            span = self._tracer.start_span(f"resolve {field}", sampled[0], attributes=described, links=links)
            return _run(trace.set_span_in_context(span, sampled[0]), span, calls, invoke, function, *arguments)

        return traced

    def _add(self, attributes: bytes, origins: dict[str, Context]) -> None:
        """Notes the context that an event has, once for all that are of the same."""
        try:
            carried = _decode(attributes)
        except msgspec.ValidationError:
            return  # it came from elsewhere, and is of another kind
        if not carried.traceparent or carried.traceparent in origins:
            return
        context = self._context(carried)
        if trace.get_current_span(context).get_span_context().is_valid:
            origins[carried.traceparent] = context

    def _context(self, carried: _TraceContext) -> Context:
        return self._propagator.extract({_TRACEPARENT: carried.traceparent, "tracestate": carried.tracestate}, Context())

    # Delivering

    def write(self) -> None:
        """Makes the spans of the events that have gone to subscriptions since the last time."""
        if self._executor is None:
            return
        deliveries, left_out = self._executor.take_deliveries()
        for attributes, topic, template, start, duration, subscriptions in deliveries:
            described = _described("deliver", "process", topic, template)
            described["subsgen.subscriptions"] = subscriptions
            try:
                context = self._context(_decode(attributes))
            except msgspec.ValidationError:
                continue  # its tracestate is no string
            span = self._tracer.start_span(f"deliver {template}", context, kind=SpanKind.CONSUMER, attributes=described, start_time=start)
            span.end(start + duration)
        if left_out:
            logger.warning("%d spans of delivered events were left out: there were more than the event loop came for", left_out)


def _carrying(known: SpanContext, attributes: dict[str, str] | None) -> dict[str, str] | None:
    """An event's attributes with the context of a trace. Written here, since what is not sampled is to cost next to nothing."""
    if not known.is_valid:
        return attributes
    carrier = dict(attributes or {})
    carrier[_TRACEPARENT] = f"00-{known.trace_id:032x}-{known.span_id:016x}-{known.trace_flags:02x}"
    if known.trace_state:
        carrier["tracestate"] = known.trace_state.to_header()
    return carrier


def _described(operation: str, kind: str, topic: str, template: str | None) -> dict[str, str | int]:
    """What the semantic conventions of messaging ask for."""
    described: dict[str, str | int] = {
        "messaging.system": "subsgen",
        "messaging.operation.name": operation,
        "messaging.operation.type": kind,
        "messaging.destination.name": topic,
    }
    if template is not None and template != topic:
        described["messaging.destination.template"] = template
    return described


def _run(
    context: Context, span: Span | None, calls: Sequence[ResolverCall], invoke: Invoke, function: Callable[..., Any], *arguments: Any
) -> Any:
    """What a function returns that is called in a context. The span ends when it has returned."""
    token = attach(context)
    try:
        outcome = invoke(function, *arguments)
    except BaseException as error:
        _end(span, calls, error)
        raise
    finally:
        detach(token)
    if isinstance(outcome, InThread):
        if span is not None:
            outcome.work.add_done_callback(
                lambda work: _end(span, calls, asyncio.CancelledError() if work.cancelled() else work.exception())
            )
        return outcome
    if inspect.isawaitable(outcome):
        return _followed(context, span, calls, outcome)
    _end(span, calls, None, outcome)
    return outcome


async def _followed(context: Context, span: Span | None, calls: Sequence[ResolverCall], outcome: Awaitable[Any]) -> Any:
    """In the task that waits for a function, to which alone it is attached: it ends with it."""
    attach(context)
    try:
        value = await outcome
    except BaseException as error:
        _end(span, calls, error)
        raise
    _end(span, calls, None, value)
    return value


def _end(span: Span | None, calls: Sequence[ResolverCall], error: BaseException | None, value: object = None) -> None:
    if span is None:
        return
    if isinstance(error, asyncio.CancelledError) and all(call.cancelled for call in calls):
        span.set_attribute("subsgen.abandoned", True)  # no error: everybody has left
    elif error is not None:
        _note(error, span)
    elif value is Skip or isinstance(value, Skip):
        span.set_attribute("subsgen.skipped", True)
    span.end()


def _note(error: BaseException, span: Span) -> None:
    span.record_exception(error)
    span.set_attribute("error.type", type(error).__qualname__)
    span.set_status(Status(StatusCode.ERROR, str(error)))
