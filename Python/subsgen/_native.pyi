"""The native runtime: what the extension module offers to this package, and to nobody else."""

from asyncio import AbstractEventLoop, Task
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal, final

__version__: Final[str]
application_schema: Final[str | None]
"""The schema that an application's extension has resolvers for; None in the extension of the wheel."""
postgres_script: Final[str]
"""What ``PostgresSchema.install`` runs in an empty database, for psql or another tool of migrations."""
explorer_headers: Final[tuple[tuple[str, str], ...]]
"""What to serve the page for browsers with."""

def explorer_page(path: str, title: str, /) -> str:
    """The page for the endpoint at a path."""

@final
class PostgresSchema:
    """What the bus has in the PostgreSQL database of an address."""

    def __new__(cls, address: str, /) -> PostgresSchema:
        """Raises ``ValueError`` for what is no address, and where there is no libpq."""
    def install(self) -> tuple[int, int]:
        """Brings it up to date, in one transaction, and gives the versions from which and to which. Waits for the database with the
        interpreter unlocked; raises ``ConnectionError`` with what it says where it cannot be done."""

@final
class LoopPort:
    """Where the runtime tells an event loop that there is something to take. Its descriptor is readable while there is."""

    def __new__(cls) -> LoopPort: ...
    def fileno(self) -> int: ...
    def take(
        self, loop: AbstractEventLoop | None = None, idle: dict[Connection, Idle] | None = None, limit: int = 256, /
    ) -> list[Connection | Subscription | ResolverCall | WaitingEvent | Server]:
        """What became ready since the last call, each once, but connections whose frames could all be sent at once.

        Of a connection in ``idle`` at most ``limit`` frames are sent, in order, until one has to wait: each coroutine is run as the
        task's, on the running ``loop``. If anything is left to do, ``go_on(sending, pause, failure, rest)`` is called: with a coroutine
        that waits for ``pause``, or another awaitable, that has not begun; or with what sending raised; and with the outputs after it."""
    def close(self) -> None:
        """Takes nothing any more. Calls that wait here, and those that are still to come, fail."""

