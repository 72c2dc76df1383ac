"""What resolver modules are written with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar

__all__ = ["ConnectionInfo", "Context", "Resolve", "Skip", "is_passthrough", "passthrough"]

Function = TypeVar("Function", bound=Callable[..., Any])
Event = TypeVar("Event")
Arguments = TypeVar("Arguments")

_PASSTHROUGH: Final = "__subsgen_passthrough__"


class Skip:
    """Returned by ``resolve`` to let an event pass by: its subscribers are told nothing."""

    __slots__ = ()


def passthrough(function: Function) -> Function:
    """Marks a ``resolve`` that returns its event: the native runtime answers, and Python is not called."""
    setattr(function, _PASSTHROUGH, True)
    return function


def is_passthrough(function: Callable[..., Any]) -> bool:
    """Whether ``passthrough`` marks the function."""
    return bool(getattr(function, _PASSTHROUGH, False))


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """A client's connection, as its HTTP request opened it."""

    id: str
    """Unique among the connections of this process."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """The request's headers; names are in lower case. Of a header given more than once, the last."""
    cookies: Mapping[str, str] = field(default_factory=dict[str, str])
    address: tuple[str, int] | None = None
    """The client's host and port, where the server knows them."""


@dataclass(frozen=True, slots=True)
class Context:
    """For whom a resolver or hook is called."""

    claims: Mapping[str, Any]
    """What ``auth_handler`` returned; empty where nobody authenticated."""
    connection: ConnectionInfo | None = None
    """Given to ``on_subscribe`` and ``on_unsubscribe``. In ``resolve`` it is None: one call answers every connection of equal claims."""
    subscription_id: str | None = None
    """The client's id of the subscription; None in ``resolve``, as ``connection`` is."""


Outcome: TypeAlias = Event | Skip | Awaitable[Event | Skip]

Resolve: TypeAlias = Callable[[Event, Arguments], Outcome[Event]] | Callable[[Event, Arguments, Context], Outcome[Event]]
"""What the contracts of generated packages ask of ``resolve``: with or without a context, ``def`` or ``async def``."""
