"""An endpoint by which services that serve no one publish events over HTTP. There is none unless an application makes it."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from math import ceil
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import msgspec

from .admission import network

if TYPE_CHECKING:
    from .manager import SubscriptionManager

__all__ = ["PublishApp", "WrongTokens", "create_publish_app"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_SHORTEST_TOKEN: Final = 16
_WRONG_TOKENS, _WINDOW, _ADDRESSES = 10, 60.0, 10_000
"""An address may send so many wrong tokens in so many seconds; of so many addresses it is known."""
_JSON: Final = (b"content-type", b"application/json")


class _Request(msgspec.Struct, forbid_unknown_fields=True):
    topic: str
    payload: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    attributes: dict[str, str] | None = None
    complete: bool = False
    """Whether the topic ends, in place of an event."""


class WrongTokens:
    """How many requests with a wrong token an address has made of late, so that nobody tries them all."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._made: dict[str, tuple[int, float]] = {}
        """By address, and since when it is counted; the oldest first."""

    def __len__(self) -> int:
        return len(self._made)

    def wait(self, address: str) -> int:
        """For how many seconds the address must wait, if it must."""
        made, since = self._made.get(address, (0, 0.0))
        left = since + _WINDOW - self._clock()
        return 0 if made < _WRONG_TOKENS or left <= 0 else ceil(left)

    def add(self, address: str) -> None:
        """Counts one more of an address."""
        now = self._clock()
        made, since = self._made.get(address, (0, now))
        if since + _WINDOW <= now:
            made, since = 0, now
            self._made.pop(address, None)
        # Who has very many addresses makes the first of them be forgotten, and not the memory full.
        if address not in self._made and len(self._made) >= _ADDRESSES:
            del self._made[next(iter(self._made))]
        self._made[address] = (made + 1, since)


class _Refused(Exception):
    """The request is answered with a status, and why."""

    def __init__(self, status: int, reason: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(reason)
        self.status = status
        self.headers = headers


class PublishApp:
    """An ASGI application that publishes what is posted to it, wherever it is mounted."""

    def __init__(self, manager: SubscriptionManager, token: str, *, max_bytes: int = 1 << 20) -> None:
        if len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError(
                f"the token has at least {_SHORTEST_TOKEN} characters of ASCII and no space; "
                "make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        if max_bytes < 1:
            raise ValueError(f"max_bytes is at least 1, and this is {max_bytes}")
        self._manager = manager
        self._token = token.encode()
        self._max_bytes = max_bytes
        self._wrong = WrongTokens()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"events are published over HTTP, and this is {scope['type']!r}")
        try:
            self._authorise(scope)
            body = await self._body(receive)
            if body is None:
                return
            answer = await self._publish(body)
        except _Refused as refused:
            await _answer(send, refused.status, {"error": str(refused)}, *refused.headers)
        else:
            await _answer(send, 200, answer)

    def _authorise(self, scope: MutableMapping[str, Any]) -> None:
        """Before anything of the body is read."""
        if scope["method"] != "POST":
            raise _Refused(405, "events are published by POST", (b"allow", b"POST"))
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        scheme, _, token = given.partition(b" ")
        # The right one is let through in any case: behind a proxy whose address is all that is known, a stranger locks nobody out.
        if scheme.lower() != b"bearer" or not hmac.compare_digest(token, self._token):
            client = scope.get("client")
            address = network(client[0]) if client else ""
            if wait := self._wrong.wait(address):
                raise _Refused(429, "too many wrong tokens came from this address", (b"retry-after", str(wait).encode()))
            self._wrong.add(address)
            raise _Refused(401, "the token is missing or wrong", (b"www-authenticate", b"Bearer"))

    async def _body(self, receive: Receive) -> bytes | None:
        """None where the client is gone before all of it was there."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if len(body) > self._max_bytes:
                raise _Refused(413, f"the request is larger than {self._max_bytes} bytes", (b"connection", b"close"))
            if not message.get("more_body", False):
                return bytes(body)

    async def _publish(self, body: bytes) -> dict[str, str]:
        try:
            request = msgspec.json.decode(body, type=_Request)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _Refused(400, f"the request is no JSON object of topic, payload and attributes: {error}") from None
        if request.complete == isinstance(request.payload, msgspec.Raw):
            raise _Refused(400, "the request has either a payload or complete: true")
        try:
            if not isinstance(request.payload, msgspec.Raw):
                await self._manager.complete_topic(request.topic)
                return {}
            return {"cursor": await self._manager.publish_event(request.topic, bytes(request.payload), request.attributes)}
        except ValueError as error:
            raise _Refused(400, str(error)) from None
        except ConnectionError as error:  # of a bus that is elsewhere
            raise _Refused(503, str(error)) from None


def create_publish_app(manager: SubscriptionManager, token: str, *, max_bytes: int = 1 << 20) -> PublishApp:
    """An ASGI application that takes ``{"topic": ..., "payload": ..., "attributes": ...}`` by POST and answers ``{"cursor": ...}``.

    ``{"topic": ..., "complete": true}`` ends the topic, and is answered by ``{}``.

    Who publishes sends ``Authorization: Bearer TOKEN``, and may publish to every topic. A request has at most ``max_bytes``.
    Raises ``ValueError`` for a token that is too short to be a secret.
    """
    return PublishApp(manager, token, max_bytes=max_bytes)


async def _answer(send: Send, status: int, content: dict[str, str], *headers: tuple[bytes, bytes]) -> None:
    body = msgspec.json.encode(content)
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [_JSON, length, *headers]})
    await send({"type": "http.response.body", "body": body})
