"""Spans of OpenTelemetry, and the attributes of events in which the context of a trace travels."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags, TraceState

from chat import SDL, Message, RoomArguments, message, registry, resolver_module
from pulling import result, serving, subscribed
from serving import within
from subsgen import (
    Context,
    FieldError,
    Publisher,
    RuntimeOptions,
    Skip,
    SubscriptionExecutor,
    SubscriptionManager,
    SubscriptionPayload,
    runs,
)
from subsgen.publisher import Answer, Endpoint


class Exporter(InMemorySpanExporter):
    """Tells tests of spans that have ended: those of threads and of the runtime come later than what they tell of."""

    def __init__(self) -> None:
        super().__init__()
        self.wake: Callable[[], object] | None = None

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        outcome = super().export(spans)
        if self.wake is not None:
            self.wake()
        return outcome


EXPORTER = Exporter()
GIVEN = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tenant": "blue"}
"""Of an event that another service publishes."""


PROVIDER = TracerProvider()
PROVIDER.add_span_processor(SimpleSpanProcessor(EXPORTER))


@pytest.fixture(autouse=True)
def tracer(monkeypatch: pytest.MonkeyPatch) -> Iterator[trace.Tracer]:
    # Not set: that can be done once in a process, and other tests are to have none.
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: PROVIDER)
    EXPORTER.clear()
    yield trace.get_tracer("test")
    EXPORTER.clear()


def not_sampled() -> NonRecordingSpan:
    return NonRecordingSpan(SpanContext(0xA, 0xB, is_remote=False, trace_flags=TraceFlags(0), trace_state=TraceState([("vendor", "1")])))


def made() -> dict[str, ReadableSpan]:
    """The spans that have ended, by their names."""
    return {span.name: span for span in EXPORTER.get_finished_spans()}


async def spans(*names: str) -> list[ReadableSpan]:
    """Waits for spans of these names, in whatever order they end."""

    news, loop = asyncio.Event(), asyncio.get_running_loop()
    EXPORTER.wake = lambda: loop.call_soon_threadsafe(news.set)
    while not set(names) <= made().keys():
        await within(news.wait())
        news.clear()
    EXPORTER.wake = None
    return [made()[name] for name in names]


def parent(span: ReadableSpan) -> int:
    assert span.parent is not None
    return span.parent.span_id


def own(span: ReadableSpan | trace.Span) -> SpanContext:
    context = span.get_span_context()
    assert context is not None
    return context


def described(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


async def test_an_event_is_one_trace_from_its_publisher_to_its_subscribers(tracer: trace.Tracer) -> None:
    async def resolve(event: Message, args: RoomArguments) -> Message:
        with tracer.start_as_current_span("look it up"):
            await asyncio.sleep(0)
        return event

    manager = SubscriptionManager(registry=registry(messageAdded=resolver_module(resolve=resolve)))
    query = 'subscription { messageAdded(roomId: "7") { id } }'
    ids = [await manager.create_subscription(SubscriptionPayload(query)) for _ in range(2)]
    with tracer.start_as_current_span("request") as request:
        cursor = await manager.publish_event("chat.7", message(1, "7"))
    for id in ids:
        await result(manager, id)

    published, resolved, looked_up, delivered = await spans(
        "publish chat.{roomId}", "resolve messageAdded", "look it up", "deliver chat.{roomId}"
    )
    assert {own(span).trace_id for span in (published, resolved, looked_up, delivered)} == {own(request).trace_id}
    assert parent(published) == own(request).span_id
    assert parent(resolved) == parent(delivered) == own(published).span_id
    assert parent(looked_up) == own(resolved).span_id
    assert (published.kind, resolved.kind, delivered.kind) == (SpanKind.PRODUCER, SpanKind.INTERNAL, SpanKind.CONSUMER)
    assert described(published) == {
        "messaging.system": "subsgen",
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        "messaging.destination.name": "chat.7",
        "messaging.destination.template": "chat.{roomId}",
        "messaging.message.body.size": 38,
        "messaging.message.id": cursor,
    }
    assert described(resolved) == {"subsgen.field": "messageAdded"}
    assert described(delivered) == {
        "messaging.system": "subsgen",
        "messaging.operation.name": "deliver",
        "messaging.operation.type": "process",
        "messaging.destination.name": "chat.7",
        "messaging.destination.template": "chat.{roomId}",
        "subsgen.subscriptions": 2,
    }
    await manager.close()


async def test_the_delivery_lasts_until_the_last_function_has_answered() -> None:
    async def likes(parents: list[Any], args: Any) -> list[int]:
        await asyncio.sleep(0)
        return [7] * len(parents)

    manager = SubscriptionManager(schema=SDL.replace("likes: Int", "likes: Int @resolver"))
    manager.register_field_resolver("Message", "likes", likes)
    async with subscribed(manager, query="subscription { message { likes } }") as id:
        await manager.publish_event("message", message(1))
        assert await result(manager, id) == {"data": {"message": {"likes": 7}}}
        published, supplied, delivered = await spans("publish message", "resolve Message.likes", "deliver message")
        assert parent(supplied) == parent(delivered) == own(published).span_id
        assert delivered.start_time is not None
        assert supplied.end_time is not None
        assert delivered.end_time is not None
        assert delivered.start_time < supplied.end_time <= delivered.end_time
        assert described(delivered)["subsgen.subscriptions"] == 1


async def test_an_event_that_nobody_gets_has_no_delivery() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with subscribed(manager, room="2") as id:
        await manager.publish_event("message", message(1, "1"))
        await manager.publish_event("message", message(2, "2"))
        await result(manager, id)
        await spans("deliver message")
        names = [span.name for span in EXPORTER.get_finished_spans()]
        assert sorted(names) == ["deliver message", "publish message", "publish message"]


async def test_attributes_reach_the_resolver_as_they_were_given() -> None:
    seen: list[Any] = []

    async def resolve(event: Message, args: RoomArguments, context: Context) -> Message:
        seen.append((context.attributes, own(trace.get_current_span())))
        return event

    manager = serving(resolve)
    async with subscribed(manager, room="1") as id:
        await manager.publish_event("message", message(1), GIVEN)
        await result(manager, id)
        resolved, delivered = await spans("resolve message", "deliver message")
        assert seen == [(GIVEN, own(resolved))]
        assert f"{own(resolved).trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
        assert parent(resolved) == parent(delivered) == 0xB7AD6B7169203331
        assert "publish message" not in made()


async def test_one_call_for_several_events_has_links_to_the_others() -> None:
    async def resolve_batch(events: list[Message], args: list[Any]) -> list[Message]:
        return events

    manager = SubscriptionManager(registry=registry(message=resolver_module(resolve_batch=resolve_batch)))
    async with subscribed(manager, room="1") as id:
        others: list[tuple[int, int]] = []
        for number in range(3):
            traceparent = f"00-{number + 1:032x}-{number + 1:016x}-01"
            others.append((number + 1, number + 1))
            await manager.publish_event("message", message(number), {"traceparent": traceparent})
        for _ in others:
            await result(manager, id)
        (resolved,) = await spans("resolve message")
        assert (own(resolved).trace_id, parent(resolved)) == others[0]
        assert [(link.context.trace_id, link.context.span_id) for link in resolved.links] == others[1:]
        assert described(resolved)["messaging.batch.message_count"] == 3


async def test_what_is_not_sampled_makes_no_span_and_stays_so(tracer: trace.Tracer) -> None:
    seen: list[SpanContext] = []

    async def resolve(event: Message, args: RoomArguments, context: Context) -> Message:
        seen.append(own(trace.get_current_span()))
        with tracer.start_as_current_span("look it up"):
            return event

    manager = serving(resolve)
    async with subscribed(manager, room="1") as id:
        with trace.use_span(not_sampled()):
            await manager.publish_event("message", message(1))
        await result(manager, id)
        assert [(span.trace_id, span.span_id, span.trace_flags, dict(span.trace_state)) for span in seen] == [
            (0xA, 0xB, 0, {"vendor": "1"})
        ]
        assert made() == {}


async def test_a_function_belongs_to_its_event_and_not_to_who_made_the_loop_listen(tracer: trace.Tracer) -> None:
    seen: list[bool] = []

    async def resolve(event: Message, args: RoomArguments) -> Message:
        seen.append(own(trace.get_current_span()).is_valid)
        return event

    manager = serving(resolve, options=RuntimeOptions())
    with tracer.start_as_current_span("the first request"):
        async with subscribed(manager, room="1") as id:
            manager.runtime.tracing = None  # so that the event has no context
            await manager.publish_event("message", message(1))
            await result(manager, id)
    assert seen == [False]


@pytest.mark.parametrize("error", [ValueError("no"), FieldError("not yours")], ids=["raised", "told"])
async def test_a_function_that_raises_is_an_error(error: Exception) -> None:
    async def resolve(event: Message, args: RoomArguments) -> Message:
        raise error

    manager = serving(resolve)
    async with subscribed(manager, room="1") as id:
        await manager.publish_event("message", message(1))
        assert "errors" in await result(manager, id)
        (resolved,) = await spans("resolve message")
        assert (resolved.status.status_code, resolved.status.description) == (StatusCode.ERROR, str(error))
        assert described(resolved)["error.type"] == type(error).__name__
        assert [event.name for event in resolved.events] == ["exception"]


async def test_a_skipped_event_and_a_function_in_a_thread(tracer: trace.Tracer) -> None:
    @runs(in_thread=True)
    def resolve(event: Message, args: RoomArguments) -> Message | Skip:
        with tracer.start_as_current_span("in the thread"):
            return event if event.id == "2" else Skip()

    manager = serving(resolve)
    async with subscribed(manager, room="1") as id:
        for number in (1, 2):
            await manager.publish_event("message", message(number))
        await result(manager, id)
        (inside,) = await spans("in the thread")
        assert parent(inside) == own(made()["resolve message"]).span_id

    def at_once(event: Message, args: RoomArguments) -> type[Skip]:
        return Skip

    EXPORTER.clear()
    manager = serving(at_once)
    async with subscribed(manager, room="1"):
        await manager.publish_event("message", message(1))
        (resolved,) = await spans("resolve message")
        assert described(resolved) == {"subsgen.field": "message", "subsgen.skipped": True}


async def test_a_function_that_nobody_waits_for_is_no_error_and_one_that_is_late_is() -> None:
    started = asyncio.Event()

    @runs(timeout=0.05)
    async def resolve(event: Message, args: RoomArguments) -> Message:
        started.set()
        await asyncio.Event().wait()
        return event

    manager = serving(resolve)
    async with subscribed(manager, room="1") as id:
        await manager.publish_event("message", message(1))
        await within(started.wait())
        assert "errors" in await result(manager, id)
        (late,) = await spans("resolve message")
        assert late.status.status_code is StatusCode.ERROR


async def test_a_refused_event_is_an_error() -> None:
    manager = SubscriptionManager(schema=SDL)
    with pytest.raises(ValueError, match="No subscription field"):
        await manager.publish_event("nowhere", message(1))
    refused = made()["publish"]
    assert refused.status.status_code is StatusCode.ERROR
    assert described(refused)["error.type"] == "ValueError"


async def test_a_mutation_belongs_to_its_request_and_what_it_publishes_to_the_mutation(tracer: trace.Tracer) -> None:
    from subsgen.testing import TestClient

    async def execute(request: Any, context: Context) -> Any:
        await manager.publish_event("tick", "1")
        return {"data": {"ok": True}}

    manager = SubscriptionManager(schema=SDL, execute=execute)
    async with manager:
        with tracer.start_as_current_span("request") as request:
            async with TestClient(manager) as client:
                await client.execute("mutation { ok }")
    assert parent(made()["publish tick"]) == own(request).span_id


async def test_who_does_not_want_spans_has_none(tracer: trace.Tracer) -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(tracing=False))
    async with subscribed(manager, room="1") as id:
        with tracer.start_as_current_span("request"):
            await manager.publish_event("message", message(1), GIVEN)
        await result(manager, id)
    assert made().keys() == {"request"}


def test_an_executor_without_a_loop(tracer: trace.Tracer) -> None:
    executor = SubscriptionExecutor(SDL)
    executor.register_subscription("c", "1", "subscription { tick }")
    with tracer.start_as_current_span("job") as job:
        executor.publish_event("tick", "1")
    assert executor.next_event("1") == b'{"data":{"tick":1}}'
    published, delivered = made()["publish tick"], made()["deliver tick"]
    assert parent(published) == own(job).span_id
    assert parent(delivered) == own(published).span_id


async def test_a_publisher_over_http(tracer: trace.Tracer, monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[dict[str, Any]] = []

    def post(_: Endpoint, body: bytes) -> tuple[int, Answer]:
        posted.append(msgspec.json.decode(body))
        return 200, Answer(cursor="c")

    monkeypatch.setattr(Endpoint, "post", post)
    async with Publisher("http://localhost:1/publish", "token") as publisher:
        with tracer.start_as_current_span("job") as job:
            await publisher.publish_event("tick", "1", {"tenant": "blue"})
        publisher.publish_event_blocking("tick", "2", GIVEN)
    published = made()["publish"]
    assert parent(published) == own(job).span_id
    assert described(published)["messaging.message.id"] == "c"
    traceparent = f"00-{own(published).trace_id:032x}-{own(published).span_id:016x}-{own(published).trace_flags:02x}"
    assert [event.get("attributes") for event in posted] == [{"tenant": "blue", "traceparent": traceparent}, GIVEN]


WITHOUT = """
import sys, asyncio
{hidden}
from subsgen import SubscriptionManager, SubscriptionPayload

