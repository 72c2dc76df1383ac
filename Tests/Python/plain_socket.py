"""A WebSocket of a client that costs little beside a server in the same loop: tests with a thousand of them measure the server."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast
from urllib.parse import urlsplit


class PlainSocket(asyncio.Protocol):
    """Sends and receives messages of graphql-transport-ws. It offers no compression, and takes no frame in parts."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self._rest = b""
        self._is_open = False
        self._messages: asyncio.Queue[Any] = asyncio.Queue()

    @classmethod
    async def connect(cls, url: str) -> PlainSocket:
        """A connection that has been accepted."""
        parts = urlsplit(url)
        _, socket = await asyncio.get_running_loop().create_connection(cls, parts.hostname or "", parts.port or 80)
        socket.transport.write(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )
        head = await socket._messages.get()
        assert head is not None
        assert head.startswith(b"HTTP/1.1 101 "), head
        return socket

    def send(self, message: Any) -> None:
        """Sends a value as JSON, or bytes as they are."""
        self._write(0x81, message if isinstance(message, bytes) else json.dumps(message).encode())

    async def receive(self) -> Any:
        """The next message, or None when the connection is over."""
        return await self._messages.get()

    async def close(self) -> None:
        """Closes as the protocol wants it, and waits for the end."""
        self._write(0x88, b"\x03\xe8")
        await self.read_all()

    async def read_all(self) -> None:
        while await self.receive() is not None:
            pass

    def vanish(self) -> None:
        """Drops the connection as a lost network does: no goodbye."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._messages.put_nowait(None)

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        if not self._is_open:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            self._is_open = True
            self._messages.put_nowait(head)
        start = 0
        while (frame := self._frame(data, start)) is not None:
            kind, body, start = frame
            match kind:
                case 0x81:
                    self._messages.put_nowait(json.loads(body))
                case 0x88:  # is answered, unless it is the answer: then the server closes in any case
                    self._write(0x88, body)
                case 0x89:
                    self._write(0x8A, body)
                case _:
                    raise ValueError(f"the server sent a frame of kind {kind:#x}")
        self._rest = data[start:]

    @staticmethod
    def _frame(data: bytes, start: int) -> tuple[int, bytes, int] | None:
        """The kind and the content of the frame that begins there, and where the next one does; None where it is not all there."""
        if len(data) < start + 4:
            # Only a close without a reason is so short.
            return (data[start], b"", start + 2) if data[start : start + 2] == b"\x88\x00" else None
        length, begin = data[start + 1], start + 2
        if length == 126:
            length, begin = int.from_bytes(data[begin : begin + 2], "big"), begin + 2
        end = begin + length
        return (data[start], data[begin:end], end) if end <= len(data) else None

    def _write(self, kind: int, body: bytes) -> None:
        if self.transport.is_closing():
            return
        length = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
        # The mask is 0, which leaves the content as it is.
        self.transport.write(bytes([kind]) + length + b"\0\0\0\0" + body)
