"""A WebSocket that is none: both of its ends are in this event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from ..resolvers import ConnectionInfo
from ..websocket import ConnectionClosed, WebSocketAdapter

__all__ = ["Disconnected", "MemorySocket", "Refused"]


class Refused(Exception):
    """The server did not take the connection: it answered the handshake with a ``status`` of HTTP and a ``reason``."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"the handshake was refused with {status} {reason}")
        self.status = status
        """The status of the response."""
        self.reason = reason
        """Its body."""


class Disconnected(Exception):
    """The connection has ended, with a ``code`` and a ``reason`` as a WebSocket has them."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"the connection was closed with {code} {reason}".rstrip())
        self.code = code
        """With what the socket was closed: 4403, say."""
        self.reason = reason
        """Why, in the server's words; may be empty."""


class MemorySocket(WebSocketAdapter):
    """What the server sees of a client. The client's own end is ``give``, ``drop`` and ``over``."""

    def __init__(self, connection: ConnectionInfo, take: Callable[[Any], Awaitable[None]]) -> None:
        """``take`` gets each message of the server's, and may let it wait, as a client does that reads slowly."""
        super().__init__(connection, ["graphql-transport-ws"])
        self._take = take
        self._sent: asyncio.Queue[str | None] = asyncio.Queue()
        """What the client sent; None when it has gone."""
        self._connected = False
        self.over: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        """How the connection ended."""

    @property
    def is_connected(self) -> bool:
        return self._connected

    async def accept(self, subprotocol: str | None = None) -> None:
        self._connected = True

    async def refuse(self, status: int, reason: str) -> None:
        self._end(Refused(status, reason))

    async def receive(self) -> str | bytes:
        message = await self._sent.get()
        if message is None:
            raise ConnectionClosed
        return message

    async def send_text(self, text: str) -> None:
        if not self._connected:
            raise ConnectionClosed
        await self._take(json.loads(text))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self._end(Disconnected(code, reason))

    def give(self, message: Any) -> None:
        """Sends a message to the server."""
        self._sent.put_nowait(json.dumps(message))

    def drop(self) -> None:
        """Ends the connection as a network does that is lost."""
        self._end(Disconnected(1006, "the client has left"))
        self._sent.put_nowait(None)

    def _end(self, how: Exception) -> None:
        self._connected = False
        if not self.over.done():
            self.over.set_result(how)
