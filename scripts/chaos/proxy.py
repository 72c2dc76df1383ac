"""A network between a worker and its bus that can be cut, slowed down, and made to bring bytes late."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable

__all__ = ["Proxy"]

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Link:
    """One connection through the proxy."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.near = near
        self.far = far
        self.goes_on = asyncio.Event()
        """Not set: what goes to the server is kept back, also when the client is gone. Bytes on a network do not know that either."""
        self.goes_on.set()
        self.has_kept = asyncio.Event()
        """Whether something was kept back."""
        self.ended = asyncio.Event()
        self.bytes_left: int | None = None
        """After so many bytes towards the client the connection breaks, in the middle of whatever that is."""

    def hold(self) -> None:
        self.goes_on.clear()

    def release(self) -> None:
        self.goes_on.set()

    def cut(self) -> None:
        """Breaks it on both sides."""
        for side in (self.near, self.far):
            side.transport.abort()

    def lose_client(self) -> None:
        """Breaks it for the client alone: what it has sent is still on its way."""
        self.near.transport.abort()


class Proxy:
    """Listens on a port of its own, and takes what comes to a server that may come and go."""

    def __init__(self, connect: Callable[[], Awaitable[Streams]]) -> None:
        self._connect = connect
        self._links: list[Link] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.is_refusing = False
        """Whether new connections are closed at once."""
        self.delays: tuple[random.Random, float] | None = None
        """Each piece waits for up to so many seconds."""
        self.deaf_connections = 0
        """Of so many connections that come, the server gets only the first pieces; then they break."""
        self.heard_pieces = 1
        """How many pieces that are."""
        self.accepted = 0

    async def start(self) -> int:
        """Returns the port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self, after: int = 0) -> int:
        """Breaks every connection, after so many bytes more towards the client; says how many there were."""
        for link in self._links:
            if after:
                link.bytes_left = after
            else:
                link.cut()
        return len(self._links)

    def hold(self) -> list[Link]:
        """Keeps back what comes from clients on the connections that there are, until each is released."""
        for link in self._links:
            link.hold()
        return list(self._links)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            if self.is_refusing:
                raise ConnectionRefusedError
            far_reader, far_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)
            return
        link = Link(writer, far_writer)
        self._links.append(link)
        pieces = None
        if self.deaf_connections:
            self.deaf_connections -= 1
            pieces = self.heard_pieces
        try:
            await asyncio.gather(self._there(reader, link, pieces), self._back(far_reader, link))
        finally:
            self._links.remove(link)
            link.cut()
            await asyncio.gather(writer.wait_closed(), far_writer.wait_closed(), return_exceptions=True)
            link.ended.set()

    async def _there(self, reader: asyncio.StreamReader, link: Link, pieces: int | None) -> None:
        """Towards the server."""
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if pieces == 0:
                    link.cut()
                    break
                pieces = None if pieces is None else pieces - 1
                await self._wait()
                if not link.goes_on.is_set():
                    link.has_kept.set()
                await link.goes_on.wait()
                link.far.write(data)
                await link.far.drain()
        with contextlib.suppress(OSError):
            # A client that is gone may have sent something: it arrives before the end does.
            await link.goes_on.wait()
            await link.far.drain()
        link.far.close()

    async def _back(self, reader: asyncio.StreamReader, link: Link) -> None:
        """Towards the client."""
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self._wait()
                if link.bytes_left is not None:
                    link.near.write(data[: link.bytes_left])
                    link.bytes_left -= len(data)
                    if link.bytes_left <= 0:
                        # What was written goes first; then the connection is broken.
                        with contextlib.suppress(OSError):
                            await link.near.drain()
                        link.cut()
                        break
                    continue
                link.near.write(data)
                await link.near.drain()
        link.near.close()

    async def _wait(self) -> None:
        if self.delays is not None:
            generator, most = self.delays
            await asyncio.sleep(generator.random() * most)
