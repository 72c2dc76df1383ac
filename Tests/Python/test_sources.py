"""`source`: the developer's generator feeds a field for as long as somebody listens."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

import pytest

from chat import MESSAGE, Message, RoomArguments, message, registry, resolver_module
from pulling import result, subscribed
from serving import Client, Start, client, fastapi, within
from subsgen import Context, RuntimeOptions, Skip, SubscriptionManager, SubscriptionPayload


def of(id: int | str, room: str | None = "1", text: str = "hello") -> Message:
    return Message(id=str(id), room_id=room or "", text=text)


class Feed:
    """A `source` that yields what it is given, and says when it began and how it ended."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[str | None] = asyncio.Queue()
        self.events: asyncio.Queue[Any] = asyncio.Queue()
        self.ended: asyncio.Queue[str] = asyncio.Queue()

    async def source(self, args: RoomArguments) -> AsyncGenerator[Any]:
        self.begun.put_nowait(args.room_id)
        how = "returned"
        try:
            while (event := await self.events.get()) is not None:
                if isinstance(event, Exception):
                    raise event
                yield event
        except asyncio.CancelledError:
            how = "cancelled"
            raise
        except GeneratorExit:
            how = "closed"
            raise
        except Exception:
            how = "raised"
            raise
        finally:
            self.ended.put_nowait(how)


PAYLOAD = SubscriptionPayload(MESSAGE, variables={"room": "1"})


def serving(source: Any, options: RuntimeOptions | None = None, **functions: Any) -> SubscriptionManager:
    return SubscriptionManager(registry=registry(message=resolver_module(source=source, **functions)), options=options)


