"""Runs the developer's functions on an event loop and answers the runtime."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from .log import logger
from .resolvers import Skip

if TYPE_CHECKING:
    from ._native import ResolverCall
    from .resolving import FieldResolver

__all__ = ["ResolverRunner"]


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
            outcome = self._fields[call.field].call(call)
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
            event = self._fields[call.field].encode_event(value)
        except Exception as error:
            self._fail(call, error)
            return
        call.finish(event)

    def _fail(self, call: ResolverCall, error: BaseException) -> None:
        logger.error('the resolver of "%s" failed', call.field, exc_info=error)
        call.fail(f'The resolver of "{call.field}" failed.')


async def _awaited(outcome: Awaitable[Any]) -> Any:
    return await outcome
