"""`initial`: a subscriber's first message, before every event that comes after it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chat import MESSAGE, Message, RoomArguments, message, registry, resolver_module
from pulling import result, subscribed
from serving import Client, Start, client, fastapi, within
from subsgen import Context, RuntimeOptions, Skip, SubscriptionManager


class Snapshots:
    """An `initial` that answers when it is told to."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[Context] = asyncio.Queue()
        self.cancelled = asyncio.Event()
        self.ready = asyncio.Event()

    async def initial(self, args: RoomArguments, context: Context) -> Message | type[Skip]:
        self.begun.put_nowait(context)
        try:
            await self.ready.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return Message(id="0", room_id=args.room_id or "", text="snapshot")


def serving(initial: Any, options: RuntimeOptions | None = None, **functions: Any) -> SubscriptionManager:
    return SubscriptionManager(registry=registry(message=resolver_module(initial=initial, **functions)), options=options)


async def ids(subscriber: Client, count: int) -> list[Any]:
    received = [await subscriber.receive() for _ in range(count)]
    return [message["payload"]["data"]["message"]["id"] for message in received]


async def test_it_comes_before_every_event_and_none_is_lost(start: Start) -> None:
    snapshots = Snapshots()
    manager = serving(snapshots.initial)
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE, room="1")
        context = await within(snapshots.begun.get())
        assert context.subscription_id == "s"
        assert context.connection is not None
        for number in (1, 2):
            await manager.publish_event("message", message(number))
        await subscriber.settle()
        snapshots.ready.set()
        assert await ids(subscriber, 3) == ["0", "1", "2"]
        await manager.publish_event("message", message(3))
        assert await ids(subscriber, 1) == ["3"]
        await manager.close()


async def test_it_is_the_subscriptions_own_selection_of_an_event_and_no_resolver_is_asked() -> None:
    def resolve(event: Message, args: RoomArguments) -> Message:
        return Message(id=event.id, room_id=event.room_id, text="resolved")

    def initial(args: RoomArguments, context: Context) -> Message:
        return Message(id="0", room_id="1", text=f"for {context.claims['sub']}")

    manager = serving(initial, resolve=resolve)
    query = "subscription ($room: ID) { first: message(roomId: $room) { text number: id } }"
    async with subscribed(manager, query, claims={"sub": "ada"}, room="1") as id:
        await manager.publish_event("message", message(1))
        assert await result(manager, id) == {"data": {"first": {"text": "for ada", "number": "0"}}}
        assert await result(manager, id) == {"data": {"first": {"text": "resolved", "number": "1"}}}


@pytest.mark.parametrize("skip", [Skip, Skip()], ids=["class", "instance"])
async def test_one_that_is_skipped_says_nothing(skip: Any) -> None:
    def initial(args: RoomArguments, context: Context) -> Any:
        return skip

    manager = serving(initial)
    async with subscribed(manager, room="1") as id:
        await manager.publish_event("message", message(1))
        assert (await result(manager, id))["data"]["message"]["id"] == "1"


def raises(args: RoomArguments, context: Context) -> Message:
    raise RuntimeError("secret: 10.0.0.7")


async def raises_later(args: RoomArguments, context: Context) -> Message:
    raise RuntimeError("secret: 10.0.0.7")


def gives_no_json(args: RoomArguments, context: Context) -> Any:
    return object()


async def never_answers(args: RoomArguments, context: Context) -> Message:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("initial", [raises, raises_later, gives_no_json, never_answers])
async def test_a_failure_is_an_error_in_its_place_and_the_subscription_goes_on(initial: Any, caplog: pytest.LogCaptureFixture) -> None:
    manager = serving(initial, RuntimeOptions(resolver_timeout=0.01 if initial is never_answers else 5))
    async with subscribed(manager, room="1") as id:
        await manager.publish_event("message", message(1))
        failed = await result(manager, id)
        assert failed["data"] == {"message": None}
        assert failed["errors"][0]["path"] == ["message"]
        how = "took too long" if initial is never_answers else "failed"
        assert failed["errors"][0]["message"] == f'The initial event of "message" {how}.'
        assert (await result(manager, id))["data"]["message"]["id"] == "1"
        [record] = caplog.records
        assert (record.exc_info is not None) == (initial is not never_answers)


