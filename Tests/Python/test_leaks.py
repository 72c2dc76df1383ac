"""What is served leaves nothing behind in Python: objects and blocks of memory are counted, of every kind of visit, over real sockets."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect

from chat import MESSAGE, SDL, message, registry, resolver_module
from serving import PROTOCOL, Client, Server, client, fastapi, within
from subsgen import ConnectionInfo, Context, SubscriptionManager

ROUNDS = 20
IDLE = {"connections": 0, "subscriptions": 0, "groups": 0, "topics": 0}


def references() -> int:
    """All references that an interpreter for debugging counts; of another, 0."""
    count: Callable[[], int] = getattr(sys, "gettotalrefcount", lambda: 0)
    return count()


def objects() -> Counter[str]:
    """How many objects of each type the collector knows, after it has collected."""
    gc.collect()
    return Counter(type(object).__qualname__ for object in gc.get_objects())


async def tidy() -> None:
    """Lets the loop forget the timers that were cancelled, which it does when most are."""
    for _ in range(500):
        asyncio.get_running_loop().call_later(3600, print).cancel()
    await asyncio.sleep(0)
    gc.collect()


async def growth(visit: Callable[[], Awaitable[None]]) -> dict[str, int]:
    """What there is more of after ROUNDS visits: objects by their type, blocks of memory, references."""
    await tidy()
    before, blocks, counted = objects(), sys.getallocatedblocks(), references()
    for _ in range(ROUNDS):
        await visit()
    await tidy()
    grown = {"blocks": sys.getallocatedblocks() - blocks, "references": references() - counted}
    grown |= {name: number - before[name] for name, number in objects().items()}
    # One more a visit would be as many as this.
    return {name: number for name, number in grown.items() if number >= ROUNDS}


async def count(server: Server, visit: Callable[[], Awaitable[None]]) -> None:
    """Visits again and again until nothing grows by it. Caches fill at first; what leaks grows each time."""
    grown: dict[str, int] = {}
    for _ in range(10):
        if not (grown := await growth(visit)):
            break
    assert grown == {}
    assert server.ended.empty()
    assert server.answered.empty()


async def authenticate(payload: Any, connection: ConnectionInfo) -> dict[str, Any]:
    if payload == {"token": "wrong"}:
        raise PermissionError("no such token")
    return {"sub": "ada"}


async def leave(server: Server, visitor: Client) -> None:
    await visitor.socket.close()
    await within(server.ended.get())


@pytest.mark.parametrize("what", ["connection", "lost connection", "error", "malformed message", "refused client", "no handshake"])
async def test_a_visit_leaves_nothing(what: str) -> None:
    manager = SubscriptionManager(schema=SDL)
    async with fastapi(manager, authenticate) as server:

        async def connection() -> None:
            async with client(server) as visitor:
                await visitor.initialise()
                await visitor.subscribe("s", MESSAGE, room="1")
                await manager.publish_event("message", message(1))
                assert (await visitor.receive())["type"] == "next"
                await leave(server, visitor)

        async def lost() -> None:
            async with client(server) as visitor:
                await visitor.initialise()
                await visitor.subscribe("s", MESSAGE, room="1")
                visitor.vanish()
                await within(server.ended.get())

        async def error() -> None:
            async with client(server) as visitor:
                await visitor.initialise()
                await visitor.send({"id": "e", "type": "subscribe", "payload": {"query": "subscription { unheard }"}})
                assert (await visitor.receive())["type"] == "error"
                await leave(server, visitor)

        async def malformed() -> None:
            async with client(server) as visitor:
                await visitor.send({"type": "unheard"})
                assert (await visitor.closing())[0] == 4400
                await within(server.ended.get())

        async def refused() -> None:
            async with client(server) as visitor:
                await visitor.send({"type": "connection_init", "payload": {"token": "wrong"}})
                assert (await visitor.closing())[0] == 4403
                await within(server.ended.get())

        async def no_handshake() -> None:
            async with connect(server.url, subprotocols=[PROTOCOL]) as socket:
                socket.transport.abort()
                await within(server.ended.get())

        visits = {
            "connection": connection,
            "lost connection": lost,
            "error": error,
            "malformed message": malformed,
            "refused client": refused,
            "no handshake": no_handshake,
        }
        await count(server, visits[what])
        assert {name: manager.get_metrics()[name] for name in IDLE} == IDLE


@asynccontextmanager
async def asked(server: Server, query: str, accept: str) -> AsyncGenerator[asyncio.StreamReader]:
    """The response to a request over a connection of its own, as it comes. When this is over, the server is done with it."""
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    body = json.dumps({"query": query}).encode()
    headers = (
        f"Host: {address.netloc}\r\nConnection: close\r\nContent-Type: application/json\r\nAccept: {accept}\r\nContent-Length: {len(body)}"
    )
    writer.write(f"POST {address.path} HTTP/1.1\r\n{headers}\r\n\r\n".encode() + body)
    try:
        yield reader
    finally:
        # A client that has what it wants may go as abruptly as one that is lost.
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()
        await within(server.answered.get())


@pytest.mark.parametrize("what", ["query", "request error", "refused request", "stream that completes", "lost stream"])
async def test_a_request_leaves_nothing(what: str) -> None:
    began: asyncio.Queue[None] = asyncio.Queue()

    def on_subscribe(args: Any, context: Context) -> None:
        began.put_nowait(None)

    manager = SubscriptionManager(registry=registry(tick=resolver_module(on_subscribe=on_subscribe)))

    async def answer(query: str, status: bytes) -> None:
        async with asked(server, query, "application/graphql-response+json") as reader:
            assert (await within(reader.read())).startswith(b"HTTP/1.1 " + status)

    async def stream(end: str) -> None:
        async with asked(server, "subscription { tick }", "text/event-stream") as reader:
            # The stream says that it is open, but not that it is subscribed.
            await within(began.get())
            await manager.publish_event("tick", 7)
            await within(reader.readuntil(b'{"data":{"tick":7}}\n\n'))
            if end == "complete":
                await manager.complete_topic("tick")
                assert b"event: complete" in await within(reader.read())

    async with fastapi(manager) as server:
        visits: dict[str, Callable[[], Awaitable[None]]] = {
            "query": lambda: answer("{ __typename }", b"200"),
            "request error": lambda: answer("{ unheard }", b"400"),
            "refused request": lambda: answer("", b"400"),
            "stream that completes": lambda: stream("complete"),
            "lost stream": lambda: stream("lost"),
        }
        await count(server, visits[what])
        assert {name: manager.get_metrics()[name] for name in IDLE} == IDLE


@pytest.mark.parametrize("what", ["event", "subscription", "refused event"])
async def test_what_goes_over_one_connection_leaves_nothing(what: str) -> None:
    manager = SubscriptionManager(schema=SDL)
    async with fastapi(manager) as server, client(server) as visitor:
        await visitor.initialise()
        await visitor.subscribe("kept", "subscription { tick }")

        async def event() -> None:
            await manager.publish_event("tick", 7)
            assert (await visitor.receive())["payload"] == {"data": {"tick": 7}}

        async def subscription() -> None:
            await visitor.subscribe("s", MESSAGE, room="1")
            await visitor.send({"id": "s", "type": "complete"})
            await visitor.settle()

        async def refused() -> None:
            with pytest.raises(ValueError, match="tock"):
                await manager.publish_event("tock", 7)

        await count(server, {"event": event, "subscription": subscription, "refused event": refused}[what])
        tasks = len(asyncio.all_tasks())
        await event()
        assert len(asyncio.all_tasks()) == tasks
        await leave(server, visitor)
