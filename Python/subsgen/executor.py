"""Subscriptions without a socket and without an event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from concurrent.futures import Executor as Pool
from contextvars import copy_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .bus import EventBusConfig
from .log import write_log
from .options import RuntimeOptions
from .payload import Event, encode
from .runtime import make_executor, publish_blocking, subscribe
from .tracing import find_tracing

if TYPE_CHECKING:
    from ._native import Subscription

__all__ = ["SubscriptionExecutor"]


class SubscriptionExecutor:
    """Registers subscriptions, publishes events and hands out the results. Every method may be called from any thread.

    The native runtime answers every field; resolvers belong to ``SubscriptionManager``.
    """

    def __init__(self, schema: str | os.PathLike[str], bus: EventBusConfig | None = None, *, options: RuntimeOptions | None = None) -> None:
        """Takes the schema's SDL, or the path of a file that holds it. Raises ``ValueError`` with the schema's mistakes."""
        sdl = schema if isinstance(schema, str) else Path(schema).read_text("utf-8")
        options = options or RuntimeOptions()
        self._native = make_executor(sdl, bus, options)
        self._tracing = find_tracing(options.tracing, self._native)
        if self._tracing is not None:
            self._tracing.start(None)
        self._subscriptions: dict[tuple[str, str], Subscription] = {}

    def register_subscription(
        self,
        connection_id: str,
        subscription_id: str,
        query: str,
        operation_name: str | None = None,
        variables: Mapping[str, Any] | None = None,
        claims: Mapping[str, Any] | None = None,
    ) -> None:
        """Subscribes. Raises ``SubscriptionError`` where it is refused, and ``ValueError`` where the connection uses the id already."""
        key = (connection_id, subscription_id)
        if key in self._subscriptions:
            raise ValueError(f"connection {connection_id!r} has a subscription {subscription_id!r}")
        self._subscriptions[key] = subscribe(self._native, query, operation_name, variables, claims, subscription_id, None)

    def publish_event(self, topic: str, payload: Event, attributes: Mapping[str, str] | None = None) -> str:
        """Publishes an event and returns its cursor. When it returns, the results wait for ``next_event``.

        With ``workers`` they come a little later. Raises ``ValueError`` where the event is refused, and ``BlockingIOError`` where as many
        events as may wait for workers are waiting.
        """
        return publish_blocking(self._native, self._tracing, topic, encode(payload), attributes)

    async def publish_with_executor(
        self, topic: str, payload: Event, attributes: Mapping[str, str] | None = None, *, pool: Pool | None = None
    ) -> str:
        """As ``publish_event``, in a thread of ``pool`` (of the loop's own where it is None), so that the loop goes on meanwhile."""
        # What is under way here is in the thread, too.
        around = copy_context()
        return await asyncio.get_running_loop().run_in_executor(pool, lambda: around.run(self.publish_event, topic, payload, attributes))

    def next_event(self, subscription_id: str, connection_id: str | None = None) -> bytes | None:
        """The next execution result of a subscription as JSON, or None where none waits.

        Where several connections use the id, ``connection_id`` says whose is meant. Raises ``KeyError`` for an unknown subscription and
        ``ValueError`` for an ambiguous one.
        """
        return self._subscriptions[self._key(subscription_id, connection_id)].next()

    def complete_subscription(self, subscription_id: str, connection_id: str | None = None) -> None:
        """Ends a subscription and forgets what waits for it. Raises as ``next_event`` does."""
        self._subscriptions.pop(self._key(subscription_id, connection_id)).complete()

    def get_metrics(self) -> dict[str, int]:
        """What the runtime counted since it began, and what it holds now."""
        write_log(self._native)
        return self._native.metrics()

    def metrics_text(self, *, open_metrics: bool = False) -> str:
        """All metrics as Prometheus scrapes them: its text format 0.0.4, or OpenMetrics 1.0."""
        return self._native.metrics_text(open_metrics)

    def metrics_json(self) -> bytes:
        """All metrics as JSON, for collectors: a list of families with their samples."""
        return self._native.metrics_json()

    def _key(self, subscription_id: str, connection_id: str | None) -> tuple[str, str]:
        if connection_id is not None:
            keys = [key for key in [(connection_id, subscription_id)] if key in self._subscriptions]
        else:
            keys = [key for key in list(self._subscriptions) if key[1] == subscription_id]
        if not keys:
            raise KeyError(subscription_id)
        if len(keys) > 1:
            raise ValueError(f"several connections have a subscription {subscription_id!r}; give connection_id")
        return keys[0]
