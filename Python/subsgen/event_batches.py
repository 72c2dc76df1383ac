"""``resolve_batch``: a field's resolver that takes many events at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

from .calling import Invoke
from .log import logger
from .resolvers import FieldError, Skip

if TYPE_CHECKING:
    from ._native import ResolverCall

__all__ = ["EventBatches"]

Decode = Callable[[bytes], Any]


class EventBatches:
    """The ``resolve_batch`` of a field, and the decoders for what it is called with."""

    def __init__(
        self,
        name: str,
        resolve_batch: Callable[..., Any],
        *,
        decode_event: Decode,
        decode_arguments: Decode,
        encode_event: Callable[[object], bytes],
    ) -> None:
        self.name = name
        self.resolve_batch = resolve_batch
        self.decode_event = decode_event
        self.decode_arguments = decode_arguments
        self.encode_event = encode_event

    def key(self, call: ResolverCall) -> Hashable:
        """Calls of equal keys can be one."""
        return call.field

    def work(self, calls: Sequence[ResolverCall]) -> EventWork:
        """What is to be done for calls that came together."""
        return EventWork(self, calls)


class EventWork:
    """One call of ``resolve_batch``."""

    def __init__(self, batches: EventBatches, calls: Sequence[ResolverCall]) -> None:
        self.name = batches.name
        self.function = batches.resolve_batch
        self._batches = batches
        self.calls = calls
        self._given: list[tuple[Any, Any] | None] = [self._decoded(call) for call in calls]
        """The event and arguments of each call; None where they are not of their classes, and the call has failed."""

    def _decoded(self, call: ResolverCall) -> tuple[Any, Any] | None:
        try:
            return self._batches.decode_event(call.event), self._batches.decode_arguments(call.arguments)
        except Exception as error:
            self._fail(call, error)
            return None

    @property
    def expected(self) -> int:
        """How many answers the function returns."""
        return sum(given is not None for given in self._given)

    def run(self, invoke: Invoke) -> Any:
        """What the function returns; an awaitable where it is ``async def``."""
        given = [given for given in self._given if given is not None]
        return invoke(self.function, [event for event, _ in given], [arguments for _, arguments in given]) if given else given

    def answer(self, values: Sequence[Any]) -> None:
        """Gives each call its answer."""
        waiting = iter(values)
        for call, given in zip(self.calls, self._given, strict=True):
            if given is not None:
                self._answer(call, next(waiting))

    def _answer(self, call: ResolverCall, value: object) -> None:
        if isinstance(value, Skip) or value is Skip:
            call.skip()
            return
        try:
            if isinstance(value, Exception):
                raise value
            event = self._batches.encode_event(value)
        except Exception as error:
            self._fail(call, error)
            return
        call.finish(event)

    def _fail(self, call: ResolverCall, error: Exception) -> None:
        if isinstance(error, FieldError):
            call.fail(str(error))
            return
        logger.error('the resolver of "%s" failed for an event', self.name, exc_info=error)
        call.fail(f'The resolver of "{self.name}" failed.')
