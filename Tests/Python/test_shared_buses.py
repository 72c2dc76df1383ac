"""The buses that processes share, end to end: processes that have one server are one bus."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from opentelemetry import trace

from serving import within
from subsgen import Context, EventBusConfig, SubscriptionManager, SubscriptionPayload

SDL = """
type Query { ok: Boolean }
type Message { id: ID!, text: String! }
type Subscription { messageAdded(roomId: ID!): Message @topic(name: "chat.{roomId}") }
"""
MESSAGES = 'subscription { messageAdded(roomId: "7") { id text } }'

# Another process: it says when it listens, and then each result that it gets.
LISTENER = f"""
import asyncio, sys
from subsgen import EventBusConfig, SubscriptionManager, SubscriptionPayload

async def main() -> None:
    async with SubscriptionManager(EventBusConfig.from_url(sys.argv[1]), schema={SDL!r}) as manager:
        id = await manager.create_subscription(SubscriptionPayload({MESSAGES!r}))
        await manager.publish_event("chat.0", {{"id": "0", "text": "I am here"}})
        print("listens", flush=True)
        while (result := await manager.get_next_event(id)) is not None:
            print(result.decode(), flush=True)

asyncio.run(main())
"""


async def test_processes_share_their_events(bus_url: str) -> None:
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", LISTENER, bus_url, stdout=asyncio.subprocess.PIPE)
    assert other.stdout is not None
    assert await other.stdout.readline() == b"listens\n"
    async with SubscriptionManager(EventBusConfig.from_url(bus_url), schema=SDL) as manager:
        here = await manager.create_subscription(SubscriptionPayload(MESSAGES))
        cursors = [await manager.publish_event("chat.7", {"id": str(number), "text": "ä"}) for number in range(20)]
        await manager.complete_topic("chat.7")
        expected = [{"data": {"messageAdded": {"id": str(number), "text": "ä"}}} for number in range(20)]
        got: list[bytes | None] = [await within(manager.get_next_event(here)) for _ in range(21)]
        assert [json.loads(result) for result in got if result is not None] == expected
        assert got[-1] is None
    assert [json.loads(line) for line in (await other.stdout.read()).splitlines()] == expected
    assert await other.wait() == 0
    assert len(set(cursors)) == 20
    assert len({cursor.rsplit(".", 1)[0] for cursor in cursors}) == 1


async def test_attributes_and_the_context_of_a_trace_travel_with_an_event(bus_url: str) -> None:
    given = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tenant": "blue"}
    seen: list[object] = []

    async def resolve(event: Any, args: Any, context: Context) -> Any:
        seen.append((dict(context.attributes), trace.get_current_span().get_span_context().trace_id))
        return event

    async with SubscriptionManager(EventBusConfig.from_url(bus_url), schema=SDL) as manager:
        manager.register_resolver("messageAdded", resolve)
        id = await manager.create_subscription(SubscriptionPayload(MESSAGES))
        await manager.publish_event("chat.7", {"id": "1", "text": ""}, given)
        assert await within(manager.get_next_event(id)) is not None
    assert seen == [(given, 0x0AF7651916CD43DD8448EB211C80319C)]
