"""Brings what the native runtime has ready to an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, cast

from .log import logger
from .writing import FRAMES_A_TURN

if TYPE_CHECKING:
    from ._native import Connection, Idle, ResolverCall, Server, Subscription, WaitingEvent

__all__ = ["Port", "Served", "say_goodbye"]


class Leaving(Protocol):
    """What is told that the server goes away."""

    def drain(self) -> None: ...
    def drain_and_close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Served:
    """A connection that is being served, or all those of a server."""

    native: Leaving
    abandon: Callable[[], object]
    """Stops serving it without a goodbye."""
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when nothing of it is left."""


async def say_goodbye(everyone: Sequence[Served], timeout: float) -> None:
    """Has everyone leave: what waits is sent, then ``complete`` and a close.

    Who takes longer than ``timeout`` seconds is left without the rest.
    """
    for served in everyone:
        served.native.drain()
    leaving = asyncio.create_task(_all_gone(everyone))
    try:
        # Queries and mutations that are under way have half of the time for their answers.
        await asyncio.wait([leaving], timeout=timeout / 2)
        for served in everyone:
            served.native.drain_and_close()
        await asyncio.wait([leaving], timeout=timeout / 2)
        if not leaving.done():
            logger.warning("clients did not read what waited for them within %g seconds", timeout)
            for served in everyone:
                served.abandon()
        await leaving
    finally:
        leaving.cancel()


async def _all_gone(everyone: Sequence[Served]) -> None:
    for served in everyone:
        await served.gone.wait()


class Port:
    """The one reader of an event loop: wakes whoever waits for a connection or subscription, and starts resolvers."""

    def __init__(
        self,
        start: Callable[[list[ResolverCall]], None],
        woken: Callable[[float], None],
        ended: Callable[[asyncio.AbstractEventLoop], None],
    ) -> None:
        """``woken`` is called when everybody has been woken, with the seconds that it took; ``ended`` where the running loop ends and
        nobody has closed the port.
        """
        from . import _native

        self.native = _native.LoopPort()
        self._start = start
        self._woken = woken
        self._call_type = _native.ResolverCall
        self._wakers: dict[Connection | Subscription | WaitingEvent | Server, Callable[[], None]] = {}
        self.served: dict[Connection, Served] = {}
        """The connections of this loop."""
        self.idle: dict[Connection, Idle] = {}
        """The writers that have nothing to do: frames of theirs are sent by the reader, and it does not wake them."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self.native.fileno(), self._take)
        self._ended: Callable[[asyncio.AbstractEventLoop], None] | None = ended
        self._sentinel = self._until_the_loop_ends(loop)
        # Begun, it is known to the loop.
        with suppress(StopIteration):
            self._sentinel.__anext__().send(None)

    def add(self, source: Connection | Subscription | WaitingEvent, wake: Callable[[], None]) -> None:
        """From now on ``wake`` is called on the loop when the source has something to take."""
        self._wakers[source] = wake

    def remove(self, source: Connection | Subscription | WaitingEvent) -> None:
        self._wakers.pop(source, None)
        self.idle.pop(cast("Connection", source), None)  # of others nothing is there

    def close(self) -> None:
        """Ends reading; calls that wait here fail. Called on the port's loop, or when that is closed."""
        if self._ended is not None:  # else the sentinel itself is at its end, and has called
            self._ended = None
            with suppress(StopIteration):
                self._sentinel.aclose().send(None)
        with suppress(RuntimeError):  # There is no running loop; it is closed, and reads nothing any more.
            asyncio.get_running_loop().remove_reader(self.native.fileno())
        self.native.close()
        self._wakers.clear()
        self.idle.clear()

    async def _until_the_loop_ends(self, loop: asyncio.AbstractEventLoop) -> AsyncGenerator[None]:
        """An event loop tells nobody that it ends, but it closes the generators that it knows: ``asyncio.run`` and servers let it."""
        try:
            yield
        finally:
            if (ended := self._ended) is not None:
                self._ended = None
                ended(loop)

    def _take(self) -> None:
        # Together, so that what waited for the loop can be one call of a function that takes many.
        began = perf_counter()
        calls: list[ResolverCall] = []
        for ready in self.native.take(asyncio.get_running_loop(), self.idle, FRAMES_A_TURN):
            if isinstance(ready, self._call_type):
                calls.append(ready)
            elif (wake := self._wakers.get(ready)) is not None:
                wake()
            else:
                logger.debug("%r was ready after it had ended", ready)
        if calls:
            self._start(calls)
        self._woken(perf_counter() - began)
