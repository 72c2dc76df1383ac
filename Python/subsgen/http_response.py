"""The response to a request: begun once, ended once, by a server that anybody may have written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import msgspec

from .http_adapter import HTTPRequestAdapter
from .http_requests import EVENT_STREAM, JSON
from .websocket import ConnectionClosed

__all__ = ["Response", "status_of"]

_STATUS: Final = {4400: 400, 4403: 403, 4408: 408, 4429: 429, 1001: 503, 1013: 503}
"""What HTTP calls the reasons for which a socket is closed before there was an answer; 500 for all others."""


def status_of(code: int) -> int:
    """The status for what a socket is closed with."""
    return _STATUS.get(code, 500)


class Response:
    """Belongs to one request. To the runtime it is where what is said to the client goes, as a socket is."""

    def __init__(self, request: HTTPRequestAdapter) -> None:
        self.connection = request.connection
        self.send = request.send
        self._request = request
        self.has_begun = False
        self.has_ended = False

    async def whole(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """All of it, which is kept by no cache unless ``headers`` say so."""
        self.has_begun = self.has_ended = True
        length = {"content-length": str(len(body))}
        await self._request.begin(status, {"cache-control": "no-store", "vary": "accept"} | dict(headers or {}) | length)
        await self.send(body, is_last=True)

    async def text(self, status: int, media_type: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """The same, of a media type, in UTF-8."""
        await self.whole(status, body, {"content-type": f"{media_type}; charset=utf-8"} | dict(headers or {}))

    async def refuse(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        """There is no answer. What has begun is broken off, by which the client sees that it is not complete."""
        if self.has_begun:
            await self.end()
            return
        with suppress(ConnectionClosed):
            await self.text(status, JSON, msgspec.json.encode({"errors": [{"message": reason}]}), headers)

    async def begin_stream(self) -> None:
        """An event stream begins; ``send`` sends events, and ``end`` ends it."""
        self.has_begun = True
        headers = {"content-type": EVENT_STREAM, "cache-control": "no-store", "vary": "accept", "x-accel-buffering": "no"}
        await self._request.begin(200, headers)
        # A comment at once, so that the client sees that the stream is open before there is an event.
        await self.send(b":\n\n", is_last=False)

    @property
    def is_connected(self) -> bool:
        """Whether the client waits for more."""
        return not self.has_ended

    async def send_text(self, text: str) -> None:
        """Sends events of a stream."""
        await self.send(text.encode(), is_last=False)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Ends the response, by what sockets are closed with."""
        await self.refuse(status_of(code), reason)

    async def end(self) -> None:
        """Ends a stream that has begun."""
        if self.has_begun and not self.has_ended:
            self.has_ended = True
            with suppress(ConnectionClosed):
                await self.send(b"", is_last=True)
