"""Runs the developer's functions on an event loop and answers the runtime."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from .calling import Caller, Invoke, when_returned
from .clock import Clock, Timer
from .log import logger
from .resolvers import ConnectionInfo, FieldError, Skip
from .sources import Following

if TYPE_CHECKING:
    from ._native import ResolverCall
    from .event_handlers import EventHandler
    from .execution import ExecuteHook
    from .opentelemetry import Tracing
    from .options import RuntimeOptions
    from .policies import PolicyHook
    from .resolving import FieldResolver

__all__ = ["ResolverRunner"]

_NOUNS: Final = {
    "resolve": "resolver",
    "field": "resolver",
    "authorize": "authorization",
    "initial": "initial event",
    "source": "source",
    "handle": "handler",
}
"""What each function of a field is to those who hear of it."""


class _Running:
    """A function that is under way."""

    def __init__(self, call: ResolverCall, task: asyncio.Task[Any], timer: Timer | None, following: Following | None) -> None:
        self.call = call
        self.task = task
        self.timer = timer
        self.following = following
        self.is_cancelled = False

    def cancel(self) -> None:
        # Once: a second time would cancel what cleans up after the first.
        if not self.is_cancelled:
            self.is_cancelled = True
            self.task.cancel()

    def changed(self) -> None:
        if self.call.cancelled:
            self.cancel()
        elif self.following is not None:
            self.following.go_on()


class ResolverRunner:
    """Runs functions on an event loop: ``def`` at once, ``async def`` and what is in a thread as a task that has a time limit, a source
    as one that has none."""

    def __init__(
        self,
        fields: Mapping[str, FieldResolver],
        execute: ExecuteHook | None,
        policies: PolicyHook | None,
        connection: Callable[[int], ConnectionInfo | None],
        options: RuntimeOptions,
        handlers: Mapping[str, EventHandler],
        caller: Caller,
        clock: Clock,
        tracing: Tracing | None,
    ) -> None:
        self._fields = fields
        self._handlers = handlers
        self._execute = execute
        self._policies = policies
        self._connection = connection
        self._options = options
        self._caller = caller
        self._clock = clock
        self._tracing = tracing
        self._running: dict[int, _Running] = {}
        """By the handles of the calls. What has run out of time is not here any more."""
        # The loop keeps weak references only.
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, call: ResolverCall) -> None:
        """Starts a call, which is answered now or later, or takes notice of what became of one. Raises nothing."""
        running = self._running.get(call.handle)
        if running is not None:
            running.changed()
        elif not call.cancelled:
            self._start(call)

    def tasks(self) -> Iterator[tuple[ResolverCall, asyncio.Task[Any]]]:
        """What is under way on this event loop, and will end by itself: no sources."""
        loop = asyncio.get_running_loop()
        for running in list(self._running.values()):
            if running.following is None and running.task.get_loop() is loop:
                yield running.call, running.task

    async def finish(self, kind: str, timeout: float) -> None:
        """Waits for the functions of a kind that run on this event loop, no longer than ``timeout`` seconds."""
        if tasks := [task for call, task in self.tasks() if call.kind == kind]:
            await asyncio.wait(tasks, timeout=timeout)

    async def close(self, timeout: float) -> None:
        """Cancels what runs on this event loop, and waits for it, no longer than ``timeout`` seconds."""
        loop = asyncio.get_running_loop()
        tasks = {task for task in list(self._tasks) if task.get_loop() is loop}
        if not tasks:
            return
        for running in list(self._running.values()):
            if running.task in tasks:
                running.cancel()
        _, late = await asyncio.wait(tasks, timeout=timeout)
        if late:
            logger.warning("%d functions of fields did not end within %g seconds", len(late), timeout)

    def abandon(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answers what ran on an event loop that is closed or about to be, and goes on no more."""
        for handle, running in list(self._running.items()):
            if running.task.get_loop() is loop:
                del self._running[handle]
                self._tasks.discard(running.task)
                running.call.fail(f"The {_subject(running.call)} was stopped.")

    def _start(self, call: ResolverCall) -> None:
        try:
            function = self._function(call)
            connection = None if call.connection is None else self._connection(call.connection)
            if connection is None and call.connection is not None:
                # It has ended on its own loop just now.
                return
            invoke: Invoke = partial(self._caller.call, _subject(call))
            outcome = function.call(call, connection, invoke if self._tracing is None else self._tracing.around(call, invoke))
            if call.kind == "source":
                following = Following(call, outcome, partial(function.encode, call))
                self._run(call, following.run(), following)
            elif inspect.isawaitable(outcome):
                self._run(call, outcome)
            else:
                self._answer(call, outcome)
        except Exception as error:
            self._fail(call, error)

    def _function(self, call: ResolverCall) -> FieldResolver | ExecuteHook | PolicyHook | EventHandler:
        if call.kind == "handle":
            return self._handlers[call.field]
        if call.kind not in ("execute", "policies"):
            return self._fields[call.field]
        hook = self._execute if call.kind == "execute" else self._policies
        if hook is None:
            raise TypeError(f"the manager was made without {call.kind}")
        return hook

    def _run(self, call: ResolverCall, work: Awaitable[Any], following: Following | None = None) -> None:
        task = asyncio.ensure_future(_awaited(work))
        timer = None
        if following is None:
            default = self._options.execution_timeout if call.kind == "execute" else None
            timeout = self._caller.timeout(self._function(call).function(call), default)
            timer = self._clock.call_later(timeout, self._time_out, call, task, timeout)
        self._running[call.handle] = _Running(call, task, timer, following)
        self._tasks.add(task)
        task.add_done_callback(lambda task: self._end(call, task, work))

    def _end(self, call: ResolverCall, task: asyncio.Task[Any], work: object) -> None:
        self._tasks.discard(task)
        running = self._running.pop(call.handle, None)
        if running is not None and running.timer is not None:
            running.timer.cancel()
        error = asyncio.CancelledError(f"the {_subject(call)} was cancelled") if task.cancelled() else task.exception()
        if running is None or call.cancelled:
            # Whatever it was, nobody waits for it; what a function cancels itself for is no news.
            if error is not None and not task.cancelled():
                late = "its time was over" if running is None else "nobody waited for it"
                logger.error("the %s raised after %s", _subject(call), late, exc_info=error)
            # Answered or not, it takes up a place until then.
            when_returned(work, partial(self._returned, call))
        elif running.is_cancelled and task.cancelled():
            call.expire(f"The {_subject(call)} was stopped.")
            when_returned(work, partial(self._returned, call))
        elif error is not None:
            self._fail(call, error)
        elif running.following is not None:
            call.complete()
        else:
            self._answer(call, task.result())

    def _returned(self, call: ResolverCall, error: BaseException | None) -> None:
        """Perhaps in a thread of the function's."""
        if error is not None:
            logger.error("the %s raised after nobody waited for it", _subject(call), exc_info=error)
        call.release()

    def _time_out(self, call: ResolverCall, task: asyncio.Task[Any], timeout: float) -> None:
        # Answered here and not when the task ends: a function may shield itself from being cancelled.
        del self._running[call.handle]
        task.cancel()
        logger.error("the %s took longer than %g seconds", _subject(call), timeout)
        call.expire(f"The {_subject(call)} took too long.")

    def _answer(self, call: ResolverCall, value: object) -> None:
        if call.kind != "authorize" and (isinstance(value, Skip) or value is Skip):
            call.skip()
            return
        try:
            event = self._function(call).encode(call, value)
        except Exception as error:
            self._fail(call, error)
            return
        if value is False and call.kind == "authorize":
            logger.info('a client may not subscribe to "%s"', call.field)
        call.finish(event)

    def _fail(self, call: ResolverCall, error: BaseException) -> None:
        if isinstance(error, FieldError):
            call.fail(str(error))
            return
        logger.error("the %s failed", _subject(call), exc_info=error)
        call.fail(f"The {_subject(call)} failed.")


def _subject(call: ResolverCall) -> str:
    """What was called, to those who hear of it."""
    return call.field if call.kind in ("execute", "policies") else f'{_NOUNS[call.kind]} of "{call.field}"'


async def _awaited(outcome: Awaitable[Any]) -> Any:
    return await outcome
