"""How many calls of a function may be under way, and what becomes of those beyond."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from chat import Message, RoomArguments, answered_natively, message, registry, resolver_module
from pulling import result, subscribed
from serving import within
from subsgen import RuntimeOptions, SubscriptionManager


def serving(options: RuntimeOptions, **functions: Any) -> SubscriptionManager:
    return SubscriptionManager(registry=registry(message=resolver_module(**functions)), options=options)


async def publish(manager: SubscriptionManager, *ids: int) -> None:
    for id in ids:
        await manager.publish_event("message", message(id))


async def received(manager: SubscriptionManager, subscription: str, count: int) -> list[str]:
    return [(await result(manager, subscription))["data"]["message"]["id"] for _ in range(count)]


def waiting(manager: SubscriptionManager) -> tuple[int, int]:
    metrics = manager.get_metrics()
    return metrics["resolvers_in_flight"], metrics["resolvers_waiting"]


async def test_calls_beyond_the_bound_wait_and_events_stay_in_order() -> None:
    now = most = 0

    async def resolve(event: Message, args: RoomArguments) -> Message:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return event

    manager = serving(RuntimeOptions(resolvers_in_flight=3), resolve=resolve)
    async with subscribed(manager) as id:
        await publish(manager, *range(60))
        assert waiting(manager) == (3, 57)
        assert await received(manager, id, 60) == [str(number) for number in range(60)]
        assert most == 3
        assert waiting(manager) == (0, 0)


async def test_a_resolver_that_runs_on_after_its_time_keeps_its_place() -> None:
    begun: list[str] = []
    told, finish = asyncio.Event(), asyncio.Event()

    async def resolve(event: Message, args: RoomArguments) -> Message:
        begun.append(event.id)
        try:
            if event.id == "1":
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.set()
            await finish.wait()
        return event

    manager = serving(RuntimeOptions(resolvers_in_flight=1, resolver_timeout=0.01), resolve=resolve)
    async with subscribed(manager) as id:
        await publish(manager, 1, 2)
        assert "took too long" in (await result(manager, id))["errors"][0]["message"]
        await within(told.wait())
        assert begun == ["1"]
        finish.set()
        assert await received(manager, id, 1) == ["2"]


async def test_an_authorisation_that_nobody_waits_for_gives_its_place_away() -> None:
    started = asyncio.Event()

    async def authorize(args: RoomArguments, context: Any) -> bool:
        if args.room_id == "1":
            started.set()
            await asyncio.Event().wait()
        return True

    manager = serving(RuntimeOptions(resolvers_in_flight=1), authorize=authorize)

    async def subscribe() -> None:
        async with subscribed(manager, room="1"):
            raise AssertionError("it is never allowed")

    task = asyncio.create_task(subscribe())
    await within(started.wait())
    task.cancel()
    await asyncio.wait([task])
    async with subscribed(manager, room="2"):
        assert waiting(manager) == (0, 0)


async def test_events_that_wait_for_a_batch_are_the_next_one() -> None:
    sizes: list[int] = []
    first, go_on = asyncio.Event(), asyncio.Event()

    async def resolve_batch(events: list[Message], args: list[RoomArguments]) -> list[Message]:
        sizes.append(len(events))
        if len(sizes) == 1:
            first.set()
            await go_on.wait()
        return events

    manager = serving(RuntimeOptions(resolvers_in_flight=1), resolve=answered_natively, resolve_batch=resolve_batch)
    async with subscribed(manager) as id:
        await publish(manager, 0)
        await within(first.wait())
        await publish(manager, *range(1, 40))
        go_on.set()
        assert await received(manager, id, 40) == [str(number) for number in range(40)]
        assert sizes == [1, 39]


async def test_a_batch_takes_up_one_place_however_many_events_it_answers() -> None:
    sizes: list[int] = []
    both = asyncio.Event()

    async def resolve_batch(events: list[Message], args: list[RoomArguments]) -> list[Message]:
        sizes.append(len(events))
        if len(sizes) == 2:
            both.set()
        await both.wait()
        return events

    manager = serving(RuntimeOptions(resolvers_in_flight=2), resolve=answered_natively, resolve_batch=resolve_batch)
    async with subscribed(manager) as id:
        await publish(manager, *range(50))
        assert await received(manager, id, 50) == [str(number) for number in range(50)]
        assert sizes == [2, 48]


async def test_parents_of_a_burst_beyond_the_bound_are_one_more_call() -> None:
    sizes: list[int] = []
    manager = SubscriptionManager(
        schema="type Query { ok: Boolean } type Subscription { post: Post } type Post { id: ID! text: String @resolver }",
        options=RuntimeOptions(resolvers_in_flight=1),
    )

    async def resolve(parents: list[Any], args: Any) -> list[str]:
        sizes.append(len(parents))
        await asyncio.sleep(0)
        return [parent["id"] for parent in parents]

    manager.register_field_resolver("Post", "text", resolve)
    async with subscribed(manager, "subscription { post { text } }") as id:
        for number in range(30):
            await manager.publish_event("post", {"id": str(number)})
        texts: list[str] = []
        for _ in range(30):
            body = await within(manager.get_next_event(id))
            assert body is not None
            texts.append(msgspec.json.decode(body)["data"]["post"]["text"])
    assert texts == [str(number) for number in range(30)]
    assert sizes == [1, 29]
