"""``python -m subsgen subscribe http://...``: a subscription as an event stream, by GraphQL over SSE."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException, parse_headers
from io import BytesIO
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from .results import COMPLETED, REFUSED, Ended, Lost, Results, messages, printable

if TYPE_CHECKING:
    from .subscribing import Wanted

__all__ = ["EventStream", "connection"]

_OPEN_TIMEOUT: Final = 10.0
"""Seconds in which the server takes the connection, and answers."""
_LARGEST_EVENT: Final = 64 << 20
_LONGEST_HEAD: Final = 64 << 10
_LONGEST_REFUSAL: Final = 64 << 10
_PART: Final = 64 << 10


class _Response(msgspec.Struct):
    errors: msgspec.Raw = msgspec.Raw(b"")
    data: msgspec.Raw = msgspec.Raw(b"")
    """Empty where there is none."""


@dataclass(slots=True)
class EventStream:
    """Reads the text of an event stream, as the HTML standard has it: bytes go in, events come out."""

    last_id: str = ""
    """The id of the last event that had one."""
    _rest: bytearray = field(default_factory=bytearray)
    _type: str = ""
    _data: list[bytes] = field(default_factory=list[bytes])

    def feed(self, part: bytes) -> list[tuple[str, bytes]]:
        """The types and texts of the events that end in this part. Raises ``ValueError`` for one that is too large."""
        self._rest += part
        # A \r at the end may be the first half of \r\n.
        whole = max(self._rest.rfind(b"\n"), self._rest.rfind(b"\r", 0, -1)) + 1
        if not whole:
            if len(self._rest) > _LARGEST_EVENT:
                raise ValueError(f"an event has more than {_LARGEST_EVENT} bytes")
            return []
        lines = re.split(rb"\r\n|\n|\r", bytes(self._rest[:whole]))[:-1]
        del self._rest[:whole]
        return [event for line in lines if (event := self._take(line)) is not None]

    def _take(self, line: bytes) -> tuple[str, bytes] | None:
        if not line:
            event = (self._type or "message", b"\n".join(self._data))
            # Without a line of data there is no event.
            is_one = bool(self._data)
            self._type, self._data = "", []
            return event if is_one else None
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"event":
            self._type = value.decode(errors="replace")
        elif name == b"data":
            self._data.append(value)
            if sum(map(len, self._data)) > _LARGEST_EVENT:
                raise ValueError(f"an event has more than {_LARGEST_EVENT} bytes")
        elif name == b"id" and b"\0" not in value:
            self.last_id = value.decode(errors="replace")
        return None


async def connection(wanted: Wanted, results: Results, acknowledged: asyncio.Event) -> None:
    """One request from its beginning to its end, which is ``Ended`` or ``Lost``."""
    try:
        reader, writer = await _open(wanted.url)
    except (OSError, asyncio.TimeoutError) as error:
        raise Lost(f"cannot connect to {wanted.url}: {str(error) or 'no answer in time'}") from None
    try:
        await _exchange(wanted, results, acknowledged, reader, writer)
    except (OSError, EOFError, asyncio.TimeoutError) as error:
        raise Lost(f"the connection to {wanted.url} was lost: {str(error) or 'no answer in time'}") from None
    except (ValueError, HTTPException, asyncio.LimitOverrunError, msgspec.MsgspecError) as error:
        raise Ended(REFUSED, f"{wanted.url} answers with what is no event stream: {printable(str(error))}") from None
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _open(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    context = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (443 if context is not None else 80)
    return await asyncio.wait_for(asyncio.open_connection(parts.hostname, port, ssl=context, limit=_LONGEST_HEAD), _OPEN_TIMEOUT)


async def _exchange(
    wanted: Wanted, results: Results, acknowledged: asyncio.Event, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    writer.write(_request(wanted, results))
    await writer.drain()
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _OPEN_TIMEOUT)
    status_line, _, fields = head.partition(b"\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", status_line)
    if status is None:
        raise ValueError("its answer is no HTTP/1.1")
    headers = parse_headers(BytesIO(fields))
    async with aclosing(_body(reader, headers)) as body:
        kind = headers.get_content_type()
        if status[1] != b"200" or kind != "text/event-stream":
            await _refused(wanted.url, int(status[1]), kind, body)
        acknowledged.set()
        await _read(body, results)
    raise Lost("the event stream ended without complete")


def _request(wanted: Wanted, results: Results) -> bytes:
    parts = urlsplit(wanted.url)
    body = msgspec.json.encode(wanted.request(results.cursor))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {
        "host": parts.netloc.rpartition("@")[2],
        "accept": "text/event-stream",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "user-agent": "subsgen",
    }
    if wanted.resume and results.cursor is not None:
        fields["last-event-id"] = results.cursor
    for name, value in wanted.headers:
        fields[name.lower()] = value
    lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode() + body


async def _body(reader: asyncio.StreamReader, headers: Message) -> AsyncGenerator[bytes]:
    """The parts of a body as they come."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        while (size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16)) > 0:
            while size:
                part = await reader.read(min(size, _PART))
                if not part:
                    raise EOFError("it ended in the middle")
                size -= len(part)
                yield part
            await reader.readexactly(2)
        return
    left = int(headers["content-length"]) if "content-length" in headers else None
    while left != 0 and (part := await reader.read(_PART if left is None else min(left, _PART))):
        left = None if left is None else left - len(part)
        yield part


async def _refused(url: str, status: int, kind: str, body: AsyncGenerator[bytes]) -> None:
    """Raises what an answer says that is no event stream."""
    text = b""
    async for part in body:
        text += part
        if len(text) > _LONGEST_REFUSAL:
            break
    said = f"{url} answered with HTTP {status}"
    if status == 200:
        said += f" and {kind}, which is no event stream"
    try:
        errors = bytes(msgspec.json.decode(text, type=_Response).errors)
    except msgspec.MsgspecError:
        errors = b""
    if errors:
        said += ": " + messages(errors)
    raise Lost(said) if status in (429, 502, 503, 504) else Ended(REFUSED, said)


async def _read(body: AsyncGenerator[bytes], results: Results) -> None:
    """Prints what comes. Raises ``Ended`` where the server completes the subscription or refuses it."""
    stream = EventStream()
    is_first = True
    async for part in body:
        for kind, data in stream.feed(part):
            if kind == "complete":
                raise Ended(COMPLETED)
            if kind != "next":
                continue
            answer = msgspec.json.decode(data, type=_Response)
            # What is wrong with an operation comes as its only result, without data.
            if is_first and not bytes(answer.data) and bytes(answer.errors):
                raise Ended(REFUSED, "the server refused the subscription: " + messages(bytes(answer.errors)))
            is_first = False
            results.add(data)
            if stream.last_id:
                results.cursor = stream.last_id