async def completes(subscriber: Client, manager: SubscriptionManager) -> None:
    await subscriber.send({"id": "s", "type": "complete"})
    await subscriber.settle()


async def vanishes(subscriber: Client, manager: SubscriptionManager) -> None:
    subscriber.vanish()


async def drains(subscriber: Client, manager: SubscriptionManager) -> None:
    await manager.close()


@pytest.mark.parametrize("leave", [completes, vanishes, drains])
async def test_who_leaves_before_it_is_there_cancels_it(leave: Any, caplog: pytest.LogCaptureFixture) -> None:
    snapshots = Snapshots()
    manager = serving(snapshots.initial)
    async with fastapi(manager) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE, room="1")
        await within(snapshots.begun.get())
        await manager.publish_event("message", message(1))
        await leave(subscriber, manager)
        await within(snapshots.cancelled.wait())
        await manager.close()
    metrics = manager.get_metrics()
    assert [metrics[name] for name in ("connections", "subscriptions", "topics", "groups")] == [0, 0, 0, 0]
    assert caplog.records == []


async def test_a_topic_that_completes_meanwhile_completes_after_it() -> None:
    snapshots = Snapshots()
    manager = serving(snapshots.initial)
    async with fastapi(manager) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE, room="1")
        await within(snapshots.begun.get())
        await manager.publish_event("message", message(1))
        await manager.complete_topic("message")
        await subscriber.settle()
        snapshots.ready.set()
        assert await ids(subscriber, 2) == ["0", "1"]
        assert await subscriber.receive() == {"id": "s", "type": "complete"}
        await manager.close()


async def test_what_is_held_back_for_it_is_bounded() -> None:
    snapshots = Snapshots()
    manager = serving(snapshots.initial, RuntimeOptions(messages_per_subscription=2))
    async with fastapi(manager) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE, room="1")
        await within(snapshots.begun.get())
        for number in (1, 2, 3):
            await manager.publish_event("message", message(number))
        snapshots.ready.set()
        assert await ids(subscriber, 3) == ["0", "1", "2"]
        assert "more than 2 messages waited" in (await subscriber.receive())["payload"][0]["message"]
        await manager.close()


async def test_subscriptions_that_open_at_once_get_every_event_after_their_own_snapshot() -> None:
    state = begun = 0
    all_begun = asyncio.Event()

    async def initial(args: RoomArguments, context: Context) -> Message:
        nonlocal begun
        seen = state
        begun += 1
        if begun == 50:
            all_begun.set()
        await asyncio.sleep(0)
        return Message(id=str(seen), room_id="1", text="snapshot")

    manager = serving(initial)
    async with fastapi(manager) as server, client(server) as subscriber:
        await subscriber.initialise()
        for number in range(50):
            await subscriber.send({"id": str(number), "type": "subscribe", "payload": {"query": MESSAGE, "variables": {"room": "1"}}})
            state += 1
            await manager.publish_event("message", message(state))
            await asyncio.sleep(0)
        await within(all_begun.wait())
        await manager.complete_topic("message")
        received: dict[str, list[tuple[int, str]]] = {str(number): [] for number in range(50)}
        ended = 0
        while ended < 50:
            frame = await subscriber.receive()
            if frame["type"] == "complete":
                ended += 1
            else:
                data = frame["payload"]["data"]["message"]
                received[frame["id"]].append((int(data["id"]), data["text"]))
        for (snapshot, text), *events in received.values():
            assert text == "snapshot"
            numbers = [id for id, text in events if text == "hello"]
            assert len(numbers) == len(events)
            # No gap after the snapshot; what it holds already may come once more.
            assert numbers == list(range(51 - len(numbers), 51))
            assert 51 - len(numbers) <= snapshot + 1
        await manager.close()
