"""Serves one client over graphql-transport-ws, or its older sibling."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

from .admission import Place
from .auth import AuthHandler
from .clock import Timer
from .connection import Connection, TurnedAway, admit
from .websocket import ConnectionClosed, WebSocketAdapter

if TYPE_CHECKING:
    from ._native import Output
    from .manager import SubscriptionManager
    from .runtime import Runtime

__all__ = ["GraphQLTransportWSHandler"]

_PROTOCOL: Final = "graphql-transport-ws"
_LEGACY_PROTOCOL: Final = "graphql-ws"


class GraphQLTransportWSHandler:
    """Drives the native protocol for a WebSocket of any server."""

    @staticmethod
    async def handle_connection(websocket: WebSocketAdapter, manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> None:
        """Serves a client from the handshake until it is gone, and leaves nothing of it behind.

        ``auth_handler`` comes before the manager's own.
        """
        try:
            place = admit(manager.runtime, websocket.connection)
        except TurnedAway as refusal:
            with suppress(ConnectionClosed):
                await websocket.refuse(refusal.status, refusal.reason)
            return
        with place:
            try:
                protocol: Literal["graphql-transport-ws", "graphql-ws"]
                if _PROTOCOL in websocket.subprotocols:
                    await websocket.accept(protocol := _PROTOCOL)
                elif manager.runtime.options.legacy_graphql_ws and _LEGACY_PROTOCOL in websocket.subprotocols:
                    await websocket.accept(protocol := _LEGACY_PROTOCOL)
                else:
                    await websocket.accept()
                    await websocket.close(4406, "Subprotocol not acceptable")
                    return
            except ConnectionClosed:
                return
            if not manager.runtime.acceptance.is_open:
                await websocket.close(1001, "Going away")
                return
            await _SocketConnection(websocket, manager.runtime, auth_handler or manager.auth_handler, place, protocol).serve()


class _SocketConnection(Connection):
    """A client that says who it is when it is connected, and is asked by pings whether it is still there."""

    def __init__(
        self,
        websocket: WebSocketAdapter,
        runtime: Runtime,
        auth_handler: AuthHandler | None,
        place: Place,
        protocol: Literal["graphql-transport-ws", "graphql-ws"],
    ) -> None:
        super().__init__(websocket, runtime, auth_handler, place, protocol)
        self._websocket = websocket
        self.writer.direct = websocket.direct()
        self._authentication: asyncio.Task[None] | None = None
        self._keep_alive: Timer | None = None
        self._init_timer = runtime.clock.call_later(runtime.options.connection_init_timeout, self.native.init_timed_out)

    async def incoming(self) -> None:
        while True:
            message = await self._websocket.receive()
            if isinstance(message, str):
                self.native.receive(message)
            else:
                self.native.receive_binary()

    async def outgoing(self) -> None:
        await self.writer.run()

    def ending(self) -> list[asyncio.Task[None]]:
        self._init_timer.cancel()
        if self._keep_alive is not None:
            self._keep_alive.cancel()
        return [] if self._authentication is None else [self._authentication]

    async def perform(self, output: Output) -> bool:
        match output:
            case ("authenticate", payload):
                self._init_timer.cancel()
                self._authentication = asyncio.create_task(self._authenticate(payload))
                return True
            case _:
                return await super().perform(output)

    async def _authenticate(self, payload: bytes | None) -> None:
        if await self.authenticate(payload) and self._keep_alive is None:
            self._ping_later()

    def _ping_later(self) -> None:
        if (interval := self.runtime.options.ping_interval) is not None:
            self._keep_alive = self.runtime.clock.call_later(interval, self._ping)

    def _ping(self) -> None:
        self.native.keep_alive()
        self._keep_alive = self.runtime.clock.call_later(self.runtime.options.pong_timeout, self._expect_pong)

    def _expect_pong(self) -> None:
        self.native.pong_timed_out()
        self._ping_later()
