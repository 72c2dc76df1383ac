"""Serves operations that come as HTTP requests: GraphQL over HTTP, and over server-sent events in distinct connections."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import msgspec

from .handler import GraphQLTransportWSHandler
from .http_requests import EVENT_STREAM, JSON, RESPONSE_JSON, Refused, Request, choose, of_body, of_query_string, sent_elsewhere
from .resolvers import ConnectionInfo
from .websocket import ConnectionClosed, WebSocketAdapter

if TYPE_CHECKING:
    from .auth import AuthHandler
    from .manager import SubscriptionManager

__all__ = ["HTTPEndpoint"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_PROTOCOL: Final = "graphql-transport-ws"
_BODY_BYTES: Final = 1024 * 1024
"""Bytes that the body of a request may have."""
_KEEP_ALIVE: Final = 12.0
"""Seconds after which a stream gets a comment, so that no proxy takes it for dead."""
_STATUS: Final = {4400: 400, 4403: 403, 4408: 408, 4429: 429, 1001: 503, 1013: 503}
"""What HTTP calls the reasons for which a socket is closed before there was an answer; 500 for all others."""
_NEXT: Final = '{"id":"1","type":"next","payload":'
_ERROR: Final = '{"id":"1","type":"error","payload":'
_COMPLETE: Final = '{"id":"1","type":"complete"'
_PING: Final = '{"type":"ping"'
_ACKNOWLEDGED: Final = '{"type":"connection_ack"'


class HTTPEndpoint:
    """An ASGI application for the requests of GraphQL over HTTP. Each is, for the runtime, a connection with one operation: what holds for
    sockets holds for requests."""

    def __init__(self, manager: SubscriptionManager, auth_handler: AuthHandler | None = None) -> None:
        self._manager = manager
        self._auth_handler = auth_handler
        self._persisted = manager.runtime.options.persisted_documents()

    async def serve(self, scope: Message, receive: Receive, send: Send, connection: ConnectionInfo) -> None:
        """Answers one request, and leaves nothing of it behind."""
        response = _Response(send)
        try:
            request, media_type = await self._read(scope, receive, connection.headers)
        except Refused as refusal:
            await response.refuse(refusal.status, str(refusal), JSON, refusal.headers)
            return
        except ConnectionClosed:  # before all of the body was there
            return
        answer = _StreamAnswer(response) if media_type == EVENT_STREAM else _OneAnswer(response, media_type)
        socket = _OperationSocket(connection, request, answer)
        watching = asyncio.create_task(_watch(receive, socket))
        try:
            await GraphQLTransportWSHandler.handle_connection(socket, self._manager, self._auth_handler)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await answer.end()

    async def _read(self, scope: Message, receive: Receive, headers: Mapping[str, str]) -> tuple[Request, str]:
        match scope["method"]:
            case "POST":
                request = of_body(headers.get("content-type"), await _body(receive))
            case "GET":
                if sent_elsewhere(headers):
                    raise Refused(403, "A page of another site may not ask without saying its origin.")
                request = of_query_string(scope.get("query_string", b""))
            case method:
                raise Refused(405, f"Operations come by GET or POST, and not by {method}.", {"allow": "GET, POST"})
        kinds = request.kinds(self._persisted)
        # What is not known here may be a mutation, too, where only the digest is given.
        if scope["method"] == "GET" and ("mutation" in kinds or (request.query is None and not kinds)):
            raise Refused(405, "GET is for queries and subscriptions; send a mutation by POST.", {"allow": "POST"})
        return request, choose(headers.get("accept"), kinds)


class _Response:
    """What goes out over ASGI. Raises ``ConnectionClosed`` when the client is gone."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def begin(self, status: int, content_type: str, headers: Mapping[str, str]) -> None:
        self.has_begun = True
        given = {"content-type": content_type, "cache-control": "no-store", "vary": "accept", **headers}
        encoded = [(name.encode(), value.encode()) for name, value in given.items()]
        await self._deliver({"type": "http.response.start", "status": status, "headers": encoded})

    async def write(self, text: str, *, is_more: bool) -> None:
        await self._deliver({"type": "http.response.body", "body": text.encode(), "more_body": is_more})

    async def whole(self, status: int, media_type: str, text: str, headers: Mapping[str, str] | None = None) -> None:
        await self.begin(status, f"{media_type}; charset=utf-8", headers or {})
        await self.write(text, is_more=False)

    async def refuse(self, status: int, reason: str, media_type: str, headers: Mapping[str, str] | None = None) -> None:
        errors = {"errors": [{"message": reason}]}
        with suppress(ConnectionClosed):
            await self.whole(status, media_type, msgspec.json.encode(errors).decode(), headers)

    async def _deliver(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError as error:  # what the ASGI specification has servers raise when the client is gone
            raise ConnectionClosed from error


class _Answer(ABC):
    """Takes what becomes of an operation."""

    def __init__(self, response: _Response) -> None:
        self._response = response

    @abstractmethod
    async def accepted(self) -> None:
        """The client may ask."""

    @abstractmethod
    async def result(self, payload: str) -> None: ...

    @abstractmethod
    async def request_error(self, errors: str) -> None:
        """It never came to execution."""

    @abstractmethod
    async def completed(self) -> None: ...

    @abstractmethod
    async def ping(self) -> None:
        """It is to be seen whether the client is there. Returns when what was written before has gone out."""

    @abstractmethod
    async def end(self) -> None:
        """Nothing more comes."""

    async def refuse(self, status: int, reason: str) -> None:
        """There is no answer. What has begun is broken off, by which the client sees that it is not complete."""
        if not self._response.has_begun:
            await self._response.refuse(status, reason, JSON)


class _OneAnswer(_Answer):
    """One JSON response."""

    def __init__(self, response: _Response, media_type: str) -> None:
        super().__init__(response)
        self._media_type = media_type

    async def accepted(self) -> None:
        pass

    async def result(self, payload: str) -> None:
        if not self._response.has_begun:
            await self._response.whole(200, self._media_type, payload)

    async def request_error(self, errors: str) -> None:
        # With application/json a client cannot tell a status of GraphQL's from one of a proxy's: the specification has it 200.
        status = 400 if self._media_type == RESPONSE_JSON else 200
        await self._response.whole(status, self._media_type, f'{{"errors":{errors}}}')

    async def completed(self) -> None:
        pass

    async def ping(self) -> None:
        pass

    async def end(self) -> None:
        pass


class _StreamAnswer(_Answer):
    """An event stream: each result, and that it was the last."""

    _commenting: asyncio.Task[None] | None = None

    async def accepted(self) -> None:
        await self._response.begin(200, EVENT_STREAM, {"x-accel-buffering": "no"})
        # A comment at once, so that the client sees that the stream is open before there is an event.
        await self._response.write(":\n\n", is_more=True)
        self._commenting = asyncio.create_task(self._comment())

    async def result(self, payload: str) -> None:
        # In JSON they are white space between tokens; in an event stream they would end the line.
        data = payload.replace("\r", " ").replace("\n", " ")
        await self._response.write(f"event: next\ndata: {data}\n\n", is_more=True)

    async def request_error(self, errors: str) -> None:
        await self.result(f'{{"errors":{errors}}}')
        await self.completed()

    async def completed(self) -> None:
        await self._response.write("event: complete\ndata:\n\n", is_more=True)

    async def ping(self) -> None:
        await self._response.write(":\n\n", is_more=True)

    async def end(self) -> None:
        if self._commenting is not None:
            self._commenting.cancel()
            await asyncio.gather(self._commenting, return_exceptions=True)
            with suppress(ConnectionClosed):
                await self._response.write("", is_more=False)

    async def _comment(self) -> None:
        while True:
            await asyncio.sleep(_KEEP_ALIVE)
            await self.ping()


class _OperationSocket(WebSocketAdapter):
    """A request as the handler sees it: a client that connects, asks for one operation, and goes when that is over."""

    def __init__(self, connection: ConnectionInfo, request: Request, answer: _Answer) -> None:
        super().__init__(connection, (_PROTOCOL,))
        self._request = request
        self._answer = answer
        self._inbox: asyncio.Queue[str | None] = asyncio.Queue()
        """What the client says; None that it is gone."""
        self._inbox.put_nowait('{"type":"connection_init"}')
        self._connected = True

    @property
    def is_connected(self) -> bool:
        return self._connected

    async def accept(self, subprotocol: str | None = None) -> None:
        """Nothing: the response begins when the client may ask."""

    async def receive(self) -> str | bytes:
        message = await self._inbox.get()
        if message is None:
            raise ConnectionClosed
        return message

    async def send_text(self, text: str) -> None:
        if text.startswith(_NEXT):
            await self._answer.result(text[len(_NEXT) : -1])
        elif text.startswith(_ERROR):
            await self._answer.request_error(text[len(_ERROR) : -1])
            self.leave()
        elif text.startswith(_COMPLETE):
            await self._answer.completed()
            self.leave()
        elif text.startswith(_PING):
            # Who listens to a stream cannot answer; that the comment could be written has to do.
            await self._answer.ping()
            self._inbox.put_nowait('{"type":"pong"}')
        elif text.startswith(_ACKNOWLEDGED):
            await self._answer.accepted()
            message = {"id": "1", "type": "subscribe", "payload": self._request.payload()}
            self._inbox.put_nowait(msgspec.json.encode(message).decode())

    async def refuse(self, status: int, reason: str) -> None:
        self._connected = False
        await self._answer.refuse(status, reason)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if self._connected:
            await self.refuse(_STATUS.get(code, 500), reason)

    def leave(self) -> None:
        """The client is gone, or has what it asked for."""
        self._connected = False
        self._inbox.put_nowait(None)


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ConnectionClosed
        body += message.get("body", b"")
        if len(body) > _BODY_BYTES:
            raise Refused(413, f"A request has {_BODY_BYTES} bytes at most.")
        if not message.get("more_body", False):
            return bytes(body)


async def _watch(receive: Receive, socket: _OperationSocket) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    socket.leave()
