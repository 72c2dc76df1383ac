"""Subscriptions, requests and event streams in applications of aiohttp."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from .handler import GraphQLTransportWSHandler
from .http import GraphQLHTTPHandler
from .http_adapter import HTTPRequestAdapter
from .resolvers import ConnectionInfo
from .websocket import ConnectionClosed, WebSocketAdapter

try:
    from aiohttp import WSMsgType, web
except ImportError as error:
    raise ImportError("subsgen.aiohttp needs aiohttp: pip install 'subsgen[aiohttp]'") from error

if TYPE_CHECKING:
    from .auth import AuthHandler
    from .manager import SubscriptionManager

__all__ = ["AiohttpRequestAdapter", "AiohttpWebSocketAdapter", "add_subscriptions", "subscription_handler"]


class AiohttpWebSocketAdapter(WebSocketAdapter):
    """A WebSocket of aiohttp, from the request on that asks for it."""

    def __init__(self, request: web.BaseRequest) -> None:
        connection = _connection_info(request)
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


class AiohttpRequestAdapter(HTTPRequestAdapter):
    """A request of aiohttp.

    Its server tells nobody that a client is gone unless it runs with ``handler_cancellation=True``; without, that is found by sending.
    """

    def __init__(self, request: web.BaseRequest) -> None:
        super().__init__(request.method, request.rel_url.raw_query_string, _connection_info(request))
        self._request = request
        self.response = web.StreamResponse()
        """What the handler of the request returns when it has been answered."""

    async def receive(self) -> bytes:
        try:
            return await self._request.content.readany()
        except (OSError, web.RequestPayloadError) as error:
            raise ConnectionClosed from error

    async def begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.response = web.StreamResponse(status=status, headers=headers)
        try:
            await self.response.prepare(self._request)
        except OSError as error:
            raise ConnectionClosed from error

    async def send(self, data: bytes, *, is_last: bool) -> None:
        try:
            await self.response.write(data)
            if is_last:
                await self.response.write_eof()
        except OSError as error:  # aiohttp's ClientConnectionResetError among them
            raise ConnectionClosed from error


def subscription_handler(
    manager: SubscriptionManager, auth_handler: AuthHandler | None = None, *, http: bool = True, page: bool = True
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler for ``app.router.add_route("*", ...)``, which serves operations over WebSockets and, unless ``http`` is false, as requests
    and event streams; and to browsers a page to try them with, unless ``page`` is false."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if web.WebSocketResponse().can_prepare(request):
            socket = AiohttpWebSocketAdapter(request)
            await GraphQLTransportWSHandler.handle_connection(socket, manager, auth_handler)
            return socket.response
        if not http and not page:
            raise web.HTTPUpgradeRequired(text="Subscriptions are served over WebSockets.", headers={"Upgrade": "websocket"})
        adapter = AiohttpRequestAdapter(request)
        await GraphQLHTTPHandler.handle_request(adapter, manager, auth_handler, http=http, page=page)
        return adapter.response

    return handle


def add_subscriptions(
    app: web.Application,
    manager: SubscriptionManager,
    path: str = "/graphql",
    auth_handler: AuthHandler | None = None,
    *,
    http: bool = True,
    page: bool = True,
) -> web.Application:
    """Serves operations at ``path`` as ``subscription_handler`` does, says goodbye to clients when the application shuts down, and returns
    the application."""
    app.router.add_route("*", path, subscription_handler(manager, auth_handler, http=http, page=page))

    async def start(_: web.Application) -> None:
        await manager.__aenter__()

    async def goodbye(_: web.Application) -> None:
        await manager.drain()

    app.on_startup.append(start)
    app.on_shutdown.append(goodbye)  # before aiohttp closes what is open
    return app


def _connection_info(request: web.BaseRequest) -> ConnectionInfo:
    scope: dict[str, Any] = {}
    if isinstance(request, web.Request):
        # As far as they go, by the names that servers of ASGI have for it; what middleware keeps stands in the request itself.
        scope = {"app": request.app, "path_params": request.match_info, "request": request}
    return ConnectionInfo.of_request(request.headers.items(), _address(request), scope)


def _address(request: web.BaseRequest) -> tuple[str, int] | None:
    peer = None if request.transport is None else request.transport.get_extra_info("peername")
    return cast("tuple[str, int]", peer[:2]) if isinstance(peer, tuple) else None  # a socket of Unix has a path
