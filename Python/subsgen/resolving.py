"""The developer's functions for a field: what is asked of them, and how they are called."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import msgspec

from .auth import takes
from .calling import Invoke
from .coercion import argument_decoder, event_decoder
from .event_batches import EventBatches
from .payload import encode_value, event_encoder
from .resolvers import ConnectionInfo, Context, Run, is_passthrough, run_of

if TYPE_CHECKING:
    from ._native import ResolverCall
    from .options import RuntimeOptions
    from .registry import FieldBinding

__all__ = ["FieldResolver", "Lifecycle"]

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The functions of a field that are called when a subscription begins, runs without a topic, or ends."""

    decode_arguments: Callable[[bytes], Any]
    encode_event: Callable[[object], bytes]
    authorize: Function | None = None
    initial: Function | None = None
    source: Function | None = None
    on_subscribe: Function | None = None
    on_unsubscribe: Function | None = None

    @classmethod
    def bound(cls, module: ModuleType, decode_arguments: Callable[[bytes], Any], encode_event: Callable[[object], bytes]) -> Lifecycle:
        """Those that a module defines. Raises ``TypeError`` where one is no function or takes other arguments."""
        return cls(
            decode_arguments,
            encode_event,
            authorize=_function(module, "authorize", 2),
            initial=_function(module, "initial", 2),
            source=_source(module),
            on_subscribe=_hook(module, "on_subscribe"),
            on_unsubscribe=_hook(module, "on_unsubscribe"),
        )


class FieldResolver:
    """The Python code of a field, and the decoders for what it is called with."""

    def __init__(
        self, name: str, *, event_type: Any, arguments_type: Any, resolve: Function | None, lifecycle: Lifecycle | None = None
    ) -> None:
        self.name = name
        self.resolve = None if resolve is None or is_passthrough(resolve) else resolve
        """None where the native runtime answers alone."""
        self.per_claims = self.resolve is not None and takes(self.resolve, 3)
        """Whether ``resolve`` takes a context, so that one call serves equal claims only."""
        self.batches: EventBatches | None = None
        """``resolve_batch``, which answers in the place of ``resolve``."""
        # Decoders take longer to make than all else of a field. Where the runtime answers alone, at most a hook needs one.
        at_once = self.resolve is not None
        self.decode_event = _decoder(lambda: event_decoder(event_type), at_once)
        self.decode_arguments = _decoder(lambda: argument_decoder(arguments_type), at_once)
        self.encode_event = event_encoder(event_type)
        self.lifecycle = lifecycle or Lifecycle(self.decode_arguments, self.encode_event)
        if self.resolve is not None and not (self.per_claims or takes(self.resolve, 2)):
            raise TypeError(f'the resolver of "{name}" is resolve(event, args) or resolve(event, args, context)')

    @classmethod
    def bound(cls, binding: FieldBinding) -> FieldResolver:
        """The resolver of a generated package's field. Raises ``TypeError`` for a module that this version cannot serve."""
        module = binding.module
        resolve = getattr(module, "resolve", None)
        if not callable(resolve):
            raise TypeError(f'{module.__name__} defines no function "resolve"')
        field = cls(binding.name, event_type=binding.event_type, arguments_type=binding.arguments_type, resolve=resolve)
        field.batches = _batches(module, field)
        field.lifecycle = Lifecycle.bound(module, field.decode_arguments, field.encode_event)
        return field

    def native(self, options: RuntimeOptions) -> bytes:
        """The functions that the native runtime calls, as JSON: their names, and whether each reads claims; whether ``resolve`` takes
        many events; and of how many calls may be under way, where ``@runs`` says it."""
        functions: dict[str, bool] = {}
        called: dict[str, Function | None] = {
            "resolve": self.resolve if self.batches is None else self.batches.resolve_batch,
            "authorize": self.lifecycle.authorize,
            "initial": self.lifecycle.initial,
        }
        if self.batches is not None:
            functions |= {"resolve": False, "batches": True}
        if self.resolve is not None:
            functions["resolve"] = self.per_claims
        if self.lifecycle.authorize is not None:
            functions["authorize"] = True
        if self.lifecycle.initial is not None:
            functions["initial"] = True
        if self.lifecycle.source is not None:
            functions["source"] = takes(self.lifecycle.source, 2)
        bounds = {name: options.in_flight(function) for name, function in called.items() if function is not None}
        in_flight = {name: bound for name, bound in bounds.items() if bound is not None}
        return msgspec.json.encode({**functions, "inFlight": in_flight} if in_flight else functions)

    def function(self, call: ResolverCall) -> Function:
        """The function that is asked for. Raises ``TypeError`` where there is none."""
        match call.kind:
            case "resolve":
                function = self.resolve
            case "authorize":
                function = self.lifecycle.authorize
            case "initial":
                function = self.lifecycle.initial
            case "source":
                function = self.lifecycle.source
            case "field" | "execute" | "policies" | "handle":
                function = None
        if function is None:
            raise TypeError(f'"{self.name}" has no function {call.kind}')
        return function

    def call(self, call: ResolverCall, connection: ConnectionInfo | None, invoke: Invoke) -> Any:
        """What the function that is asked for returns: an awaitable where it is ``async def``, of a source an iterator."""
        function = self.function(call)
        match call.kind:
            case "resolve":
                # Decoded for each call, though they are often the same: what a resolver does to its arguments concerns nobody else.
                values = (self.decode_event(call.event), self.decode_arguments(call.arguments))
                return invoke(function, *values, _context(call)) if self.per_claims else invoke(function, *values)
            case "source":
                return self._source(call, function)
            case _:
                return invoke(function, self.lifecycle.decode_arguments(call.arguments), _context(call, connection))

    def encode(self, call: ResolverCall, value: object) -> bytes:
        """The JSON text of what the function that was asked for returned. Raises ``TypeError`` for what has none."""
        match call.kind:
            case "resolve":
                return self.encode_event(value)
            case "authorize":
                if isinstance(value, bool):
                    return encode_value(value)
                raise TypeError(f"authorize returns True or False, and this is {value!r}")
            case "initial" | "source":
                return self.lifecycle.encode_event(value)
            case "field" | "execute" | "policies" | "handle":
                raise TypeError(f'"{call.kind}" is no function of "{self.name}"')

    def _source(self, call: ResolverCall, source: Function) -> AsyncIterator[Any]:
        arguments = self.lifecycle.decode_arguments(call.arguments)
        events = source(arguments, _context(call)) if takes(source, 2) else source(arguments)
        if not hasattr(events, "__aiter__"):
            if inspect.iscoroutine(events):
                events.close()
            raise TypeError(f'the source of "{self.name}" returns an asynchronous iterator, and this is {type(events).__name__}')
        return cast("AsyncIterator[Any]", events)


