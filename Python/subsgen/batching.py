"""Runs functions that answer many calls at once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Hashable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from .log import logger
from .resolvers import FieldError

if TYPE_CHECKING:
    from ._native import ResolverCall

__all__ = ["BatchRunner", "BatchedFunction", "Work"]


class Work(Protocol):
    """One call of a function, which answers several of the runtime's."""

    name: str
    """The field, for messages."""
    calls: Sequence[ResolverCall]

    @property
    def expected(self) -> int:
        """How many values the function returns."""
        ...

    def run(self) -> Any:
        """What the function returns; an awaitable where it is ``async def``."""

    def answer(self, values: Sequence[Any], /) -> None:
        """Answers every call. There are as many values as are expected."""


class BatchedFunction(Protocol):
    """A function that answers many calls at once."""

    def key(self, call: ResolverCall, /) -> Hashable:
        """Calls of equal keys can be one."""

    def work(self, calls: Sequence[ResolverCall], /) -> Work:
        """What is to be done for calls of equal keys. May raise."""
        ...


class BatchRunner:
    """Runs batched functions on an event loop: ``def`` at once, ``async def`` as a task that has a time limit."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        # The loop keeps weak references only; and the value is what ends the task's time.
        self._tasks: MutableMapping[asyncio.Task[Any], asyncio.TimerHandle] = {}

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

    async def close(self) -> None:
        """Cancels what runs on this event loop, and waits for it."""
        loop = asyncio.get_running_loop()
        tasks = [task for task in self._tasks if task.get_loop() is loop]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _start(self, calls: Sequence[ResolverCall], function: BatchedFunction) -> None:
        try:
            work = function.work(calls)
            outcome = work.run()
            if not inspect.isawaitable(outcome):
                self._answer(work, outcome)
                return
            task = asyncio.ensure_future(_awaited(outcome))
        except Exception as error:
            _fail(calls, error)
            return
        self._tasks[task] = asyncio.get_running_loop().call_later(self._timeout, self._time_out, task, calls)
        task.add_done_callback(lambda task: self._end(task, work))

    def _end(self, task: asyncio.Task[Any], work: Work) -> None:
        timer = self._tasks.pop(task, None)
        if timer is None:
            work.calls[0].release()
            if not task.cancelled() and (error := task.exception()) is not None:
                logger.error('the resolver of "%s" raised after its time was over', work.name, exc_info=error)
            return
        timer.cancel()
        if task.cancelled():
            _fail(work.calls, asyncio.CancelledError("the resolver was cancelled"))
        elif (error := task.exception()) is not None:
            _fail(work.calls, error)
        else:
            self._answer(work, task.result())

    def _time_out(self, task: asyncio.Task[Any], calls: Sequence[ResolverCall]) -> None:
        # Answered here and not when the task ends: a function may shield itself from being cancelled.
        del self._tasks[task]
        task.cancel()
        logger.error('the resolver of "%s" took longer than %g seconds', calls[0].field, self._timeout)
        for call in calls:
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