@final
class Executor:
    """A schema with its bus, subscriptions and connections. Every method may be called from any thread."""

    fields: Final[tuple[str, ...]]
    """The names of the subscription fields."""
    bus_works: Final[bool]
    """Whether events flow: whether the bus is connected, where it is elsewhere."""
    answers_later: Final[bool]
    """Whether publishers wait for a bus that is elsewhere: an event loop calls ``await_room`` then."""
    def __new__(cls, sdl: str, options: bytes, bus: str | None = None, /) -> Executor:
        """``options`` is a JSON object, ``bus`` the URL of one that is elsewhere. Raises ``ValueError`` with the mistakes of either
        or of the schema."""
    def publish(self, topic: str, payload: bytes, attributes: bytes | None = None, /) -> str:
        """Publishes and dispatches with the interpreter unlocked. Raises ``ValueError`` where the event is refused,
        ``BlockingIOError`` where there is no room for it, and ``ConnectionError`` where the bus does not answer."""
    def await_room(self, topic: str, payload: bytes, attributes: bytes | None, port: LoopPort, /) -> WaitingEvent:
        """An event that is published when there is room for it; the port tells when to try. Raises ``ValueError`` where it is refused."""
    def await_completion(self, topic: str, port: LoopPort, /) -> WaitingEvent:
        """The end of a topic, which is published as an event is."""
    def topic_template(self, topic: str, /) -> str | None:
        """The topic with its braces, ``chat.{roomId}``; None where no field reads it."""
    def trace(self, port: LoopPort | None, /) -> None:
        """From now on the ways of traced events are noted, and the port's loop is woken for ``take_deliveries``."""
    def take_deliveries(self) -> tuple[list[Delivery], int]:
        """The ways of events whose trace context says that they are sampled, each once, and how many were left out."""
    def flush(self) -> None:
        """Returns when what was published before has been dispatched."""
    def turn_clock(self, nanoseconds: int, /) -> None:
        """Turns the clock that the option ``manualClock`` made, in nanoseconds since 1970: it stands still otherwise. What was held back
        until an instant that has come goes. Does nothing without such a clock."""
    def complete_topic(self, topic: str, /) -> None: ...
    def connect(self, port: LoopPort, protocol: Protocol = "graphql-transport-ws", /) -> Connection:
        """A connection of one of the protocols; raises ``ValueError`` for another. With ``sse``, ``sse-single`` and ``http`` the host calls
        ``authenticated`` first, then ``request``."""
    def operation_type(self, body: bytes, /) -> Literal["query", "mutation", "subscription"] | None:
        """Which type of operation a request asks for, by its document alone: nothing is validated yet. None where there is no such
        operation, or none that may be sent. Raises ``ValueError`` with what is wrong, where it is no request."""
    def set_resolver(self, field: str, functions: bytes, port: LoopPort | None, /) -> None:
        """Lets the calls of a field's functions come out of a port. Without one they fail. ``functions`` is a JSON object: their names,
        and whether each reads claims; beside them ``batches`` and ``inFlight``, as ``FieldResolver.native`` writes them."""
    def set_supplier(self, type: str, field: str, per_claims: bool, port: LoopPort | None, in_flight: int | None = None, /) -> None:
        """Lets the calls of a payload field's function come out of a port, so many at a time. Without one they fail."""
    def set_execution(self, port: LoopPort | None, /) -> None:
        """Lets queries and mutations come out of a port, as calls. Without one they fail."""
    def set_policies(self, port: LoopPort | None, /) -> None:
        """Lets the questions which policies are granted come out of a port, as calls. Without one none is."""
    def set_handler(
        self, name: str, template: str, group: str, seconds: int, attempts: int, in_flight: int, port: LoopPort | None, /
    ) -> None:
        """Lets the events that this process handles for a group come out of a port, as calls. Without one it takes none. Raises
        ``ValueError`` where no field reads topics of the template, or the bus has no groups."""
    def revoke_user(self, id: str, recheck: bool, /) -> int: ...
    def revoke_connection(self, handle: int, recheck: bool, /) -> int: ...
    def revoke_claim(self, name: str, value: bytes, recheck: bool, /) -> int:
        """``value`` is JSON. Raises ``ValueError`` where nothing can equal it."""
    def subscribe(
        self,
        query: str,
        operation_name: str | None,
        variables: bytes | None,
        claims: bytes | None,
        id: str,
        port: LoopPort | None,
        extensions: bytes | None,
        /,
    ) -> Subscription | bytes:
        """A subscription without a socket, or the JSON list of errors that it is refused with."""
    def metrics(self) -> dict[str, int]: ...
    def metrics_text(self, open_metrics: bool, /) -> str: ...
    def metrics_json(self) -> bytes: ...
    def count_refusal(self, rule: Literal["origin", "address", "user", "authentication"], /) -> None:
        """Counts a client that may not connect."""
    def take_log(self) -> list[LogRecord]:
        """What the runtime did by itself and somebody should know. Each is given once."""

@final
class AddressCounts:
    """How many connections there are from each network. Every method may be called from any thread."""

    def __new__(cls, limit: int, /) -> AddressCounts: ...
    def network(self, address: str, /) -> str:
        """What counts as one address: of IPv6 the network of 64 bits, which a single client has whole."""
    def take(self, network: str, /) -> bool:
        """One more connection of a network. False where there are as many as there may be."""
    def give_back(self, network: str, /) -> None: ...

@final
class Server:
    """A server on threads of its own, which serves an executor. A port tells when there is something to take from it."""

    def __new__(cls, executor: Executor, options: bytes, counts: AddressCounts, port: LoopPort, /) -> Server:
        """``options`` is a JSON object. Raises ``ValueError`` for what is none."""
    def start(self) -> None:
        """Begins to listen; ``take`` gives where, or why it cannot."""
    def stop(self) -> None:
        """Closes everything at once; ``take`` tells when that is done."""
    def admit(self, alone: bool, ready: bool, /) -> None:
        """From now on clients are let in without ``admit`` being told where no rule has to be asked, or ``admit`` is told of each.

        ``ready`` is what those are told who ask whether clients may be sent here."""
    def observe(self) -> None:
        """From now on ``take`` tells of the end of every client that comes; else of those alone of whom it has told."""
    def renew_certificate(self) -> None:
        """Reads the files of the certificate again, without waiting; ``take`` tells how that went."""
    def drain(self) -> None:
        """As ``Connection.drain``, of everybody who is there and of who is on the way in; ``take`` tells ``empty`` when nobody is left."""
    def drain_and_close(self) -> None: ...
    def abandon(self) -> None:
        """Cuts off who is still there."""
    def turn_clock(self, nanoseconds: int, /) -> None:
        """Lets time pass where it is turned by hand, and does what is due then."""

    def find(self, handle: int, /) -> ServerClient | None:
        """The client whose connection has this handle, where it is one of this server. Of its end ``take`` tells from now on."""
    def take(self) -> list[ServerEvent]:
        """What is to be done, in order."""

