"""WebSockets of ASGI servers, and the endpoints that FastAPI and Starlette route to."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .handler import GraphQLTransportWSHandler
from .http import GraphQLHTTPHandler
from .http_adapter import HTTPRequestAdapter
from .resolvers import ConnectionInfo
from .websocket import ConnectionClosed, WebSocketAdapter
from .writing import Direct

if TYPE_CHECKING:
    from fastapi import APIRouter
    from fastapi.params import Depends
    from starlette.applications import Starlette
    from starlette.routing import Route, WebSocketRoute

    from .auth import AuthHandler
    from .manager import SubscriptionManager

__all__ = [
    "FastAPIWebSocketAdapter",
    "StarletteWebSocketAdapter",
    "SubscriptionRouterFactory",
    "create_subscription_app",
]

Application = TypeVar("Application", bound="Starlette")
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class AsgiWebSocket(Protocol):
    """The part of ``starlette.websockets.WebSocket`` that an adapter uses."""

    @property
    def scope(self) -> MutableMapping[str, Any]: ...
    async def receive(self) -> Message: ...
    async def send(self, message: Message) -> None: ...


class AsgiWebSocketAdapter(WebSocketAdapter):
    """A WebSocket by the three arguments of an ASGI application."""

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        super().__init__(connection_info(scope), scope.get("subprotocols", ()))
        self._receive = receive
        self._send = send
        self._connected = False
        self._is_lost = _transport_is_closing(receive)
        self._answers_handshake = "websocket.http.response" in (scope.get("extensions") or {})

    @property
    def is_connected(self) -> bool:
        return self._connected

    async def accept(self, subprotocol: str | None = None) -> None:
        await self._handshake()
        await self._send({"type": "websocket.accept", "subprotocol": subprotocol})
        self._connected = True

    async def refuse(self, status: int, reason: str) -> None:
        await self._handshake()
        if not self._answers_handshake:
            await self._send({"type": "websocket.close", "code": 4403, "reason": reason})  # of which servers make 403
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        await self._send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await self._send({"type": "websocket.http.response.body", "body": reason.encode()})
        # uvicorn closes the socket in the loop's next turn, and takes an application that returns before for one that has not answered.
        await asyncio.sleep(0)

    async def _handshake(self) -> None:
        message = await self._receive()
        if message["type"] != "websocket.connect":
            raise ConnectionClosed

    async def receive(self) -> str | bytes:
        message = await self._receive()
        if message["type"] != "websocket.receive":
            self._connected = False
            raise ConnectionClosed
        text: str | None = message.get("text")
        return message["bytes"] if text is None else text

    async def send_text(self, text: str) -> None:
        try:
            await self._begin(text)
        except OSError as error:
            raise self._explain(error) from error

    def direct(self) -> Direct:
        return Direct(self._begin, self._explain)

    def _begin(self, text: str) -> Awaitable[None]:
        if self._is_lost():
            raise BrokenPipeError("the connection was lost")
        return self._send({"type": "websocket.send", "text": text})

    def _explain(self, error: Exception) -> Exception:
        if not isinstance(error, OSError):  # what the ASGI specification has servers raise when the client is gone
            return error
        self._connected = False
        return ConnectionClosed()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if not self._connected:
            return
        self._connected = False
        try:
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except OSError:
            return


class StarletteWebSocketAdapter(AsgiWebSocketAdapter):
    """A WebSocket of Starlette."""

    def __init__(self, websocket: AsgiWebSocket) -> None:
        super().__init__(websocket.scope, websocket.receive, websocket.send)


class FastAPIWebSocketAdapter(StarletteWebSocketAdapter):
    """A WebSocket of FastAPI, whose class is Starlette's."""


