"""The native server: sockets, frames and protocol are the runtime's own, on threads of its own. Here is what Python decides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from .admission import Place
from .connection import Client, TurnedAway, admit
from .http_adapter import HTTPRequestAdapter
from .log import logger, write_log
from .port import Served
from .resolvers import ConnectionInfo
from .websocket import ConnectionClosed

if TYPE_CHECKING:
    from ._native import ServerClient, ServerEvent, ServerExchange
    from .auth import AuthHandler
    from .manager import SubscriptionManager
    from .runtime import Runtime

__all__ = ["Answer", "NativeServer", "Server", "ServerRequest"]

_LATEST: Final = 25.0
"""Seconds beyond ``resolver_timeout`` after which nobody waits any more for an event loop to say who a client is."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a native server of ``SubscriptionManager.server`` listens."""

    host: str
    """Its address; empty for a socket of Unix."""
    port: int
    """Its port, also where it was to take one that is free; 0 for a socket of Unix."""
    scheme: str = "http"
    """``https`` where clients speak TLS to it."""
    unix_socket: str = ""
    """The path of the socket of Unix that it has made; empty where it has made none."""

    @property
    def url(self) -> str:
        """The address of the server; empty for a socket of Unix."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}" if host else ""

    def __str__(self) -> str:
        return self.url or f"unix:{self.unix_socket}"


class NativeServer:
    """A native server, and what Python does for it. It belongs to the event loop on which it was started."""

    def __init__(
        self, manager: SubscriptionManager, path: str, auth_handler: AuthHandler | None, answer: Answer, options: Mapping[str, Any]
    ) -> None:
        """``answer`` answers the requests that ask for no WebSocket."""
        from . import _native

        runtime = manager.runtime
        limits = runtime.options
        self.loop = asyncio.get_running_loop()
        self._runtime = runtime
        self._auth_handler = auth_handler or manager.auth_handler
        self._answer = answer
        self._scheme = "https" if "tls" in options else "http"
        self._unix_socket: str = options.get("unixSocket", "")
        self._news = _native.LoopPort()
        hooks = {name: (field.lifecycle.on_subscribe, field.lifecycle.on_unsubscribe) for name, field in runtime.fields.items()}
        asked: dict[str, Any] = {
            "path": path,
            "authenticates": self._auth_handler is not None,
            "hookedFields": [name for name, functions in hooks.items() if functions != (None, None)],
            "legacyGraphQLWS": limits.legacy_graphql_ws,
            "connectionInitTimeout": limits.connection_init_timeout,
            "pongTimeout": limits.pong_timeout,
            # Who decides here has a time limit of his own, which ends before.
            "decisionTimeout": limits.resolver_timeout + _LATEST,
            "isTurnedByHand": limits.clock is not None,
            **({} if limits.ping_interval is None else {"pingInterval": limits.ping_interval}),
            **({} if limits.allowed_origins is None else {"origins": list(limits.allowed_origins)}),
            **options,
        }
        self._native = _native.Server(runtime.executor, msgspec.json.encode(asked), runtime.admission.addresses, self._news)
        self._clients: dict[ServerClient, _Client] = {}
        """Those that Python has heard of."""
        self._requests: dict[ServerExchange, ServerRequest] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._departing: set[asyncio.Task[None]] = set()
        """Those of clients that are gone, and whose hooks are not done."""
        self._leaving: Served | None = None
        """There while everybody is asked to leave."""
        self._observer: Callable[[], None] = _nothing
        self._begun: asyncio.Future[Server] = self.loop.create_future()
        self._ended: asyncio.Future[None] = self.loop.create_future()

    async def start(self) -> Server:
        """Begins to listen, and says where. Raises ``OSError`` where it cannot."""
        self.loop.add_reader(self._news.fileno(), self._take)
        self._native.start()
        try:
            listening = await self._begun
        except BaseException:
            self.loop.remove_reader(self._news.fileno())
            raise
        if (clock := self._runtime.options.clock) is not None:
            clock.drive(self._native)
        self._runtime.servers.append(self)
        self.resume()
        return listening

    async def stop(self) -> None:
        """Closes everything that is open, at once."""
        if self not in self._runtime.servers:
            return
        self._runtime.servers.remove(self)
        if (clock := self._runtime.options.clock) is not None:
            clock.release(self._native)
        self._native.stop()
        await self._ended
        self.loop.remove_reader(self._news.fileno())
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def renew_certificate(self) -> None:
        """Reads the files of the certificate again; how that went is logged. Does nothing without TLS."""
        self._native.renew_certificate()

    def observe(self, ended: Callable[[], None]) -> None:
        """Has ``ended`` called when a client was refused, or is gone and nothing is left of it: for tests."""
        self._observer = ended
        self._native.observe()

    # What a goodbye needs

    def leaving(self) -> Served:
        """Everybody who is connected, as one who is asked to leave; from now on nobody is let in without Python."""
        self._leaving = Served(self._native, self._native.abandon)
        return self._leaving

    def resume(self) -> None:
        """Clients are let in as the loop's acceptance says. The first is let in by Python, which may need to be told of."""
        self._leaving = None
        self._native.admit(False, self._runtime.acceptance.is_open)

    def connection(self, handle: int) -> ConnectionInfo | None:
        """Who is connected by this handle, if it is a client of this server."""
        client = self._native.find(handle)
        return None if client is None else self._known(client).connection

    # What the server tells

    def _take(self) -> None:
        self._news.take()
        for event in self._native.take():
            try:
                self._hear(event)
            except Exception:
                logger.exception("%s of the server failed", event[0])
        write_log(self._runtime.executor)

    def _hear(self, event: ServerEvent) -> None:
        match event:
            case ("admit", client):
                self._admit(client)
            case ("connected", client):
                self._known(client).connected()
            case ("authenticate", client, payload):
                known = self._known(client)
                known.authentication = self._begin(known.say_who(payload))
            case ("began", client, (handle, subscription_id, field, arguments)):
                self._known(client).began(handle, subscription_id, field, arguments)
            case ("ended", client, handle):
                self._known(client).ended(handle)
            case ("gone", client):
                if (left := self._clients.pop(client, None)) is not None:
                    self._departing.add(departing := self._begin(left.left()))
                    departing.add_done_callback(self._departed)
                else:
                    self._observer()
            case ("request", exchange):
                request = self._requests[exchange] = ServerRequest(exchange)
                self._begin(self._respond(exchange, request))
            case ("body", exchange, part):
                if (reading := self._requests.get(exchange)) is not None:
                    reading.has_read(part)
            case ("writable", exchange):
                if (writing := self._requests.get(exchange)) is not None:
                    writing.may_write.set()
            case ("abandoned", exchange):
                if (abandoned := self._requests.get(exchange)) is not None:
                    abandoned.is_abandoned()
            case ("empty", _):
                if self._leaving is not None:
                    self._begin(self._all_left(self._leaving))
            case ("started", host, port):
                self._begun.set_result(Server(host, port, self._scheme, self._unix_socket))
            case ("failed", sentence, number):
                self._begun.set_exception(OSError(sentence) if number is None else OSError(number, sentence))
            case ("certificate", None):
                logger.info("new connections are shown the new certificate")
            case ("certificate", mistake):
                logger.error("%s The certificate from before is still used.", mistake)
            case ("stopped", _):
                self._ended.set_result(None)

    def _admit(self, client: ServerClient) -> None:
        connection = ConnectionInfo.of_request(client.headers(), client.address, scheme=client.scheme)
        try:
            place = admit(self._runtime, connection)
        except TurnedAway as refusal:
            client.refuse(refusal.status, refusal.reason)
            self._observer()
            return
        except BaseException:
            client.refuse(500, "Internal server error")
            raise
        self._runtime.port()  # what clients ask for runs here from now on
        self._native.admit(True, True)
        self._clients[client] = _Client(self._runtime, self._auth_handler, place, client, connection)
        client.accept()

    def _known(self, client: ServerClient) -> _Client:
        known = self._clients.get(client)
        if known is None:
            # It was let in without Python, and is counted by its address there.
            place = Place(self._runtime.admission, None)
            known = self._clients[client] = _Client(self._runtime, self._auth_handler, place, client, None)
        return known

    def _departed(self, departing: asyncio.Task[None]) -> None:
        self._departing.discard(departing)
        self._observer()

    async def _all_left(self, leaving: Served) -> None:
        if self._departing:
            await asyncio.wait(self._departing)
        leaving.gone.set()

    async def _respond(self, exchange: ServerExchange, request: ServerRequest) -> None:
        try:
            await self._answer(request)
        except ConnectionClosed:
            pass
        except Exception:
            logger.exception("a request was not answered")
            exchange.abort()
        finally:
            del self._requests[exchange]

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _nothing() -> None:
    return None


