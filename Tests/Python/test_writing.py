"""What writes the frames of a connection: at once where nothing waits, in order always."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final, Literal

import pytest

from serving import within
from subsgen.writing import Writer

if TYPE_CHECKING:
    from subsgen._native import Output

CLOSE: Final[tuple[Literal["close"], int, str]] = ("close", 1000, "over")


class Socket:
    """A socket that takes what it is given, unless a gate is closed; and what the runtime has ready for it."""

    def __init__(self) -> None:
        self.ready: deque[Output] = deque()
        self.sent: list[object] = []
        self.tasks: list[asyncio.Task[object] | None] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.interrupted: list[BaseException] = []
        self.failure: Exception | None = None
        self.writer = Writer(self.take, self.send, self.perform)

    def take(self, limit: int) -> Sequence[Output]:
        return [self.ready.popleft() for _ in range(min(limit, len(self.ready)))]

    async def send(self, text: str) -> None:
        self.tasks.append(asyncio.current_task())
        try:
            await self.gate.wait()
        except asyncio.CancelledError as error:
            self.interrupted.append(error)
            raise
        if self.failure is not None:
            raise self.failure
        self.sent.append(text)

    async def perform(self, output: Output) -> bool:
        self.sent.append(output)
        return output != CLOSE

    def give(self, *outputs: Output) -> None:
        """What the loop's reader does: outside of every task."""
        self.ready.extend(outputs)
        asyncio.get_running_loop().call_soon(self.writer.wake)


@asynccontextmanager
async def writing(socket: Socket) -> AsyncGenerator[asyncio.Task[None]]:
    """A writer that waits for something to write."""
    task = asyncio.create_task(socket.writer.run())
    await turns()
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, OSError):
            await task


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_frame_is_sent_by_the_wake_up_itself() -> None:
    socket = Socket()
    async with writing(socket) as task:
        sent: list[list[object]] = []
        socket.ready.extend(["a", "b"])
        loop = asyncio.get_running_loop()
        loop.call_soon(socket.writer.wake)
        loop.call_soon(lambda: sent.append(list(socket.sent)))  # runs before any task that the wake-up could have woken
        await turns(1)
        assert sent == [["a", "b"]]
        assert socket.tasks == [task, task]
        assert asyncio.current_task() is not task


async def test_what_was_ready_before_it_began_is_sent() -> None:
    socket = Socket()
    socket.ready.extend(["a", "b"])
    async with writing(socket):
        assert socket.sent == ["a", "b"]


async def test_a_sending_that_has_to_wait_goes_on_in_the_task_and_the_rest_follows_in_order() -> None:
    socket = Socket()
    async with writing(socket) as task:
        socket.gate.clear()
        socket.give("a", "b", ("ended", 1), "c")
        await turns()
        socket.give("d")
        await turns()
        assert socket.sent == []
        socket.gate.set()
        await turns()
        assert socket.sent == ["a", "b", ("ended", 1), "c", "d"]
        assert set(socket.tasks) == {task}


async def test_what_is_no_frame_is_done_in_its_place() -> None:
    socket = Socket()
    async with writing(socket):
        socket.give("a", ("ended", 1), "b")
        await turns()
        socket.give("c")
        await turns()
        assert socket.sent == ["a", ("ended", 1), "b", "c"]


async def test_it_ends_with_the_close() -> None:
    socket = Socket()
    async with writing(socket) as task:
        socket.give("a", CLOSE, "b")
        await within(task)
        assert socket.sent == ["a", CLOSE]
        socket.give("c")
        await turns()
        assert socket.sent == ["a", CLOSE]


@pytest.mark.parametrize("waits", [False, True])
async def test_what_sending_raises_ends_it(waits: bool) -> None:
    socket = Socket()
    async with writing(socket) as task:
        socket.failure = OSError("gone")
        if waits:
            socket.gate.clear()
        socket.give("a")
        await turns()
        socket.gate.set()
        with pytest.raises(OSError, match="gone"):
            await within(task)


async def test_a_cancellation_reaches_a_sending_that_waits() -> None:
    socket = Socket()
    async with writing(socket) as task:
        socket.gate.clear()
        socket.give("a")
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await within(task)
        assert len(socket.interrupted) == 1


async def test_a_cancellation_reaches_a_sending_that_has_only_just_begun() -> None:
    socket = Socket()
    async with writing(socket) as task:
        socket.gate.clear()
        socket.ready.append("a")

        def wake_and_cancel() -> None:
            socket.writer.wake()
            task.cancel()

        asyncio.get_running_loop().call_soon(wake_and_cancel)
        with pytest.raises(asyncio.CancelledError):
            await within(task)
        assert len(socket.interrupted) == 1


async def test_a_time_limit_inside_of_sending_is_kept_outside_of_the_task() -> None:
    socket = Socket()
    closed = asyncio.Event()

    async def send(text: str) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(closed.wait(), 0.001)
        socket.sent.append(text)

    socket.writer = Writer(socket.take, send, socket.perform)
    async with writing(socket) as task:
        socket.give("a", "b")
        socket.give(CLOSE)
        await within(task)
        assert socket.sent == ["a", "b", CLOSE]


async def test_a_send_need_not_be_a_coroutine_function() -> None:
    socket = Socket()

    def send(text: str) -> Awaitable[None]:
        socket.sent.append(text)
        return asyncio.sleep(0) if text == "a" else asyncio.ensure_future(asyncio.sleep(0))

    socket.writer = Writer(socket.take, send, socket.perform)
    async with writing(socket):
        socket.give("a", "b", "c")
        await turns(10)
        assert socket.sent == ["a", "b", "c"]


async def test_more_than_a_turn_takes_is_sent_in_order_with_turns_for_others() -> None:
    socket = Socket()
    async with writing(socket):
        frames = [str(number) for number in range(1000)]
        socket.give(*frames)
        await turns(1)
        assert 0 < len(socket.sent) < len(frames)
        await turns(20)
        assert socket.sent == frames
