"""Writes what the runtime has ready for a connection, as soon as it is ready."""

from __future__ import annotations

import asyncio
from asyncio.tasks import _enter_task, _leave_task  # pyright: ignore[reportPrivateUsage] - for those who run coroutines themselves
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from ._native import Output

__all__ = ["Writer"]

_FRAMES_A_TURN: Final = 256
"""Frames that one connection may send before the others have their turn."""


class Writer:
    """The sending side of a connection.

    A socket that takes what it is given makes nobody wait. So a frame is sent in the very callback that learns that it is ready, and the
    writer's task goes on only where something has to wait, or is no frame. That spares each message a future, a turn of the loop and a
    switch of tasks. The task counts as the current one meanwhile: time limits and cancel scopes belong to it wherever it runs.
    """

    def __init__(
        self, take: Callable[[int], Sequence[Output]], send: Callable[[str], Awaitable[None]], perform: Callable[[Output], Awaitable[bool]]
    ) -> None:
        """``take`` gives what is ready, ``send`` sends a frame, ``perform`` does what is none, and is False where that was the end."""
        self._take = take
        self._send = send
        self._perform = perform
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[Any] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._is_ready = False
        # What the task goes on with, where a wake-up could not do all.
        self._begun: _Begun | None = None
        self._rest: Sequence[Output] = ()
        self._failure: BaseException | None = None

    def wake(self) -> None:
        """There is something to take. Called on the loop, outside of every task."""
        waiter = self._waiter
        if waiter is None or waiter.done() or self._task is None:  # it is at work, and will look again; or it was cancelled
            self._is_ready = True
            return
        if not self._send_at_once(self._take(_FRAMES_A_TURN)):
            waiter.set_result(None)

    async def run(self) -> None:
        """Writes until the end, or until sending raises."""
        self._task = asyncio.current_task()
        while True:
            # Before taking: what becomes ready in between sets it again.
            self._is_ready = False
            outputs = self._take(_FRAMES_A_TURN)
            if not await self._write(outputs):
                return
            if len(outputs) == _FRAMES_A_TURN:
                await asyncio.sleep(0)
            elif not self._is_ready and not await self._wait():
                return

    async def _write(self, outputs: Sequence[Output]) -> bool:
        for output in outputs:
            if isinstance(output, str):
                await self._send(output)
            elif not await self._perform(output):
                return False
        return True

    async def _wait(self) -> bool:
        """Waits until a wake-up leaves something, and finishes that. False where it was the end."""
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        except asyncio.CancelledError as cancellation:
            if self._begun is None:
                raise
            self._begun.interruption = cancellation
        finally:
            self._waiter = None
        begun, rest, failure = self._begun, self._rest, self._failure
        self._begun, self._rest, self._failure = None, (), None
        if failure is not None:
            raise failure
        if begun is not None:
            await begun
        return await self._write(rest)

    def _send_at_once(self, outputs: Sequence[Output]) -> bool:
        """Sends as far as nothing waits, and keeps the rest. False where the task has to go on."""
        for index, output in enumerate(outputs):
            if not isinstance(output, str):
                self._rest = outputs[index:]
                return False
            sending = self._send(output)
            try:
                self._begun = self._begin(sending)
            except (Exception, asyncio.CancelledError) as error:
                self._failure = error
                return False
            if self._begun is not None:
                self._rest = outputs[index + 1 :]
                return False
        return len(outputs) < _FRAMES_A_TURN

    def _begin(self, sending: Awaitable[None]) -> _Begun | None:
        """Runs a sending until it waits. None where it is done."""
        # The type itself: isinstance would ask each time whether it is some other coroutine, and narrow it to one of unknown results.
        kind: type = type(sending)
        if kind is not CoroutineType or self._task is None:
            return _Begun(_awaiting(sending))
        coroutine = cast("Coroutine[Any, Any, None]", sending)
        _enter_task(self._loop, self._task)
        try:
            pause = coroutine.send(None)
        except StopIteration:
            return None
        finally:
            _leave_task(self._loop, self._task)
        return _Begun(coroutine, pause)


async def _awaiting(sending: Awaitable[None]) -> None:
    await sending


class _Begun:
    """A coroutine that has begun outside of the task that awaits it."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], pause: Any = None) -> None:
        self._coroutine = coroutine
        self._pause = pause
        """What it waits for: a future, or None for the loop's next turn."""
        self.interruption: BaseException | None = None
        """What it is to be told before it goes on."""

    def __await__(self) -> Generator[Any, Any, None]:
        pause, interruption = self._pause, self.interruption
        try:
            while True:
                if interruption is None:
                    try:
                        answer = yield pause
                    except BaseException as error:  # cancellation, for one
                        interruption = error
                        continue
                    pause = self._coroutine.send(answer)
                else:
                    told, interruption = interruption, None
                    pause = self._coroutine.throw(told)
        except StopIteration:
            return
