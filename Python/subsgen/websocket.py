"""What the protocol's handler needs of a WebSocket, whatever the server."""

from __future__ import annotations

import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from .resolvers import ConnectionInfo
from .writing import Direct

__all__ = ["ConnectionClosed", "CustomServerWebSocketAdapter", "WebSocketAdapter"]


class ConnectionClosed(Exception):
    """The peer is gone: nothing can be received or sent any more."""


class WebSocketAdapter(ABC):
    """A WebSocket of some server.

    One task receives while another one sends. Both raise ``ConnectionClosed`` once the peer is gone.
    """

    def __init__(self, connection: ConnectionInfo | None = None, subprotocols: Sequence[str] = ()) -> None:
        self.connection = ConnectionInfo(id=uuid.uuid4().hex) if connection is None else connection
        """Who connected: for ``auth_handler`` and hooks."""
        self.subprotocols = subprotocols
        """The subprotocols that the client offers."""

    @property
    @abstractmethod
    def is_connected(self) -> bool:
        """Whether the socket was accepted and neither side has closed it."""

    @abstractmethod
    async def accept(self, subprotocol: str | None = None) -> None:
        """Completes the handshake, with one of the subprotocols that the client offered."""

    @abstractmethod
    async def receive(self) -> str | bytes:
        """The next message: ``str`` of a text frame, ``bytes`` of a binary one."""

    @abstractmethod
    async def send_text(self, text: str) -> None:
        """Sends a text frame; waits while the peer reads too slowly."""

    @abstractmethod
    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Closes the socket; does nothing where it is closed."""

    def direct(self) -> Direct:
        """What ``send_text`` comes down to, for who sends many frames."""
        return Direct.of(self.send_text)

    async def refuse(self, status: int, reason: str) -> None:
        """Refuses the connection, by what HTTP calls it. Where the handshake cannot be refused, the socket is closed with 4403.

        Who comes while the server goes away may come again: then it is 1001.
        """
        await self.accept()
        await self.close(1001 if status == 503 else 4403, reason)

    async def receive_json(self) -> Any:
        """The next message, read as JSON. Raises ``ValueError`` where it is not."""
        return json.loads(await self.receive())

    async def send_json(self, message: Any) -> None:
        """Sends a value as JSON in a text frame."""
        await self.send_text(json.dumps(message, separators=(",", ":"), ensure_ascii=False))

    async def send_bytes(self, data: bytes) -> None:
        """Sends UTF-8 text as a text frame: the protocol knows no binary ones."""
        await self.send_text(data.decode())


class CustomServerWebSocketAdapter(WebSocketAdapter):
    """A WebSocket of any server, by its functions.

    ``receive`` and ``send`` raise what they like when the peer is gone; ``closed`` names those exceptions. Where ``accept`` is None,
    the server has completed the handshake already.
    """

    def __init__(
        self,
        *,
        receive: Callable[[], Awaitable[str | bytes]],
        send: Callable[[str], Awaitable[None]],
        close: Callable[[int, str], Awaitable[None]],
        closed: type[BaseException] | tuple[type[BaseException], ...],
        accept: Callable[[str | None], Awaitable[None]] | None = None,
        connection: ConnectionInfo | None = None,
        subprotocols: Sequence[str] = ("graphql-transport-ws",),
    ) -> None:
        super().__init__(connection, subprotocols)
        self._receive = receive
        self._send = send
        self._close = close
        self._closed = closed
        self._accept = accept
        self._connected = accept is None

    @property
    def is_connected(self) -> bool:
        return self._connected

    async def accept(self, subprotocol: str | None = None) -> None:
        if self._accept is not None:
            await self._accept(subprotocol)
        self._connected = True

    async def receive(self) -> str | bytes:
        try:
            return await self._receive()
        except self._closed as error:
            self._connected = False
            raise ConnectionClosed from error

    async def send_text(self, text: str) -> None:
        try:
            await self._send(text)
        except self._closed as error:
            self._connected = False
            raise ConnectionClosed from error

    def direct(self) -> Direct:
        return Direct(self._send, self._explain)

    def _explain(self, error: Exception) -> Exception:
        if not isinstance(error, self._closed):
            return error
        self._connected = False
        return ConnectionClosed()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if not self._connected:
            return
        self._connected = False
        try:
            await self._close(code, reason)
        except self._closed:
            return
