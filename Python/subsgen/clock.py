"""By what clock the Python side waits: the machine's, or one that a test turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ._native import Executor, Server

__all__ = ["Clock", "SystemClock", "Timer", "TurnedClock", "done_within"]


class Timer(Protocol):
    """Something that will be called."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """What time it is, and what is to be done later."""

    def time(self) -> float:
        """Seconds since 1970."""
        ...

    def call_later(self, seconds: float, function: Callable[..., object], *arguments: object) -> Timer:
        """Calls a function on the running loop when so many seconds have passed."""
        ...


class TurnedClock(Clock, Protocol):
    """One that stands still, and that native runtimes follow."""

    def start(self) -> int:
        """Nanoseconds since 1970, from which a new runtime counts."""
        ...

    def drive(self, driven: Executor | Server) -> None:
        """From now on the runtime, or the native server, is told whenever the clock is turned."""
        ...

    def release(self, driven: Executor | Server) -> None:
        """It is told no more."""
        ...


class SystemClock:
    """The machine's."""

    def time(self) -> float:
        return time.time()

    def call_later(self, seconds: float, function: Callable[..., object], *arguments: object) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, function, *arguments)


async def done_within(clock: Clock, task: asyncio.Future[Any], seconds: float) -> bool:
    """Waits for a task or future, no longer than so many seconds of the clock. Whether it has ended; it is not cancelled."""
    due = asyncio.get_running_loop().create_future()
    timer = clock.call_later(seconds, due.cancel)
    try:
        await asyncio.wait((task, due), return_when=asyncio.FIRST_COMPLETED)
    finally:
        timer.cancel()
    return task.done()
