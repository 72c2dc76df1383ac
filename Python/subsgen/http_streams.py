"""Event streams: of one operation, and of many that come by other requests."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Final, Literal

from .admission import Place
from .auth import AuthHandler
from .clock import Timer, done_within
from .connection import Connection, Peer, TurnedAway, admit
from .http_adapter import HTTPRequestAdapter
from .http_response import Response, status_of
from .log import logger
from .resolvers import ConnectionInfo
from .websocket import ConnectionClosed

if TYPE_CHECKING:
    from .runtime import Runtime

__all__ = ["EventStream", "SharedStream"]

_KEEP_ALIVE: Final = 12.0
"""Seconds after which a stream gets a comment, so that no proxy takes it for dead."""


class EventStream(Connection):
    """Says something now and then. Who listens cannot answer; that it could be written has to do."""

    def __init__(
        self, peer: Peer, runtime: Runtime, auth_handler: AuthHandler | None, place: Place, protocol: Literal["sse", "sse-single"]
    ) -> None:
        super().__init__(peer, runtime, auth_handler, place, protocol)
        self._comment: Timer | None = None
        self._interval = min(_KEEP_ALIVE, runtime.options.ping_interval or _KEEP_ALIVE)

    def keep_alive(self) -> None:
        """Begins to. The stream has begun."""
        self._comment = self.runtime.clock.call_later(self._interval, self._say)

    def _say(self) -> None:
        self.native.keep_alive()
        self.keep_alive()

    def ending(self) -> list[asyncio.Task[None]]:
        if self._comment is not None:
            self._comment.cancel()
        return []


class _Listener:
    """For whom a shared stream is: at first nobody listens, and what is said waits."""

    def __init__(self, connection: ConnectionInfo) -> None:
        loop = asyncio.get_running_loop()
        self.connection = connection
        self.token: asyncio.Future[str] = loop.create_future()
        """Of the stream, when its client may have it."""
        self.request: asyncio.Future[HTTPRequestAdapter] = loop.create_future()
        """The one that listens."""
        self._response: Response | None = None

    @property
    def is_connected(self) -> bool:
        return self._response is None or self._response.is_connected

    def listens(self, request: HTTPRequestAdapter, response: Response) -> None:
        """From now on. The response has begun."""
        self._response = response
        if not self.request.done():
            self.request.set_result(request)

    async def send_text(self, text: str) -> None:
        if self._response is None:
            await asyncio.wait([self.request])
        if self._response is None:
            raise ConnectionClosed
        await self._response.send_text(text)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if not self.token.done():
            self.token.set_exception(TurnedAway(status_of(code), reason))
        elif self._response is not None:
            await self._response.close(code, reason)


class SharedStream(EventStream):
    """A stream for many operations. A request reserves it and says who the client is; another, which has its token, opens it.

    Operations may come before it is opened: what becomes of them waits. Nobody is waited for longer than for ``connection_init``.
    """

    def __init__(self, listener: _Listener, runtime: Runtime, auth_handler: AuthHandler | None, place: Place) -> None:
        super().__init__(listener, runtime, auth_handler, place, "sse-single")
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._token = secrets.token_urlsafe(32)
        self.is_taken = False
        """Whether a client listens."""
        self._serving = asyncio.create_task(self.serve())
        self._serving.add_done_callback(lambda _: place.free())

    @staticmethod
    async def reserve(connection: ConnectionInfo, runtime: Runtime, auth_handler: AuthHandler | None) -> str:
        """The token of a new stream. Raises ``TurnedAway``."""
        place = admit(runtime, connection)
        listener = _Listener(connection)
        try:
            SharedStream(listener, runtime, auth_handler, place)
        except BaseException:
            place.free()
            raise
        return await listener.token

    @property
    def is_of_this_loop(self) -> bool:
        """Whether it can be opened on the running loop: that is the one which serves it."""
        return self._loop is asyncio.get_running_loop()

    async def serve_to(self, request: HTTPRequestAdapter, response: Response) -> None:
        """Opens the stream, and returns when it is over."""
        self.is_taken = True
        try:
            await response.begin_stream()
            self._listener.listens(request, response)
            self.keep_alive()
            await asyncio.wait([self._serving])
        finally:
            self._serving.cancel()
            await asyncio.wait([self._serving])

    async def incoming(self) -> None:
        await asyncio.wait([self._listener.token])
        request = self._listener.request
        if not await done_within(self.runtime.clock, request, self.runtime.options.connection_init_timeout):
            logger.debug("nobody has opened a stream that was reserved")
            return
        await request.result().disconnected()

    async def outgoing(self) -> None:
        if await self.authenticate(None) and not self.is_over:
            self.runtime.streams[self._token] = self
            if not self._listener.token.done():
                self._listener.token.set_result(self._token)
        if not self.is_over:
            await self.writer.run()

    def ending(self) -> list[asyncio.Task[None]]:
        self.runtime.streams.pop(self._token, None)
        if not self._listener.token.done():
            self._listener.token.set_exception(TurnedAway(503, "Going away"))
        return super().ending()
