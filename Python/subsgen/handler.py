"""Serves one client over graphql-transport-ws."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

from .admission import NotAdmitted, Place
from .auth import AuthHandler, Claims, authenticate, seconds_until
from .hooks import HookSequence
from .log import logger
from .payload import encode_value
from .port import Served
from .refusals import Rule
from .resolvers import Context
from .websocket import ConnectionClosed, WebSocketAdapter
from .writing import Writer

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
        if not manager.runtime.acceptance.is_open:
            with suppress(ConnectionClosed):
                await websocket.refuse(503, "Going away")
            return
        try:
            place = manager.runtime.admission.enter(websocket.connection)
        except NotAdmitted as refusal:
            manager.runtime.refusals.tell(refusal.rule, websocket.connection, refusal)
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
            await _Connection(websocket, manager.runtime, auth_handler or manager.auth_handler, place, protocol).serve()


class _Connection:
    """The two sides of a connection: one task receives, one writes what the runtime has ready."""

    def __init__(
        self,
        websocket: WebSocketAdapter,
        runtime: Runtime,
        auth_handler: AuthHandler | None,
        place: Place,
        protocol: Literal["graphql-transport-ws", "graphql-ws"],
    ) -> None:
        self._websocket = websocket
        self._runtime = runtime
        self._auth_handler = auth_handler
        self._place = place
        self._port = runtime.port()
        self._native = runtime.executor.connect(self._port.native, protocol)
        self._hooks = HookSequence(runtime.background, runtime.caller)
        self._claims: Claims | None = None
        self._authentication: asyncio.Task[None] | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._keep_alive: asyncio.TimerHandle | None = None
        self._init_timer = asyncio.get_running_loop().call_later(runtime.options.connection_init_timeout, self._native.init_timed_out)

    async def serve(self) -> None:
        writer = Writer(self._native.take, self._websocket.send_text, self._perform)
        self._port.add(self._native, writer.wake)
        self._runtime.connections[self._native.handle] = self._websocket.connection
        sides = [asyncio.create_task(self._receive()), asyncio.create_task(writer.run())]
        served = self._port.served[self._native] = Served(sides[1].cancel)
        try:
            await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Nothing here waits until the runtime has let go of the connection: the one who waits may be cancelled.
            self._init_timer.cancel()
            self._expire_at(None)
            if self._keep_alive is not None:
                self._keep_alive.cancel()
            self._native.disconnected()
            del self._runtime.connections[self._native.handle]
            self._port.remove(self._native)
            self._hooks.all_ended()
            try:
                await self._end(sides)
            finally:
                del self._port.served[self._native]
                served.gone.set()

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        if self._authentication is not None:
            tasks.append(self._authentication)
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception) and not isinstance(outcome, ConnectionClosed):
                logger.error("a connection failed", exc_info=outcome)
                await self._websocket.close(1011, "Internal server error")
        await self._hooks.finished()

    async def _receive(self) -> None:
        while True:
            message = await self._websocket.receive()
            if isinstance(message, str):
                self._native.receive(message)
            else:
                self._native.receive_binary()

    async def _perform(self, output: Output) -> bool:
        """Does what is no frame to send. False when the connection is over."""
        match output:
            case ("authenticate", payload):
                self._init_timer.cancel()
                self._authentication = asyncio.create_task(self._authenticate(payload))
            case ("expires", at):
                self._expire_at(at)
            case ("started", handle, subscription_id, field, arguments):
                if (resolver := self._runtime.fields.get(field)) is not None:
                    context = Context(self._claims or {}, self._websocket.connection, subscription_id)
                    self._hooks.began(handle, resolver, arguments, context)
            case ("ended", handle):
                self._hooks.ended(handle)
            case ("close", code, reason):
                logger.debug("a connection is closed with %d %r", code, reason)
                await self._websocket.close(code, reason)
                return False
            case _:
                raise TypeError(f"the native runtime gave {output!r}")
        return True

    def _expire_at(self, at: float | None) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        if at is not None:
            self._expiry = asyncio.get_running_loop().call_later(seconds_until(at), self._native.expired)

    async def _authenticate(self, payload: bytes | None) -> None:
        try:
            claims = await authenticate(self._auth_handler, payload, self._websocket.connection, self._runtime.caller)
            encoded = None if claims is None else encode_value(claims)
        except (Exception, asyncio.CancelledError) as error:
            # Something that the handler waited for may be cancelled, and then somebody waits for an answer all the same.
            self._refused("authentication", repr(error), logging.ERROR if isinstance(error, TimeoutError) else logging.INFO)
            self._native.rejected(4403, "Forbidden")
        else:
            if not self._place.belongs_to(claims):
                self._refused("user", "its user has as many connections as connections_per_user allows")
                self._native.rejected(4429, "Too many connections")
                return
            self._claims = claims
            if (mistake := self._native.authenticated(encoded)) is not None:
                self._refused("authentication", mistake)
            elif self._keep_alive is None:
                self._ping_later()

    def _ping_later(self) -> None:
        if (interval := self._runtime.options.ping_interval) is not None:
            self._keep_alive = asyncio.get_running_loop().call_later(interval, self._ping)

    def _ping(self) -> None:
        self._native.keep_alive()
        self._keep_alive = asyncio.get_running_loop().call_later(self._runtime.options.pong_timeout, self._expect_pong)

    def _expect_pong(self) -> None:
        self._native.pong_timed_out()
        self._ping_later()

    def _refused(self, rule: Rule, why: str, level: int = logging.INFO) -> None:
        # Who is gone already is not refused: its authentication was cancelled.
        if self._websocket.is_connected:
            self._runtime.refusals.tell(rule, self._websocket.connection, why, level)
