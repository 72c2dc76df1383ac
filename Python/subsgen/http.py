"""Serves operations that come as HTTP requests: GraphQL over HTTP, and over server-sent events in both of its modes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from .admission import Place
from .auth import AuthHandler
from .connection import Connection, TurnedAway, admit, turning_away
from .http_adapter import HTTPRequestAdapter
from .http_requests import (
    EVENT_STREAM,
    RESPONSE_JSON,
    Refused,
    body_of,
    choose,
    media_types,
    operation_id,
    parameters,
    require_json,
    resumed,
    sent_elsewhere,
    takes,
)
from .http_response import Response
from .http_streams import EventStream, SharedStream
from .websocket import ConnectionClosed

if TYPE_CHECKING:
    from ._native import Connection as NativeConnection
    from ._native import Output
    from .manager import SubscriptionManager
    from .runtime import Runtime

__all__ = ["GraphQLHTTPHandler"]

_BODY_BYTES: Final = 1024 * 1024
"""Bytes that the body of a request may have."""
_TOKEN: Final = "x-graphql-event-stream-token"
_NO_STREAM: Final = "There is no stream with this token in this process, or its time is over."
_ID: Final = "1"
"""Names the operation of a connection that has but one."""


class GraphQLHTTPHandler:
    """Answers requests of any server. Each operation is one of a connection to the runtime: for requests holds what holds for sockets."""

    @staticmethod
    async def handle_request(
        request: HTTPRequestAdapter,
        manager: SubscriptionManager,
        auth_handler: AuthHandler | None = None,
        *,
        http: bool = True,
        page: bool = True,
    ) -> None:
        """Answers one request, and leaves nothing of it behind but the stream that it reserves.

        ``auth_handler`` comes before the manager's own. Unless ``page`` is false browsers get a page to try operations with; where ``http``
        is false nothing else is answered.
        """
        response = Response(request)
        try:
            if page and request.method == "GET" and "text/html" in dict(media_types(request.connection.headers.get("accept"))):
                from . import explorer

                await response.whole(200, explorer.page().encode(), explorer.HEADERS)
            elif http:
                await _Request(request, response, manager.runtime, auth_handler or manager.auth_handler).answer()
            else:
                is_get = request.method == "GET"
                text = b"Subscriptions are served here over WebSockets, and to browsers a page."
                await response.text(406 if is_get else 405, "text/plain", text, {} if is_get else {"allow": "GET"})
        except Refused as refusal:
            await response.refuse(refusal.status, str(refusal), refusal.headers)
        except TurnedAway as refusal:
            await response.refuse(refusal.status, refusal.reason)
        except ConnectionClosed:
            return
        finally:
            await response.end()


class _Request:
    """A request on the way to its answer."""

    def __init__(self, request: HTTPRequestAdapter, response: Response, runtime: Runtime, auth_handler: AuthHandler | None) -> None:
        self.adapter = request
        self.response = response
        self.runtime = runtime
        self.auth_handler = auth_handler
        self._headers = request.connection.headers
        self._accept = self._headers.get("accept")

    async def answer(self) -> None:
        method = self.adapter.method
        if method not in ("GET", "POST", "PUT", "DELETE"):
            raise Refused(405, f"Operations come by GET or POST, and not by {method}.", {"allow": "GET, POST, PUT, DELETE"})
        given = parameters(self.adapter.query_string) if method != "POST" or "token=" in self.adapter.query_string else {}
        token = self._headers.get(_TOKEN) or given.get("token")
        if method == "PUT":
            await self._reserve()
            return
        if token is not None:
            with turning_away(self.runtime, self.adapter.connection):
                self.runtime.admission.require_origin(self.adapter.connection)
        if method == "DELETE":
            await self._cancel(token, given.get("operationId"))
        elif token is not None and method == "GET" and "query" not in given and takes(self._accept, EVENT_STREAM):
            await self._stream(token)
        elif token is not None:
            await self._take_in(token, await self._body(given))
        else:
            await self._answer_distinct(await self._body(given))

    async def _body(self, given: dict[str, str]) -> bytes:
        if self.adapter.method == "POST":
            require_json(self._headers.get("content-type"))
            return await self._read()
        if sent_elsewhere(self._headers):
            raise Refused(403, "A page of another site may not ask without saying its origin.")
        return body_of(given)

    async def _read(self) -> bytes:
        body = bytearray()
        while part := await self.adapter.receive():
            body += part
            if len(body) > _BODY_BYTES:
                raise Refused(413, f"A request has {_BODY_BYTES} bytes at most.")
        return bytes(body)

    def _operation_type(self, body: bytes) -> Literal["query", "mutation", "subscription"] | None:
        """What is asked for. Raises ``Refused`` for what is no request, and for what may not come by this method."""
        try:
            operation_type = self.runtime.executor.operation_type(body)
        except ValueError as error:
            raise Refused(400, f"This is no GraphQL request. {error}.") from None
        if operation_type == "mutation" and self.adapter.method == "GET":
            raise Refused(405, "GET is for queries and subscriptions; send a mutation by POST.", {"allow": "POST"})
        return operation_type

    # MARK: A connection for an operation

    async def _answer_distinct(self, body: bytes) -> None:
        operation_type = self._operation_type(body)
        media_type = choose(self._accept, is_subscription=operation_type == "subscription")
        if operation_type == "subscription" and (last_event_id := self._headers.get("last-event-id")):
            body = resumed(body, last_event_id)
        with admit(self.runtime, self.adapter.connection) as place:
            if media_type == EVENT_STREAM:
                await _Streamed(self, place, body).serve()
            else:
                await _Answered(self, place, body, media_type).serve()

    async def give(self, native: NativeConnection, body: bytes) -> bool:
        """Gives the one operation of a connection to the runtime. False where it does not take it, which the client has been told."""
        refusal = native.request(_ID, body, self.adapter.method == "GET")
        if isinstance(refusal, tuple):
            await self.response.refuse(*refusal)
        return refusal is None

    # MARK: A connection for many

    async def _reserve(self) -> None:
        if not takes(self._accept, "text/plain"):
            raise Refused(406, "A reservation is answered as text/plain.")
        token = await SharedStream.reserve(self.adapter.connection, self.runtime, self.auth_handler)
        await self.response.text(201, "text/plain", token.encode())

    async def _stream(self, token: str) -> None:
        stream = self._shared(token)
        if not stream.is_of_this_loop:
            raise Refused(404, _NO_STREAM)
        if stream.is_taken:
            raise Refused(409, "The stream is open already.")
        await stream.serve_to(self.adapter, self.response)

    async def _take_in(self, token: str, body: bytes) -> None:
        self._operation_type(body)
        stream = self._shared(token)
        refusal = stream.native.request(operation_id(body), body, self.adapter.method == "GET")
        if refusal is None:
            await self.response.whole(202)
        elif isinstance(refusal, bytes):
            await self.response.text(400, RESPONSE_JSON if self._prefers_response_json() else "application/json", refusal)
        else:
            raise Refused(*refusal)

    def _prefers_response_json(self) -> bool:
        return self._accept is not None and RESPONSE_JSON in dict(media_types(self._accept))

    async def _cancel(self, token: str | None, operation: str | None) -> None:
        if token is None:
            raise Refused(405, "DELETE ends an operation of a stream, whose token it has.", {"allow": "GET, POST, PUT"})
        if not operation:
            raise Refused(400, "The parameter operationId is missing.")
        self._shared(token).native.cancel(operation)
        await self.response.whole(200)

    def _shared(self, token: str) -> SharedStream:
        stream = self.runtime.streams.get(token)
        if stream is None:
            raise Refused(404, _NO_STREAM)
        return stream


class _Answered(Connection):
    """A query or mutation, whose response is all of the answer."""

    def __init__(self, request: _Request, place: Place, body: bytes, media_type: str) -> None:
        super().__init__(request.response, request.runtime, request.auth_handler, place, "http")
        self._request = request
        self._body = body
        self._media_type = media_type

    async def incoming(self) -> None:
        await self._request.adapter.disconnected()

    async def outgoing(self) -> None:
        if await self.authenticate(None) and not await self._request.give(self.native, self._body):
            return
        if not self.is_over:
            await self.writer.run()

    async def perform(self, output: Output) -> bool:
        match output:
            case ("response", body, kind):
                # With application/json a client cannot tell a status of GraphQL's from one of a proxy's: the specification has it 200.
                status = 400 if kind != "result" and self._media_type == RESPONSE_JSON else 200
                await self._request.response.text(status, self._media_type, body)
                return True
            case _:
                return await super().perform(output)


class _Streamed(EventStream):
    """An operation with a stream of its own."""

    def __init__(self, request: _Request, place: Place, body: bytes) -> None:
        super().__init__(request.response, request.runtime, request.auth_handler, place, "sse")
        self._request = request
        self._body = body

    async def incoming(self) -> None:
        await self._request.adapter.disconnected()

    async def outgoing(self) -> None:
        if await self.authenticate(None):
            if not await self._request.give(self.native, self._body):
                return
            await self._request.response.begin_stream()
            self.keep_alive()
        if not self.is_over:
            await self.writer.run()