@final
class ServerClient:
    """A client of a server, from its handshake on: the same object whenever it is told of."""

    handle: Final[int | None]
    """Names the connection in resolver calls; None before it is connected, and when it is gone."""
    scheme: Final[str | None]
    """``http`` or ``https``; None where that is not known, since a proxy may end TLS and not tell."""
    address: Final[tuple[str, int] | None]
    def headers(self) -> list[tuple[str, str]]: ...
    def accept(self) -> None: ...
    def refuse(self, status: int, reason: str, /) -> None: ...
    def authenticated(self, claims: bytes | None, /) -> str | None:
        """As ``Connection.authenticated``, once for each ``authenticate``."""
    def rejected(self, code: int, reason: str, /) -> None: ...

@final
class ServerExchange:
    """A request to a server, and the response that is owed to it. One that is thrown away without a response is answered with 500."""

    method: Final[str]
    path: Final[str]
    query: Final[str]
    scheme: Final[str | None]
    address: Final[tuple[str, int] | None]
    def headers(self) -> list[tuple[str, str]]: ...
    def read(self) -> None:
        """Asks for the next part of the body, of which the server tells by ``body``. One at a time."""
    def begin(self, status: int, names: list[str], values: list[str], /) -> None: ...
    def send(self, data: bytes, is_last: bool, /) -> bool:
        """False where much waits for the client already: the server tells ``writable`` when more can be sent."""
    def abort(self) -> None: ...

@final
class UnixSocket:
    """A socket of Unix that listens at a path, for the servers of several processes."""

    def __new__(cls, path: str, /) -> UnixSocket:
        """A socket that is left of a process that has ended is replaced. Raises ``OSError`` where one cannot listen there."""
    def fileno(self) -> int:
        """Its descriptor, which whoever uses it closes."""
    def remove(self) -> None:
        """Removes the file, unless another's has taken its place."""

ServerEvent = (
    tuple[Literal["admit", "connected", "gone"], ServerClient]
    | tuple[Literal["authenticate"], ServerClient, bytes | None]
    | tuple[Literal["began"], ServerClient, tuple[int, str, str, bytes]]
    | tuple[Literal["ended"], ServerClient, int]
    | tuple[Literal["request", "writable", "abandoned"], ServerExchange]
    | tuple[Literal["body"], ServerExchange, bytes | None]
    | tuple[Literal["empty", "stopped"], None]
    | tuple[Literal["certificate"], str | None]
    | tuple[Literal["started"], str, int]
    | tuple[Literal["failed"], str, int | None]
)
"""``began`` comes with ``(handle, id, field, arguments)``; ``body`` with a part, empty at the end, None where the client is gone.

``abandoned``: the client is gone before the response was sent. ``failed`` comes with a sentence and the system's error number,
``certificate`` with what is wrong with the new one."""

@final
class WaitingEvent:
    """An event that is published when there is room for it."""

    def publish(self) -> str | None:
        """Publishes and returns the cursor, or None while there is no room or no answer: the port tells when to try again."""
    def give_up(self) -> None:
        """Leaves the place in the line to others."""

@final
class Subscription:
    """A subscription that is pulled."""

    opening: Final[bool]
    """Whether it is still to be decided if the subscription may begin. The port tells when it is not any more."""
    refusal: Final[bytes | None]
    """Why it may not begin, the JSON list of errors; None where it may."""
    ended: Final[bool]
    """Whether no event will come any more but those that wait to be pulled."""
    expiry: Final[float | None]
    """When the claims expire, in seconds since 1970, of which the port does not tell; None where they do not."""
    def next(self) -> bytes | None:
        """The next result, or None while there is none."""
    def complete(self) -> None: ...

