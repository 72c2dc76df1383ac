"""`SubscriptionManager` without a socket: subscriptions that are pulled, on one event loop and on several."""

from __future__ import annotations

import asyncio

import pytest

from chat import MESSAGE, SDL, Message, RoomArguments, message, registry
from pulling import result, serving, subscribed
from serving import within
from subsgen import (
    CustomServerWebSocketAdapter,
    GraphQLTransportWSHandler,
    SubscriptionError,
    SubscriptionManager,
    SubscriptionPayload,
)


async def test_an_event_wakes_who_waits() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with subscribed(manager, room="1") as id:
        waiting = asyncio.create_task(manager.get_next_event(id))
        await asyncio.sleep(0)
        await manager.publish_event("message", message(1))
        assert await within(waiting) == b'{"data":{"message":{"id":"1","text":"hello"}}}'


async def test_waiting_has_a_time_limit() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with subscribed(manager) as id:
        assert await manager.get_next_event(id, timeout=0) is None
        await manager.publish_event("message", message(1))
        assert await manager.get_next_event(id, timeout=0) is not None


async def test_a_completed_topic_ends_waiting() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with subscribed(manager) as id:
        waiting = asyncio.create_task(manager.get_next_event(id))
        await asyncio.sleep(0)
        await manager.publish_event("message", message(1))
        await manager.complete_topic("message")
        assert await within(waiting) is not None
        assert await within(manager.get_next_event(id)) is None


async def test_a_completed_subscription_ends_waiting_and_is_unknown() -> None:
    manager = SubscriptionManager(schema=SDL)
    id = await manager.create_subscription(SubscriptionPayload(MESSAGE))
    waiting = asyncio.create_task(manager.get_next_event(id))
    await asyncio.sleep(0)
    await manager.complete_subscription(id)
    assert await within(waiting) is None
    for use in (manager.get_next_event, manager.complete_subscription):
        with pytest.raises(KeyError):
            await use(id)


async def test_a_refused_subscription_raises() -> None:
    with pytest.raises(SubscriptionError, match="nothing"):
        await SubscriptionManager(schema=SDL).create_subscription(SubscriptionPayload("subscription { nothing }"))


def test_a_manager_takes_a_registry_or_a_schema() -> None:
    with pytest.raises(ValueError, match="either"):
        SubscriptionManager()
    with pytest.raises(ValueError, match="either"):
        SubscriptionManager(schema=SDL, registry=registry())


async def test_a_publisher_lets_the_loop_turn() -> None:
    manager = SubscriptionManager(schema=SDL)
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    for number in range(640):
        await manager.publish_event("tick", number)
    turning.cancel()
    assert turns >= 9


async def test_a_publisher_runs_no_further_ahead_of_the_sockets_than_they_need_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now, sent = 0.0, 0
    monkeypatch.setattr("subsgen.port.perf_counter", lambda: now)
    incoming = asyncio.Queue[str]()
    subscribed = asyncio.Event()

    async def send(text: str) -> None:
        nonlocal now, sent
        if '"next"' in text:
            now += 0.001
            sent += 1
        elif '"connection_ack"' in text:
            incoming.put_nowait('{"type":"subscribe","id":"s","payload":{"query":"subscription { tick }"}}')
            incoming.put_nowait('{"type":"ping"}')
        elif '"pong"' in text:
            subscribed.set()

    async def close(code: int, reason: str) -> None: ...

    manager = SubscriptionManager(schema=SDL)
    adapter = CustomServerWebSocketAdapter(receive=incoming.get, send=send, close=close, closed=OSError)
    serving = asyncio.create_task(GraphQLTransportWSHandler.handle_connection(adapter, manager))
    incoming.put_nowait('{"type":"connection_init"}')
    await within(subscribed.wait())
    ahead: list[int] = []
    for number in range(200):
        await manager.publish_event("tick", number)
        ahead.append(number + 1 - sent)
    # How long an event takes to send is known after the first turn.
    assert max(ahead[:100]) <= 65
    assert max(ahead[100:]) <= 3
    await manager.close()
    await within(serving)


def test_a_manager_serves_one_event_loop_after_another() -> None:
    calls: list[str] = []

    async def resolve(event: Message, args: RoomArguments) -> Message:
        calls.append(event.id)
        return event

    manager = serving(resolve)

    problems: list[dict[str, object]] = []

    async def use(number: int) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, problem: problems.append(problem))
        id = await manager.create_subscription(SubscriptionPayload(MESSAGE))
        await manager.publish_event("message", message(number))
        assert (await result(manager, id))["data"]["message"]["id"] == str(number)
        await manager.complete_subscription(id)

    for number in range(3):  # loops that end without `close`
        asyncio.run(use(number))
    assert calls == ["0", "1", "2"]
    assert problems == []


def test_resolvers_go_on_when_the_loop_that_runs_them_is_let_go() -> None:
    async def resolve(event: Message, args: RoomArguments) -> Message:
        return event

    async def subscribe() -> str:
        return await manager.create_subscription(SubscriptionPayload(MESSAGE))

    async def answered() -> str:
        await manager.publish_event("message", message(1))
        answer = await result(manager, id)
        return str(answer["data"]["message"]["id"])

    manager = serving(resolve)
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    try:
        first.run_until_complete(subscribe())
        id = second.run_until_complete(subscribe())
        first.run_until_complete(manager.close())
        assert second.run_until_complete(answered()) == "1"
        second.run_until_complete(manager.close())
    finally:
        first.close()
        second.close()


def test_uvloop_serves_as_well() -> None:
    import uvloop

    async def resolve(event: Message, args: RoomArguments) -> Message:
        await asyncio.sleep(0)
        return event

    manager = serving(resolve)

    async def use() -> None:
        async with subscribed(manager) as id:
            waiting = asyncio.create_task(manager.get_next_event(id))
            await asyncio.sleep(0)
            await manager.publish_event("message", message(1))
            assert await within(waiting) is not None

    loop = uvloop.new_event_loop()
    try:
        loop.run_until_complete(use())
    finally:
        loop.close()
