"""What is done for a client, whatever it speaks: it is let in, its claims expire, hooks follow its subscriptions, it leaves nothing."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from .admission import NotAdmitted, Place
from .auth import AuthHandler, Claims, authenticate, seconds_until
from .clock import Timer
from .hooks import HookSequence
from .log import logger
from .payload import encode_value
from .port import Served
from .refusals import Rule
from .resolvers import ConnectionInfo, Context
from .websocket import ConnectionClosed
from .writing import Writer

if TYPE_CHECKING:
    from ._native import Output
    from ._native import Protocol as Protocols
    from .runtime import Runtime

__all__ = ["Client", "Connection", "Peer", "TurnedAway", "admit", "turning_away"]


class TurnedAway(Exception):
    """A client may not come in."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        """What HTTP calls it."""
        self.reason = reason


def admit(runtime: Runtime, connection: ConnectionInfo) -> Place:
    """A place for a client, before anybody knows who it is. Raises ``TurnedAway``."""
    if not runtime.acceptance.is_open:
        raise TurnedAway(503, "Going away")
    with turning_away(runtime, connection):
        return runtime.admission.enter(connection)


@contextmanager
def turning_away(runtime: Runtime, connection: ConnectionInfo) -> Generator[None, None, None]:
    """Tells of who is not admitted, and raises ``TurnedAway`` then."""
    try:
        yield
    except NotAdmitted as refusal:
        runtime.refusals.tell(refusal.rule, connection, refusal)
        raise TurnedAway(refusal.status, refusal.reason) from None


class Peer(Protocol):
    """Where what the runtime says to a client goes. Raises ``ConnectionClosed`` when the client is gone."""

    @property
    def connection(self) -> ConnectionInfo: ...
    @property
    def is_connected(self) -> bool: ...
    async def send_text(self, text: str, /) -> None: ...
    async def close(self, code: int = ..., reason: str = ...) -> None:
        """By a code of WebSockets, whatever it is called here."""


class Standing(Protocol):
    """What the native runtime is told of who a client is."""

    def authenticated(self, claims: bytes | None, /) -> str | None: ...
    def rejected(self, code: int, reason: str, /) -> None: ...


class Client(ABC):
    """What Python does for a client, whoever drives its protocol: says who it is, and calls the hooks of its subscriptions."""

    def __init__(self, runtime: Runtime, auth_handler: AuthHandler | None, place: Place, standing: Standing) -> None:
        self.runtime = runtime
        self._standing = standing
        self._auth_handler = auth_handler
        self._place = place
        self._hooks = HookSequence(runtime.background, runtime.caller)
        self._claims: Claims | None = None

    @property
    @abstractmethod
    def connection(self) -> ConnectionInfo:
        """Who connected."""

    @property
    @abstractmethod
    def is_connected(self) -> bool:
        """Whether it is there."""

    async def authenticate(self, payload: bytes | None) -> bool:
        """Asks who the client is. False where it may not connect, or stay: the runtime has been told, and says so."""
        try:
            claims = await authenticate(self._auth_handler, payload, lambda: self.connection, self.runtime.caller)
            encoded = None if claims is None else encode_value(claims)
        except (Exception, asyncio.CancelledError) as error:
            # Something that the handler waited for may be cancelled, and then somebody waits for an answer all the same.
            self._refused("authentication", repr(error), logging.ERROR if isinstance(error, TimeoutError) else logging.INFO)
            self._standing.rejected(4403, "Forbidden")
            return False
        if not self._place.belongs_to(claims):
            self._refused("user", "its user has as many connections as connections_per_user allows")
            self._standing.rejected(4429, "Too many connections")
            return False
        self._claims = claims
        if (mistake := self._standing.authenticated(encoded)) is not None:
            self._refused("authentication", mistake)
        return mistake is None

    def began(self, handle: int, subscription_id: str, field: str, arguments: bytes) -> None:
        """A subscription began."""
        if (resolver := self.runtime.fields.get(field)) is not None:
            self._hooks.began(handle, resolver, arguments, Context(self._claims or {}, self.connection, subscription_id))

    def ended(self, handle: int) -> None:
        """A subscription that had begun is over."""
        self._hooks.ended(handle)

    def _refused(self, rule: Rule, why: str, level: int = logging.INFO) -> None:
        # Who is gone already is not refused: its authentication was cancelled.
        if self.is_connected:
            self.runtime.refusals.tell(rule, self.connection, why, level)


class Connection(Client):
    """A client whose protocol Python drives: what it sends goes to the native runtime, and what that has for it goes out."""

    def __init__(self, peer: Peer, runtime: Runtime, auth_handler: AuthHandler | None, place: Place, protocol: Protocols) -> None:
        self.peer = peer
        self._port = runtime.port()
        self.native = runtime.executor.connect(self._port.native, protocol)
        super().__init__(runtime, auth_handler, place, self.native)
        self.writer = Writer(self.native, self._port.idle, peer.send_text, self.perform)
        self._expiry: Timer | None = None
        self.is_over = False
        """Whether one of the two sides has ended. What was asked for before, as who the client is, may still be answered."""

    @property
    def connection(self) -> ConnectionInfo:
        return self.peer.connection

    @property
    def is_connected(self) -> bool:
        return self.peer.is_connected

    @abstractmethod
    async def incoming(self) -> None:
        """What the client does. When it returns, or raises ``ConnectionClosed``, the client is gone."""

    @abstractmethod
    async def outgoing(self) -> None:
        """What is said to the client, by ``writer``. When it returns nothing more is."""

    def ending(self) -> list[asyncio.Task[None]]:
        """Called when one of the two has ended: stops timers, and gives tasks that are to end, too."""
        return []

    async def serve(self) -> None:
        """Until the client is gone, and nothing of it is left."""
        self._port.add(self.native, self.writer.wake)
        self.runtime.connections[self.native.handle] = self.peer.connection
        if self.runtime.tracing is not None:
            self.runtime.tracing.connected(self.native.handle)
        sides = [asyncio.create_task(self.incoming()), asyncio.create_task(self.outgoing())]
        served = self._port.served[self.native] = Served(self.native, sides[1].cancel)
        try:
            await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Nothing here waits until the runtime has let go of the connection: the one who waits may be cancelled.
            self.is_over = True
            sides += self.ending()
            self._expire_at(None)
            self.native.disconnected()
            del self.runtime.connections[self.native.handle]
            if self.runtime.tracing is not None:
                self.runtime.tracing.disconnected(self.native.handle)
            self._port.remove(self.native)
            self._hooks.all_ended()
            try:
                await self._end(sides)
            finally:
                del self._port.served[self.native]
                served.gone.set()

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception) and not isinstance(outcome, ConnectionClosed):
                logger.error("a connection failed", exc_info=outcome)
                await self.peer.close(1011, "Internal server error")
        await self._hooks.finished()

    async def perform(self, output: Output) -> bool:
        """Does what is no frame to send. False when the connection is over."""
        match output:
            case ("expires", at):
                self._expire_at(at)
            case ("started", handle, subscription_id, field, arguments):
                self.began(handle, subscription_id, field, arguments)
            case ("ended", handle):
                self.ended(handle)
            case ("close", code, reason):
                logger.debug("a connection is closed with %d %r", code, reason)
                await self.peer.close(code, reason)
                return False
            case _:
                raise TypeError(f"the native runtime gave {output!r}")
        return True

    def _expire_at(self, at: float | None) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        if at is not None:
            self._expiry = self.runtime.clock.call_later(seconds_until(at, self.runtime.clock.time()), self.native.expired)
