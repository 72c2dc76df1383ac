"""Worker processes of ``python -m subsgen serve`` that share a port: they are started, replaced when they die, and ended together.

The system spreads connections among those that listen (SO_REUSEPORT); at a socket of Unix all listen with one, and who is free takes a
connection. The parent holds the port or the socket, serves nobody, and imports no application.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from .lifecycle import on_hang_up, until_a_signal
from .serving import ENDED, FAILED, NO_PORT, Wanted, serve

if TYPE_CHECKING:
    from .server import Server

__all__ = ["GRACE", "Child", "Children", "how_it_ended", "main", "run_reloading", "run_workers"]

logger = logging.getLogger("subsgen.workers")

_LONG: Final = 5.0
"""Seconds after which a worker that dies was no false start."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 30.0
"""Seconds before a worker is started again that died at once; each time twice as long."""
GRACE: Final = 5.0
"""Seconds that workers have beyond the time limit for draining, before they are killed."""


def run_workers(wanted: Wanted) -> int:
    """Has workers serve until a signal ends them, and returns the exit status."""
    return _keeping_the_place(wanted, lambda wanted, listening: _Parent(wanted, listening).run())


def run_reloading(wanted: Wanted) -> int:
    """Has one process serve, and another when a Python file changes, until a signal ends it, and returns the exit status."""
    from .reloading import Reloader

    return _keeping_the_place(wanted, lambda wanted, listening: Reloader(wanted, Path.cwd(), listening).run())


def _keeping_the_place(wanted: Wanted, run: Callable[[Wanted, int | None], Coroutine[None, None, int]]) -> int:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s: %(message)s")
    with ExitStack() as stack:
        listening: int | None = None
        try:
            if wanted.unix_socket is None:
                held = stack.enter_context(_hold(wanted.host, wanted.port))
                wanted = replace(wanted, port=held.getsockname()[1])
            else:
                listening = stack.enter_context(_listening(wanted.unix_socket)).fileno()
        except OSError as error:
            sys.stderr.write(f"error: nobody can listen at {wanted.place}: {error.strerror or error}\n")
            return NO_PORT
        return asyncio.run(run(wanted, listening))


@contextmanager
def _listening(path: str) -> Generator[socket.socket]:
    """A socket of Unix that listens for those who share it; its file is removed at the end."""
    from ._native import UnixSocket

    made = UnixSocket(path)
    try:
        with socket.socket(fileno=made.fileno()) as listening:
            yield listening
    finally:
        made.remove()