class SubscriptionEndpoint:
    """An ASGI application that serves subscriptions over one WebSocket.

    A class and not a function, so that a router hands over the server's own ``send``: Starlette's WebSocket would add a sixth to the
    cost of every message.
    """

    def __init__(self, manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> None:
        self._manager = manager
        self._auth_handler = auth_handler

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            raise RuntimeError(f"subscriptions are served over WebSockets, and this is {scope['type']!r}")
        adapter = AsgiWebSocketAdapter(scope, receive, send)
        await GraphQLTransportWSHandler.handle_connection(adapter, self._manager, self._auth_handler)


class AsgiRequestAdapter(HTTPRequestAdapter):
    """A request by the three arguments of an ASGI application."""

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        query: bytes = scope.get("query_string", b"")
        super().__init__(scope["method"], query.decode("latin-1"), connection_info(scope))
        self._receive = receive
        self._send = send
        self._is_read = False

    async def receive(self) -> bytes:
        part = b""
        while not part and not self._is_read:
            message = await self._receive()
            if message["type"] != "http.request":
                raise ConnectionClosed
            self._is_read = not message.get("more_body", False)
            part = message.get("body", b"")
        return part

    async def begin(self, status: int, headers: Mapping[str, str]) -> None:
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._deliver({"type": "http.response.start", "status": status, "headers": encoded})

    async def send(self, data: bytes, *, is_last: bool) -> None:
        await self._deliver({"type": "http.response.body", "body": data, "more_body": not is_last})

    async def _deliver(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError as error:  # what the ASGI specification has servers raise when the client is gone
            raise ConnectionClosed from error

    async def disconnected(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


class RequestEndpoint:
    """An ASGI application that answers requests at the endpoint's path: operations, and browsers with a page."""

    def __init__(self, manager: SubscriptionManager, auth_handler: AuthHandler | None, *, http: bool, page: bool) -> None:
        self._manager = manager
        self._auth_handler = auth_handler
        self._http = http
        self._page = page

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        request = AsgiRequestAdapter(scope, receive, send)
        await GraphQLHTTPHandler.handle_request(request, self._manager, self._auth_handler, http=self._http, page=self._page)


class SubscriptionRouterFactory:
    """Makes routers for FastAPI."""

    @staticmethod
    def create(
        manager: SubscriptionManager,
        path: str = "/graphql",
        auth_handler: AuthHandler | None = None,
        *,
        http: bool = True,
        page: bool = True,
        dependencies: Sequence[Depends] = (),
        claims: Depends | None = None,
        state: Depends | None = None,
    ) -> APIRouter:
        """A router that serves operations at ``path`` over WebSockets and, unless ``http`` is false, as requests and event streams;
        and to browsers a page to try them with, unless ``page`` is false.

        - ``dependencies`` run before a socket is accepted and before a request is answered, as those of the application and of
          ``include_router`` do. One that raises refuses.
        - ``claims=Depends(get_claims)`` takes the ``auth_handler``'s place: what the dependency returns, a mapping or None, are the
          client's claims.
        - ``state=Depends(get_state)`` returns a mapping that hooks, ``execute`` and ``auth_handler`` find in ``ConnectionInfo.state``.

        Raises ``ImportError`` where FastAPI is not installed, ``TypeError`` where ``claims`` or ``state`` is no ``Depends(...)``, and
        ``ValueError`` where ``claims`` and ``auth_handler`` are both given.
        """
        try:
            from fastapi import APIRouter

            from .fastapi_routes import add_endpoint
        except ImportError as error:
            raise ImportError("SubscriptionRouterFactory needs FastAPI: pip install 'subsgen[fastapi]'") from error
        router = APIRouter(dependencies=dependencies)
        add_endpoint(router, manager, path, auth_handler, http=http, page=page, claims=claims, state=state)
        return router


def create_subscription_app(
    app: Application,
    manager: SubscriptionManager,
    path: str = "/graphql",
    auth_handler: AuthHandler | None = None,
    *,
    http: bool = True,
    page: bool = True,
) -> Application:
    """Adds the endpoint to an application of FastAPI or Starlette, and returns that application.

    It serves WebSockets; requests and event streams, unless ``http`` is false; and to browsers a page to try operations with, unless
    ``page`` is false. Dependencies that the application of FastAPI has for all its routes run for the endpoint, too.
    Raises ``ImportError`` where Starlette is not installed.
    """
    if (router := _router_of_fastapi(app)) is not None:
        from .fastapi_routes import add_endpoint

        add_endpoint(router, manager, path, auth_handler, http=http, page=page)
        return app
    try:
        routes = _routes(manager, path, auth_handler, http=http, page=page)
    except ImportError as error:
        raise ImportError("create_subscription_app needs Starlette: pip install 'subsgen[starlette]'") from error
    app.router.routes.extend(routes)
    return app


def _routes(
    manager: SubscriptionManager, path: str, auth_handler: AuthHandler | None, *, http: bool, page: bool
) -> list[WebSocketRoute | Route]:
    from starlette.routing import Route, WebSocketRoute

    routes: list[WebSocketRoute | Route] = [WebSocketRoute(path, SubscriptionEndpoint(manager, auth_handler), name="subscriptions")]
    if http or page:
        # Without HTTP only GET is ours: another route may serve POST at the same path.
        endpoint = RequestEndpoint(manager, auth_handler, http=http, page=page)
        routes.append(Route(path, endpoint, methods=None if http else ["GET"], include_in_schema=False, name="operations"))
    return routes


def _router_of_fastapi(app: Starlette) -> APIRouter | None:
    if sys.modules.get("fastapi") is None:  # then nobody has made an application of it
        return None
    from fastapi import FastAPI

    return app.router if isinstance(app, FastAPI) else None


def _transport_is_closing(receive: Receive) -> Callable[[], bool]:
    """Whether the socket is lost, where ``receive`` is a method of the server's protocol, as it is of uvicorn's.

    asyncio tells a server in the loop's next turn that a connection was lost. Until then ``send`` takes frames for nobody, and asyncio
    warns of each.
    """
    transport: object = getattr(getattr(receive, "__self__", None), "transport", None)
    is_closing: Callable[[], bool] | None = getattr(transport, "is_closing", None)
    return _is_never_known if is_closing is None else is_closing


def _is_never_known() -> bool:
    return False


def connection_info(scope: MutableMapping[str, Any]) -> ConnectionInfo:
    """Who connected, as an ASGI scope tells it."""
    raw: Sequence[tuple[bytes, bytes]] = scope.get("headers", ())
    headers = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
    client = scope.get("client")
    return ConnectionInfo.of_request(headers, None if client is None else (client[0], client[1]), scope)
