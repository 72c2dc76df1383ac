"""The endpoint as routes of FastAPI, which runs dependencies before it.

FastAPI reads the annotations of an endpoint among the globals of its module. So FastAPI is imported here at once, and this module is where
FastAPI is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final, cast

from fastapi import APIRouter, Depends, Request, Response, WebSocket
from fastapi.params import Depends as Dependency

from .asgi import Message as AsgiMessage
from .asgi import Receive, RequestEndpoint, Send, SubscriptionEndpoint

if TYPE_CHECKING:
    from .auth import AuthHandler
    from .manager import SubscriptionManager

__all__ = ["add_endpoint"]

# All that there are: which of them are for operations the endpoint itself says.
_METHODS: Final = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"]


async def _nothing() -> None:
    """Stands for a dependency that was not given, so that FastAPI asks for no parameter in its place."""


def add_endpoint(
    router: APIRouter,
    manager: SubscriptionManager,
    path: str,
    auth_handler: AuthHandler | None,
    *,
    http: bool,
    page: bool,
    claims: object = None,
    state: object = None,
) -> None:
    """Adds the endpoint's routes. FastAPI runs the router's dependencies, and those of whatever includes it, before either is reached.

    Raises ``TypeError`` where ``claims`` or ``state`` is no ``Depends(...)``, and ``ValueError`` where two say who a client is.
    """
    if claims is not None and auth_handler is not None:
        raise ValueError("claims=Depends(...) and auth_handler both say who a client is: give one of them")
    claims_given: Any = _dependency("claims", claims)
    state_given: Any = _dependency("state", state)

    def handler(value: object) -> AuthHandler | None:
        return auth_handler if claims is None else _Known(_mapping("claims", value)).claims

    async def subscriptions(websocket: WebSocket, claims: Any = claims_given, state: Any = state_given) -> None:
        if websocket.client_state.name != "CONNECTING" or websocket.application_state.name != "CONNECTING":
            raise RuntimeError(
                "a dependency has accepted the socket, or received of it; that is the endpoint's to do, which agrees on a protocol"
            )
        _keep(websocket.scope, state)
        await SubscriptionEndpoint(manager, handler(claims))(websocket.scope, *_functions(websocket))

    async def operations(request: Request, claims: Any = claims_given, state: Any = state_given) -> Response:
        _keep(request.scope, state)
        return _Answer(RequestEndpoint(manager, handler(claims), http=http, page=page), getattr(request, "_body", None))

    router.add_api_websocket_route(path, subscriptions, name="subscriptions")
    if http or page:
        # Without HTTP only GET is ours: another route may serve POST at the same path.
        methods = _METHODS if http else ["GET"]
        router.add_api_route(path, operations, methods=methods, response_model=None, include_in_schema=False, name="operations")


class _Known:
    """An ``auth_handler`` for a client of whom a dependency has said who it is."""

    def __init__(self, claims: Mapping[str, Any] | None) -> None:
        self._claims = claims

    def claims(self, payload: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        return self._claims


class _Answer(Response):
    """What the endpoint answers, as a response: so FastAPI ends dependencies that yield after an event stream, and not before it."""

    def __init__(self, endpoint: RequestEndpoint, body: bytes | None) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._body = body

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        await self._endpoint(scope, receive if self._body is None else _again(self._body, receive), send)
        if self.background is not None:  # tasks that a dependency has for afterwards
            await self.background()


def _again(body: bytes, receive: Receive) -> Receive:
    """The body once more, which a dependency has read and the server gives only once."""
    parts: list[AsgiMessage] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> AsgiMessage:
        return parts.pop() if parts else await receive()

    return received


def _functions(websocket: WebSocket) -> tuple[Receive, Send]:
    """The server's own functions: Starlette's would add a sixth to the cost of every message. They have no public name; where they are
    gone from a version of Starlette, its own do the same."""
    return getattr(websocket, "_receive", websocket.receive), getattr(websocket, "_send", websocket.send)


def _dependency(name: str, given: object) -> Any:
    if given is None:
        return Depends(_nothing)
    if isinstance(given, Dependency):
        return given
    raise TypeError(f"{name} is a dependency of FastAPI: write {name}=Depends({getattr(given, '__name__', '...')})")


def _mapping(name: str, value: object) -> Mapping[str, Any] | None:
    if value is None or isinstance(value, Mapping):
        return cast("Mapping[str, Any] | None", value)
    kind = type(value).__name__
    raise TypeError(f"the dependency of {name} returns a mapping or None, and this is a {kind}: of a model, return model_dump()")


def _keep(scope: MutableMapping[str, Any], state: object) -> None:
    """Where Starlette keeps a connection's state, so that ``ConnectionInfo.state`` and ``request.state`` are one."""
    if (values := _mapping("state", state)) is not None:
        scope.setdefault("state", {}).update(values)
