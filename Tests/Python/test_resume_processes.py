"""Clients of a process that goes away get at another one what they missed, over Redis and PostgreSQL: a rolling deploy loses nothing."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from gql import Client as GQLClient
from gql import GraphQLRequest
from gql.transport.exceptions import TransportConnectionFailed
from gql.transport.websockets import WebsocketsTransport
from websockets.exceptions import ConnectionClosed

from serving import Client, Server, client, within
from subsgen import EventBusConfig, Publisher
from subsgen.http_requests import EVENT_STREAM
from test_http import blocks

SDL = """
type Query { ok: Boolean }
type Tick { n: Int! owner: ID! }
type Subscription { tick: Tick @rowFilter(field: "owner", claim: "user_id") }
"""
QUERY = "subscription { tick { n } }"

# A process that serves, and says on which port. Clients say in a header who they are.
WORKER = f"""
import socket, sys
import uvicorn
from starlette.applications import Starlette
from subsgen import EventBusConfig, SubscriptionManager, create_subscription_app

manager = SubscriptionManager(EventBusConfig.from_url(sys.argv[1]), schema={SDL!r})
app = Starlette(lifespan=manager.lifespan)
create_subscription_app(app, manager, "/graphql", lambda payload, connection: {{"user_id": connection.headers["user"]}})
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([listener])
"""


class Worker(Server):
    """A process that serves."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        super().__init__(port)
        self.process = process

    async def terminate(self) -> None:
        self.process.terminate()
        await within(self.process.wait())


@asynccontextmanager
async def worker(bus_url: str) -> AsyncGenerator[Worker]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, bus_url, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield Worker(process, int(await within(process.stdout.readline())))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class Lost(Exception):
    """The server has gone away, and said nothing that ends a subscription."""


class Listener:
    """Reads one subscription by one kind of client: `take` gives the next number and its cursor."""

    def __init__(self, take: Callable[[], Awaitable[tuple[int, str]]]) -> None:
        self.take = take

    async def numbers(self, count: int) -> tuple[list[int], str]:
        """The next numbers, and the last cursor."""
        pairs = [await within(self.take()) for _ in range(count)]
        return [number for number, _ in pairs], pairs[-1][1]


def told(result: dict[str, dict[str, dict[str, int]]]) -> tuple[int, str]:
    return result["data"]["tick"]["n"], str(result["extensions"]["cursor"])


Connect = Callable[[Server, str, dict[str, object], AsyncExitStack], Awaitable[Listener]]


async def plain(server: Server, user: str, extensions: dict[str, object], stack: AsyncExitStack) -> Listener:
    """As graphql-ws does: after 1001 it subscribes again by itself, unless it was told `complete`."""
    connected: Client = await stack.enter_async_context(client(server, user=user))
    await connected.initialise()
    await connected.send({"id": "1", "type": "subscribe", "payload": {"query": QUERY, "extensions": extensions}})

    async def take() -> tuple[int, str]:
        try:
            frame = json.loads(await connected.socket.recv())
        except ConnectionClosed as closed:
            if closed.rcvd is None or closed.rcvd.code != 1001:
                raise
            raise Lost from None
        assert frame["type"] == "next", frame
        return told(frame["payload"])

    return Listener(take)


async def gql(server: Server, user: str, extensions: dict[str, object], stack: AsyncExitStack) -> Listener:
    """`gql` from PyPI."""
    transport = WebsocketsTransport(url=server.url, subprotocols=["graphql-transport-ws"], headers={"user": user})
    session = await stack.enter_async_context(GQLClient(transport=transport))
    results = session.subscribe(GraphQLRequest(QUERY, extensions=extensions), get_execution_result=True)

    async def take() -> tuple[int, str]:
        try:
            result = await anext(results)
        except TransportConnectionFailed:
            raise Lost from None
        assert result.data is not None
        assert result.extensions is not None
        return result.data["tick"]["n"], result.extensions["cursor"]

    return Listener(take)


async def event_source(server: Server, user: str, extensions: dict[str, object], stack: AsyncExitStack) -> Listener:
    """As a browser does, which asks by the same address again, with the last id that it got."""
    last = extensions.get("after")
    headers = {"accept": EVENT_STREAM, "user": user} | ({} if last is None else {"last-event-id": str(last)})
    browser = await stack.enter_async_context(httpx.AsyncClient(timeout=20, trust_env=False))
    url, asked = server.url.replace("ws://", "http://"), {"query": QUERY, "extensions": '{"resume":true}'}
    response = await stack.enter_async_context(browser.stream("GET", url, params=asked, headers=headers))
    assert response.status_code == 200
    events: AsyncIterator[str] = blocks(response)

    async def take() -> tuple[int, str]:
        block = await anext(events, None)
        if block is None:
            raise Lost
        id, event, data = block.split("\n")
        assert event == "event: next", block
        number, cursor = told(json.loads(data.removeprefix("data: ")))
        assert id == f"id: {cursor}"
        return number, cursor

    return Listener(take)


async def test_clients_of_a_process_that_is_replaced_get_everything_once_in_order(bus_url: str) -> None:
    kinds: dict[str, Connect] = {"graphql-transport-ws": plain, "gql": gql, "EventSource": event_source}
    async with Publisher(EventBusConfig.from_url(bus_url), schema=SDL) as publisher, AsyncExitStack() as stack:

        async def publish(numbers: range) -> None:
            for number in numbers:
                await publisher.publish_event("tick", {"n": number, "owner": "ada" if number % 2 else "bob"})

        old, new = [await stack.enter_async_context(worker(bus_url)) for _ in range(2)]
        first = [await connect(old, "ada", {"resume": True}, stack) for connect in kinds.values()]
        # Until all of them listen.
        cursors: list[str] = []
        begun = asyncio.gather(*(listener.numbers(1) for listener in first))
        while not begun.done():
            await publish(range(1, 2))
            await asyncio.wait([begun], timeout=0.1)
        await publish(range(3, 20))
        for listener in first:
            numbers: list[int] = []
            cursor = ""
            # What was published again while others did not listen yet.
            while not numbers or numbers[-1] != 19:
                (number,), cursor = await listener.numbers(1)
                numbers.append(number)
            assert [number for number in numbers if number > 1] == list(range(3, 20, 2))
            cursors.append(cursor)
        await old.terminate()
        for listener in first:
            with pytest.raises(Lost):
                await listener.numbers(1)
        await publish(range(20, 220))
        second = [await connect(new, "ada", {"after": cursor}, stack) for connect, cursor in zip(kinds.values(), cursors, strict=True)]
        other = await plain(new, "bob", {"after": cursors[0]}, stack)
        await publish(range(220, 240))
        for name, listener in zip(kinds, second, strict=True):
            assert (await listener.numbers(110))[0] == list(range(21, 240, 2)), name
        # Who comes back as somebody else gets what that one may have.
        assert (await other.numbers(110))[0] == list(range(20, 240, 2))
