"""Calls the developer's resolvers and answers the runtime."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from .auth import takes
from .coercion import event_decoder
from .log import logger
from .payload import encode_value
from .resolvers import Context, Skip, is_passthrough

if TYPE_CHECKING:
    from ._native import ResolverCall
    from .registry import FieldBinding

__all__ = ["FieldResolver", "ResolverRunner"]

_LATER: Final = ("authorize", "initial", "source", "resolve_batch")
"""Functions that the design has and this version does not call. Ignoring them would let in whom ``authorize`` keeps out."""


class FieldResolver:
    """The Python code of a field, and the decoders for what it is called with."""

    def __init__(
        self,
        name: str,
        *,
        event_type: Any,
        arguments_type: Any,
        resolve: Callable[..., Any] | None,
        on_subscribe: Callable[..., Any] | None = None,
        on_unsubscribe: Callable[..., Any] | None = None,
    ) -> None:
        self.name = name
        self.resolve = None if resolve is None or is_passthrough(resolve) else resolve
        """None where the native runtime answers alone."""
        self.per_claims = self.resolve is not None and takes(self.resolve, 3)
        """Whether ``resolve`` takes a context, so that one call serves equal claims only."""
        self.on_subscribe = on_subscribe
        self.on_unsubscribe = on_unsubscribe
        self.decode_event = event_decoder(event_type)
        self.decode_arguments: Callable[[bytes], Any] = msgspec.json.Decoder(arguments_type).decode
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
        return cls(
            binding.name,
            event_type=binding.event_type,
            arguments_type=binding.arguments_type,
            resolve=resolve,
            on_subscribe=getattr(module, "on_subscribe", None),
            on_unsubscribe=getattr(module, "on_unsubscribe", None),
        )

    def call(self, event: bytes, arguments: bytes, claims: bytes | None) -> Any:
        """What ``resolve`` returns; an awaitable where it is ``async def``."""
        if self.resolve is None:
            raise TypeError(f'"{self.name}" has no resolver')
        # Decoded for each call, though they are often the same: what a resolver does to its arguments concerns nobody else.
        values = (self.decode_event(event), self.decode_arguments(arguments))
        if not self.per_claims:
            return self.resolve(*values)
        return self.resolve(*values, Context({} if claims is None else msgspec.json.decode(claims)))


class ResolverRunner:
    """Runs resolvers on an event loop: ``def`` at once, ``async def`` as a task that has a time limit."""

    def __init__(self, fields: Mapping[str, FieldResolver], timeout: float) -> None:
        self._fields = fields
        self._timeout = timeout
        # The loop keeps weak references only; and the value is what ends the task's time.
        self._tasks: MutableMapping[asyncio.Task[Any], asyncio.TimerHandle] = {}

    def start(self, call: ResolverCall) -> None:
        """Starts a call, which is answered now or later. Raises nothing."""
        try:
            outcome = self._fields[call.field].call(call.event, call.arguments, call.claims)
            if not inspect.isawaitable(outcome):
                self._answer(call, outcome)
                return
            task = asyncio.ensure_future(_awaited(outcome))
        except Exception as error:
            self._fail(call, error)
            return
        self._tasks[task] = asyncio.get_running_loop().call_later(self._timeout, self._time_out, task, call)
        task.add_done_callback(lambda task: self._end(task, call))

    def _end(self, task: asyncio.Task[Any], call: ResolverCall) -> None:
        timer = self._tasks.pop(task, None)
        if timer is None:
            if not task.cancelled() and (error := task.exception()) is not None:
                logger.error('the resolver of "%s" raised after its time was over', call.field, exc_info=error)
            return
        timer.cancel()
        if task.cancelled():
            self._fail(call, asyncio.CancelledError("the resolver was cancelled"))
            return
        error = task.exception()
        if error is None:
            self._answer(call, task.result())
        else:
            self._fail(call, error)

    def _time_out(self, task: asyncio.Task[Any], call: ResolverCall) -> None:
        # Answered here and not when the task ends: a resolver may shield itself from being cancelled.
        del self._tasks[task]
        task.cancel()
        logger.error('the resolver of "%s" took longer than %g seconds', call.field, self._timeout)
        call.fail(f'The resolver of "{call.field}" took too long.')

    def _answer(self, call: ResolverCall, value: object) -> None:
        if isinstance(value, Skip) or value is Skip:
            call.skip()
            return
        try:
            event = encode_value(value)
        except Exception as error:
            self._fail(call, error)
            return
        call.finish(event)

    def _fail(self, call: ResolverCall, error: BaseException) -> None:
        logger.error('the resolver of "%s" failed', call.field, exc_info=error)
        call.fail(f'The resolver of "{call.field}" failed.')


async def _awaited(outcome: Awaitable[Any]) -> Any:
    return await outcome
