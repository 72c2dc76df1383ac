"""Limits of the runtime."""

from __future__ import annotations

from dataclasses import dataclass, fields

import msgspec

__all__ = ["RuntimeOptions"]


@dataclass(frozen=True, slots=True)
class RuntimeOptions:
    """Limits of the runtime, with the values that it has where nothing else is said. Raises ``ValueError`` for one that is not positive."""

    resolver_timeout: float = 5.0
    """Seconds after which an ``async def resolve`` is cancelled and its subscribers are told an error. A ``def`` cannot be."""
    execution_timeout: float = 30.0
    """Seconds after which a query or mutation is cancelled that an ``async def execute`` takes, and its client is told an error."""
    connection_init_timeout: float = 3.0
    """Seconds that a client has to send ``connection_init``; then its socket is closed with 4408."""
    events_per_resolver: int = 1024
    """Events that may wait for a resolver to answer the same subscribers; one more ends their subscriptions with an error."""
    executions_per_connection: int = 32
    """Queries and mutations of a connection that may be under way; one more is refused."""
    resolvers_in_flight: int = 256
    """Calls of one function of a field that may be under way; those beyond wait, in their order, and their time has not begun."""
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
    response_bytes: int = 16 * 1024 * 1024
    """Bytes that the response for an event may have; a larger one is null and an error."""
    operation_cache_bytes: int = 16 * 1024 * 1024
    """Bytes of memory, about, for what is kept of operations; what was not used lately is forgotten, and made again where it comes again."""

    def __post_init__(self) -> None:
        for limit in fields(self):
            if not getattr(self, limit.name) > 0:
                raise ValueError(f"{limit.name} is greater than zero, and {getattr(self, limit.name)!r} is not")
        # Operations are walked by recursion, and the stacks of threads end.
        if self.operation_depth > 128:
            raise ValueError(f"operation_depth is at most 128, and {self.operation_depth!r} is more")

    def native(self) -> bytes:
        """The limits that the native runtime keeps, as JSON."""
        return msgspec.json.encode(
            {
                "resolverQueue": self.events_per_resolver,
                "executions": self.executions_per_connection,
                "resolversInFlight": self.resolvers_in_flight,
                "messagesPerSubscription": self.messages_per_subscription,
                "bytesPerConnection": self.bytes_per_connection,
                "documentBytes": self.document_bytes,
                "documentTokens": self.document_tokens,
                "operationDepth": self.operation_depth,
                "operationFields": self.operation_fields,
                "responseBytes": self.response_bytes,
                "operationCacheBytes": self.operation_cache_bytes,
            }
        )