async def identify(payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return payload or {}


async def event(subscriber: Client, id: str = "s") -> Any:
    received = await subscriber.receive()
    assert (received["id"], received["type"]) == (id, "next")
    return received["payload"]["data"]["message"]


def expect_nothing_left(manager: SubscriptionManager) -> None:
    metrics = manager.get_metrics()
    assert [metrics[name] for name in ("connections", "subscriptions", "sources", "topics", "groups")] == [0] * 5


async def test_it_feeds_every_listener_of_its_arguments_and_ends_with_the_last(start: Start) -> None:
    feed = Feed()
    manager = serving(feed.source)
    async with start(manager, None) as server, client(server) as one, client(server) as two:
        for subscriber in (one, two):
            await subscriber.initialise()
            await subscriber.subscribe("s", MESSAGE, room="1")
        assert await within(feed.begun.get()) == "1"
        feed.events.put_nowait(of(1, room="of no room that anybody asked for"))
        assert [(await event(subscriber))["id"] for subscriber in (one, two)] == ["1", "1"]
        await one.send({"id": "s", "type": "complete"})
        await one.settle()
        feed.events.put_nowait(of(2))
        assert (await event(two))["id"] == "2"
        assert feed.ended.empty()
        two.vanish()
        assert await within(feed.ended.get()) == "cancelled"
        assert feed.begun.empty()
        await manager.close()
    expect_nothing_left(manager)


async def test_one_with_a_context_runs_once_for_each_claims(start: Start) -> None:
    begun: list[Context] = []

    async def source(args: RoomArguments, context: Context) -> AsyncIterator[Message]:
        begun.append(context)
        yield of(1, text=context.claims["sub"])
        await asyncio.Event().wait()

    manager = serving(source)
    async with start(manager, identify) as server, client(server) as ada, client(server) as bob:
        for subscriber, name in ((ada, "ada"), (bob, "bob")):
            await subscriber.initialise({"sub": name})
            await subscriber.send({"id": "s", "type": "subscribe", "payload": {"query": MESSAGE, "variables": {"room": "1"}}})
            assert (await event(subscriber))["text"] == name
        assert [(context.claims["sub"], context.connection, context.subscription_id) for context in begun] == [
            ("ada", None, None),
            ("bob", None, None),
        ]
        await manager.close()
    expect_nothing_left(manager)


async def test_its_end_completes_its_subscribers_and_the_next_one_begins_anew(start: Start) -> None:
    feed = Feed()
    manager = serving(feed.source)
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        for round in range(2):
            await subscriber.subscribe("s", MESSAGE, room="1")
            feed.events.put_nowait(of(round))
            feed.events.put_nowait(Skip)
            feed.events.put_nowait(None)
            assert (await event(subscriber))["id"] == str(round)
            assert await subscriber.receive() == {"id": "s", "type": "complete"}
            assert await within(feed.ended.get()) == "returned"
        assert feed.begun.qsize() == 2
        await manager.close()
    expect_nothing_left(manager)


def raises_at_once(args: RoomArguments) -> AsyncIterator[Message]:
    raise RuntimeError("secret: 10.0.0.7")


async def raises(args: RoomArguments) -> AsyncIterator[Message]:
    yield of(1)
    raise RuntimeError("secret: 10.0.0.7")


async def gives_no_json(args: RoomArguments) -> AsyncIterator[Any]:
    yield of(1)
    yield object()


def gives_a_list(args: RoomArguments) -> Any:
    return [of(1)]


async def cancels_itself(args: RoomArguments) -> AsyncIterator[Message]:
    yield of(1)
    raise asyncio.CancelledError


@pytest.mark.parametrize("source", [raises_at_once, raises, gives_no_json, gives_a_list, cancels_itself])
async def test_a_failure_ends_its_subscribers_with_an_error_and_is_logged(source: Any, caplog: pytest.LogCaptureFixture) -> None:
    manager = serving(source)
    async with fastapi(manager) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.send({"id": "s", "type": "subscribe", "payload": {"query": MESSAGE, "variables": {"room": "1"}}})
        if source not in (raises_at_once, gives_a_list):
            assert (await event(subscriber))["id"] == "1"
        assert await subscriber.receive() == {"id": "s", "type": "error", "payload": [{"message": 'The source of "message" failed.'}]}
        await subscriber.settle()
        [record] = caplog.records
        assert record.exc_info is not None
        await manager.close()
    expect_nothing_left(manager)


async def test_its_events_go_through_the_resolver() -> None:
    def resolve(event: Message, args: RoomArguments) -> Message | type[Skip]:
        return Skip if event.id == "1" else of(event.id, text="resolved")

    feed = Feed()
    manager = serving(feed.source, resolve=resolve)
    async with subscribed(manager, room="1") as id:
        for number in (1, 2):
            feed.events.put_nowait(of(number))
        assert await result(manager, id) == {"data": {"message": {"id": "2", "text": "resolved"}}}


async def test_it_is_not_asked_for_more_than_a_resolver_has_room_for() -> None:
    yielded = 0
    answer = asyncio.Event()

    async def source(args: RoomArguments) -> AsyncIterator[Message]:
        nonlocal yielded
        for yielded in range(1, 11):
            yield of(yielded)
        await asyncio.Event().wait()

    resolving: asyncio.Queue[str] = asyncio.Queue()

    async def resolve(event: Message, args: RoomArguments) -> Message:
        resolving.put_nowait(event.id)
        await answer.wait()
        return event

    manager = serving(source, RuntimeOptions(events_per_resolver=3), resolve=resolve)
    async with subscribed(manager, room="1") as id:
        assert [await within(resolving.get()) for _ in range(3)] == ["1", "2", "3"]
        assert yielded == 3
        answer.set()
        received = [(await result(manager, id))["data"]["message"]["id"] for _ in range(10)]
        assert received == [str(number) for number in range(1, 11)]


async def test_one_that_never_waits_lets_others_have_their_turn() -> None:
    async def source(args: RoomArguments) -> AsyncIterator[Message]:
        number = 0
        while True:
            number += 1
            yield of(number)

    manager = serving(source)
    async with fastapi(manager) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.send({"id": "s", "type": "subscribe", "payload": {"query": MESSAGE, "variables": {"room": "1"}}})
        assert [(await event(subscriber))["id"] for _ in range(300)] == [str(number) for number in range(1, 301)]
        subscriber.vanish()
        await within(server.ended.get())
        await manager.close()
    expect_nothing_left(manager)


async def test_one_that_catches_its_end_gives_no_more_events(caplog: pytest.LogCaptureFixture) -> None:
    begun, caught = asyncio.Event(), asyncio.Event()

    async def source(args: RoomArguments) -> AsyncIterator[Message]:
        try:
            begun.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            yield of("too late")
        finally:
            caught.set()

    manager = serving(source)
    async with subscribed(manager, room="1"):
        await within(begun.wait())
    await within(caught.wait())
    assert caplog.records == []


async def test_the_last_listener_leaves_while_it_is_at_work() -> None:
    """It may be cancelled before it ran, between two events, and while it waits: each time it is closed, once."""
    running = 0
    begun = 0

    async def source(args: RoomArguments) -> AsyncIterator[Message]:
        nonlocal running, begun
        running += 1
        begun += 1
        try:
            for number in range(1000):
                yield of(number)
                if number % 3:
                    await asyncio.sleep(0)
        finally:
            running -= 1

    manager = serving(source)
    async with fastapi(manager) as server, client(server) as subscriber:
        await subscriber.initialise()
        for round in range(40):
            id = str(round)
            await subscriber.send({"id": id, "type": "subscribe", "payload": {"query": MESSAGE, "variables": {"room": "1"}}})
            for _ in range(round % 5):
                await asyncio.sleep(0)
            for _ in range(round % 4):
                await event(subscriber, id)
            await subscriber.send({"id": id, "type": "complete"})
            await subscriber.send({"type": "ping"})
            while (await subscriber.receive())["type"] != "pong":
                continue
        await manager.close()
    assert begun > 0
    assert running == 0
    expect_nothing_left(manager)


async def test_a_manager_that_closes_closes_it_and_nothing_of_it_is_left() -> None:
    feed = Feed()
    manager = serving(feed.source)
    for _ in range(2):
        await manager.create_subscription(PAYLOAD)
    assert await within(feed.begun.get()) == "1"
    references = [weakref.ref(task) for task in asyncio.all_tasks() if "Following" in repr(task) or "_awaited" in repr(task)]
    assert len(references) == 1
    await manager.close()
    assert await within(feed.ended.get()) == "cancelled"
    await asyncio.sleep(0)
    gc.collect()
    assert [reference() for reference in references] == [None]
    expect_nothing_left(manager)


async def test_a_manager_that_closes_does_not_wait_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    begun, free = asyncio.Event(), asyncio.Event()

    async def source(args: RoomArguments) -> AsyncIterator[Message]:
        try:
            begun.set()
            await asyncio.Event().wait()
            yield of(1)
        finally:
            await free.wait()

    manager = serving(source)
    await manager.create_subscription(PAYLOAD)
    await within(begun.wait())
    await within(manager.close(timeout=0.01))
    assert "1 functions of fields did not end within 0.01 seconds" in caplog.text
    free.set()
    expect_nothing_left(manager)


def test_a_loop_that_ends_closes_it(caplog: pytest.LogCaptureFixture) -> None:
    feed = Feed()
    manager = serving(feed.source)

    async def forgets_to_close() -> None:
        await manager.create_subscription(PAYLOAD)
        await within(feed.begun.get())

    asyncio.run(forgets_to_close())
    assert feed.ended.get_nowait() == "cancelled"
    assert manager.get_metrics()["sources"] == 0


async def test_it_runs_on_the_next_loop_when_the_first_has_ended() -> None:
    async def source(args: RoomArguments) -> AsyncIterator[Message]:
        yield of(1)

    manager = serving(source)

    def first() -> None:
        async def use() -> None:
            async with subscribed(manager, room="1") as id:
                assert (await result(manager, id))["data"]["message"]["id"] == "1"

        asyncio.run(use())

    await asyncio.to_thread(first)
    async with subscribed(manager, room="1") as id:
        assert (await result(manager, id))["data"]["message"]["id"] == "1"


async def test_a_topic_that_it_stands_in_for_takes_no_event() -> None:
    manager = SubscriptionManager(registry=registry(message=resolver_module(source=Feed().source)))
    with pytest.raises(ValueError, match="has a source of its own"):
        await manager.publish_event("message", message(1))
    with pytest.raises(ValueError, match="has a source of its own"):
        await manager.complete_topic("message")


async def is_a_coroutine(args: RoomArguments) -> AsyncIterator[Message]:
    return Feed().source(args)


async def takes_three(args: Any, context: Any, more: Any) -> AsyncIterator[Message]:
    yield of(1)


@pytest.mark.parametrize("source", [None, "feed", is_a_coroutine, takes_three])
def test_one_that_cannot_be_followed_is_refused_at_start(source: Any) -> None:
    with pytest.raises(TypeError, match=r'"source" of resolvers\.example'):
        serving(source)
