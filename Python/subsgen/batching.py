"""Runs functions that answer many calls at once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from .calling import Caller, Invoke, when_returned
from .clock import Clock, Timer
from .log import logger
from .resolvers import FieldError

if TYPE_CHECKING:
    from ._native import ResolverCall
    from .opentelemetry import Tracing

__all__ = ["BatchRunner", "BatchedFunction", "Work"]


class Work(Protocol):
    """One call of a function, which answers several of the runtime's."""

    name: str
    """The field, for messages."""
    calls: Sequence[ResolverCall]
    function: Callable[..., Any]

    @property
    def expected(self) -> int:
        """How many values the function returns."""
        ...

    def run(self, invoke: Invoke, /) -> Any:
        """What the function returns; an awaitable where it is ``async def`` or runs in a thread."""

    def answer(self, values: Sequence[Any], /) -> None:
        """Answers every call. There are as many values as are expected."""


class BatchedFunction(Protocol):
    """A function that answers many calls at once."""

    def key(self, call: ResolverCall, /) -> Hashable:
        """Calls of equal keys can be one."""

    def work(self, calls: Sequence[ResolverCall], /) -> Work:
        """What is to be done for calls of equal keys. May raise."""
        ...


class _Running:
    """A function that is under way."""

    def __init__(self, work: Work, task: asyncio.Task[Any]) -> None:
        self.work = work
        self.task = task
        self.timer: Timer | None = None
        self.is_late = False
        """Whether its time is over, and its calls are answered."""


class BatchRunner:
    """Runs batched functions on an event loop: ``def`` at once, ``async def`` and what is in a thread as a task that has a time limit."""

    def __init__(self, caller: Caller, clock: Clock, tracing: Tracing | None) -> None:
        self._caller = caller
        self._clock = clock
        self._tracing = tracing
        # The loop keeps weak references only.
        self._running: set[_Running] = set()

    def start(self, calls: Sequence[tuple[ResolverCall, BatchedFunction]]) -> None:
        """Starts calls that came together, those of equal keys as one. Raises nothing."""
        batches: dict[Hashable, tuple[BatchedFunction, list[ResolverCall]]] = {}
        for call, function in calls:
            batches.setdefault(function.key(call), (function, []))[1].append(call)
        for function, batch in batches.values():
            # They are one call of the function, and take up one place.
            for call in batch[1:]:
                call.release()
            self._start(batch, function)

    def tasks(self) -> list[asyncio.Task[Any]]:
        """What is under way on this event loop."""
        loop = asyncio.get_running_loop()
        return [running.task for running in self._running if running.task.get_loop() is loop]

    async def close(self, timeout: float) -> None:
        """Cancels what runs on this event loop, and waits for it, no longer than ``timeout`` seconds."""
        loop = asyncio.get_running_loop()
        tasks = self.tasks()
        for task in tasks:
            task.cancel()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=timeout)
            if late:
                logger.warning("%d functions of payload fields did not end within %g seconds", len(late), timeout)
                self.abandon(loop)

    def abandon(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answers what ran on an event loop that is closed or about to be, and goes on no more."""
        for running in list(self._running):
            if running.task.get_loop() is loop:
                self._running.discard(running)
                for call in running.work.calls:
                    call.fail(f'The resolver of "{call.field}" was stopped.')

    def _start(self, calls: Sequence[ResolverCall], function: BatchedFunction) -> None:
        try:
            work = function.work(calls)
            invoke: Invoke = partial(self._caller.call, f'resolver of "{work.name}"')
            outcome = work.run(invoke if self._tracing is None else self._tracing.resolving(work.name, calls, invoke))
            if not inspect.isawaitable(outcome):
                self._answer(work, outcome)
                return
            task = asyncio.ensure_future(_awaited(outcome))
        except Exception as error:
            _fail(calls, error)
            return
        timeout = self._caller.timeout(work.function)
        running = _Running(work, task)
        running.timer = self._clock.call_later(timeout, self._time_out, running, timeout)
        self._running.add(running)
        task.add_done_callback(lambda _: self._end(running, outcome))

    def _end(self, running: _Running, outcome: object) -> None:
        self._running.discard(running)
        if running.timer is not None:
            running.timer.cancel()
        work, task = running.work, running.task
        if running.is_late:
            if not task.cancelled() and (error := task.exception()) is not None:
                logger.error('the resolver of "%s" raised after its time was over', work.name, exc_info=error)
            when_returned(outcome, partial(self._returned, work))
        elif task.cancelled():
            _fail(work.calls, asyncio.CancelledError("the resolver was cancelled"))
        elif (error := task.exception()) is not None:
            _fail(work.calls, error)
        else:
            self._answer(work, task.result())

    def _returned(self, work: Work, error: BaseException | None) -> None:
        """Perhaps in a thread of the function's."""
        if error is not None:
            logger.error('the resolver of "%s" raised after nobody waited for it', work.name, exc_info=error)
        work.calls[0].release()

    def _time_out(self, running: _Running, timeout: float) -> None:
        # Answered here and not when the task ends: a function may shield itself from being cancelled.
        running.is_late = True
        running.task.cancel()
        logger.error('the resolver of "%s" took longer than %g seconds', running.work.name, timeout)
        for call in running.work.calls:
            call.expire(f'The resolver of "{call.field}" took too long.')

    def _answer(self, work: Work, values: object) -> None:
        if not _is_list(values):
            _fail(work.calls, TypeError(f"a list was to be returned, and this is {type(values).__name__}"))
        elif len(values) != work.expected:
            _fail(work.calls, TypeError(f"{work.expected} values were to be returned, and these are {len(values)}"))
        else:
            work.answer(values)


def _is_list(values: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(values, Sequence) and not isinstance(values, (str, bytes, bytearray))


def _fail(calls: Sequence[ResolverCall], error: BaseException) -> None:
    if isinstance(error, FieldError):
        for call in calls:
            call.fail(str(error))
        return
    logger.error('the resolver of "%s" failed', calls[0].field, exc_info=error)
    for call in calls:
        call.fail(f'The resolver of "{call.field}" failed.')


async def _awaited(outcome: Awaitable[Any]) -> Any:
    return await outcome
