"""`on_subscribe` and `on_unsubscribe`: each once, in order, whatever ends a subscription."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from chat import MESSAGE_ADDED, SDL, RoomArguments, message, registry, resolver_module
from serving import Client, Start, client, fastapi, within
from subsgen import Context, FieldBinding, Payload, Registry, SubscriptionManager


class Presence:
    """Hooks that write down when they were called, and for whom."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[tuple[str, str | None]] = asyncio.Queue()
        self.contexts: list[Context] = []

    async def on_subscribe(self, args: RoomArguments, context: Context) -> None:
        await asyncio.sleep(0)
        self.contexts.append(context)
        self.calls.put_nowait(("came", args.room_id))

    def on_unsubscribe(self, args: RoomArguments, context: Context) -> None:
        self.contexts.append(context)
        self.calls.put_nowait(("left", args.room_id))

    async def next(self) -> tuple[str, str | None]:
        return await within(self.calls.get())

    def manager(self) -> SubscriptionManager:
        module = resolver_module(on_subscribe=self.on_subscribe, on_unsubscribe=self.on_unsubscribe)
        return SubscriptionManager(registry=registry(messageAdded=module))


@pytest.fixture
def presence() -> Presence:
    return Presence()


async def identify(payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return payload or {}


async def test_hooks_know_the_arguments_the_client_and_the_subscription(presence: Presence, start: Start) -> None:
    async with start(presence.manager(), identify) as server, client(server) as subscriber:
        await subscriber.initialise({"name": "Ada"})
        await subscriber.subscribe("s", MESSAGE_ADDED, room="7")
        assert await presence.next() == ("came", "7")
        await subscriber.send({"id": "s", "type": "complete"})
        assert await presence.next() == ("left", "7")
        came, left = presence.contexts
        assert came == left
        assert (came.claims, came.subscription_id) == ({"name": "Ada"}, "s")
        assert came.connection is not None
        assert came.connection.address is not None


async def vanishes(subscriber: Client, manager: SubscriptionManager) -> None:
    subscriber.vanish()


async def says_goodbye(subscriber: Client, manager: SubscriptionManager) -> None:
    await subscriber.socket.close()


async def completes(subscriber: Client, manager: SubscriptionManager) -> None:
    await subscriber.send({"id": "s", "type": "complete"})


async def misbehaves(subscriber: Client, manager: SubscriptionManager) -> None:
    await subscriber.send([])


async def is_completed_by_its_topic(subscriber: Client, manager: SubscriptionManager) -> None:
    await manager.complete_topic("chat.7")


async def is_drained(subscriber: Client, manager: SubscriptionManager) -> None:
    closing = asyncio.create_task(manager.close())
    assert (await subscriber.receive())["type"] == "complete"
    assert (await subscriber.closing())[0] == 1001
    await within(closing)


@pytest.mark.parametrize("end", [vanishes, says_goodbye, completes, misbehaves, is_completed_by_its_topic, is_drained])
async def test_whatever_ends_a_subscription_is_heard_of_once(presence: Presence, start: Start, end: Any) -> None:
    manager = presence.manager()
    async with start(manager, None) as server:
        async with client(server) as subscriber:
            await subscriber.initialise()
            await subscriber.subscribe("s", MESSAGE_ADDED, room="7")
            assert await presence.next() == ("came", "7")
            await end(subscriber, manager)
            assert await presence.next() == ("left", "7")
            assert manager.get_metrics()["subscriptions"] == 0
        await within(server.ended.get())
        assert presence.calls.empty()


async def test_who_comes_and_goes_at_once_is_heard_of_in_order(presence: Presence, start: Start) -> None:
    async with start(presence.manager(), None) as server, client(server) as subscriber:
        await subscriber.initialise()
        for _ in range(3):
            await subscriber.send({"id": "s", "type": "subscribe", "payload": {"query": MESSAGE_ADDED, "variables": {"room": "1"}}})
            await subscriber.send({"id": "s", "type": "complete"})
        assert [(await presence.next())[0] for _ in range(6)] == ["came", "left"] * 3


async def test_every_subscription_of_a_connection_is_heard_of(presence: Presence, start: Start) -> None:
    async with start(presence.manager(), None) as server, client(server) as subscriber:
        await subscriber.initialise()
        for number in range(20):
            await subscriber.subscribe(str(number), MESSAGE_ADDED, room=str(number))
        assert [await presence.next() for _ in range(20)] == [("came", str(number)) for number in range(20)]
        subscriber.vanish()
        assert {await presence.next() for _ in range(20)} == {("left", str(number)) for number in range(20)}


async def test_a_refused_subscription_is_not_heard_of(presence: Presence, start: Start) -> None:
    async with start(presence.manager(), None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.send({"id": "s", "type": "subscribe", "payload": {"query": "subscription { messageAdded { id } }"}})
        assert (await subscriber.receive())["type"] == "error"
        await subscriber.settle()
    await within(server.ended.get())
    assert presence.calls.empty()


async def test_a_hook_that_raises_is_logged_and_harms_nothing(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    left = asyncio.Event()

    def on_subscribe(args: RoomArguments, context: Context) -> None:
        raise RuntimeError("no database")

    async def on_unsubscribe(args: RoomArguments, context: Context) -> None:
        left.set()

    module = resolver_module(on_subscribe=on_subscribe, on_unsubscribe=on_unsubscribe)
    manager = SubscriptionManager(registry=registry(messageAdded=module))
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        await manager.publish_event("chat.1", {"id": "1", "roomId": "1", "text": "hello"})
        assert (await subscriber.receive())["type"] == "next"
        subscriber.vanish()
        await within(left.wait())
    assert 'on_subscribe of "messageAdded" failed' in caplog.text


async def waits_for_what_is_cancelled(args: RoomArguments, context: Context) -> None:
    cancelled = asyncio.get_running_loop().create_future()
    cancelled.cancel()
    await cancelled


def raises(args: RoomArguments, context: Context) -> None:
    raise RuntimeError("no database")


@pytest.mark.parametrize("hook", [waits_for_what_is_cancelled, partial(raises)])
async def test_a_hook_that_fails_takes_no_other_with_it(start: Start, caplog: pytest.LogCaptureFixture, hook: Any) -> None:
    manager = SubscriptionManager(registry=registry(messageAdded=resolver_module(on_unsubscribe=hook)))
    async with start(manager, None) as server:
        async with client(server) as subscriber:
            await subscriber.initialise()
            for room in "123":
                await subscriber.subscribe(room, MESSAGE_ADDED, room=room)
            subscriber.vanish()
        await within(server.ended.get())
    assert caplog.text.count('on_unsubscribe of "messageAdded" failed') == 3


async def test_arguments_that_do_not_fit_are_logged_and_harm_nothing(presence: Presence, caplog: pytest.LogCaptureFixture) -> None:
    class Other(Payload, kw_only=True):
        room_id: int

    binding = FieldBinding("messageAdded", Any, Other, resolver_module(on_subscribe=presence.on_subscribe))
    manager = SubscriptionManager(registry=Registry(sdl=SDL, fields=[binding]))
    async with fastapi(manager) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        await manager.publish_event("chat.1", message(1))
        assert (await subscriber.receive())["type"] == "next"
    await within(server.ended.get())
    assert presence.calls.empty()
    assert "do not fit its hooks" in caplog.text


async def test_a_slow_hook_holds_up_no_event(start: Start) -> None:
    free = asyncio.Event()

    async def on_subscribe(args: RoomArguments, context: Context) -> None:
        await free.wait()

    manager = SubscriptionManager(registry=registry(messageAdded=resolver_module(on_subscribe=on_subscribe)))
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        await manager.publish_event("chat.1", {"id": "1", "roomId": "1", "text": "hello"})
        assert (await subscriber.receive())["type"] == "next"
        free.set()
