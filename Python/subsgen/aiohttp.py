"""Subscriptions in applications of aiohttp."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from .handler import GraphQLTransportWSHandler
from .resolvers import ConnectionInfo
from .websocket import ConnectionClosed, WebSocketAdapter

try:
    from aiohttp import WSMsgType, web
except ImportError as error:
    raise ImportError("subsgen.aiohttp needs aiohttp: pip install 'subsgen[aiohttp]'") from error

if TYPE_CHECKING:
    from .auth import AuthHandler
    from .manager import SubscriptionManager

__all__ = ["AiohttpWebSocketAdapter", "add_subscriptions", "subscription_handler"]


class AiohttpWebSocketAdapter(WebSocketAdapter):
    """A WebSocket of aiohttp, from the request on that asks for it."""

    def __init__(self, request: web.BaseRequest) -> None:
        connection = ConnectionInfo.of_request(request.headers.items(), _address(request))
        offered = request.headers.getall("Sec-WebSocket-Protocol", [])
        super().__init__(connection, [name.strip() for value in offered for name in value.split(",")])
        self._request = request
        self._socket = web.WebSocketResponse()
        self._connected = False
        self._closing: asyncio.Event | None = None
        """Set when ``close`` has ended: aiohttp wakes who receives before the client has answered."""
        self.response: web.StreamResponse = self._socket
        """What the handler of the request returns when the client has been served."""

    @property
    def is_connected(self) -> bool:
        return self._connected

    async def accept(self, subprotocol: str | None = None) -> None:
        if subprotocol is not None:
            self.response = self._socket = web.WebSocketResponse(protocols=(subprotocol,))
        try:
            await self._socket.prepare(self._request)
        except OSError as error:
            raise ConnectionClosed from error
        self._connected = True

    async def refuse(self, status: int, reason: str) -> None:
        self.response = web.Response(status=status, text=reason)

    async def receive(self) -> str | bytes:
        if self._connected:
            message = await self._socket.receive()
            if message.type is WSMsgType.TEXT or message.type is WSMsgType.BINARY:
                data: str | bytes = message.data
                return data
        self._connected = False
        if self._closing is not None:
            await self._closing.wait()
        raise ConnectionClosed

    async def send_text(self, text: str) -> None:
        try:
            await self._socket.send_str(text)
        except OSError as error:  # aiohttp's ClientConnectionResetError among them
            self._connected = False
            raise ConnectionClosed from error

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if not self._connected:
            return
        self._connected = False
        closing = self._closing = asyncio.Event()
        try:
            with suppress(OSError):
                await self._socket.close(code=code, message=reason.encode())
        finally:
            closing.set()


def subscription_handler(
    manager: SubscriptionManager, auth_handler: AuthHandler | None = None
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler that serves subscriptions, for ``app.router.add_get``."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if not web.WebSocketResponse().can_prepare(request):
            raise web.HTTPUpgradeRequired(text="Subscriptions are served over WebSockets.", headers={"Upgrade": "websocket"})
        adapter = AiohttpWebSocketAdapter(request)
        await GraphQLTransportWSHandler.handle_connection(adapter, manager, auth_handler)
        return adapter.response

    return handle


def add_subscriptions(
    app: web.Application, manager: SubscriptionManager, path: str = "/graphql", auth_handler: AuthHandler | None = None
) -> web.Application:
    """Serves subscriptions at ``path``, says goodbye to their clients when the application shuts down, and returns the application."""
    app.router.add_get(path, subscription_handler(manager, auth_handler))

    async def start(_: web.Application) -> None:
        await manager.__aenter__()

    async def goodbye(_: web.Application) -> None:
        await manager.drain()

    app.on_startup.append(start)
    app.on_shutdown.append(goodbye)  # before aiohttp closes what is open
    return app


def _address(request: web.BaseRequest) -> tuple[str, int] | None:
    peer = None if request.transport is None else request.transport.get_extra_info("peername")
    return cast("tuple[str, int]", peer[:2]) if isinstance(peer, tuple) else None  # a socket of Unix has a path
