"""Resolvers: what they get, what becomes of their answers, and that their failures are nobody else's."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from chat import SDL, Message, RoomArguments, answered_natively, message, registry, resolver_module
from pulling import result, serving, subscribed
from serving import within
from subsgen import Context, RuntimeOptions, Skip, SubscriptionManager, passthrough


async def test_a_resolver_gets_typed_values_and_its_answer_is_projected() -> None:
    seen: list[tuple[Any, Any]] = []

    async def resolve(event: Message, args: RoomArguments) -> Message:
        seen.append((event, args))
        return Message(id=event.id, room_id=event.room_id, text=event.text.upper())

    manager = serving(resolve)
    async with subscribed(manager, room="1") as id:
        await manager.publish_event("message", Message(id="1", room_id="1", text="hello"))
        assert await result(manager, id) == {"data": {"message": {"id": "1", "text": "HELLO"}}}
        assert seen == [(Message(id="1", room_id="1", text="hello"), RoomArguments(room_id="1"))]


async def test_a_resolver_may_be_no_coroutine_and_answer_null() -> None:
    def resolve(event: Message, args: RoomArguments) -> Message | None:
        return None

    manager = serving(resolve)
    async with subscribed(manager) as id:
        await manager.publish_event("message", message(1))
        assert await result(manager, id) == {"data": {"message": None}}


async def test_a_string_that_a_resolver_returns_is_a_string() -> None:
    def resolve(event: Message, args: RoomArguments) -> Any:
        return {"id": "1", "roomId": "1", "text": '{"no":"JSON text"}'}

    manager = serving(resolve)
    async with subscribed(manager) as id:
        await manager.publish_event("message", message(1))
        assert (await result(manager, id))["data"]["message"]["text"] == '{"no":"JSON text"}'


@pytest.mark.parametrize("skip", [Skip, Skip()], ids=["class", "instance"])
async def test_a_skipped_event_reaches_nobody(skip: Any) -> None:
    async def resolve(event: Message, args: RoomArguments) -> Any:
        return skip if event.id == "1" else event

    manager = serving(resolve)
    async with subscribed(manager) as id:
        for number in (1, 2):
            await manager.publish_event("message", message(number))
        assert (await result(manager, id))["data"]["message"]["id"] == "2"


async def test_a_passthrough_field_costs_no_call() -> None:
    @passthrough
    def resolve(event: Any, args: Any) -> Any:
        raise AssertionError("it is not called")

    manager = serving(resolve)
    async with subscribed(manager) as id:
        await manager.publish_event("message", message(1))
        assert (await result(manager, id))["data"]["message"]["id"] == "1"
        assert manager.get_metrics()["resolver_calls"] == 0


async def test_equal_subscriptions_share_one_call() -> None:
    calls = 0

    def resolve(event: Message, args: RoomArguments) -> Message:
        nonlocal calls
        calls += 1
        return event

    manager = serving(resolve)
    async with subscribed(manager, room="1") as one, subscribed(manager, room="1") as two, subscribed(manager) as three:
        await manager.publish_event("message", message(1))
        assert [(await result(manager, id))["data"]["message"]["id"] for id in (one, two, three)] == ["1"] * 3
        assert calls == 2


async def test_a_resolver_with_a_context_is_called_for_each_claims() -> None:
    async def resolve(event: Message, args: RoomArguments, context: Context) -> Message:
        assert context.connection is None
        return Message(id=event.id, room_id=event.room_id, text=context.claims.get("sub", "nobody"))

    manager = serving(resolve)
    async with (
        subscribed(manager, claims={"sub": "ada"}) as ada,
        subscribed(manager, claims={"sub": "bob"}) as bob,
        subscribed(manager) as nobody,
    ):
        await manager.publish_event("message", message(1))
        texts = [(await result(manager, id))["data"]["message"]["text"] for id in (ada, bob, nobody)]
        assert texts == ["ada", "bob", "nobody"]


async def test_what_a_resolver_does_to_its_arguments_concerns_nobody_else() -> None:
    def resolve(event: Message, args: RoomArguments, context: Context) -> Message:
        text = f"{args.room_id} {context.claims}"
        args.room_id = "changed"
        assert isinstance(context.claims, dict)
        context.claims["admin"] = True
        return Message(id=event.id, room_id=event.room_id, text=text)

    manager = serving(resolve)
    async with subscribed(manager, claims={"sub": "ada"}, room="1") as id:
        for number in range(2):
            await manager.publish_event("message", message(number))
            assert (await result(manager, id))["data"]["message"]["text"] == "1 {'sub': 'ada'}"


async def test_events_stay_in_order_across_slow_resolvers() -> None:
    first = asyncio.Event()

    async def resolve(event: Message, args: RoomArguments) -> Message:
        if event.id == "0":
            await first.wait()
        return event

    manager = serving(resolve)
    async with subscribed(manager) as id:
        for number in range(5):
            await manager.publish_event("message", message(number))
        assert await manager.get_next_event(id, timeout=0) is None
        first.set()
        assert [(await result(manager, id))["data"]["message"]["id"] for _ in range(5)] == ["0", "1", "2", "3", "4"]


async def fails(event: Message, args: RoomArguments) -> Message:
    if event.id == "1":
        raise RuntimeError("secret: 10.0.0.7")
    return event


def fails_at_once(event: Message, args: RoomArguments) -> Message:
    if event.id == "1":
        raise RuntimeError("secret: 10.0.0.7")
    return event


def gives_no_json(event: Message, args: RoomArguments) -> Any:
    return object() if event.id == "1" else event


async def gives_an_event_of_another_shape(event: Message, args: RoomArguments) -> Any:
    return {"id": {"no": "id"}} if event.id == "1" else event


async def cancels_itself(event: Message, args: RoomArguments) -> Message:
    if event.id == "1":
        raise asyncio.CancelledError
    return event


@pytest.mark.parametrize("resolve", [fails, fails_at_once, gives_no_json, gives_an_event_of_another_shape, cancels_itself])
async def test_a_failure_is_told_to_its_subscribers_and_logged_and_harms_nobody(resolve: Any, caplog: pytest.LogCaptureFixture) -> None:
    manager = serving(resolve)
    async with subscribed(manager, room="1") as id, subscribed(manager, "subscription { tick }") as other:
        await manager.publish_event("message", message(1, text="the raw event"))
        await manager.publish_event("tick", 1)
        await manager.publish_event("message", message(2))
        failed = await result(manager, id)
        assert failed["errors"]
        assert "secret" not in str(failed)
        assert "raw" not in str(failed)
        assert failed["data"] in (None, {"message": None})
        assert (await result(manager, id))["data"]["message"]["id"] == "2"
        assert await result(manager, other) == {"data": {"tick": 1}}
    if resolve is not gives_an_event_of_another_shape:
        assert failed["errors"][0]["message"] == 'The resolver of "message" failed.'
        [record] = caplog.records
        assert record.exc_info is not None


async def test_an_event_that_does_not_fit_the_payload_class_fails_alone(caplog: pytest.LogCaptureFixture) -> None:
    def resolve(event: Message, args: RoomArguments) -> Message:
        return event

    manager = serving(resolve)
    async with subscribed(manager) as id:
        await manager.publish_event("message", {"id": 1})
        assert (await result(manager, id))["data"] == {"message": None}
    assert "ValidationError" in caplog.text


async def test_a_resolver_that_takes_too_long_is_cancelled_and_its_subscribers_are_told(caplog: pytest.LogCaptureFixture) -> None:
    cancelled = asyncio.Event()

    async def resolve(event: Message, args: RoomArguments) -> Message:
        if event.id == "1":
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
        return event

    manager = SubscriptionManager(
        registry=registry(message=resolver_module(resolve=resolve)), options=RuntimeOptions(resolver_timeout=0.01)
    )
    async with subscribed(manager) as id:
        await manager.publish_event("message", message(1))
        await manager.publish_event("message", message(2))
        assert (await result(manager, id))["errors"][0]["message"] == 'The resolver of "message" took too long.'
        assert (await result(manager, id))["data"]["message"]["id"] == "2"
        await within(cancelled.wait())
    assert "took longer than 0.01 seconds" in caplog.text


async def test_a_resolver_that_shields_itself_is_told_off_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    finish, finished = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        await finish.wait()
        finished.set()
        raise RuntimeError("too late")

    async def resolve(event: Message, args: RoomArguments) -> Message:
        task = asyncio.create_task(stubborn())
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await task
        return event

    manager = SubscriptionManager(
        registry=registry(message=resolver_module(resolve=resolve)), options=RuntimeOptions(resolver_timeout=0.01)
    )
    async with subscribed(manager) as id:
        await manager.publish_event("message", message(1))
        assert "took too long" in (await result(manager, id))["errors"][0]["message"]
        logged = asyncio.Event()
        handler = logging.Handler()
        handler.emit = lambda record: logged.set()  # type: ignore[method-assign]
        logger = logging.getLogger("subsgen")
        logger.addHandler(handler)
        finish.set()
        await within(logged.wait())
        logger.removeHandler(handler)
    assert "raised after its time was over" in caplog.text


def untyped(event: Any, args: Any) -> Any:
    return {**event, "text": f"{event['text']} {args}"}


def takes_one(event: Any) -> Any:
    return event


def takes_none() -> Any:
    return None


async def test_a_resolver_may_be_registered_while_subscriptions_run() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with subscribed(manager) as id:
        manager.register_resolver("message", untyped)
        await manager.publish_event("message", message(1))
        assert (await result(manager, id))["data"]["message"]["text"] == "hello {}"


@pytest.mark.parametrize(
    ("field", "resolve", "error"),
    [
        ("unheard", untyped, ValueError),
        ("message", answered_natively, ValueError),
        ("message", takes_one, TypeError),
        ("message", takes_none, TypeError),
    ],
)
def test_a_resolver_that_cannot_serve_is_refused(field: str, resolve: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        SubscriptionManager(schema=SDL).register_resolver(field, resolve)


def test_a_module_without_a_resolver_is_refused() -> None:
    with pytest.raises(TypeError, match="defines no function"):
        SubscriptionManager(registry=registry(message=resolver_module(resolve=None)))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def test_a_publisher_waits_while_the_resolver_has_as_many_events_as_may_wait() -> None:
    free = asyncio.Event()

    async def resolve(event: Message, args: RoomArguments) -> Message:
        await free.wait()
        return event

    manager = SubscriptionManager(
        registry=registry(message=resolver_module(resolve=resolve)), options=RuntimeOptions(events_per_resolver=2)
    )
    async with subscribed(manager) as id:
        for number in range(2):
            await manager.publish_event("message", message(number))
        cancelled = asyncio.ensure_future(manager.publish_event("message", message(8)))
        waiting = [asyncio.ensure_future(manager.publish_event("message", message(number))) for number in (2, 3)]
        # A turn of the loop, in which each comes to wait.
        await asyncio.sleep(0)
        assert manager.get_metrics()["publishers_waiting"] == 3
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert manager.get_metrics()["publishers_waiting"] == 2
        free.set()
        await within(asyncio.gather(*waiting))
        received = [(await result(manager, id))["data"]["message"]["id"] for _ in range(4)]
        assert received == [str(number) for number in range(4)]
        assert manager.get_metrics()["publishers_waiting"] == 0


@pytest.mark.parametrize("workers", [1, 2])
async def test_workers_keep_the_order_of_a_topic_and_publishers_wait_for_room(workers: int) -> None:
    options = RuntimeOptions(workers=workers, events_per_worker_queue=2)
    manager = SubscriptionManager(registry=registry(), options=options)
    async with subscribed(manager) as id:
        for number in range(200):
            await manager.publish_event("message", message(number))
        received = [(await result(manager, id))["data"]["message"]["id"] for _ in range(200)]
        assert received == [str(number) for number in range(200)]