def _decoder(make: Callable[[], Callable[[bytes], Any]], at_once: bool) -> Callable[[bytes], Any]:
    """What ``make`` makes, now or at its first call."""
    if at_once:
        return make()
    made = cache(make)
    return lambda text: made()(text)


def _batches(module: ModuleType, field: FieldResolver) -> EventBatches | None:
    """A module's ``resolve_batch``. Raises ``TypeError`` where it cannot be called, or a ``resolve`` stands beside it that would not be."""
    resolve_batch: object = getattr(module, "resolve_batch", None)
    if resolve_batch is None:
        if hasattr(module, "resolve_batch"):
            raise TypeError(f'"resolve_batch" of {module.__name__} is None; define the function or remove the name')
        return None
    if not callable(resolve_batch):
        raise TypeError(f'"resolve_batch" of {module.__name__} is no function')
    if not takes(resolve_batch, 2):
        raise TypeError(f'"resolve_batch" of {module.__name__} is called as resolve_batch(events, args), and does not take that')
    if field.resolve is not None:
        raise TypeError(f'{module.__name__} defines "resolve_batch" and a "resolve" that would not be called; mark that @passthrough')
    return EventBatches(
        field.name,
        resolve_batch,
        decode_event=field.decode_event,
        decode_arguments=field.decode_arguments,
        encode_event=field.encode_event,
    )


def _context(call: ResolverCall, connection: ConnectionInfo | None = None) -> Context:
    claims: dict[str, Any] = {} if call.claims is None else msgspec.json.decode(call.claims)
    return Context(claims, connection, call.subscription_id, _attributes(call))


def _attributes(call: ResolverCall) -> dict[str, str]:
    if (attributes := call.attributes) is None:
        return {}
    # Those of other publishers may be anything.
    return {name: value for name, value in msgspec.json.decode(attributes).items() if isinstance(value, str)}


def _function(module: ModuleType, name: str, *counts: int) -> Function | None:
    """A module's function that can be called with one of these numbers of arguments."""
    function: object = getattr(module, name, None)
    if function is None:
        # Also what is None on purpose: an `authorize` that somebody switched off so would let everybody in.
        if hasattr(module, name):
            raise TypeError(f'"{name}" of {module.__name__} is None; define the function or remove the name')
        return None
    if not callable(function):
        raise TypeError(f'"{name}" of {module.__name__} is no function')
    if not any(takes(function, count) for count in counts):
        signatures = " or ".join(f"{name}({', '.join(('args', 'context')[:count])})" for count in counts)
        raise TypeError(f'"{name}" of {module.__name__} is called as {signatures}, and does not take that')
    return function


def _hook(module: ModuleType, name: str) -> Function | None:
    hook = _function(module, name, 2)
    if hook is not None and run_of(hook).in_flight is not None:
        raise TypeError(f'"{name}" of {module.__name__} is called for one subscription after another, and takes no in_flight')
    return hook


def _source(module: ModuleType) -> Function | None:
    source = _function(module, "source", 1, 2)
    if source is not None and run_of(source) != Run():
        raise TypeError(f'"source" of {module.__name__} runs on the event loop for as long as somebody listens; @runs says nothing of it')
    if inspect.iscoroutinefunction(source):
        raise TypeError(
            f'"source" of {module.__name__} is a coroutine function: let it yield events, or write def and return an asynchronous iterator'
        )
    return source
