"""``python -m subsgen subscribe ws://...``: a subscription over a WebSocket, by graphql-transport-ws."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import msgspec

from .results import COMPLETED, REFUSED, Ended, Lost, Results, messages

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

    from .subscribing import Wanted

__all__ = ["connection"]

_PROTOCOL: Final = "graphql-transport-ws"
_ID: Final = "1"
_ACK_TIMEOUT: Final = 10.0
"""Seconds in which the server opens the socket, and acknowledges the connection."""
_CLOSE_TIMEOUT: Final = 2.0
"""Seconds in which the server answers the goodbye; it is not waited for longer."""
_LARGEST_MESSAGE: Final = 64 << 20


class _Message(msgspec.Struct):
    type: str
    id: str | None = None
    payload: msgspec.Raw = msgspec.Raw(b"null")


async def connection(wanted: Wanted, results: Results, acknowledged: asyncio.Event) -> None:
    """One connection from its beginning to its end, which is ``Ended`` or ``Lost``."""
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
    from websockets.typing import Subprotocol

    try:
        async with connect(
            wanted.url,
            subprotocols=[Subprotocol(_PROTOCOL)],
            additional_headers=list(wanted.headers),
            open_timeout=_ACK_TIMEOUT,
            close_timeout=_CLOSE_TIMEOUT,
            max_size=_LARGEST_MESSAGE,
        ) as socket:
            if socket.subprotocol != _PROTOCOL:
                raise Ended(REFUSED, f"{wanted.url} does not speak {_PROTOCOL}")
            await _subscribe(socket, wanted, acknowledged, results.cursor)
            await _results(socket, results)
    except InvalidURI as error:
        raise Ended(REFUSED, str(error)) from None
    except InvalidStatus as error:
        status = error.response.status_code
        text = f"{wanted.url} answered the handshake with HTTP {status}"
        raise (Lost(text) if status in (429, 502, 503, 504) else Ended(REFUSED, text)) from None
    except InvalidHandshake as error:
        raise Ended(REFUSED, f"{wanted.url} is no WebSocket: {error}") from None
    except ConnectionClosed as closed:
        code, reason = (1006, "") if closed.rcvd is None else (closed.rcvd.code, closed.rcvd.reason)
        text = f"the connection was closed with {code}" + (f" ({reason})" if reason.isprintable() and reason else "")
        raise (Ended(REFUSED, text) if 4400 <= code < 4500 else Lost(text)) from None
    except (OSError, EOFError, asyncio.TimeoutError) as error:
        raise Lost(f"cannot connect to {wanted.url}: {str(error) or 'no answer in time'}") from None


async def _subscribe(socket: ClientConnection, wanted: Wanted, acknowledged: asyncio.Event, cursor: str | None) -> None:
    await _send(socket, "connection_init", payload=wanted.payload)

    async def acknowledgement() -> None:
        while (message := await _next(socket)).type != "connection_ack":
            if message.type not in ("ping", "pong"):
                raise Ended(REFUSED, f"the server sent {message.type!r} before connection_ack")

    # Not by `wait_for`: before Python 3.12 it loses a cancellation that comes together with the answer, and `--timeout` would never end.
    waiting = asyncio.ensure_future(acknowledgement())
    try:
        done, _ = await asyncio.wait({waiting}, timeout=_ACK_TIMEOUT)
    finally:
        waiting.cancel()
    if not done:
        raise Lost(f"{wanted.url} did not acknowledge the connection in {_ACK_TIMEOUT:g} s")
    waiting.result()
    acknowledged.set()
    await _send(socket, "subscribe", id=_ID, payload=wanted.request(cursor))


async def _results(socket: ClientConnection, results: Results) -> None:
    while True:
        message = await _next(socket)
        if message.id != _ID:
            continue
        if message.type == "next":
            try:
                results.add(bytes(message.payload))
            except Ended as end:
                if end.status == COMPLETED:
                    await _send(socket, "complete", id=_ID)
                raise
        elif message.type == "error":
            raise Ended(REFUSED, "the server refused the subscription: " + messages(bytes(message.payload)))
        elif message.type == "complete":
            raise Ended(COMPLETED)


async def _next(socket: ClientConnection) -> _Message:
    """The next message; a ping is answered."""
    try:
        message = msgspec.json.decode(await socket.recv(), type=_Message)
    except msgspec.MsgspecError as error:
        raise Ended(REFUSED, f"the server sent what is no message of {_PROTOCOL}: {error}") from None
    if message.type == "ping":
        await _send(socket, "pong")
    return message


async def _send(socket: ClientConnection, type: str, **rest: object) -> None:
    message = {"type": type, **{key: value for key, value in rest.items() if value is not None}}
    await socket.send(msgspec.json.encode(message).decode())
