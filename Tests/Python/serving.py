"""Real servers on loopback, one for each way to serve subscriptions, and a client of the protocol."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvicorn
from aiohttp import web
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

import subsgen.aiohttp
import subsgen.websockets
from subsgen import (
    AuthHandler,
    ConnectionInfo,
    CustomServerWebSocketAdapter,
    FastAPIWebSocketAdapter,
    GraphQLTransportWSHandler,
    StarletteWebSocketAdapter,
    SubscriptionManager,
    SubscriptionRouterFactory,
    create_subscription_app,
)

Result = TypeVar("Result")
PROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE = 60.0
"""Seconds after which a test that waits has failed. Nothing that passes waits so long."""


async def within(awaitable: Awaitable[Result]) -> Result:
    """What an awaitable gives, which it does soon."""
    return await asyncio.wait_for(awaitable, PATIENCE)


class Server:
    """A server that is up."""

    def __init__(self, port: int) -> None:
        self.url = f"ws://127.0.0.1:{port}/graphql"
        self.ended: asyncio.Queue[None] = asyncio.Queue()
        """Gets an item when a connection has been served to its end."""
        self.answered: asyncio.Queue[None] = asyncio.Queue()
        """The same of requests, on ASGI."""


Start = Callable[[SubscriptionManager, AuthHandler | None], AbstractAsyncContextManager[Server]]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class _Uvicorn(uvicorn.Server):
    """Says when it is up, so that nobody has to ask again and again."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def uvicorn_server(application: Application) -> AsyncGenerator[Server]:
    """An ASGI application on uvicorn, in the running loop."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1])

    async def observed(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await application(scope, receive, send)
        finally:
            if scope["type"] == "websocket":
                server.ended.put_nowait(None)
            elif scope["type"] == "http":
                server.answered.put_nowait(None)

    running = _Uvicorn(uvicorn.Config(observed, log_level="warning", timeout_graceful_shutdown=5))
    task = asyncio.create_task(running.serve([listener]))
    try:
        await within(running.up.wait())
        yield server
    finally:
        running.should_exit = True
        await within(task)


def fastapi(manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> AbstractAsyncContextManager[Server]:
    """By the router."""
    app = FastAPI()
    app.include_router(SubscriptionRouterFactory.create(manager, "/graphql", auth_handler))
    return uvicorn_server(app)


def fastapi_websocket(manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> AbstractAsyncContextManager[Server]:
    """By a route of the application's own."""
    app = FastAPI()

    async def endpoint(websocket: WebSocket) -> None:
        await GraphQLTransportWSHandler.handle_connection(FastAPIWebSocketAdapter(websocket), manager, auth_handler)

    app.add_api_websocket_route("/graphql", endpoint)
    return uvicorn_server(app)


def starlette(manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> AbstractAsyncContextManager[Server]:
    """By `create_subscription_app`."""
    return uvicorn_server(create_subscription_app(Starlette(), manager, "/graphql", auth_handler))


def starlette_websocket(manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> AbstractAsyncContextManager[Server]:
    """By a route of the application's own."""

    async def endpoint(websocket: WebSocket) -> None:
        await GraphQLTransportWSHandler.handle_connection(StarletteWebSocketAdapter(websocket), manager, auth_handler)

    return uvicorn_server(Starlette(routes=[WebSocketRoute("/graphql", endpoint)]))


@asynccontextmanager
async def aiohttp(manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> AsyncGenerator[Server]:
    """By a handler of aiohttp."""
    handle = subsgen.aiohttp.subscription_handler(manager, auth_handler)

    async def observed(request: web.Request) -> web.StreamResponse:
        try:
            return await handle(request)
        finally:
            server.ended.put_nowait(None)

    app = web.Application()
    app.router.add_get("/graphql", observed)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1])
    try:
        await web.SockSite(runner, listener).start()
        yield server
    finally:
        await within(runner.cleanup())


@asynccontextmanager
async def websockets(manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> AsyncGenerator[Server]:
    """By a handler of the package `websockets`."""
    handle = subsgen.websockets.subscription_handler(manager, auth_handler)

    async def observed(connection: ServerConnection) -> None:
        await handle(connection)
        server.ended.put_nowait(None)

    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1])
    async with serve(observed, sock=listener, select_subprotocol=subsgen.websockets.subprotocol_selector(manager)):
        yield server


