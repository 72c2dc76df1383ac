"""Two ways to subscribe, as bytes: graphql-transport-ws over a WebSocket, and GraphQL over server-sent events.

Neither is a client library's, since these break in the middle of a frame and stop reading when they are told to.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol, cast
from urllib.parse import urlencode

import msgspec

__all__ = ["EventStream", "Listener", "WebSocketWire", "Wire"]


RETRY = 0.02
"""Seconds after which a client whose subscription has failed tries again."""


class Listener(Protocol):
    """Who subscribes."""

    def request(self) -> dict[str, Any]:
        """The operation as it is now: the query, and behind which cursor."""
        ...

    def result(self, payload: dict[str, Any]) -> None:
        """A result has come."""
        ...

    def refused(self, errors: list[dict[str, Any]]) -> None:
        """The subscription is over, by an error."""
        ...


class Wire(asyncio.Protocol):
    """One connection, from the request to the end, whatever ends it."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.transport: asyncio.Transport
        self.ended = asyncio.Event()
        self.bytes_left: int | None = None
        """After so many bytes more the client vanishes."""
        self.is_open = False
        """Whether the server has taken it."""
        self.code: int | None = None
        """With what the server closed it."""
        self._rest: bytes = b""
        self._head: bytes | None = None

    def vanish(self) -> None:
        """Drops the connection as a lost network does: no goodbye."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self.opening())

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.bytes_left is not None:
            data = data[: self.bytes_left]
            self.bytes_left -= len(data)
        data = self._rest + data
        if self._head is None and b"\r\n\r\n" in data:
            self._head, _, data = data.partition(b"\r\n\r\n")
            self.is_open = self.opened(self._head)
            if not self.is_open:
                self.transport.abort()
                return
        self._rest = data if self._head is None else self.take(data)
        if self.bytes_left == 0:
            self.vanish()

    def opening(self) -> bytes:
        """What is sent first."""
        raise NotImplementedError

    def opened(self, head: bytes) -> bool:
        """Whether the answer is one to go on with."""
        raise NotImplementedError

    def take(self, data: bytes) -> bytes:
        """Takes what is whole, and returns the rest."""
        raise NotImplementedError


class WebSocketWire(Wire):
    """graphql-transport-ws. Who is refused subscribes again on the same socket. Completed is finished for clients: a failure."""

    def __init__(self, listener: Listener) -> None:
        super().__init__(listener)
        self._id = 0

    def opening(self) -> bytes:
        return (
            b"GET /graphql HTTP/1.1\r\nHost: chaos\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )

    def opened(self, head: bytes) -> bool:
        self._send({"type": "connection_init"})
        return head.startswith(b"HTTP/1.1 101 ")

    def take(self, data: bytes) -> bytes:
        start = 0
        while len(data) >= start + 2:
            length, begin = data[start + 1], start + 2
            if length >= 126:
                size = 2 if length == 126 else 8
                length, begin = int.from_bytes(data[begin : begin + size], "big"), begin + size
            if len(data) < begin + length or (begin > start + 2 and len(data) < begin):
                break
            kind, body, start = data[start], data[begin : begin + length], begin + length
            match kind:
                case 0x81:
                    self._message(msgspec.json.decode(body))
                case 0x88:
                    self.code = int.from_bytes(body[:2], "big")
                    self.transport.abort()
                case 0x89:
                    self._write(0x8A, body)
                case _:
                    raise ValueError(f"a server sent a frame of kind {kind:#x}")
        return data[start:]

    def _message(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "next", "id": id, "payload": payload}:
                # Of an earlier subscription nothing may come.
                assert id == str(self._id), message
                self.listener.result(payload)
            case {"type": "error", "payload": errors}:
                self.listener.refused(errors)
                asyncio.get_running_loop().call_later(RETRY, self._subscribe)
            case {"type": "complete"}:
                self.listener.refused([{"message": "The subscription was completed, after which clients do not go on."}])
            case {"type": "connection_ack"}:
                self._subscribe()
            case {"type": "ping"}:
                self._send({"type": "pong"})
            case _:
                raise ValueError(f"a server sent {message}")

    def _subscribe(self) -> None:
        if self.transport.is_closing():
            return
        self._id += 1
        self._send({"type": "subscribe", "id": str(self._id), "payload": self.listener.request()})

    def _send(self, message: dict[str, Any]) -> None:
        self._write(0x81, msgspec.json.encode(message))

    def _write(self, kind: int, body: bytes) -> None:
        length = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
        # The mask is 0, which leaves the content as it is.
        self.transport.write(bytes([kind]) + length + b"\0\0\0\0" + body)


class EventStream(Wire):
    """Server-sent events, as an `EventSource` asks for them: the last id that it got goes into a header."""

    def __init__(self, listener: Listener) -> None:
        super().__init__(listener)
        self._text = b""

    def opening(self) -> bytes:
        request = self.listener.request()
        extensions: dict[str, Any] = request["extensions"]
        asked = urlencode({"query": request["query"], "extensions": '{"resume":true}'})
        last = f"Last-Event-ID: {extensions['after']}\r\n" if "after" in extensions else ""
        return f"GET /graphql?{asked} HTTP/1.1\r\nHost: chaos\r\nAccept: text/event-stream\r\n{last}\r\n".encode()

    def opened(self, head: bytes) -> bool:
        return head.startswith(b"HTTP/1.1 200 ")

    def take(self, data: bytes) -> bytes:
        # Chunks have their length in front.
        while b"\r\n" in data:
            size, _, rest = data.partition(b"\r\n")
            length = int(size, 16)
            if len(rest) < length + 2:
                return data
            self._text += rest[:length]
            data = rest[length + 2 :]
        *blocks, self._text = self._text.split(b"\n\n")
        for block in blocks:
            parts = (line.partition(b": ") for line in block.split(b"\n"))
            fields = {name: value for name, _, value in parts}
            if fields.get(b"event") == b"complete":
                self.transport.abort()
            elif fields.get(b"event") == b"next":
                payload = msgspec.json.decode(fields[b"data"])
                if "data" in payload:
                    assert fields[b"id"].decode() == payload["extensions"]["cursor"], block
                    self.listener.result(payload)
                else:
                    self.listener.refused(payload["errors"])
        return data
