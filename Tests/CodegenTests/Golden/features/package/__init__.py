"""Subscriptions, typed: ``create_manager`` makes what serves and publishes them.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from subsgen import AuthHandler, EventBusConfig, RuntimeOptions, SubscriptionManager

from . import topics, types
from .registry import registry as _registry

__all__ = ["create_manager", "topics", "types"]


def create_manager(
    bus: EventBusConfig | None = None,
    *,
    auth_handler: AuthHandler | None = None,
    options: RuntimeOptions | None = None,
) -> SubscriptionManager:
    """The manager of this package's subscriptions, by default on the memory bus."""
    return SubscriptionManager(
        bus,
        registry=_registry,
        auth_handler=auth_handler,
        options=options,
    )
