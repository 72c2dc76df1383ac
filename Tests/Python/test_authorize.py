"""`authorize`: who may not subscribe hears so, and nothing else; who leaves meanwhile leaves nothing."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Mapping
from typing import Any

import pytest

from chat import MESSAGE_ADDED, RoomArguments, message, registry, resolver_module
from pulling import result, subscribed
from serving import Client, Start, client, fastapi, within
from subsgen import Context, RuntimeOptions, SubscriptionError, SubscriptionManager, SubscriptionPayload

FORBIDDEN = [
    {
        "message": 'You may not subscribe to "messageAdded".',
        "locations": [{"line": 1, "column": 29}],
        "path": ["messageAdded"],
        "extensions": {"code": "FORBIDDEN"},
    }
]


def serving(authorize: Any, options: RuntimeOptions | None = None, **functions: Any) -> SubscriptionManager:
    module = resolver_module(authorize=authorize, **functions)
    return SubscriptionManager(registry=registry(messageAdded=module), options=options)


async def identify(payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return payload or {}


def members_only(args: RoomArguments, context: Context) -> bool:
    return args.room_id in context.claims.get("rooms", [])


async def members_only_later(args: RoomArguments, context: Context) -> bool:
    await asyncio.sleep(0)
    return members_only(args, context)


@pytest.mark.parametrize("authorize", [members_only, members_only_later])
async def test_it_decides_about_each_subscription(authorize: Any, start: Start) -> None:
    began = asyncio.Event()

    def on_subscribe(args: RoomArguments, context: Context) -> None:
        began.set()

    manager = serving(authorize, on_subscribe=on_subscribe)
    async with start(manager, identify) as server, client(server) as subscriber:
        await subscriber.initialise({"rooms": ["1"]})
        await subscriber.send({"id": "s", "type": "subscribe", "payload": {"query": MESSAGE_ADDED, "variables": {"room": "2"}}})
        assert await subscriber.receive() == {"id": "s", "type": "error", "payload": FORBIDDEN}
        await subscriber.send({"id": "s", "type": "subscribe", "payload": {"query": MESSAGE_ADDED, "variables": {"room": "1"}}})
        await within(began.wait())
        await manager.publish_event("chat.1", message(1))
        assert (await subscriber.receive())["payload"]["data"]["messageAdded"]["id"] == "1"
        assert manager.get_metrics()["subscriptions_denied"] == 1
        await manager.close()


async def test_it_knows_who_asks(start: Start) -> None:
    contexts: asyncio.Queue[tuple[RoomArguments, Context]] = asyncio.Queue()

    def authorize(args: RoomArguments, context: Context) -> bool:
        contexts.put_nowait((args, context))
        return True

    manager = serving(authorize)
    async with start(manager, identify) as server, client(server, **{"X-Name": "Ada"}) as subscriber:
        await subscriber.initialise({"sub": "ada"})
        await subscriber.subscribe("s", MESSAGE_ADDED, room="7")
        args, context = await within(contexts.get())
        assert args == RoomArguments(room_id="7")
        assert (context.claims, context.subscription_id) == ({"sub": "ada"}, "s")
        assert context.connection is not None
        assert context.connection.headers["x-name"] == "Ada"
        await manager.close()


async def raises(args: RoomArguments, context: Context) -> bool:
    raise RuntimeError("secret: 10.0.0.7")


def raises_at_once(args: RoomArguments, context: Context) -> bool:
    raise RuntimeError("secret: 10.0.0.7")


def forgets(args: RoomArguments, context: Context) -> Any:
    return None


def means_yes(args: RoomArguments, context: Context) -> Any:
    return 1


async def cancels_itself(args: RoomArguments, context: Context) -> bool:
    raise asyncio.CancelledError


async def never_answers(args: RoomArguments, context: Context) -> bool:
    await asyncio.Event().wait()
    return True


@pytest.mark.parametrize("authorize", [raises, raises_at_once, forgets, means_yes, cancels_itself, never_answers])
async def test_what_does_not_allow_refuses_and_is_logged(authorize: Any, caplog: pytest.LogCaptureFixture) -> None:
    manager = serving(authorize, RuntimeOptions(resolver_timeout=0.01 if authorize is never_answers else 5))
    async with fastapi(manager) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.send({"id": "s", "type": "subscribe", "payload": {"query": MESSAGE_ADDED, "variables": {"room": "1"}}})
        assert await subscriber.receive() == {"id": "s", "type": "error", "payload": FORBIDDEN}
        [record] = caplog.records
        assert 'the authorization of "messageAdded"' in record.message
        assert (record.exc_info is not None) == (authorize is not never_answers)
        metrics = manager.get_metrics()
        assert (metrics["subscriptions_denied"], metrics["subscriptions"]) == (1, 0)
        await manager.close()


class Deliberation:
    """An `authorize` that takes its time, and says how each of its calls ended."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[str | None] = asyncio.Queue()
        self.ended: asyncio.Queue[str] = asyncio.Queue()
        self.decided = asyncio.Event()
        self.subscribed: asyncio.Queue[str | None] = asyncio.Queue()
        self.tasks: list[weakref.ref[asyncio.Task[Any]]] = []

    async def authorize(self, args: RoomArguments, context: Context) -> bool:
        if (task := asyncio.current_task()) is not None:
            self.tasks.append(weakref.ref(task))
        self.begun.put_nowait(context.subscription_id)
        try:
            await self.decided.wait()
        except asyncio.CancelledError:
            self.ended.put_nowait("cancelled")
            raise
        self.ended.put_nowait("decided")
        return True

    def on_subscribe(self, args: RoomArguments, context: Context) -> None:
        self.subscribed.put_nowait(context.subscription_id)

    def manager(self) -> SubscriptionManager:
        return serving(self.authorize, on_subscribe=self.on_subscribe)


