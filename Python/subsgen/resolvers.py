"""What resolver modules are written with."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias, TypeVar

__all__ = [
    "Authorize",
    "Batch",
    "ConnectionInfo",
    "Context",
    "FieldError",
    "Hook",
    "Initial",
    "Resolve",
    "ResolveBatch",
    "ResolveField",
    "Skip",
    "Source",
    "is_passthrough",
    "is_unfilled",
    "passthrough",
    "run_of",
    "runs",
    "unfilled",
]

Function = TypeVar("Function", bound=Callable[..., Any])
Event = TypeVar("Event")
Arguments = TypeVar("Arguments")
Parent = TypeVar("Parent")
Value = TypeVar("Value")
# Of protocols, for which the order of parameters is told: an alias takes its own in the order in which they stand in it.
Item = TypeVar("Item", covariant=True)
Given = TypeVar("Given", contravariant=True)

_PASSTHROUGH: Final = "__subsgen_passthrough__"
_UNFILLED: Final = "__subsgen_unfilled__"
_RUN: Final = "__subsgen_run__"


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


def unfilled(function: Function) -> Function:
    """Marks a ``resolve`` of a payload field that nobody has written yet: clients get null and an error, and Python is not called."""
    setattr(function, _UNFILLED, True)
    return function


def is_unfilled(function: Callable[..., Any]) -> bool:
    """Whether ``unfilled`` marks the function."""
    return bool(getattr(function, _UNFILLED, False))


@dataclass(frozen=True, slots=True)
class Run:
    """What ``runs`` says of a function. None is what holds for all functions."""

    timeout: float | None = None
    in_flight: int | None = None
    in_thread: bool = False


def runs(*, timeout: float | None = None, in_flight: int | None = None, in_thread: bool = False) -> Callable[[Function], Function]:
    """Says how the runtime calls a function: ``@runs(in_thread=True, timeout=2, in_flight=8)``.

    - ``timeout``: the seconds that a call has, in place of ``RuntimeOptions.resolver_timeout``.
    - ``in_flight``: how many calls may be under way, in place of ``RuntimeOptions.resolvers_in_flight``; those beyond wait in their order.
    - ``in_thread``: whether a ``def`` runs in a thread, which it must where it blocks. A thread cannot be stopped: when the time is over,
      subscribers are told an error, and the call goes on and keeps its place.

    Raises ``ValueError`` for a number that is not positive, and ``TypeError`` for an ``async def`` that is to run in a thread.
    """
    for name, number in (("timeout", timeout), ("in_flight", in_flight)):
        if number is not None and not number > 0:
            raise ValueError(f"{name} is greater than zero, and {number!r} is not")

    def mark(function: Function) -> Function:
        if in_thread and (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)):
            raise TypeError(f"{function.__qualname__} is async, which runs on the event loop; only a def runs in a thread")
        setattr(function, _RUN, Run(timeout, in_flight, in_thread))
        return function

    return mark


def run_of(function: Callable[..., Any]) -> Run:
    """What ``runs`` says of a function."""
    run: object = getattr(function, _RUN, None)
    return run if isinstance(run, Run) else _AS_ALL


_AS_ALL: Final = Run()


class FieldError(Exception):
    """An error that clients are told: its message stands in ``errors`` of the response, with the path of the field.

    A resolver raises it. One that answers many at once may return it in an answer's place, as ``resolve`` of a payload field for a parent.
    Of any other exception clients learn no more than that the resolver failed.
    """


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """A client's connection, as its HTTP request opened it."""

    id: str
    """Unique among the connections of this process."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """The request's headers; names are in lower case. Of a header given more than once, the last."""
    cookies: Mapping[str, str] = field(default_factory=dict[str, str])
    """The cookies of the request, by name; those that cannot be read are left out."""
    address: tuple[str, int] | None = None
    """The client's host and port, where the server knows them."""
    scope: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)
    """Of a server of ASGI the connection's scope, with what middleware has put there: ``scope["user"]``, ``scope["session"]``,
    ``scope["path_params"]``. Of aiohttp ``request``, ``app`` and ``path_params``. Empty for other servers."""
    scheme: str | None = None
    """What the client speaks, ``http`` or ``https``, where the server knows that. A proxy may end TLS and not tell."""

    @property
    def state(self) -> Mapping[str, Any]:
        """What dependencies, middleware and the lifespan keep for the connection, as ``request.state`` of Starlette has it."""
        state: Mapping[str, Any] = self.scope.get("state", {})
        return state

    @classmethod
    def of_request(
        cls,
        headers: Iterable[tuple[str, str]],
        address: tuple[str, int] | None = None,
        scope: Mapping[str, Any] | None = None,
        scheme: str | None = None,
    ) -> ConnectionInfo:
        """A new connection, by the header fields of the request that opens it; the cookies are read from them."""
        # Loaded for servers alone: who only makes payloads and resolvers needs no HTTP.
        import uuid
        from http.cookies import CookieError, SimpleCookie

        fields = {name.lower(): value for name, value in headers}
        cookies: dict[str, str] = {}
        for pair in fields.get("cookie", "").split(";"):
            try:
                cookies.update({name: morsel.value for name, morsel in SimpleCookie(pair.strip()).items()})
            except CookieError:
                continue  # one malformed cookie does not take the others with it
        return cls(uuid.uuid4().hex, fields, cookies, address, {} if scope is None else scope, scheme)


