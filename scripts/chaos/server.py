"""What can be done to the server of a bus, whichever it is."""

from __future__ import annotations

import asyncio
import signal
from abc import ABC, abstractmethod

from .proxy import Streams

__all__ = ["BusServer"]


class BusServer(ABC):
    """A server that can crash and come back."""

    name: str
    pieces_to_connect = 1
    """In how many pieces at most a client says who it is before anything else."""

    def __init__(self) -> None:
        self.cannot: dict[str, str] = {}
        """Faults that it cannot be made to have, and why."""
        self._tasks: set[asyncio.Task[None]] = set()

    @abstractmethod
    def url(self, port: int, options: str) -> str:
        """The bus by way of a port of this machine."""

    @abstractmethod
    def direct_url(self, events_kept: int) -> str:
        """The bus without anything in between, that keeps so many events."""

    @abstractmethod
    async def connect(self) -> Streams:
        """A connection to it."""

    @abstractmethod
    async def start(self) -> None:
        """Starts it with what it had written, and returns when it takes connections."""

    @abstractmethod
    def signal(self, number: signal.Signals) -> None:
        """To all of its processes."""

    @abstractmethod
    async def kill(self) -> None:
        """Ends it as a crash would."""

    @abstractmethod
    async def stop(self) -> None:
        """Ends it for good."""

    @abstractmethod
    async def lose_data(self) -> None:
        """Ends it, and throws away what it had written."""

    @abstractmethod
    async def exhaust_memory(self) -> None: ...

    @abstractmethod
    async def free_memory(self) -> None: ...

    @abstractmethod
    async def fill_disk(self) -> None: ...

    @abstractmethod
    async def free_disk(self) -> None: ...

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)
