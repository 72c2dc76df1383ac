"""Clients that want to miss nothing: whatever happens to their connection, they come back and go on behind the last cursor they got."""

from __future__ import annotations

import asyncio
import random
import socket
from collections import Counter
from collections.abc import Callable
from typing import Any

from .fleet import Fleet
from .oracle import Event, Received, place
from .wires import EventStream, WebSocketWire, Wire

__all__ = ["Client"]


class Client:
    """Subscribes to one topic, over one connection at a time."""

    def __init__(self, name: str, topic: str, wire: type[WebSocketWire | EventStream], fleet: Fleet, generator: random.Random) -> None:
        self.name = name
        self.topic = topic
        self.got: list[Received] = []
        """Since the last `forget`."""
        self.connections = 0
        self.codes: Counter[str] = Counter()
        """What it was refused with, and how often."""
        self.closes: list[int | None] = []
        """With what servers closed its connections; None where they did not."""
        self.cursor: str | None = None
        self._make = wire
        self._fleet = fleet
        self._random = generator
        self._wire: Wire | None = None
        self._seen: set[Event] = set()
        self._news = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self.failure: str | None = None
        """Of its own: what a server sent that it could not read."""

    def start(self) -> None:
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self._wire is not None:
            self._wire.vanish()

    async def _run(self) -> None:
        while True:
            port = self._fleet.port()
            if port is not None:
                await self._connect(port)
            # As clients do, so that they do not all come at once.
            await asyncio.sleep(self._random.uniform(0.005, 0.03))

    async def _connect(self, port: int) -> None:
        plug = socket.socket()
        # Small, so that what it does not read is soon the server's.
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        plug.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_connect(plug, ("127.0.0.1", port))
            _, wire = await loop.create_connection(lambda: self._make(self), sock=plug)
        except OSError:
            plug.close()
            return
        self.connections += 1
        self._wire = wire
        await wire.ended.wait()
        self._wire = None
        if wire.is_open:
            self.closes.append(wire.code)

    def vanish(self, after: int = 0) -> None:
        """Loses its connection, after so many bytes more."""
        if self._wire is None:
            return
        if after:
            self._wire.bytes_left = after
        else:
            self._wire.vanish()

    def pause(self) -> Callable[[], None]:
        """Reads no more from its connection until the function that is returned is called."""
        wire = self._wire
        if wire is None or wire.transport.is_closing():
            return lambda: None
        wire.transport.pause_reading()

        def go_on() -> None:
            if not wire.transport.is_closing():
                wire.transport.resume_reading()

        return go_on

    async def reaches(self, event: Event) -> None:
        """Returns when it has got an event."""
        while event not in self._seen:
            self._news.clear()
            await self._news.wait()

    def lacks(self, cursor: str) -> bool:
        """Whether it has got nothing of the history, at or behind a place."""
        if self.cursor is None:
            return True
        (history, its), (asked_history, asked) = place(self.cursor), place(cursor)
        return history == asked_history and its < asked

    async def catches_up(self, cursor: str) -> None:
        """Returns when it has got what is at a place."""
        while self.lacks(cursor):
            self._news.clear()
            await self._news.wait()

    def forget(self) -> None:
        """What it got has been checked."""
        self.got = []
        self._seen = set()

    # What its connection tells.

    def request(self) -> dict[str, Any]:
        field = "news" if self.topic == "news" else f'room(id: "{self.topic.removeprefix("room.")}")'
        extensions: dict[str, Any] = {"resume": True} if self.cursor is None else {"after": self.cursor}
        return {"query": f"subscription {{ event: {field} {{ publication number text }} }}", "extensions": extensions}

    def result(self, payload: dict[str, Any]) -> None:
        if "errors" in payload:
            self.failure = self.failure or f"{self.name} got {payload}"
            return
        event, cursor = payload["data"]["event"], payload["extensions"]["cursor"]
        self.cursor = cursor
        self.got.append(Received(cursor, Event(event["publication"], event["number"])))
        self._seen.add(self.got[-1].event)
        self._news.set()

    def refused(self, errors: list[dict[str, Any]]) -> None:
        message: str = errors[0]["message"]
        code = str(errors[0].get("extensions", {}).get("code") or ("TOO_SLOW" if "waited for the client" in message else message))
        self.codes[code] += 1
        if code == "CURSOR_TOO_OLD":
            # What it missed it would read elsewhere now.
            self.cursor = None
        elif code not in ("HISTORY_UNAVAILABLE", "TOO_SLOW"):
            self.failure = self.failure or f"{self.name} was refused: {errors}"