@dataclass(frozen=True, slots=True)
class Context:
    """For whom a resolver or hook is called."""

    claims: Mapping[str, Any]
    """What ``auth_handler`` returned; empty where nobody authenticated."""
    connection: ConnectionInfo | None = None
    """Whose the subscription is, for ``authorize``, ``initial``, ``on_subscribe``, ``on_unsubscribe``, and the query or mutation for
    ``execute``; None without a socket.

    In ``resolve`` and ``source`` it is None: one call serves every connection of equal claims."""
    subscription_id: str | None = None
    """The client's id of the subscription, query or mutation; None in ``resolve`` and ``source``, as ``connection`` is."""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the event was published with, for the ``resolve`` of a subscription field; else empty."""


class Batch(Protocol[Item]):
    """What a batched resolver returns: a list or a tuple. A string is none, since ``in`` asks it for strings alone."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Item]: ...
    def __getitem__(self, index: int, /) -> Item: ...
    def __contains__(self, item: object, /) -> bool: ...


# The contracts of generated packages are written in these types. Each takes ``def`` and ``async def``.

Outcome: TypeAlias = Event | Skip | Awaitable[Event | Skip]

Resolve: TypeAlias = Callable[[Event, Arguments], Outcome[Event]] | Callable[[Event, Arguments, Context], Outcome[Event]]
"""``resolve(event, args)`` or ``resolve(event, args, context)``: what the subscribers get in the event's place."""

ResolveBatch: TypeAlias = Callable[
    [list[Event], list[Arguments]], Batch[Event | Skip | Exception] | Awaitable[Batch[Event | Skip | Exception]]
]
"""``resolve_batch(events, args)``: for many events at once, each with its arguments; as many answers, in their order.

An exception in an answer's place fails that one alone."""

Authorize: TypeAlias = Callable[[Arguments, Context], bool | Awaitable[bool]]
"""``authorize(args, context)``: whether a client may subscribe."""


class Initial(Protocol[Item, Given]):
    """``Initial[Event, Arguments]``, ``initial(args, context)``: what a new subscriber gets before the first event."""

    def __call__(self, args: Given, context: Context, /) -> Item | Skip | Awaitable[Item | Skip]: ...


class SourceForAll(Protocol[Item, Given]):
    """A ``source`` that does not ask for whom."""

    def __call__(self, args: Given, /) -> AsyncIterator[Item]: ...


class SourceInContext(Protocol[Item, Given]):
    """A ``source`` for subscribers of the same claims."""

    def __call__(self, args: Given, context: Context, /) -> AsyncIterator[Item]: ...


Source: TypeAlias = SourceForAll[Event, Arguments] | SourceInContext[Event, Arguments]
"""``source(args)`` or ``source(args, context)``: feeds the field in its topic's place."""

Hook: TypeAlias = Callable[[Arguments, Context], Awaitable[None] | None]
"""``on_subscribe(args, context)`` and ``on_unsubscribe(args, context)``."""

ResolveField: TypeAlias = (
    Callable[[list[Parent], Arguments], Batch[Value | Exception] | Awaitable[Batch[Value | Exception]]]
    | Callable[[list[Parent], Arguments, Context], Batch[Value | Exception] | Awaitable[Batch[Value | Exception]]]
)
"""``resolve(parents, args)`` or ``resolve(parents, args, context)``: a payload field's values for many parents, in their order.

An exception in a value's place is an error of that parent's field; clients are told its message where it is a ``FieldError``."""
