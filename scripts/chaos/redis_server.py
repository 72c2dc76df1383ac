"""A Redis server of a run's own, and all that can happen to it."""

from __future__ import annotations

import asyncio
import resource
import signal
import tempfile
from pathlib import Path

from .proxy import Streams
from .server import BusServer

__all__ = ["RedisServer"]

# What a server says that writes no new log.
IDLE = b"aof_rewrite_in_progress:0", b"aof_rewrite_scheduled:0"


class RedisServer(BusServer):
    """In a temporary folder, on a Unix socket there. It writes what it takes to its disk before it says so: a crash loses nothing."""

    name = "redis"

    def __init__(self, logs: Path) -> None:
        super().__init__()
        # The path of a socket is short.
        self._folder = tempfile.TemporaryDirectory(prefix="chaos-redis-")
        self._log = logs / "redis.log"
        self._process: asyncio.subprocess.Process | None = None
        self._socket = f"{self._folder.name}/redis.sock"

    def url(self, port: int, options: str) -> str:
        return f"redis://127.0.0.1:{port}?events_per_stream=20000&{options}"

    def direct_url(self, events_kept: int) -> str:
        return f"unix://{self._socket}?events_per_stream={events_kept}"

    async def connect(self) -> Streams:
        return await asyncio.open_unix_connection(self._socket)

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *("redis-server", "--port", "0", "--unixsocket", self._socket, "--dir", self._folder.name, "--save", "", "--logfile", ""),
                *("--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-min-size", "8mb"),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                # What exceeds the limit on the size of files is an error of the write, as Python has it, and no signal.
                restore_signals=False,
            )
        assert self._process.stdout is not None
        said = b""
        while b"eady to accept connections" not in said:
            said = await self._process.stdout.readline()
            if not said:
                raise RuntimeError(f"redis-server did not start (scripts/packages buses installs it): {self._log} says why")
            self._note(said)
        self._keep(asyncio.create_task(self._read(self._process.stdout)))

    async def _read(self, said: asyncio.StreamReader) -> None:
        while line := await said.readline():
            self._note(line)

    def _note(self, line: bytes) -> None:
        with self._log.open("ab") as log:
            log.write(line)

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def kill(self) -> None:
        if self._process is not None:
            self.signal(signal.SIGKILL)
            await self._process.wait()

    async def stop(self) -> None:
        await self.kill()
        await self.finish()
        self._folder.cleanup()

    async def lose_data(self) -> None:
        await self.kill()
        for file in self._files():
            file.unlink()

    async def exhaust_memory(self) -> None:
        await self.ask("CONFIG", "SET", "maxmemory", "1")

    async def free_memory(self) -> None:
        await self.ask("CONFIG", "SET", "maxmemory", "0")

    async def fill_disk(self) -> None:
        # A server that must write before it answers ends itself where it cannot: that is a crash. This one goes on, and says so.
        await self.ask("CONFIG", "SET", "appendfsync", "everysec")
        assert self._process is not None
        largest = max(file.stat().st_size for file in self._files())
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    async def free_disk(self) -> None:
        assert self._process is not None
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await self._until(b"aof_last_write_status:ok")
        # When a write was cut short and its log is not the first, Redis 7.0.15 cuts it at the wrong place, and could not read it again: the
        # operator's remedy is a new log.
        await self._until(*IDLE)
        await self.ask("BGREWRITEAOF")
        await self._until(*IDLE)
        await self.ask("CONFIG", "SET", "appendfsync", "always")

    async def _until(self, *lines: bytes) -> None:
        """Waits until the server says all of these lines of how it writes its log."""
        while not set(lines) <= set((await self.ask("INFO", "persistence")).split()):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)

    def _files(self) -> list[Path]:
        return list(Path(self._folder.name, "appendonlydir").iterdir())

    async def ask(self, *words: str) -> bytes:
        """The answer to a command: its first line, or the text that it announces."""
        reader, writer = await self.connect()
        writer.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word.encode()) for word in words))
        try:
            line = await reader.readline()
            return await reader.readexactly(int(line[1:])) if line.startswith(b"$") else line
        finally:
            writer.close()
