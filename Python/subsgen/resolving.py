"""The developer's functions for a field: what is asked of them, and how they are called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import msgspec

from .auth import takes
from .coercion import argument_decoder, event_decoder
from .payload import event_encoder
from .resolvers import Context, is_passthrough

if TYPE_CHECKING:
    from ._native import ResolverCall
    from .registry import FieldBinding

__all__ = ["FieldResolver", "Lifecycle"]

Function = Callable[..., Any]

_LATER: Final = ("authorize", "initial", "source", "resolve_batch")
"""Functions that the design has and this version does not call. Ignoring them would let in whom ``authorize`` keeps out."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The functions that are called when a subscription of a field begins or ends."""

    decode_arguments: Callable[[bytes], Any]
    on_subscribe: Function | None = None
    on_unsubscribe: Function | None = None

    @classmethod
    def bound(cls, module: ModuleType, decode_arguments: Callable[[bytes], Any]) -> Lifecycle:
        """Those that a module defines. Raises ``TypeError`` where one is no function or takes other arguments."""
        return cls(decode_arguments, _hook(module, "on_subscribe"), _hook(module, "on_unsubscribe"))


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
        # Decoders take longer to make than all else of a field. Where the runtime answers alone, at most a hook needs one.
        at_once = self.resolve is not None
        self.decode_event = _decoder(lambda: event_decoder(event_type), at_once)
        self.decode_arguments = _decoder(lambda: argument_decoder(arguments_type), at_once)
        self.encode_event = event_encoder(event_type)
        self.lifecycle = lifecycle or Lifecycle(self.decode_arguments)
        if self.resolve is not None and not (self.per_claims or takes(self.resolve, 2)):
            raise TypeError(f'the resolver of "{name}" is resolve(event, args) or resolve(event, args, context)')

    @classmethod
    def bound(cls, binding: FieldBinding) -> FieldResolver:
        """The resolver of a generated package's field. Raises ``TypeError`` for a module that this version cannot serve."""
        module = binding.module
        for name in _LATER:
            if hasattr(module, name):
                raise TypeError(f'{module.__name__} defines "{name}", which this version of subsgen does not support; remove it')
        resolve = getattr(module, "resolve", None)
        if not callable(resolve):
            raise TypeError(f'{module.__name__} defines no function "resolve"')
        field = cls(binding.name, event_type=binding.event_type, arguments_type=binding.arguments_type, resolve=resolve)
        field.lifecycle = Lifecycle.bound(module, field.decode_arguments)
        return field

    def native(self) -> bytes:
        """The functions that the native runtime calls, as JSON: their names, and whether each reads claims."""
        return msgspec.json.encode({} if self.resolve is None else {"resolve": self.per_claims})

    def call(self, call: ResolverCall) -> Any:
        """What the function that is asked for returns; an awaitable where it is ``async def``."""
        match call.kind:
            case "resolve":
                return self._resolve(call)

    def _resolve(self, call: ResolverCall) -> Any:
        if self.resolve is None:
            raise TypeError(f'"{self.name}" has no resolver')
        # Decoded for each call, though they are often the same: what a resolver does to its arguments concerns nobody else.
        values = (self.decode_event(call.event), self.decode_arguments(call.arguments))
        if not self.per_claims:
            return self.resolve(*values)
        return self.resolve(*values, Context({} if call.claims is None else msgspec.json.decode(call.claims)))


def _decoder(make: Callable[[], Callable[[bytes], Any]], at_once: bool) -> Callable[[bytes], Any]:
    """What ``make`` makes, now or at its first call."""
    if at_once:
        return make()
    made = cache(make)
    return lambda text: made()(text)


def _hook(module: ModuleType, name: str) -> Function | None:
    hook = getattr(module, name, None)
    if hook is None:
        return None
    if not callable(hook):
        raise TypeError(f'"{name}" of {module.__name__} is no function')
    if not takes(hook, 2):
        raise TypeError(f'"{name}" of {module.__name__} is called as {name}(args, context), and does not take that')
    return hook
