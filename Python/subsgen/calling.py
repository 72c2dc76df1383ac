"""How the developer's functions are called: on the event loop or in a thread, and for how long."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from .clock import done_within
from .log import logger
from .resolvers import run_of

if TYPE_CHECKING:
    from .clock import Clock
    from .options import RuntimeOptions

__all__ = ["Caller", "InThread", "Invoke", "when_returned"]

Invoke = Callable[..., Any]
"""``invoke(function, *arguments)``: what the function returns, or an awaitable of it."""

_BLOCKING: Final = 0.1
"""Seconds for which a ``def`` may hold up the event loop before the log tells of it."""


class InThread:
    """What a function returns that runs in a thread. Cancelling who waits for it begins it no more; one that has begun goes on."""

    def __init__(self, work: Future[Any]) -> None:
        self.work = work

    def __await__(self) -> Generator[Any, None, Any]:
        return asyncio.wrap_future(self.work).__await__()


def when_returned(outcome: object, then: Callable[[BaseException | None], None]) -> None:
    """Calls ``then`` when a function that nobody waits for has really returned: at once, or in its thread, with what it raised there."""
    if isinstance(outcome, InThread):
        outcome.work.add_done_callback(lambda work: then(None if work.cancelled() else work.exception()))
    else:
        then(None)


class Caller:
    """Calls functions, each in the way that ``@runs`` says."""

    def __init__(self, options: RuntimeOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._pool: ThreadPoolExecutor | None = None
        self._told: set[str] = set()
        """Those of whom the log says already that they hold up the event loop."""
        # The loop keeps weak references only.
        self._late: set[asyncio.Task[Any]] = set()

    def timeout(self, function: Callable[..., Any], default: float | None = None) -> float:
        """The seconds that a function has."""
        return run_of(function).timeout or default or self._options.resolver_timeout

    def call(self, subject: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """What a function returns; an awaitable where it is ``async def`` or runs in a thread. The log calls it by ``subject``."""
        if run_of(function).in_thread:
            return InThread(self._threads().submit(copy_context().run, function, *arguments))
        began = perf_counter()
        outcome = function(*arguments)
        took = perf_counter() - began
        if took > _BLOCKING and subject not in self._told and not inspect.isawaitable(outcome):
            self._told.add(subject)
            logger.warning("the %s held up the event loop for %.2g seconds; mark it @runs(in_thread=True) if it waits", subject, took)
        return outcome

    async def limited(self, subject: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Calls a function and waits for what it gives. Raises ``TimeoutError`` when its time is over, also where it goes on."""
        outcome = self.call(subject, function, *arguments)
        if not inspect.isawaitable(outcome):
            return outcome
        timeout = self.timeout(function)
        task = asyncio.ensure_future(_awaited(outcome))
        try:
            is_done = await done_within(self._clock, task, timeout)
        except asyncio.CancelledError:
            task.cancel()
            # So that it cleans up before whoever cancelled it goes on.
            await asyncio.wait((task,), timeout=timeout)
            self._let_go(subject, task, outcome)
            raise
        if is_done:
            return task.result()
        task.cancel()
        self._let_go(subject, task, outcome)
        raise TimeoutError(f"the {subject} took longer than {timeout:g} seconds")

    def close(self) -> None:
        """Lets go of the threads. What has begun in one goes on; what has not is cancelled."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._options.resolver_threads, "subsgen")
        return self._pool

    def _let_go(self, subject: str, task: asyncio.Task[Any], outcome: object) -> None:
        def ended(task: asyncio.Task[Any]) -> None:
            self._late.discard(task)
            told(None if task.cancelled() else task.exception())

        def told(error: BaseException | None) -> None:
            if error is not None:
                logger.error("the %s raised after nobody waited for it", subject, exc_info=error)

        self._late.add(task)
        task.add_done_callback(ended)
        when_returned(outcome, told)


async def _awaited(outcome: Awaitable[Any]) -> Any:
    return await outcome
