"""What writes the frames of a connection: at once where nothing waits, in order always."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final, cast

import pytest

from serving import within
from subsgen import _native
from subsgen.port import Port
from subsgen.writing import FRAMES_A_TURN, Writer

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from subsgen._native import Output

SDL: Final = "type Query { ok: Boolean } type Subscription { text: String! never: String! }"
ENDED: Final = "(ended)"
CLOSE: Final = "(close)"


class Socket:
    """A connection with what it has ready, on a socket that takes what it is given, unless a gate is closed."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.tasks: list[asyncio.Task[object] | None] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.interrupted: list[BaseException] = []
        self.failure: Exception | None = None
        self.sending: Callable[[], object] = lambda: None
        """Called when a sending begins."""
        self.port = Port(lambda _: None, lambda _: None, lambda _: None)
        self._executor = _native.Executor(SDL, b"{}")
        self.native = self._executor.connect(self.port.native)
        self.native.receive('{"type":"connection_init"}')
        self.native.take(1)
        self.native.authenticated(None)
        for field in ("text", "never"):
            self.native.receive(json.dumps({"type": "subscribe", "id": field, "payload": {"query": f"subscription {{ {field} }}"}}))
        self.native.take(10)
        self.use(self.send)

    def use(self, send: Callable[[str], Awaitable[None]]) -> None:
        self.writer = Writer(self.native, self.port.idle, send, self.perform)
        self.port.add(self.native, self.writer.wake)

    async def send(self, frame: str) -> None:
        self.tasks.append(asyncio.current_task())
        self.sending()
        try:
            await self.gate.wait()
        except asyncio.CancelledError as error:
            self.interrupted.append(error)
            raise
        if self.failure is not None:
            raise self.failure
        self.note(frame)

    def note(self, frame: str) -> None:
        self.sent.append(json.loads(frame)["payload"]["data"]["text"])

    async def perform(self, output: Output) -> bool:
        self.sent.append(f"({output[0]})")
        return output[0] != "close"

    def give(self, *outputs: str) -> None:
        for output in outputs:
            if output == ENDED:
                self.native.receive('{"type":"complete","id":"never"}')
            elif output == CLOSE:
                self.native.receive("no JSON")
            else:
                self._executor.publish("text", json.dumps(output).encode())


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
        assert socket.port.idle == {}
        socket.port.close()


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_frame_is_sent_by_the_reader_itself_as_the_task() -> None:
    socket = Socket()
    async with writing(socket) as task:
        states: list[str] = []
        coroutine = cast("Coroutine[object, object, None]", task.get_coro())
        socket.sending = lambda: states.append(inspect.getcoroutinestate(coroutine))
        socket.give("a", "b")
        await turns()
        assert socket.sent == ["a", "b"]
        assert socket.tasks == [task, task]
        assert states == [inspect.CORO_SUSPENDED] * 2
        assert asyncio.current_task() is not task


async def test_what_was_ready_before_it_began_is_sent() -> None:
    socket = Socket()
    socket.give("a", "b")
    async with writing(socket):
        assert socket.sent == ["a", "b"]


async def test_a_sending_that_has_to_wait_goes_on_in_the_task_and_the_rest_follows_in_order() -> None:
    socket = Socket()
    async with writing(socket) as task:
        socket.gate.clear()
        socket.give("a", "b", ENDED, "c")
        await turns()
        socket.give("d")
        await turns()
        assert socket.sent == []
        socket.gate.set()
        await turns()
        assert socket.sent == ["a", "b", ENDED, "c", "d"]
        assert set(socket.tasks) == {task}


async def test_what_is_no_frame_is_done_in_its_place() -> None:
    socket = Socket()
    async with writing(socket):
        socket.give("a", ENDED, "b")
        await turns()
        socket.give("c")
        await turns()
        assert socket.sent == ["a", ENDED, "b", "c"]


async def test_it_ends_with_the_close() -> None:
    socket = Socket()
    async with writing(socket) as task:
        socket.give("a")
        await turns()
        socket.give(CLOSE, "b")
        await within(task)
        assert socket.sent == ["a", ENDED, ENDED, CLOSE]
        assert socket.native.take(10) == []


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


async def test_what_raises_instead_of_sending_ends_it() -> None:
    socket = Socket()

    def send(text: str) -> Awaitable[None]:
        raise OSError(f"cannot send {len(text)} characters")

    socket.use(send)
    async with writing(socket) as task:
        socket.give("a")
        with pytest.raises(OSError, match="cannot send"):
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


@pytest.mark.parametrize("later", [False, True])
async def test_a_cancellation_reaches_a_sending_that_has_only_just_begun(later: bool) -> None:
    socket = Socket()
    async with writing(socket) as task:
        socket.gate.clear()
        socket.sending = (lambda: asyncio.get_running_loop().call_soon(task.cancel)) if later else task.cancel
        socket.give("a")
        with pytest.raises(asyncio.CancelledError):
            await within(task)
        assert len(socket.interrupted) == 1


async def test_a_time_limit_inside_of_sending_is_kept_outside_of_the_task() -> None:
    socket = Socket()
    closed = asyncio.Event()

    async def send(text: str) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(closed.wait(), 0.001)
        socket.note(text)

    socket.use(send)
    async with writing(socket):
        socket.give("a", "b")
        while len(socket.sent) < 2:
            await turns(1)
        assert socket.sent == ["a", "b"]


async def test_a_send_need_not_be_a_coroutine_function() -> None:
    socket = Socket()

    def send(text: str) -> Awaitable[None]:
        socket.note(text)
        return asyncio.sleep(0) if socket.sent == ["a"] else asyncio.ensure_future(asyncio.sleep(0))

    socket.use(send)
    async with writing(socket):
        socket.give("a", "b", "c")
        await turns(10)
        assert socket.sent == ["a", "b", "c"]


async def test_more_than_a_turn_takes_is_sent_in_order_with_turns_for_others() -> None:
    socket = Socket()
    async with writing(socket):
        frames = [str(number) for number in range(1000)]
        socket.give(*frames)
        while not socket.sent:
            await turns(1)
        assert len(socket.sent) == FRAMES_A_TURN
        await turns(20)
        assert socket.sent == frames