Idle = tuple[Task[Any], Callable[[str], Awaitable[None]], Callable[[Awaitable[None] | None, Any, BaseException | None, list[Output]], None]]
"""``(task, send, go_on)`` of a connection's writer that waits for something to write."""
Protocol = Literal["graphql-transport-ws", "graphql-ws", "sse", "sse-single", "http"]
LogRecord = tuple[str, str, str, str | None, str | None, int | None, str | None, int]
"""``(sentence, kind, field, rule, user, connection, topic, left_out)``"""
Delivery = tuple[bytes, str, str, int, int, int]
"""``(attributes, topic, template, start, duration, subscriptions)``; ``start`` in nanoseconds since 1970, ``duration`` in nanoseconds."""
Started = tuple[Literal["started"], int, str, str, bytes]
"""``("started", handle, id, field, arguments)``"""
Expires = tuple[Literal["expires"], float | None]
"""``("expires", at)``: ``expired`` is to be called at this time, seconds since 1970; None where there is none any more."""
Output = (
    str
    | tuple[Literal["authenticate"], bytes | None]
    | Expires
    | Started
    | tuple[Literal["ended"], int]
    | tuple[Literal["response"], bytes, Literal["result", "request-error", "not-allowed"]]
    | tuple[Literal["close"], int, str]
)
"""A text to send, or ``("authenticate", payload)``, ``("expires", at)``, ``("started", ...)``, ``("ended", handle)``,
``("response", body, kind)``, ``("close", code, reason)``. Of a response ``request-error`` says that nothing was executed, and
``not-allowed`` that the request may have queries only."""

@final
class Connection:
    """One connection's protocol state, subscriptions and outbox."""

    handle: Final[int]
    """Names the connection in resolver calls."""
    def receive(self, text: str, /) -> None: ...
    def receive_binary(self) -> None: ...
    def request(self, id: str, body: bytes, queries_only: bool = False, /) -> tuple[int, str] | bytes | None:
        """An operation came as a request: the JSON object of GraphQL over HTTP. None, or the HTTP status and the sentence that it is
        refused with; what is wrong inside of it comes out as its errors, or with ``sse-single`` is returned, as a response of errors
        alone. With ``queries_only``, as for GET, a mutation is not executed."""
    def cancel(self, id: str, /) -> None:
        """The client wants no more of an operation that came as a request."""
    def keep_alive(self) -> None:
        """It is time to see whether the client is there: a ``ping``, a ``ka`` or a comment is sent, once it has been acknowledged."""
    def pong_timed_out(self) -> None:
        """The time to answer the last ``ping`` is over: where nobody has, the socket is closed with 4408."""
    def drain(self) -> None:
        """The server goes away soon: nothing new begins, subscriptions are completed after what waits, and when what is executed has its
        answer the socket is closed with 1001."""
    def authenticated(self, claims: bytes | None, /) -> str | None:
        """The client may connect, or stay. What is wrong with the claims, where it may not."""
    def expired(self) -> None: ...
    def rejected(self, code: int, reason: str, /) -> None: ...
    def init_timed_out(self) -> None: ...
    def drain_and_close(self) -> None: ...
    def disconnected(self) -> None: ...
    def take(self, limit: int, /) -> list[Output]:
        """What must be done next, in order; at most ``limit``. Fewer are all: the port tells when there is more."""

@final
class ResolverCall:
    """A function of a field to call. Exactly the first answer counts; a call that is thrown away unanswered has failed."""

    kind: Final[Literal["resolve", "field", "authorize", "initial", "source", "execute", "policies", "handle"]]
    """Which of the field's functions to call; ``execute`` and ``policies`` are the manager's own."""
    field: Final[str]
    """The subscription field's name; of a payload field its coordinate, ``Message.excerpt``; of ``execute`` the operation's type; of
    ``policies`` that word."""
    event: Final[bytes]
    """JSON; of a payload field the list of the objects that have it, answered by ``{"values":[...],"errors":[[2,"..."]]}``.

    Of ``execute`` what the client sent, ``{"query":...}``; it is answered by the response, ``{"data":...}``. Of ``policies`` a list of
    names; it is answered by the list of those that are granted."""
    arguments: Final[bytes]
    claims: Final[bytes | None]
    attributes: Final[bytes | None]
    """What came with the event, a JSON object; None where nothing did, or the function is given no event."""
    connection: Final[int | None]
    """The handle of the subscription's connection; None where there is none, or the call serves many."""
    subscription_id: Final[str | None]
    """The client's id of the subscription; None where the call serves many."""
    handle: Final[int]
    """Tells the call from all others while it lives: the port gives it again when something became of it."""
    cancelled: Final[bool]
    """Whether nobody waits for the answer any more."""
    def finish(self, event: bytes, /) -> None: ...
    def skip(self) -> None: ...
    def fail(self, message: str, /) -> None: ...
    def expire(self, message: str, /) -> None:
        """As ``fail``, where the function still runs: it keeps its place until ``release``."""
    def release(self) -> None:
        """The function has returned: another call may take its place. After any other answer than ``expire`` it may anyway."""
    def emit(self, event: bytes, /) -> bool:
        """Gives an event of a source. False where the next must wait until the port gives the call again."""
    def complete(self) -> None:
        """A source gives no more events."""
