"""Limits of the runtime."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec

from .admission import check_origins
from .bus import EventBusConfig
from .resolvers import run_of

if TYPE_CHECKING:
    from .clock import TurnedClock

__all__ = ["RuntimeOptions"]

_Introspection = Literal["public", "authenticated", "off"]


@dataclass(frozen=True, slots=True)
class RuntimeOptions:
    """Limits of the runtime, with the values that it has where nothing else is said. Raises ``ValueError`` for one that is not positive."""

    resolver_timeout: float = 5.0
    """Seconds that a call of a developer's function has, where ``@runs`` gives it no others: of a field's function, of a hook, and of
    ``auth_handler``. Then an ``async def`` is cancelled, and one in a thread is not waited for. A ``def`` on the loop has no limit."""
    execution_timeout: float = 30.0
    """Seconds after which a query or mutation is cancelled that an ``async def execute`` takes, and its client is told an error."""
    connection_init_timeout: float = 3.0
    """Seconds that a client has to send ``connection_init``; then its socket is closed with 4408."""
    ping_interval: float | None = None
    """Seconds after which a client is sent a ``ping``, from when it was acknowledged or the last ``pong_timeout`` was over;
    None sends none. Clients of the older ``graphql-ws`` get a ``ka``."""
    pong_timeout: float = 10.0
    """Seconds that a client has to answer a ``ping`` with a ``pong``; then its socket is closed with 4408."""
    legacy_graphql_ws: bool = False
    """Whether clients are served that speak the older subprotocol ``graphql-ws`` of subscriptions-transport-ws only."""
    events_per_resolver: int = 1024
    """Events that may wait for a resolver to answer the same subscribers; one more makes its publisher wait."""
    workers: int = 0
    """Threads that take events to their subscriptions; with 0 the thread does that publishes, before it goes on."""
    events_per_worker_queue: int = 1024
    """Events that may wait for workers, in each of the 64 queues over which topics are spread; one more makes its publisher wait."""
    bytes_per_worker_queue: int = 1024 * 1024
    """The same in bytes of payloads."""
    subscriptions_per_connection: int = 1000
    """Subscriptions that a connection may have, those that are still opening included; one more is refused."""
    subscriptions_per_user: int = 10_000
    """Subscriptions that a user may have in this process, whatever the connections; one more is refused. Who it is, ``user_id`` of the
    claims says, else ``sub``; subscribers without either have no such limit."""
    client_messages_per_second: int = 1000
    """Messages that a client may send in a second, one after the other; one that comes earlier closes its connection with 4429."""
    client_message_burst: int = 5000
    """Messages that it may send at once when it was silent for long."""
    event_bytes: int = 1024 * 1024
    """Bytes that an event may have that is published, its attributes included; publishing a larger one raises ``ValueError``."""
    executions_per_connection: int = 32
    """Queries and mutations of a connection that may be under way; one more is refused."""
    resolvers_in_flight: int = 256
    """Calls of one function of a field that may be under way; those beyond wait, in their order, and their time has not begun."""
    resolver_threads: int = 32
    """Threads for the functions that ``@runs(in_thread=True)`` marks; of each so many calls may be under way, if it says nothing else."""
    messages_per_subscription: int = 1024
    """Messages that may wait for a subscription; one more ends it with an error."""
    bytes_per_connection: int = 16 * 1024 * 1024
    """Bytes that may wait for a connection; more close it with 1013."""
    document_bytes: int = 256 * 1024
    """Bytes that the document of an operation may have; a larger one is refused."""
    document_tokens: int = 10_000
    """Tokens that it may have; one with more is refused."""
    operation_depth: int = 100
    """How deep an operation may nest, fragments opened; a deeper one is refused. At most 128."""
    operation_fields: int = 10_000
    """Fields that the response for an event may have where each list has one element; an operation that asks for more is refused."""
    operation_aliases: int = 100
    """Fields that an operation may give an alias, fragments opened; one with more is refused."""
    operation_cost: int = 10_000
    """What a subscription may cost by ``@cost``, one for each field where the schema says nothing; a dearer one is refused."""
    execution_root_fields: int = 32
    """Fields that a query or mutation for ``execute`` may select of its root, aliases included; one with more is refused."""
    response_bytes: int = 16 * 1024 * 1024
    """Bytes that the response for an event may have; a larger one is null and an error."""
    operation_cache_bytes: int = 16 * 1024 * 1024
    """Bytes of memory, about, for what is kept of operations; what was not used lately is forgotten, and made anew where it comes again."""
    introspection: _Introspection = "public"
    """Who may ask about the schema: everybody, who has claims, or nobody. That holds for what ``execute`` would answer too."""
    single_tenant: str | None = None
    """The one tenant that there is, for a schema with ``@tenant`` that is served for one: events and subscribers that name none count
    as its own, and those that name another are denied. None where there may be many."""
    reject_unauthorized: bool = False
    """Whether an operation is refused that selects what its subscriber may not see; else that is null and an error."""
    connections_per_user: int = 256
    """Connections of one user, by the claim ``user_id`` or ``sub``; one more is closed with 4429."""
    connections_per_address: int = 1024
    """Connections from one address, of IPv6 from one network of 64 bits; one more is refused by HTTP's 429."""
    allowed_origins: Sequence[str] | None = None
    """The origins of pages that may connect, such as ``["https://app.example.com"]``; others are refused by HTTP's 403. None allows
    pages of the host that they connect to; ``["*"]`` allows all. Clients that are no browsers name none, and are not asked."""
    persisted_operations: str | os.PathLike[str] | None = None
    """The file that ``subsgen persist`` wrote: the operations that clients may send by digest. Read when the runtime is made."""
    persisted_only: bool = False
    """Whether nothing is served but what is in that file, whatever it is: introspection neither."""
    tracing: bool = True
    """Whether spans are made, and events carry the context of their trace, where ``opentelemetry-api`` is installed."""
    clock: TurnedClock | None = None
    """A ``subsgen.testing.ManualClock`` in tests; None is the machine's clock."""

    def __post_init__(self) -> None:
        if self.persisted_only and self.persisted_operations is None:
            raise ValueError("persisted_only needs persisted_operations, the file of what is served")
        if self.introspection not in get_args(_Introspection):
            raise ValueError(f"introspection is one of {', '.join(get_args(_Introspection))}, and {self.introspection!r} is not")
        check_origins(self.allowed_origins)
        if self.ping_interval is not None and not self.ping_interval > 0:
            raise ValueError(f"ping_interval is greater than zero, or None, and {self.ping_interval!r} is neither")
        if self.single_tenant == "":
            raise ValueError("single_tenant names a tenant, and is empty")
        for limit in fields(self):
            if limit.type not in ("int", "float"):
                continue
            if limit.name == "workers":
                if self.workers < 0:
                    raise ValueError(f"workers is not negative, and {self.workers!r} is")
            elif not getattr(self, limit.name) > 0:
                raise ValueError(f"{limit.name} is greater than zero, and {getattr(self, limit.name)!r} is not")
        # Operations are walked by recursion, and the stacks of threads end.
        if self.operation_depth > 128:
            raise ValueError(f"operation_depth is at most 128, and {self.operation_depth!r} is more")

    def in_flight(self, function: Callable[..., Any]) -> int | None:
        """How many calls of a function may be under way; None where that is ``resolvers_in_flight``."""
        run = run_of(function)
        return min(self.resolver_threads, self.resolvers_in_flight) if run.in_flight is None and run.in_thread else run.in_flight

    def native(self, bus: EventBusConfig | None = None, *, publishes_only: bool = False) -> bytes:
        """The native runtime's limits and its bus's, as JSON. Raises ``OSError`` and ``ValueError`` for persisted ones that are none."""
        return msgspec.json.encode(
            {
                "resolverQueue": self.events_per_resolver,
                **({"workers": self.workers} if self.workers else {}),
                "eventsPerWorkerQueue": self.events_per_worker_queue,
                "bytesPerWorkerQueue": self.bytes_per_worker_queue,
                "subscriptionsPerConnection": self.subscriptions_per_connection,
                "subscriptionsPerUser": self.subscriptions_per_user,
                "clientMessagesPerSecond": self.client_messages_per_second,
                "clientMessageBurst": self.client_message_burst,
                "eventBytes": self.event_bytes,
                "executions": self.executions_per_connection,
                "resolversInFlight": self.resolvers_in_flight,
                "messagesPerSubscription": self.messages_per_subscription,
                "bytesPerConnection": self.bytes_per_connection,
                "documentBytes": self.document_bytes,
                "documentTokens": self.document_tokens,
                "operationDepth": self.operation_depth,
                "operationFields": self.operation_fields,
                "operationAliases": self.operation_aliases,
                "operationCost": self.operation_cost,
                "executionRootFields": self.execution_root_fields,
                "responseBytes": self.response_bytes,
                "operationCacheBytes": self.operation_cache_bytes,
                "introspection": self.introspection,
                "rejectUnauthorized": self.reject_unauthorized,
                **self._persisted(),
                **({"publishesOnly": True} if publishes_only else {}),
                **({"manualClock": self.clock.start()} if self.clock is not None else {}),
                **(
                    {"history": {"events": bus.history_events, "bytes": bus.history_bytes, "seconds": bus.history_seconds}}
                    if bus is not None and bus.history_events
                    else {}
                ),
                **({"singleTenant": self.single_tenant} if self.single_tenant is not None else {}),
            }
        )

    def persisted_documents(self) -> dict[str, str]:
        """The documents of ``persisted_operations`` by their digests. Raises ``OSError`` and ``ValueError`` as ``native`` does."""
        if self.persisted_operations is None:
            return {}
        try:
            return msgspec.json.decode(Path(self.persisted_operations).read_bytes(), type=dict[str, str])
        except msgspec.MsgspecError as error:
            raise ValueError(f"{os.fspath(self.persisted_operations)} is no list that subsgen persist wrote: {error}") from error

    def _persisted(self) -> dict[str, Any]:
        if self.persisted_operations is None:
            return {}
        return {"persistedOperations": {"documents": self.persisted_documents(), "only": self.persisted_only}}
