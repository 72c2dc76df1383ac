"""The worker processes, and the way in which they are told what to do."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["Fleet", "Publication", "Worker"]

SCRIPTS = Path(__file__).resolve().parents[1]


class Publication:
    """Events that a worker publishes, until it is done or dead."""

    def __init__(self) -> None:
        self.answers = 0
        self.ended = asyncio.Event()
        self._news = asyncio.Event()

    def answered(self) -> None:
        self.answers += 1
        self._news.set()

    def end(self) -> None:
        self.ended.set()
        self._news.set()

    async def reaches(self, answers: int) -> None:
        """Returns when so many events have been answered, or no more will be."""
        while self.answers < answers and not self.ended.is_set():
            self._news.clear()
            await self._news.wait()


class Worker:
    """One process. `told` is what it answers about events."""

    def __init__(
        self, name: str, url: str, logs: Path, told: Callable[[Worker, dict[str, Any]], None], *, messages: int | None = None
    ) -> None:
        self.name = name
        self._arguments = [url] if messages is None else [url, str(messages)]
        self.port = 0
        self._logs = logs
        self._told = told
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._up = asyncio.Event()
        self._metrics: asyncio.Queue[dict[str, int]] = asyncio.Queue()
        self.publications: dict[str, Publication] = {}
        self.is_up = False
        self.starts = 0

    async def start(self) -> None:
        """Returns when it takes connections, whoever has started it."""
        async with self._starting:
            if not self.is_up:
                await self._start()

    async def _start(self) -> None:
        self.starts += 1
        self._up.clear()
        with (self._logs / f"{self.name}.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "chaos.worker", *self._arguments),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=os.environ | {"PYTHONPATH": os.pathsep.join([str(SCRIPTS), os.environ.get("PYTHONPATH", "")])},
                limit=1 << 20,
            )
        self._reading = asyncio.create_task(self._read(self._process))
        await self._up.wait()
        if not self.is_up:
            raise RuntimeError(f"{self.name} did not start: {self._logs / self.name}.log says why")

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        # A line without its end was being written when the process died.
        while (line := await process.stdout.readline()).endswith(b"\n"):
            self._take(json.loads(line))
        self.is_up = False
        self._up.set()
        for publication in self.publications.values():
            publication.end()
        self.publications = {}
        await process.wait()

    def _take(self, answer: dict[str, Any]) -> None:
        match answer:
            case {"port": port}:
                self.port = port
                self.is_up = True
                self._up.set()
            case {"metrics": metrics}:
                self._metrics.put_nowait(metrics)
            case {"done": name}:
                self.publications.pop(name).end()
            case _:
                self._told(self, answer)
                self.publications[answer.get("taken") or answer["refused"]].answered()

    def publish(self, name: str, topics: list[str], count: int, *, window: int = 1, size: int = 16, quiet: bool = False) -> Publication:
        """Tells what becomes of each event; `quiet` tells of those that failed."""
        publication = self.publications[name] = Publication()
        self._tell({"publication": name, "topics": topics, "count": count, "window": window, "size": size, "quiet": quiet})
        return publication

    async def metrics(self) -> dict[str, int]:
        self._tell({"metrics": True})
        return await self._metrics.get()

    def _tell(self, command: dict[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def ended(self) -> None:
        """Returns when the process is gone, and all that it had told has been heard."""
        if self._reading is not None:
            await self._reading

    async def kill(self) -> None:
        """Ends it at once, stopped or not."""
        self.signal(signal.SIGKILL)
        await self.ended()


class Fleet:
    """Every worker."""

    def __init__(self, workers: list[Worker], generator: random.Random) -> None:
        self.workers = workers
        self._random = generator

    @property
    def up(self) -> list[Worker]:
        return [worker for worker in self.workers if worker.is_up]

    def port(self) -> int | None:
        """Where a load balancer would send a client; None where nobody is."""
        return self._random.choice(self.up).port if self.up else None

    async def start(self) -> None:
        """Starts those that are not there."""
        await asyncio.gather(*(worker.start() for worker in self.workers))

    async def stop(self) -> None:
        await asyncio.gather(*(worker.kill() for worker in self.workers))
