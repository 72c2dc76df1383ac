"""A PostgreSQL server of a run's own, and all that can happen to it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from .proxy import Streams
from .server import BusServer

__all__ = ["PostgresServer"]

READY = b"database system is ready to accept connections"
DISK = "size=8g"
"""More than a run fills; it has what is in it, and no more, of the machine's memory."""


def _programs() -> Path:
    """Debian has them where no path leads."""
    versions = [folder for folder in Path("/usr/lib/postgresql").glob("*") if folder.name.isdigit()]
    if not versions:
        raise RuntimeError("there is no PostgreSQL: scripts/packages buses installs it")
    return max(versions, key=lambda folder: int(folder.name)) / "bin"


class PostgresServer(BusServer):
    """In a temporary folder, on a Unix socket there, and with a disk of its own where one may be mounted.

    It refuses to be run by root, and is the user `postgres` then.
    """

    name = "postgresql"
    pieces_to_connect = 4

    def __init__(self, logs: Path) -> None:
        super().__init__()
        self._folder = tempfile.mkdtemp(prefix="chaos-postgres-")
        self._disk = f"{self._folder}/disk"
        self._data = f"{self._disk}/data"
        self._fillings = 0
        self._log = logs / "postgresql.log"
        self._process: asyncio.subprocess.Process | None = None
        self._as_user: list[str] = []
        self.cannot["memory_full"] = "PostgreSQL has no such limit"
        Path(self._disk).mkdir()
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self._folder, user.pw_uid, user.pw_gid)
            os.chown(self._disk, user.pw_uid, user.pw_gid)
            self._as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        if refused := self._mount("-t", "tmpfs", "-o", f"{DISK},{self._owner()}", "tmpfs"):
            self.cannot["disk_full"] = f"it takes a disk of its own, and none can be mounted: {refused}"

    def _owner(self) -> str:
        owner = os.stat(self._disk)
        return f"uid={owner.st_uid},gid={owner.st_gid}"

    def url(self, port: int, options: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{port}/chaos?sslmode=disable&gssencmode=disable&{options}"

    def direct_url(self, events_kept: int) -> str:
        return f"postgresql:///chaos?host={self._folder}&user=postgres"

    async def connect(self) -> Streams:
        return await asyncio.open_unix_connection(f"{self._folder}/.s.PGSQL.5432")

    async def start(self) -> None:
        is_new = self._is_new()
        if is_new:
            options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--wal-segsize=1")
            await self._run("initdb", "-D", self._data, *options)
        # A child of a server that crashed may still be on its way out.
        while not await self._begin():
            pass
        if is_new:
            await self._sql("create database chaos")
            await self._call(sys.executable, "-m", "subsgen", "postgres", "init", self.direct_url(0))

    def _is_new(self) -> bool:
        return not Path(self._data).exists()

    async def _begin(self) -> bool:
        """Starts it; false where it must be tried again."""
        program, options = _programs() / "postgres", ("-c", "listen_addresses=", "-c", "max_connections=50")
        self._process = await asyncio.create_subprocess_exec(
            *(*self._as_user, str(program), "-D", self._data, "-k", self._folder, *options),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=1 << 20,
        )
        assert self._process.stdout is not None
        said = b""
        while READY not in said:
            said = await self._process.stdout.readline()
            self._note(said)
            if b"pre-existing shared memory block" in said or b'lock file "postmaster.pid"' in said:
                await self._process.wait()
                return False
            if not said:
                raise RuntimeError(f"PostgreSQL did not start: {self._log} says why")
        self._keep(asyncio.create_task(self._read(self._process.stdout)))
        return True

    async def _sql(self, sql: str) -> None:
        await self._run("psql", "-h", self._folder, "-U", "postgres", "-d", "postgres", "-q", "-c", sql)

    async def _run(self, program: str, *arguments: str) -> None:
        await self._call(*self._as_user, str(_programs() / program), *arguments)

    async def _call(self, *command: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=environment
        )
        said, _ = await process.communicate()
        self._note(said)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)}: {said.decode(errors='replace')}")

    async def _read(self, said: asyncio.StreamReader) -> None:
        while line := await said.readline():
            self._note(line)

    def _note(self, text: bytes) -> None:
        with self._log.open("ab") as log:
            log.write(text)

    def _family(self) -> list[int]:
        """The server and then its children."""
        if self._process is None or self._process.returncode is not None:
            return []
        number = self._process.pid
        with contextlib.suppress(OSError):
            return [number, *map(int, Path(f"/proc/{number}/task/{number}/children").read_text("ascii").split())]
        return [number]

    def signal(self, number: signal.Signals) -> None:
        for process in self._family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    async def kill(self) -> None:
        self.signal(signal.SIGKILL)
        if self._process is not None:
            await self._process.wait()

    async def stop(self) -> None:
        await self.kill()
        await self.finish()
        if "disk_full" not in self.cannot:
            self._unmount()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def lose_data(self) -> None:
        await self.kill()
        shutil.rmtree(self._data)

    async def exhaust_memory(self) -> None:
        raise NotImplementedError("PostgreSQL has no such limit")

    async def free_memory(self) -> None:
        raise NotImplementedError("PostgreSQL has no such limit")

    def _mount(self, *options: str) -> str:
        """Why the disk cannot be mounted so; empty where it can."""
        try:
            done = subprocess.run(["mount", *options, self._disk], capture_output=True, text=True)
        except FileNotFoundError as missing:
            return str(missing)
        return done.stderr.strip() if done.returncode else ""

    def _unmount(self) -> None:
        # Lazily, since a child may still be on its way out.
        subprocess.run(["umount", "--lazy", self._disk], capture_output=True)

    def _used(self) -> int:
        """How many bytes of the disk have something in them."""
        usage = os.statvfs(self._disk)
        return usage.f_frsize * (usage.f_blocks - usage.f_bfree)

    async def fill_disk(self) -> None:
        # The server may take more between the look and the mount, which is refused then.
        if all(self._mount("-o", f"remount,size={self._used()}") for _ in range(100)):
            raise RuntimeError(f"the disk at {self._disk} cannot be filled")
        self._fillings += 1
        if self._fillings % 2 == 0:
            # The log, too, has no more room when the files that it has in reserve are full: the server ends, and cannot start.
            with contextlib.suppress(RuntimeError):
                await self._sql("select pg_logical_emit_message(false, 'chaos', repeat('x', 1000000)) from generate_series(1, 1000)")

    async def free_disk(self) -> None:
        self._mount("-o", f"remount,{DISK}")
        while True:
            with contextlib.suppress(RuntimeError):
                return await self._sql("select")
            if not self._family():
                return await self.start()
