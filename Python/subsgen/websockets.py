"""Subscriptions on the server of the package ``websockets``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final, cast

from .handler import GraphQLTransportWSHandler
from .resolvers import ConnectionInfo
from .websocket import CustomServerWebSocketAdapter, WebSocketAdapter

try:
    from websockets.asyncio.server import ServerConnection
    from websockets.exceptions import ConnectionClosed
    from websockets.typing import Subprotocol
except ImportError as error:
    raise ImportError("subsgen.websockets needs websockets 14.2 or newer: pip install 'subsgen[websockets]'") from error

if TYPE_CHECKING:
    from .auth import AuthHandler
    from .manager import SubscriptionManager

__all__ = ["select_subprotocol", "subprotocol_selector", "subscription_handler", "websocket_adapter"]

_PROTOCOL: Final = Subprotocol("graphql-transport-ws")
_LEGACY_PROTOCOL: Final = Subprotocol("graphql-ws")


def websocket_adapter(connection: ServerConnection) -> WebSocketAdapter:
    """The adapter of a connection, which this server has shaken hands with already: a client is refused by closing with 4403."""
    request = connection.request
    peer: object = connection.remote_address
    return CustomServerWebSocketAdapter(
        receive=connection.recv,
        send=connection.send,
        close=connection.close,
        closed=ConnectionClosed,
        connection=ConnectionInfo.of_request(
            () if request is None else request.headers.raw_items(),
            cast("tuple[str, int]", peer[:2]) if isinstance(peer, tuple) else None,  # a socket of Unix has a path
        ),
        subprotocols=() if connection.subprotocol is None else (connection.subprotocol,),
    )


def subscription_handler(
    manager: SubscriptionManager, auth_handler: AuthHandler | None = None
) -> Callable[[ServerConnection], Awaitable[None]]:
    """A handler that serves subscriptions, for ``websockets.asyncio.server.serve`` beside ``select_subprotocol``."""

    async def handle(connection: ServerConnection) -> None:
        await GraphQLTransportWSHandler.handle_connection(websocket_adapter(connection), manager, auth_handler)

    return handle


def select_subprotocol(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Takes graphql-transport-ws where the client offers it; one that does not is closed with 4406, as the protocol has it.

    Without it the server itself would refuse such a client, by HTTP.
    """
    return _PROTOCOL if _PROTOCOL in offered else None


def subprotocol_selector(manager: SubscriptionManager) -> Callable[[ServerConnection, Sequence[Subprotocol]], Subprotocol | None]:
    """A ``select_subprotocol`` that takes the older graphql-ws, too, where the manager's ``legacy_graphql_ws`` is on and the client offers
    nothing newer."""
    is_legacy_served = manager.runtime.options.legacy_graphql_ws

    def select(connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        selected = select_subprotocol(connection, offered)
        return _LEGACY_PROTOCOL if selected is None and is_legacy_served and _LEGACY_PROTOCOL in offered else selected

    return select