@asynccontextmanager
async def custom(manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> AsyncGenerator[Server]:
    """The same server, by a `CustomServerWebSocketAdapter` of the application's own."""

    async def handle(connection: ServerConnection) -> None:
        request = connection.request
        adapter = CustomServerWebSocketAdapter(
            receive=connection.recv,
            send=connection.send,
            close=connection.close,
            closed=ConnectionClosed,
            connection=ConnectionInfo.of_request(() if request is None else request.headers.raw_items(), connection.remote_address),
            subprotocols=[] if connection.subprotocol is None else [connection.subprotocol],
        )
        await GraphQLTransportWSHandler.handle_connection(adapter, manager, auth_handler)
        server.ended.put_nowait(None)

    def choose(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        return PROTOCOL if PROTOCOL in offered else None

    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1])
    async with serve(handle, sock=listener, select_subprotocol=choose):
        yield server


@asynccontextmanager
async def aiohttp_requests(manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> AsyncGenerator[Server]:
    """By a route of aiohttp, whose server cancels handlers when their clients are gone."""
    app = web.Application()
    app.router.add_route("*", "/graphql", subsgen.aiohttp.subscription_handler(manager, auth_handler))
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        await web.SockSite(runner, listener).start()
        yield Server(listener.getsockname()[1])
    finally:
        await within(runner.cleanup())


@asynccontextmanager
async def own_requests(manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> AsyncGenerator[Server]:
    """By the server that docs/reference/http.md shows whom writes one."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "http.md").read_text("utf-8")
    [text] = re.findall(r"^`server.py`\n\n```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    module: dict[str, Any] = {}
    exec(compile(text, "server.py", "exec"), module)
    listener = socket.create_server(("127.0.0.1", 0))
    server = await asyncio.start_server(module["answering"](manager, auth_handler), sock=listener)
    try:
        yield Server(listener.getsockname()[1])
    finally:
        server.close()
        await within(server.wait_closed())


@asynccontextmanager
async def native(manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> AsyncGenerator[Server]:
    """By the runtime's own server."""
    async with manager.server(port=0, auth_handler=auth_handler) as running:
        server = Server(running.port)
        manager.runtime.servers[-1].observe(lambda: server.ended.put_nowait(None))
        yield server


HTTP_SERVERS: dict[str, Start] = {"fastapi": fastapi, "aiohttp": aiohttp_requests, "own": own_requests, "native": native}
"""Those that take requests, each by other means."""

ADAPTERS: dict[str, Start] = {
    "fastapi": fastapi,
    "fastapi-websocket": fastapi_websocket,
    "starlette": starlette,
    "starlette-websocket": starlette_websocket,
    "aiohttp": aiohttp,
    "websockets": websockets,
    "custom": custom,
    "native": native,
}


class Client:
    """One connection of a client that speaks graphql-transport-ws."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def receive(self) -> Any:
        frame = await within(self.socket.recv())
        assert isinstance(frame, str), "the protocol's frames are text"
        return json.loads(frame)

    async def initialise(self, payload: Any = None) -> None:
        await self.send({"type": "connection_init"} | ({} if payload is None else {"payload": payload}))
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, id: str, query: str, **variables: Any) -> None:
        """Subscribes, and waits until the server has seen it."""
        await self.send({"id": id, "type": "subscribe", "payload": {"query": query, "variables": variables}})
        await self.settle()

    async def settle(self) -> None:
        """Waits until the server has dealt with everything that was sent; nothing else may come before."""
        await self.send({"type": "ping"})
        assert await self.receive() == {"type": "pong"}

    async def closing(self) -> tuple[int, str]:
        """The code and the reason with which the server closes the socket, and nothing comes before."""
        with pytest.raises(ConnectionClosed) as caught:
            await within(self.socket.recv())
        assert caught.value.rcvd is not None
        return caught.value.rcvd.code, caught.value.rcvd.reason

    def vanish(self) -> None:
        """Drops the connection as a lost network does: no goodbye."""
        self.socket.transport.abort()


@asynccontextmanager
async def client(server: Server, *subprotocols: Subprotocol, **headers: str) -> AsyncGenerator[Client]:
    """A connection before `connection_init`."""
    async with connect(server.url, subprotocols=subprotocols or [PROTOCOL], additional_headers=headers) as socket:
        yield Client(socket)