async def main() -> None:
    async with SubscriptionManager(schema={sdl!r}) as manager:
        id = await manager.create_subscription(SubscriptionPayload("subscription {{ tick }}"))
        await manager.publish_event("tick", "1", {given!r})
        assert await manager.get_next_event(id) == b'{{"data":{{"tick":1}}}}'
        assert (manager.runtime.tracing is None) == {none}, manager.runtime.tracing

asyncio.run(main())
"""


@pytest.mark.parametrize("is_installed", [False, True], ids=["without the API", "without an SDK"])
def test_nothing_is_needed(is_installed: bool) -> None:
    hidden = "" if is_installed else 'sys.modules["opentelemetry"] = None'
    program = WITHOUT.format(hidden=hidden, sdl=SDL, given=GIVEN, none=not is_installed)
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


async def test_without_an_sdk_what_is_under_way_travels_and_an_sdk_that_comes_late_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[str | None] = []

    async def resolve(event: Message, args: RoomArguments, context: Context) -> Message:
        carried.append(context.attributes.get("traceparent"))
        return event

    monkeypatch.setattr(trace, "get_tracer_provider", trace.ProxyTracerProvider)
    manager = serving(resolve)
    async with subscribed(manager, room="1") as id:
        for span in (trace.INVALID_SPAN, NonRecordingSpan(SpanContext(0xA, 0xB, is_remote=True, trace_flags=TraceFlags(1)))):
            with trace.use_span(span):
                await manager.publish_event("message", message(1))
            await result(manager, id)
        assert carried == [None, f"00-{0xA:032x}-{0xB:016x}-01"]
        assert not made()

        monkeypatch.setattr(trace, "get_tracer_provider", lambda: PROVIDER)
        tracing = manager.runtime.tracing
        assert tracing is not None

        async def until_it_is_seen() -> None:
            while tracing.is_idle():
                await manager.publish_event("message", message(1))
                await result(manager, id)

        await within(until_it_is_seen())