class _Client(Client):
    """A client whose socket is the native server's."""

    def __init__(
        self, runtime: Runtime, auth_handler: AuthHandler | None, place: Place, native: ServerClient, connection: ConnectionInfo | None
    ) -> None:
        super().__init__(runtime, auth_handler, place, native)
        self._native = native
        self._connection = connection
        self._handle: int | None = None
        self._is_connected = True
        self.authentication: asyncio.Task[None] | None = None

    @property
    def connection(self) -> ConnectionInfo:
        if self._connection is None:  # nobody has asked so far
            self._connection = ConnectionInfo.of_request(self._native.headers(), self._native.address, scheme=self._native.scheme)
            self.connected()
        return self._connection

    @property
    def is_connected(self) -> bool:
        return self._is_connected

    def connected(self) -> None:
        """Resolver calls may name it from now on, or it may be revoked by its id."""
        if self._handle is None and self._connection is not None and (handle := self._native.handle) is not None:
            self._handle = handle
            self.runtime.connections[handle] = self._connection

    async def say_who(self, payload: bytes | None) -> None:
        """Answers the runtime, which asks who it is."""
        await self.authenticate(payload)

    async def left(self) -> None:
        """It is gone: nothing is left of it when this returns."""
        self._is_connected = False
        if self._handle is not None:
            del self.runtime.connections[self._handle]
        self._hooks.all_ended()
        try:
            if self.authentication is not None:
                self.authentication.cancel()
                await asyncio.wait([self.authentication])
            await self._hooks.finished()
        finally:
            self._place.free()


