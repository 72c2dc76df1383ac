"""Limits of the runtime."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

__all__ = ["RuntimeOptions"]


@dataclass(frozen=True, slots=True)
class RuntimeOptions:
    """Limits of the runtime, with the values that it has where nothing else is said. Raises ``ValueError`` for one that is not positive."""

    resolver_timeout: float = 5.0
    """Seconds after which an ``async def resolve`` is cancelled and its subscribers are told an error. A ``def`` cannot be."""
    connection_init_timeout: float = 3.0
    """Seconds that a client has to send ``connection_init``; then its socket is closed with 4408."""
    messages_per_subscription: int = 1024
    """Messages that may wait for a subscription; one more ends it with an error."""
    bytes_per_connection: int = 16 * 1024 * 1024
    """Bytes that may wait for a connection; more close it with 1013."""

    def __post_init__(self) -> None:
        for name in ("resolver_timeout", "connection_init_timeout", "messages_per_subscription", "bytes_per_connection"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is greater than zero, and {getattr(self, name)!r} is not")

    def native(self) -> bytes:
        """The limits that the native runtime keeps, as JSON."""
        return msgspec.json.encode(
            {"messagesPerSubscription": self.messages_per_subscription, "bytesPerConnection": self.bytes_per_connection}
        )
