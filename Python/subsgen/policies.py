"""The application's ``policies``: who is granted what the schema's ``@policy`` asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import msgspec

from .auth import takes
from .calling import Invoke
from .payload import encode_value
from .resolvers import ConnectionInfo, Context

if TYPE_CHECKING:
    from ._native import ResolverCall

__all__ = ["Policies", "PolicyHook"]

Policies: TypeAlias = Callable[[list[str], Context], Collection[str] | Awaitable[Collection[str]]]
"""``policies(names, context)``: those of the names that the subscriber is granted. ``def`` or ``async def``.

It is asked about a name once for a connection, as long as its claims last, or until ``manager.revoke``. Where it raises or takes too long,
nothing is granted, and the next subscription asks again."""


class PolicyHook:
    """A ``policies``, as the runner of functions calls it."""

    def __init__(self, policies: Policies) -> None:
        """Raises ``TypeError`` for a function that cannot be called so."""
        if not takes(policies, 2):
            raise TypeError("policies is called as policies(names, context), and does not take that")
        self._policies = policies

    def function(self, call: ResolverCall) -> Policies:
        """The function that is asked for."""
        return self._policies

    def call(self, call: ResolverCall, connection: ConnectionInfo | None, invoke: Invoke) -> Any:
        """What ``policies`` returns: an awaitable where it is ``async def``."""
        names = msgspec.json.decode(call.event, type=list[str])
        claims: dict[str, Any] = {} if call.claims is None else msgspec.json.decode(call.claims)
        return invoke(self._policies, names, Context(claims, connection))

    def encode(self, call: ResolverCall, value: object) -> bytes:
        """The names as JSON. Raises ``TypeError`` for what is no collection of them: a word is none, nor are decisions by name."""
        kind = type(value).__name__
        if isinstance(value, (list, tuple, set, frozenset)):
            names = list(cast("Collection[object]", value))
            if all(isinstance(name, str) for name in names):
                return encode_value(names)
        raise TypeError(f"policies returns the names that are granted, a list or a set of str, and this is {kind}")
