"""Writes what the runtime has ready for a connection, as soon as it is ready."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

if TYPE_CHECKING:
    from ._native import Connection, Idle, Output

__all__ = ["FRAMES_A_TURN", "Direct", "Writer"]

FRAMES_A_TURN: Final = 256
"""Frames that one connection may send before the others have their turn."""


class Direct(NamedTuple):
    """What sending a frame comes down to, without what only explains its errors: one coroutine less for each frame."""

    send: Callable[[str], Awaitable[None]]
    explain: Callable[[Exception], Exception]
    """What to raise where ``send`` has raised."""

    @classmethod
    def of(cls, send: Callable[[str], Awaitable[None]]) -> Direct:
        """Of what explains its errors itself."""
        return cls(send, _as_it_is)


def _as_it_is(error: Exception) -> Exception:
    return error


class Writer:
    """The sending side of a connection.

    A socket that takes what it is given makes nobody wait. So the loop's reader sends a frame in the very callback that learns that it is
    ready (``LoopPort.take``), while the writer is one of the port's idle ones; and the writer's task goes on only where something has to
    wait, or is no frame. That spares each message a future, a turn of the loop and a switch of tasks. The task counts as the current one
    meanwhile: time limits and cancel scopes belong to it wherever it runs.
    """

    def __init__(
        self,
        native: Connection,
        idle: dict[Connection, Idle],
        send: Callable[[str], Awaitable[None]],
        perform: Callable[[Output], Awaitable[bool]],
    ) -> None:
        """``send`` sends a frame of the connection, ``perform`` does what is none, and is False where that was the end; ``idle`` are the
        port's."""
        self.direct = Direct.of(send)
        """How the reader sends. Set before the writer runs."""
        self._native = native
        self._idle = idle
        self._send = send
        self._perform = perform
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._is_ready = False
        # What the task goes on with, where the reader could not do all.
        self._begun: _Begun | None = None
        self._rest: Sequence[Output] = ()
        self._failure: BaseException | None = None

    def wake(self) -> None:
        """There is something to take. Called on the loop while the writer is at work, and will look again."""
        self._is_ready = True

    async def run(self) -> None:
        """Writes until the end, or until sending raises."""
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        idle: Idle = (task, self.direct.send, self._go_on)
        while True:
            # Before taking: what becomes ready in between sets it again.
            self._is_ready = False
            outputs = self._native.take(FRAMES_A_TURN)
            if not await self._write(outputs):
                return
            if len(outputs) == FRAMES_A_TURN:
                await asyncio.sleep(0)
            elif not self._is_ready and not await self._wait(idle):
                return

    async def _write(self, outputs: Sequence[Output]) -> bool:
        for output in outputs:
            if isinstance(output, str):
                await self._send(output)
            elif not await self._perform(output):
                return False
        return True

    async def _wait(self, idle: Idle) -> bool:
        """Waits until the reader leaves something, and finishes that. False where it was the end."""
        self._waiter = self._loop.create_future()
        self._idle[self._native] = idle
        try:
            await self._waiter
        except asyncio.CancelledError as cancellation:
            if self._begun is None:
                raise
            self._begun.interruption = cancellation
        finally:
            self._idle.pop(self._native, None)
            self._waiter = None
        begun, rest, failure = self._begun, self._rest, self._failure
        self._begun, self._rest, self._failure = None, (), None
        try:
            if failure is not None:
                raise failure
            if begun is not None:
                await begun
        except Exception as error:
            explained = self.direct.explain(error)
            if explained is error:
                raise
            raise explained from error
        return await self._write(rest)

    def _go_on(self, sending: Awaitable[None] | None, pause: Any, failure: BaseException | None, rest: Sequence[Output]) -> None:
        """The reader leaves to the task what waits: a sending with what it waits for, or what that raised, and the outputs after it."""
        self._idle.pop(self._native, None)
        if sending is not None:
            # Of coroutines the reader has begun each, and of nothing else.
            is_begun = isinstance(sending, CoroutineType)
            self._begun = _Begun(cast("Coroutine[Any, Any, None]", sending), pause) if is_begun else _Begun(_awaiting(sending))
        self._failure = failure
        self._rest = rest
        if self._waiter is not None and not self._waiter.done():  # else it was cancelled
            self._waiter.set_result(None)


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