class ServerRequest(HTTPRequestAdapter):
    """A request to the native server."""

    def __init__(self, exchange: ServerExchange) -> None:
        self.headers = exchange.headers()
        """All header fields, in their order."""
        self.path = exchange.path
        connection = ConnectionInfo.of_request(self.headers, exchange.address, scheme=exchange.scheme)
        super().__init__(exchange.method, exchange.query, connection)
        self._exchange = exchange
        self._reading: asyncio.Future[bytes | None] | None = None
        self._is_read = False
        self._gone = asyncio.Event()
        self.may_write = asyncio.Event()

    def has_read(self, part: bytes | None) -> None:
        """What was asked for: a part, empty at the end, None where the client is gone."""
        if self._reading is not None and not self._reading.done():
            self._reading.set_result(part)

    def is_abandoned(self) -> None:
        """The client is gone."""
        self._gone.set()
        self.may_write.set()

    async def receive(self) -> bytes:
        if self._is_read:
            return b""
        self._reading = asyncio.get_running_loop().create_future()
        self._exchange.read()
        part = await self._reading
        if part is None:
            raise ConnectionClosed
        self._is_read = not part
        return part

    async def begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.begin_fields(status, list(headers.items()))

    def begin_fields(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Begins the response, with header fields of which some may be there more than once."""
        self._require_client()
        self._exchange.begin(status, [name for name, _ in headers], [value for _, value in headers])

    async def send(self, data: bytes, *, is_last: bool) -> None:
        self._require_client()
        self.may_write.clear()
        if not self._exchange.send(data, is_last) and not is_last:
            await self.may_write.wait()
            self._require_client()

    async def disconnected(self) -> None:
        await self._gone.wait()

    def _require_client(self) -> None:
        if self._gone.is_set():
            raise ConnectionClosed


Answer = Callable[[ServerRequest], Awaitable[None]]
"""Answers a request."""
