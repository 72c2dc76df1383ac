"""The Redis bus, end to end: processes that share a server are one bus."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace

from chaos.proxy import Proxy
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


async def test_processes_share_their_events(redis_url: str) -> None:
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", LISTENER, redis_url, stdout=asyncio.subprocess.PIPE)
    assert other.stdout is not None
    assert await other.stdout.readline() == b"listens\n"
    async with SubscriptionManager(EventBusConfig.redis(redis_url), schema=SDL) as manager:
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


async def test_attributes_and_the_context_of_a_trace_travel_with_an_event(redis_url: str) -> None:
    given = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tenant": "blue"}
    seen: list[object] = []

    async def resolve(event: Any, args: Any, context: Context) -> Any:
        seen.append((dict(context.attributes), trace.get_current_span().get_span_context().trace_id))
        return event

    async with SubscriptionManager(EventBusConfig.redis(redis_url), schema=SDL) as manager:
        manager.register_resolver("messageAdded", resolve)
        id = await manager.create_subscription(SubscriptionPayload(MESSAGES))
        await manager.publish_event("chat.7", {"id": "1", "text": ""}, given)
        assert await within(manager.get_next_event(id)) is not None
    assert seen == [(given, 0x0AF7651916CD43DD8448EB211C80319C)]


async def test_each_event_is_there_once_though_bytes_of_broken_connections_come_late(redis_url: str) -> None:
    socket = redis_url.removeprefix("unix://")
    proxy = Proxy(lambda: asyncio.open_unix_connection(socket))
    port = await proxy.start()
    async with SubscriptionManager(EventBusConfig.redis(f"redis://127.0.0.1:{port}"), schema=SDL) as manager:
        await within(manager.publish_event("chat.7", {"id": "0", "text": ""}))
        links = proxy.hold()
        publishing = [asyncio.create_task(manager.publish_event("chat.7", {"id": str(id), "text": ""})) for id in range(1, 20)]
        await within(asyncio.wait([asyncio.create_task(link.has_kept.wait()) for link in links], return_when=asyncio.FIRST_COMPLETED))
        # The connections that come next break as well, before they have ended the first ones at the server.
        proxy.deaf_connections = 2
        for link in links:
            link.lose_client()
        await within(asyncio.gather(*publishing))
        for link in links:
            link.release()
            await within(link.ended.wait())
    await proxy.stop()
    asked = "".join(f"XLEN subsgen:events:chat.{{}}:{part}\n" for part in range(4))
    client = await asyncio.create_subprocess_exec("redis-cli", "-s", socket, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    lengths, _ = await client.communicate(asked.encode())
    assert sum(map(int, lengths.split())) == 20


async def test_publishing_without_a_server_says_so_and_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    manager = SubscriptionManager(EventBusConfig.redis(f"unix://{tmp_path}/none.sock?seconds_to_publish=1"), schema=SDL)
    async with manager:
        with pytest.raises(ConnectionError, match=r"did not take the event within 1 seconds: .*It was not published"):
            await manager.publish_event("chat.7", {"id": "1", "text": ""})
