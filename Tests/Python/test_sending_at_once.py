"""What a loop's reader does natively with the frames of connections whose writers have nothing to do."""

from __future__ import annotations

import asyncio
import sys
import types
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from subsgen import _native
from test_native import connected, executor

PONG: Final = '{"type":"pong"}'


class Idle:
    """A connection whose writer has nothing to do, and what is left to that."""

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        self.port = _native.LoopPort()
        self.connection = connected(executor(), self.port)
        self.send = send
        self.port.take()

    async def take(self, frames: int, limit: int = 10) -> list[tuple[Any, ...]]:
        """Takes when so many frames are ready; returns what was left."""
        left: list[tuple[Any, ...]] = []
        for _ in range(frames):
            self.connection.receive('{"type":"ping"}')
        task = asyncio.create_task(asyncio.Event().wait())

        def go_on(*given: Any) -> None:
            left.append(given)

        idle: dict[_native.Connection, _native.Idle] = {self.connection: (task, self.send, go_on)}
        taken: list[object] = []
        errors: list[BaseException] = []

        def take() -> None:
            try:
                taken.extend(self.port.take(asyncio.get_running_loop(), idle, limit))
            except BaseException as error:
                errors.append(error)

        asyncio.get_running_loop().call_soon(take)
        await asyncio.sleep(0)
        assert taken == []
        assert asyncio.current_task() is not task
        task.cancel()
        if errors:
            raise errors[0]
        return left


async def test_frames_are_sent_in_order_and_nothing_is_left() -> None:
    sent: list[str] = []

    async def send(text: str) -> None:
        sent.append(text)

    assert await Idle(send).take(3) == []
    assert sent == [PONG] * 3


async def test_who_has_had_his_turn_is_left_with_what_is_to_be_taken() -> None:
    sent: list[str] = []

    async def send(text: str) -> None:
        sent.append(text)

    idle = Idle(send)
    assert await idle.take(3, limit=2) == [(None, None, None, [])]
    assert sent == [PONG] * 2
    assert idle.connection.take(10) == [PONG]


async def test_what_waits_is_left_with_what_it_waits_for_and_the_rest() -> None:
    @types.coroutine
    def pause() -> Any:
        yield "a pause"

    async def send(text: str) -> None:
        await pause()

    [(sending, waits_for, failure, rest)] = await Idle(send).take(3)
    assert (waits_for, failure, rest) == ("a pause", None, [PONG] * 2)
    with pytest.raises(StopIteration):
        sending.send(None)


async def test_what_is_no_coroutine_is_left_as_it_is() -> None:
    future = asyncio.get_running_loop().create_future()
    assert await Idle(lambda _: future).take(2) == [(future, None, None, [PONG])]


@pytest.mark.parametrize("error", [OSError("gone"), asyncio.CancelledError()])
@pytest.mark.parametrize("is_coroutine", [False, True])
async def test_what_is_raised_is_left_with_its_traceback(error: BaseException, is_coroutine: bool) -> None:
    def refuse(text: str) -> Awaitable[None]:
        raise error

    async def send(text: str) -> None:
        raise error

    [(sending, waits_for, failure, rest)] = await Idle(send if is_coroutine else refuse).take(2)
    assert (sending, waits_for, rest) == (None, None, [PONG])
    assert failure is error
    assert error.__traceback__ is not None


@pytest.mark.parametrize("is_coroutine", [False, True])
async def test_what_ends_the_process_is_raised(is_coroutine: bool) -> None:
    def refuse(text: str) -> Awaitable[None]:
        raise KeyboardInterrupt

    async def send(text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await Idle(send if is_coroutine else refuse).take(1)


async def test_who_is_not_idle_is_told_of() -> None:
    async def send(text: str) -> None:
        raise AssertionError

    idle = Idle(send)
    idle.connection.receive('{"type":"ping"}')
    assert idle.port.take(asyncio.get_running_loop(), {}, 10) == [idle.connection]


async def test_nothing_that_is_called_or_given_is_kept() -> None:
    gate = asyncio.Event()
    error = OSError("gone")

    async def wait(text: str) -> None:
        await gate.wait()

    async def fail(text: str) -> None:
        raise error

    async def send(text: str) -> None:
        pass

    def refuse(text: str) -> Awaitable[None]:
        raise error

    for function in (wait, fail, send, refuse):
        idle = Idle(function)
        counts: set[tuple[int, ...]] = set()
        for _ in range(20):
            left = await idle.take(2)
            for sending, *_ in left:
                if sending is not None:
                    sending.close()
            del left
            await asyncio.sleep(0)  # the task that was cancelled is gone after it
            error.__traceback__ = None
            counts.add(tuple(map(sys.getrefcount, (function, idle.connection, error, asyncio.get_running_loop()))))
        assert len(counts) <= 2, function  # the first round may be different
