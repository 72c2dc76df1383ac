"""``python -m subsgen subscribe``: the events of a subscription on standard output."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

__all__ = ["Wanted", "run"]

_PROTOCOL: Final = "graphql-transport-ws"
_ID: Final = "1"
_ACK_TIMEOUT: Final = 10.0
"""Seconds in which the server opens the socket, and acknowledges the connection."""
_CLOSE_TIMEOUT: Final = 2.0
"""Seconds in which the server answers the goodbye; it is not waited for longer."""
_LARGEST_MESSAGE: Final = 64 << 20
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
"""Seconds between attempts to connect again; each attempt doubles what is waited at most."""

COMPLETED, REFUSED, LOST, TOO_FEW, READER_GONE = 0, 1, 3, 4, 128 + signal.SIGPIPE


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for."""

    url: str
    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None
    headers: Sequence[tuple[str, str]] = ()
    payload: Mapping[str, Any] | None = None
    count: int | None = None
    timeout: float | None = None
    reconnect: bool = False

    @classmethod
    def of_arguments(cls, given: argparse.Namespace) -> Wanted:
        """Reads the command's arguments. Raises ``ValueError`` that says which one is wrong."""
        address: str = given.url
        scheme = urlsplit(address).scheme
        if scheme in ("http", "https"):
            other = address.replace("http", "ws", 1)
            raise ValueError(f"URL: subscribing over {scheme}:// is not possible yet; if the server has WebSockets, try {other}")
        if scheme not in ("ws", "wss"):
            raise ValueError(f"URL: it begins with ws:// or wss://, and this is {address!r}")
        if given.count is not None and given.count < 1:
            raise ValueError(f"--count is at least 1, and this is {given.count}")
        if given.timeout is not None and not given.timeout > 0:
            raise ValueError(f"--timeout is more than 0 seconds, and this is {given.timeout}")
        return cls(
            url=address,
            query=sys.stdin.read() if given.query == "-" else given.query,
            variables=_json_object("--variables", given.variables),
            operation_name=given.operation,
            headers=[_header(text) for text in given.header],
            payload=_json_object("--payload", given.payload),
            count=given.count,
            timeout=given.timeout,
            reconnect=given.reconnect,
        )


def _json_object(option: str, text: str | None) -> Mapping[str, Any] | None:
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ValueError(f"{option} is a JSON object: {error}") from None


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not text.isprintable():
        raise ValueError(f"--header is 'Name: value', and this is {text!r}")
    return name.strip(), value.strip()


