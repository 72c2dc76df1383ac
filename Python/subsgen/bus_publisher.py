"""Publishing to a bus from a process that serves no one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from .bus import EventBusConfig
from .options import RuntimeOptions
from .payload import Event, encode
from .runtime import Runtime, make_executor, publish_blocking

__all__ = ["BusRoute"]


class BusRoute:
    """The way to a bus: a native runtime that only publishes. Of any event loop and thread."""

    def __init__(self, bus: EventBusConfig, schema: str | os.PathLike[str], options: RuntimeOptions | None) -> None:
        """Connects in the background. Raises ``ValueError`` for a bus of one process, and as a manager does."""
        if bus.bus_type == "memory":
            raise ValueError("the memory bus is of one process, where its manager publishes: a Publisher takes one that processes share")
        sdl = schema if isinstance(schema, str) else Path(schema).read_text("utf-8")
        options = options or RuntimeOptions()
        self._runtime: Runtime | None = Runtime(make_executor(sdl, bus, options, publishes_only=True), {}, (), options)
        self._under_way: set[asyncio.Future[None]] = set()

    async def publish(self, topic: str, payload: Event, attributes: Mapping[str, str] | None) -> str:
        runtime, done = self._begin()
        try:
            return await runtime.publish(topic, encode(payload), attributes)
        finally:
            self._end(done)

    async def complete(self, topic: str) -> None:
        runtime, done = self._begin()
        try:
            await runtime.complete_topic(topic)
        finally:
            self._end(done)

    def publish_blocking(self, topic: str, payload: Event, attributes: Mapping[str, str] | None) -> str:
        runtime = self._open()
        return publish_blocking(runtime.executor, runtime.tracing, topic, encode(payload), attributes)

    def close(self) -> None:
        """Lets go of the bus; what other loops and threads have under way ends first."""
        self._runtime = None

    async def aclose(self) -> None:
        """The same, when what this loop has under way has ended."""
        runtime, self._runtime = self._runtime, None
        loop = asyncio.get_running_loop()
        if mine := [done for done in self._under_way if done.get_loop() is loop]:
            await asyncio.wait(mine)
        if runtime is not None:
            await runtime.close(0)

    def _open(self) -> Runtime:
        if self._runtime is None:
            raise RuntimeError("the publisher is closed")
        return self._runtime

    def _begin(self) -> tuple[Runtime, asyncio.Future[None]]:
        runtime = self._open()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._under_way.add(done)
        return runtime, done

    def _end(self, done: asyncio.Future[None]) -> None:
        self._under_way.discard(done)
        done.set_result(None)
