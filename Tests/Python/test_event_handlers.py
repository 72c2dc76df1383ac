"""``manager.on_event``: the processes of a group share the events of a topic."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from serving import within
from subsgen import ID, EventBusConfig, Payload, ReceivedEvent, SubscriptionManager

SDL = """
type Query { ok: Boolean }
type Order { id: ID!, total: Int }
type Subscription {
  orderCreated: Order
  orderChanged(id: ID!): Order @topic(name: "orders.{id}")
}
"""

# Another process: it says which events it has begun, and never ends with one.
WORKER = f"""
import asyncio, sys
from subsgen import EventBusConfig, SubscriptionManager

async def main() -> None:
    manager = SubscriptionManager(EventBusConfig.redis(sys.argv[1], consumer_group="billing"), schema={SDL!r})

    @manager.on_event("orderCreated", seconds=1)
    async def bill(event: object) -> None:
        print("begun", flush=True)
        await asyncio.Event().wait()

    async with manager:
        await asyncio.Event().wait()

asyncio.run(main())
"""


class Order(Payload):
    id: ID
    total: int


def _manager(url: str, group: str | None = "billing") -> SubscriptionManager:
    return SubscriptionManager(EventBusConfig.redis(url, consumer_group=group), schema=SDL)


async def _group_is_there(url: str, group: str, stream: str) -> None:
    """What is published from now on is the group's."""
    while True:
        command = ["redis-cli", "-s", url.removeprefix("unix://"), "XINFO", "GROUPS", stream]
        if group in (await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)).stdout:
            return


def _put_aside(manager: SubscriptionManager) -> None:
    while manager.get_metrics()["events_put_aside"] == 0:
        pass


async def test_a_handler_gets_the_event_and_what_is_known_of_it(redis_url: str) -> None:
    manager = _manager(redis_url)
    got: asyncio.Queue[tuple[Order, ReceivedEvent]] = asyncio.Queue()

    @manager.on_event("orders.{id}", event_type=Order)
    async def note(event: Order, received: ReceivedEvent) -> None:
        await got.put((event, received))

    async with manager:
        await _group_is_there(redis_url, "billing", "subsgen:events:orders.{}:3")
        cursor = await manager.publish_event("orders.7", {"id": 7, "total": 3}, {"traceparent": "x"})
        event, received = await within(got.get())
    assert event == Order(id=ID("7"), total=3), "as a resolver gets it: the number 7 is an ID"
    assert received == ReceivedEvent("orders.7", cursor, 1, {"traceparent": "x"})


async def test_what_raises_is_tried_again_and_then_put_aside(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    manager = _manager(redis_url, None)
    attempts: asyncio.Queue[int] = asyncio.Queue()

    @manager.on_event("orderCreated", group="mail", seconds=1, attempts=2)
    def fails(event: Any, received: ReceivedEvent) -> None:
        attempts.put_nowait(received.attempt)
        raise ValueError("no such address")

    async with manager:
        await _group_is_there(redis_url, "mail", "subsgen:events:orderCreated:0")
        await manager.publish_event("orderCreated", {"id": "1"})
        assert [await within(attempts.get()), await within(attempts.get())] == [1, 2]
        await within(asyncio.to_thread(_put_aside, manager))
    assert 'the handler of "orderCreated, group mail" failed' in caplog.text
    assert "no such address" in caplog.text


async def test_what_a_process_had_that_is_killed_is_handled_by_another(redis_url: str) -> None:
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, redis_url, stdout=asyncio.subprocess.PIPE)
    assert other.stdout is not None
    await _group_is_there(redis_url, "billing", "subsgen:events:orderCreated:0")
    manager = _manager(redis_url)
    async with manager:
        await manager.publish_event("orderCreated", {"id": "1"})
        assert await within(other.stdout.readline()) == b"begun\n"
        other.kill()
        await other.wait()
        billed: asyncio.Queue[tuple[Any, int]] = asyncio.Queue()

        @manager.on_event("orderCreated", seconds=1)
        async def bill(event: Any, received: ReceivedEvent) -> None:
            await billed.put((event, received.attempt))

        assert await within(billed.get()) == ({"id": "1"}, 2)


async def test_a_drain_waits_for_handlers_that_have_begun(redis_url: str) -> None:
    manager = _manager(redis_url)
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @manager.on_event("orderCreated")
    async def bill(event: Any) -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    async with manager:
        await _group_is_there(redis_url, "billing", "subsgen:events:orderCreated:0")
        await manager.publish_event("orderCreated", {"id": "1"})
        await within(begun.wait())
        drained = asyncio.ensure_future(manager.drain())
        await asyncio.sleep(0)
        may_end.set()
        await within(drained)
        assert ended.is_set()


def _two(event: object, received: object, more: object) -> None: ...


@pytest.mark.parametrize(
    ("topic", "group", "attempts", "handler", "message"),
    [
        ("orderCreated", None, 5, print, "takes the name of a group"),
        ("orderCreated", "g", 5, _two, r"handler\(event\) or handler\(event, received\)"),
        ("orderCreated", "g", 0, print, "attempts of on_event is a whole number"),
        ("orders", "g", 5, print, 'No subscription field reads the topic "orders"'),
    ],
)
def test_mistakes_are_told_where_they_are_made(
    redis_url: str, topic: str, group: str | None, attempts: int, handler: Callable[..., object], message: str
) -> None:
    manager = SubscriptionManager(EventBusConfig.redis(redis_url), schema=SDL)
    with pytest.raises((TypeError, ValueError), match=message):
        manager.on_event(topic, group=group, attempts=attempts)(handler)


def test_a_bus_without_groups_says_so() -> None:
    with pytest.raises(ValueError, match="This bus has no groups"):
        SubscriptionManager(EventBusConfig.memory(), schema=SDL).on_event("orderCreated", group="g")(print)


def test_a_topic_has_one_handler_for_a_group(redis_url: str) -> None:
    manager = _manager(redis_url)
    manager.on_event("orderCreated")(print)
    manager.on_event("orderCreated", group="other")(print)
    with pytest.raises(ValueError, match="there is a handler of orderCreated, group billing already"):
        manager.on_event("orderCreated")(print)
