"""Start-up and shutdown: on which event loops clients are let in, what a signal does first, and what a fork leaves."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final
from weakref import WeakSet

from .log import logger

__all__ = ["Acceptance", "ForkGuard", "before_the_server_closes", "on_hang_up", "until_a_signal"]

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_FORKED: Final = (
    "This manager served an event loop before its process was forked, and what it holds of that loop is the parent's. Make a manager in "
    "the child, or fork before the first one serves: importing an application that makes a manager, as gunicorn's --preload does, is fine."
)


class Acceptance:
    """Where new clients are let in: on every event loop, but those that are being drained."""

    def __init__(self) -> None:
        self._refusing: WeakSet[asyncio.AbstractEventLoop] = WeakSet()

    @property
    def is_open(self) -> bool:
        """Whether the running loop takes new clients and subscriptions."""
        return asyncio.get_running_loop() not in self._refusing

    def open(self) -> None:
        """The running loop takes them."""
        self._refusing.discard(asyncio.get_running_loop())

    def shut(self) -> None:
        """From now on it takes none."""
        self._refusing.add(asyncio.get_running_loop())

    @contextmanager
    def paused(self) -> Generator[None, None, None]:
        """The running loop takes none until the block ends, and then again where it did before."""
        was_open = self.is_open
        self.shut()
        try:
            yield
        finally:
            if was_open:
                self.open()


class ForkGuard:
    """Knows in a child process that what it guards was in use when the process was forked."""

    def __init__(self) -> None:
        self.in_use = False
        """Whether there is something that a child must not use, too."""
        self._is_forked = False
        _guards.add(self)

    def require(self) -> None:
        """Raises ``RuntimeError`` in a child that got something in use."""
        if self._is_forked:
            raise RuntimeError(_FORKED)

    def forked(self) -> None:
        """This process is the child."""
        self._is_forked = self._is_forked or self.in_use


_guards: WeakSet[ForkGuard] = WeakSet()


def _forked() -> None:
    for guard in _guards:
        guard.forked()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_forked)


@contextmanager
def before_the_server_closes(drain: Callable[[], Awaitable[object]]) -> Generator[None, None, None]:
    """Has a signal that ends uvicorn call ``drain`` first, and lets uvicorn hear of it afterwards; a second signal it hears at once.

    uvicorn closes WebSockets with 1012 before the lifespan ends, so that there clients could not be told any more. Other servers are
    left alone, and so are signals where Python lets nobody take them: in another thread than the main one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    taken = [taking for number in _SIGNALS if (taking := _take(number, asyncio.get_running_loop(), drain)) is not None]
    try:
        yield
    finally:
        for number, ours, theirs in taken:
            if signal.getsignal(number) is ours:
                signal.signal(number, theirs)


@contextmanager
def until_a_signal() -> Generator[asyncio.Event, None, None]:
    """An event that is set when SIGTERM or SIGINT asks the process to end. Whoever goes on in the block is cancelled by a second one.

    In another thread than the main one, where Python lets nobody take signals, it is never set.
    """
    asked = asyncio.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    hurried = False

    def heard() -> None:
        nonlocal hurried
        if not asked.is_set():
            asked.set()
        elif task is not None:
            hurried = True
            task.cancel()

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number in _SIGNALS:
        loop.add_signal_handler(number, heard)
    try:
        yield asked
    except asyncio.CancelledError:
        if not hurried:
            raise
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


@contextmanager
def on_hang_up(call: Callable[[], None]) -> Generator[None, None, None]:
    """Has SIGHUP, by which servers are told to read their files again, call something on the running loop. On the main thread only."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, call)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


_Handler = Callable[[int, FrameType | None], Any]


def _take(
    number: signal.Signals, loop: asyncio.AbstractEventLoop, drain: Callable[[], Awaitable[object]]
) -> tuple[signal.Signals, _Handler, _Handler] | None:
    theirs = signal.getsignal(number)
    owner = getattr(theirs, "__self__", None)
    if not callable(theirs) or not any(kind.__module__.startswith("uvicorn.") for kind in type(owner).__mro__):
        return None
    draining: list[asyncio.Task[None]] = []
    is_draining = False

    async def drain_first(number: int) -> None:
        try:
            await drain()
        except Exception:
            logger.exception("clients were not told that the server goes away")
        finally:
            theirs(number, None)

    def ours(number: int, frame: FrameType | None) -> None:
        nonlocal is_draining
        if is_draining:
            theirs(number, frame)
            return
        is_draining = True
        loop.call_soon_threadsafe(lambda: draining.append(loop.create_task(drain_first(number))))

    signal.signal(number, ours)
    return number, ours, theirs
