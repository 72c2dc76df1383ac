"""Subscriptions, typed: ``create_manager`` makes what serves and publishes them.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import subsgen

if TYPE_CHECKING:
    from . import topics, types

__all__ = ["create_manager", "topics", "types"]

subsgen.require_runtime(1)


def create_manager(
    bus: subsgen.EventBusConfig | None = None,
    *,
    auth_handler: subsgen.AuthHandler | None = None,
    execute: subsgen.Execute | None = None,
    policies: subsgen.Policies | None = None,
    options: subsgen.RuntimeOptions | None = None,
) -> subsgen.SubscriptionManager:
    """The manager of this package's subscriptions, by default on the memory bus."""
    from . import registry

    return subsgen.SubscriptionManager(
        bus,
        registry=registry.registry,
        auth_handler=auth_handler,
        execute=execute,
        policies=policies,
        options=options,
    )


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Imports ``topics`` and ``types`` when they are first asked for."""
        if name in ("topics", "types"):
            return import_module("." + name, __name__)
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