async def completes(subscriber: Client, manager: SubscriptionManager) -> None:
    await subscriber.send({"id": "s", "type": "complete"})


async def vanishes(subscriber: Client, manager: SubscriptionManager) -> None:
    subscriber.vanish()


async def misbehaves(subscriber: Client, manager: SubscriptionManager) -> None:
    await subscriber.send([])


async def drains(subscriber: Client, manager: SubscriptionManager) -> None:
    await manager.close()


@pytest.mark.parametrize("leave", [completes, vanishes, misbehaves, drains])
async def test_who_leaves_while_it_decides_cancels_it(leave: Any, caplog: pytest.LogCaptureFixture) -> None:
    deliberation = Deliberation()
    manager = deliberation.manager()
    async with fastapi(manager) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        assert await within(deliberation.begun.get()) == "s"
        await leave(subscriber, manager)
        assert await within(deliberation.ended.get()) == "cancelled"
        if leave is completes:
            await subscriber.settle()  # and nothing was said of it
            deliberation.decided.set()
            await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
            assert await within(deliberation.ended.get()) == "decided"
            assert await within(deliberation.subscribed.get()) == "s"
        await manager.close()
    assert deliberation.subscribed.empty()
    metrics = manager.get_metrics()
    assert [metrics[name] for name in ("connections", "subscriptions", "topics", "subscriptions_denied")] == [0, 0, 0, 0]
    assert manager.runtime.connections == {}
    gc.collect()
    assert deliberation.tasks
    assert [task() for task in deliberation.tasks if task() is not None] == []
    assert caplog.records == []


async def test_no_event_reaches_who_has_not_been_allowed() -> None:
    deliberation = Deliberation()
    manager = deliberation.manager()
    async with fastapi(manager) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        await within(deliberation.begun.get())
        await manager.publish_event("chat.1", message(1))
        await subscriber.settle()
        deliberation.decided.set()
        await within(deliberation.subscribed.get())
        await manager.publish_event("chat.1", message(2))
        assert (await subscriber.receive())["payload"]["data"]["messageAdded"]["id"] == "2"
        await manager.close()


async def test_a_subscription_without_a_socket_is_asked_about() -> None:
    seen: list[Context] = []

    async def authorize(args: RoomArguments, context: Context) -> bool:
        seen.append(context)
        return context.claims.get("sub") == "ada"

    manager = serving(authorize)
    with pytest.raises(SubscriptionError) as refused:
        await manager.create_subscription(SubscriptionPayload(MESSAGE_ADDED, variables={"room": "1"}))
    assert refused.value.errors == FORBIDDEN
    async with subscribed(manager, MESSAGE_ADDED, claims={"sub": "ada"}, room="1") as id:
        await manager.publish_event("chat.1", message(1))
        assert (await result(manager, id))["data"]["messageAdded"]["id"] == "1"
        assert (seen[1].connection, seen[1].subscription_id) == (None, id)


async def test_who_gives_up_waiting_for_a_subscription_leaves_nothing() -> None:
    deliberation = Deliberation()
    manager = deliberation.manager()
    payload = SubscriptionPayload(MESSAGE_ADDED, variables={"room": "1"})
    waiting = asyncio.create_task(manager.create_subscription(payload))
    await within(deliberation.begun.get())
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await within(deliberation.ended.get()) == "cancelled"
    late = asyncio.create_task(manager.create_subscription(payload))
    await within(deliberation.begun.get())
    await manager.close()
    assert await manager.get_next_event(await within(late)) is None
    assert manager.get_metrics()["subscriptions"] == 0


async def test_a_registered_resolver_does_not_let_anybody_in() -> None:
    def refuses(args: RoomArguments, context: Context) -> bool:
        assert isinstance(args, RoomArguments)
        return False

    def resolve(event: Any, args: Any) -> Any:
        return event

    manager = serving(refuses)
    manager.register_resolver("messageAdded", resolve)
    with pytest.raises(SubscriptionError):
        await manager.create_subscription(SubscriptionPayload(MESSAGE_ADDED, variables={"room": "1"}))
    await manager.close()


def takes_one(args: Any) -> bool:
    return True


@pytest.mark.parametrize("name", ["authorize", "initial", "on_subscribe", "on_unsubscribe"])
@pytest.mark.parametrize("function", [None, True, takes_one])
def test_a_function_that_cannot_be_called_is_refused_at_start(name: str, function: Any) -> None:
    with pytest.raises(TypeError, match=rf'"{name}" of resolvers\.example'):
        SubscriptionManager(registry=registry(message=resolver_module(**{name: function})))
