"""The Redis bus where something breaks (what buses share: test_shared_buses.py)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chaos.proxy import Proxy
from serving import within
from subsgen import EventBusConfig, SubscriptionManager

SDL = """
type Query { ok: Boolean }
type Message { id: ID!, text: String! }
type Subscription { messageAdded(roomId: ID!): Message @topic(name: "chat.{roomId}") }
"""


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