class _Ended(Exception):
    """Nothing more comes. ``status`` is the command's, and the message is for standard error."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(message)
        self.status = status


class _Lost(Exception):
    """The connection is gone, or never came to be, for a reason that may pass."""


class _Message(msgspec.Struct):
    type: str
    id: str | None = None
    payload: msgspec.Raw = msgspec.Raw(b"null")


class _Results:
    """Where results go: standard output."""

    def __init__(self, count: int | None) -> None:
        self._left = count
        self._indent = 2 if sys.stdout.isatty() else -1

    def add(self, payload: bytes) -> None:
        """Prints a result. Raises ``_Ended`` after the last that is wanted, and where nobody reads them any more."""
        # Laid out anew from the server's own bytes, so that numbers keep all their digits.
        line = msgspec.json.format(payload, indent=self._indent) + b"\n"
        try:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # What is still buffered would fail again when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise _Ended(READER_GONE) from None
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                raise _Ended(COMPLETED)


def run(wanted: Wanted) -> int:
    """Subscribes, prints until it ends, and returns the exit status. Ctrl-C ends the process by that signal, so that scripts stop, too."""
    try:
        import_module("websockets.asyncio.client")
    except ImportError:
        _say("error: subscribing needs websockets 13 or newer: pip install 'subsgen[websockets]'")
        return LOST
    try:
        asyncio.run(_within(wanted))
    except _Ended as end:
        if str(end):
            _say(f"error: {end}")
        return end.status
    except (KeyboardInterrupt, asyncio.CancelledError):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    return COMPLETED


async def _within(wanted: Wanted) -> None:
    # The handler of asyncio.run itself does not wake a loop that is just falling asleep: Ctrl-C would wait for the next message then. Where
    # a shell has it ignored, it stays so.
    if (this := asyncio.current_task()) is not None and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, this.cancel)
    try:
        await asyncio.wait_for(_attempts(wanted), wanted.timeout)
    except asyncio.TimeoutError:
        if wanted.count is None:
            raise _Ended(COMPLETED) from None
        raise _Ended(TOO_FEW, f"there were less than {wanted.count} results in {wanted.timeout:g} seconds") from None


async def _attempts(wanted: Wanted) -> None:
    results = _Results(wanted.count)
    longest = _FIRST_PAUSE
    while True:
        acknowledged = asyncio.Event()
        try:
            await _connection(wanted, results, acknowledged)
        except _Lost as lost:
            if not wanted.reconnect:
                raise _Ended(LOST, str(lost)) from None
            longest = _FIRST_PAUSE if acknowledged.is_set() else min(longest * 2, _LONGEST_PAUSE)
            # At random, so that not all clients of a server that starts again come at once.
            pause = random.uniform(longest / 2, longest)
            _say(f"{lost}; connecting again in {pause:.1f} s")
            await asyncio.sleep(pause)


async def _connection(wanted: Wanted, results: _Results, acknowledged: asyncio.Event) -> None:
    """One connection from its beginning to its end, which is ``_Ended`` or ``_Lost``."""
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
                raise _Ended(REFUSED, f"{wanted.url} does not speak {_PROTOCOL}")
            await _subscribe(socket, wanted, acknowledged)
            await _results(socket, results)
    except InvalidURI as error:
        raise _Ended(REFUSED, str(error)) from None
    except InvalidStatus as error:
        status = error.response.status_code
        text = f"{wanted.url} answered the handshake with HTTP {status}"
        raise (_Lost(text) if status in (429, 502, 503, 504) else _Ended(REFUSED, text)) from None
    except InvalidHandshake as error:
        raise _Ended(REFUSED, f"{wanted.url} is no WebSocket: {error}") from None
    except ConnectionClosed as closed:
        code, reason = (1006, "") if closed.rcvd is None else (closed.rcvd.code, closed.rcvd.reason)
        text = f"the connection was closed with {code}" + (f" ({reason})" if reason.isprintable() and reason else "")
        raise (_Ended(REFUSED, text) if 4400 <= code < 4500 else _Lost(text)) from None
    except (OSError, EOFError, asyncio.TimeoutError) as error:
        raise _Lost(f"cannot connect to {wanted.url}: {str(error) or 'no answer in time'}") from None


async def _subscribe(socket: ClientConnection, wanted: Wanted, acknowledged: asyncio.Event) -> None:
    await _send(socket, "connection_init", payload=wanted.payload)

    async def acknowledgement() -> None:
        while (message := await _next(socket)).type != "connection_ack":
            if message.type not in ("ping", "pong"):
                raise _Ended(REFUSED, f"the server sent {message.type!r} before connection_ack")

    # Not by `wait_for`: before Python 3.12 it loses a cancellation that comes together with the answer, and `--timeout` would never end.
    waiting = asyncio.ensure_future(acknowledgement())
    try:
        done, _ = await asyncio.wait({waiting}, timeout=_ACK_TIMEOUT)
    finally:
        waiting.cancel()
    if not done:
        raise _Lost(f"{wanted.url} did not acknowledge the connection in {_ACK_TIMEOUT:g} s")
    waiting.result()
    acknowledged.set()
    request = {"query": wanted.query, "operationName": wanted.operation_name, "variables": wanted.variables}
    await _send(socket, "subscribe", id=_ID, payload={key: value for key, value in request.items() if value is not None})


async def _results(socket: ClientConnection, results: _Results) -> None:
    while True:
        message = await _next(socket)
        if message.id != _ID:
            continue
        if message.type == "next":
            try:
                results.add(bytes(message.payload))
            except _Ended as end:
                if end.status == COMPLETED:
                    await _send(socket, "complete", id=_ID)
                raise
        elif message.type == "error":
            raise _Ended(REFUSED, "the server refused the subscription: " + _messages(bytes(message.payload)))
        elif message.type == "complete":
            raise _Ended(COMPLETED)


async def _next(socket: ClientConnection) -> _Message:
    """The next message; a ping is answered."""
    try:
        message = msgspec.json.decode(await socket.recv(), type=_Message)
    except msgspec.MsgspecError as error:
        raise _Ended(REFUSED, f"the server sent what is no message of {_PROTOCOL}: {error}") from None
    if message.type == "ping":
        await _send(socket, "pong")
    return message


async def _send(socket: ClientConnection, type: str, **rest: object) -> None:
    message = {"type": type, **{key: value for key, value in rest.items() if value is not None}}
    await socket.send(msgspec.json.encode(message).decode())


def _messages(payload: bytes) -> str:
    """The messages of GraphQL errors, or the payload where it has none."""
    try:
        errors = msgspec.json.decode(payload, type=list[dict[str, Any]])
        text = "; ".join(str(error["message"]) for error in errors)
    except (msgspec.MsgspecError, KeyError):
        text = payload.decode(errors="replace")
    # A server's text gives a terminal no orders.
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