def _hold(host: str, port: int) -> socket.socket:
    """A socket that keeps a port for those who share it. It does not listen, so that no connection comes to it."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    held = socket.socket(family, kind, protocol)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(address)
    except BaseException:
        held.close()
        raise
    return held


class Child:
    """A process that serves, or is about to."""

    def __init__(self, process: asyncio.subprocess.Process, ready: int) -> None:
        self.process = process
        self.ready = ready
        """The descriptor at which it says that it listens."""
        self.listens = False


class Children:
    """Processes that serve the same, as long as their parent lives."""

    def __init__(self, wanted: Wanted, listening: int | None) -> None:
        """``listening`` is the descriptor of the socket with which all of them listen, where each has none of its own."""
        self._wanted = wanted
        self._listening = listening
        self._running: set[Child] = set()

    async def spawn(self) -> Child:
        """Starts one more."""
        reading, writing = os.pipe()
        descriptors = (writing,) if self._listening is None else (writing, self._listening)
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "subsgen.workers", msgspec.json.encode(self._wanted).decode(), *map(str, descriptors)),
                stdin=asyncio.subprocess.PIPE,  # by its end a worker learns that nobody keeps it any more
                pass_fds=descriptors,
                start_new_session=True,  # the terminal interrupts the parent alone, which tells the workers
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        child = Child(process, reading)
        self._running.add(child)
        return child

    async def listening(self, child: Child) -> int | None:
        """Waits until it listens, or has ended: then its exit status is returned."""
        with os.fdopen(child.ready, "rb", buffering=0) as ready:
            child.listens = bool(await asyncio.to_thread(ready.read, 1))
        return None if child.listens else await self.ended(child)

    async def ended(self, child: Child) -> int:
        """Waits until it has ended, and returns its exit status."""
        status = await child.process.wait()
        self._running.discard(child)
        return status

    def tell(self, number: signal.Signals) -> None:
        """Sends all of them a signal."""
        for child in list(self._running):
            with suppress(ProcessLookupError):  # it has ended just now
                child.process.send_signal(number)

    def renew_certificates(self) -> None:
        """Has them read their certificates again. One that is starting does not take the signal yet, and reads the files by itself."""
        for child in list(self._running):
            if child.listens:
                with suppress(ProcessLookupError):
                    child.process.send_signal(signal.SIGHUP)

    def renewing(self) -> AbstractContextManager[None]:
        """Has SIGHUP to this process renew their certificates, where they have any."""
        return nullcontext() if self._wanted.tls_cert is None else on_hang_up(self.renew_certificates)


class _Parent:
    """Keeps as many workers as there should be."""

    def __init__(self, wanted: Wanted, listening: int | None) -> None:
        self._wanted = wanted
        self._children = Children(wanted, listening)
        self._ending = asyncio.Event()

    async def run(self) -> int:
        with until_a_signal() as asked, self._children.renewing():
            # The first alone: what is wrong with the application it says once.
            first, status = await self._start()
            if status is not None:
                return status if status > 0 else FAILED
            others = await asyncio.gather(*(self._start() for _ in range(1, self._wanted.workers)))
            began = [first, *(child for child, _ in others)]
            keeping = [asyncio.create_task(self._keep(number, child)) for number, child in enumerate(began, 1)]
            logger.info("%d workers serve at %s", self._wanted.workers, self._wanted.place)
            asking = asyncio.create_task(asked.wait())
            try:
                # Nobody stops to keep a worker before the end, unless the system lets nobody start one.
                await asyncio.wait([asking, *keeping], return_when=asyncio.FIRST_COMPLETED)
                await self._end(keeping)
                for task in keeping:
                    task.result()
            finally:
                asking.cancel()
                # By a second signal, or because a worker does not come to its end.
                self._children.tell(signal.SIGKILL)
                for task in keeping:
                    task.cancel()
                await asyncio.gather(*keeping, return_exceptions=True)
        return ENDED

    async def _end(self, keeping: list[asyncio.Task[None]]) -> None:
        self._ending.set()
        self._children.tell(signal.SIGTERM)
        _, late = await asyncio.wait(keeping, timeout=self._wanted.drain_timeout + GRACE)
        if late:
            logger.warning("%d workers did not come to their end and are killed", len(late))
            self._children.tell(signal.SIGKILL)
            await asyncio.wait(late)

    async def _keep(self, number: int, child: Child) -> None:
        loop, pause = asyncio.get_running_loop(), 0.0
        began = loop.time()
        while True:
            status = await self._children.ended(child)
            if self._ending.is_set():
                return
            pause = 0.0 if loop.time() - began > _LONG else min(max(2 * pause, _FIRST_PAUSE), _LONGEST_PAUSE)
            when = f" in {pause:g} s" if pause else ""
            logger.error("worker %d (process %d) %s; another takes its place%s", number, child.process.pid, how_it_ended(status), when)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._ending.wait(), pause)
                return
            began = loop.time()
            child, _ = await self._start()

    async def _start(self) -> tuple[Child, int | None]:
        """A worker that listens, or one that has ended, and its exit status."""
        child = await self._children.spawn()
        return child, await self._children.listening(child)


def how_it_ended(status: int) -> str:
    """``ended with exit status 1``, ``was ended by SIGKILL``."""
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with exit status {status}"


def main(arguments: list[str]) -> int:
    """A worker: what is served, as JSON, the descriptor by which it says that it listens, and that of a socket that listens already."""
    ready, *listening = map(int, arguments[1:])

    def began(_: Server, asked: asyncio.Event) -> None:
        os.write(ready, b"+")
        os.close(ready)
        loop = asyncio.get_running_loop()

        def parent_is_gone() -> None:
            loop.remove_reader(sys.stdin)
            asked.set()

        loop.add_reader(sys.stdin, parent_is_gone)

    sock = socket.socket(fileno=listening[0]) if listening else None
    return serve(msgspec.json.decode(arguments[0], type=Wanted), is_worker=True, began=began, sock=sock)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
