"""Many connections at once that come and go, in order and abruptly, over real sockets: nothing is lost, and nothing stays.

`make soak` lets 1,000 connections of 10 subscriptions each churn for SECONDS=600; otherwise it is a few seconds with fewer.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from plain_socket import PlainSocket
from serving import Server, fastapi, within
from subsgen import RuntimeOptions, SubscriptionManager
from test_native_memory import allocated

LONG = "SOAK_SECONDS" in os.environ
SECONDS = float(os.environ.get("SOAK_SECONDS", "3"))
CONNECTIONS = int(os.environ.get("SOAK_CONNECTIONS", "1000" if LONG else "50"))
SUBSCRIPTIONS = 10
ROOMS = 50

SDL = """
type Query { version: String }
type Message { roomId: ID! number: Int! }
type Subscription { message(roomId: ID!): Message! }
"""
QUERY = "subscription ($room: ID!) { message(roomId: $room) { roomId number } }"
COUNTS = ("connections", "subscriptions", "groups", "topics")


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


class Soak:
    """A server, its visitors, and what they have seen."""

    def __init__(self, manager: SubscriptionManager, server: Server, seed: int) -> None:
        self.manager = manager
        self.server = server
        self.random = random.Random(seed)
        self.published = 0
        self.visits = 0
        self.received = 0
        self.present = 0
        self.all_here = asyncio.Event()

    def counts(self) -> tuple[int, ...]:
        metrics = self.manager.get_metrics()
        return tuple(metrics[name] for name in COUNTS)

    async def visit(self, *, meet: bool) -> None:
        """Subscribes ten times to a room, sees what is posted in it, each in order and at each subscription, and goes somehow."""
        room = str(self.random.randrange(ROOMS))
        self.visits += 1
        visitor = await PlainSocket.connect(self.server.url)
        try:
            await self.take_part(visitor, room, meet=meet)
        finally:
            visitor.vanish()

    async def take_part(self, visitor: PlainSocket, room: str, *, meet: bool) -> None:
        visitor.send({"type": "connection_init"})
        assert await visitor.receive() == {"type": "connection_ack"}
        for number in range(SUBSCRIPTIONS):
            visitor.send({"id": str(number), "type": "subscribe", "payload": {"query": QUERY, "variables": {"room": room}}})
        visitor.send({"type": "ping"})
        # Others may post meanwhile: what comes before the pong is of the room, too.
        last = [0] * SUBSCRIPTIONS
        while (frame := await visitor.receive())["type"] != "pong":
            self.see(frame, room, last)
        if meet:
            # Nobody posts before all are there.
            assert not any(last)
            await self.meet()
        own = self.published = self.published + 1
        await self.manager.publish_event("message", {"roomId": room, "number": own})
        while min(last) < own:
            self.see(await visitor.receive(), room, last)
        match self.random.randrange(4):
            case 0:
                await visitor.close()
            case 1:
                visitor.vanish()
            case 2:
                visitor.send({"id": "0", "type": "complete"})
                visitor.vanish()
            case _:
                visitor.send(b"no JSON")
                await visitor.read_all()

    def see(self, frame: Any, room: str, last: list[int]) -> None:
        assert frame["type"] == "next", frame
        message = frame["payload"]["data"]["message"]
        subscription = int(str(frame["id"]))
        assert message["roomId"] == room
        assert message["number"] > last[subscription], "an event came twice or after a later one"
        last[subscription] = message["number"]
        self.received += 1

    async def meet(self) -> None:
        self.present += 1
        if self.present == CONNECTIONS:
            assert self.counts()[:2] == (CONNECTIONS, CONNECTIONS * SUBSCRIPTIONS)
            self.all_here.set()
        await self.all_here.wait()

    async def gone(self) -> None:
        """Waits until the server is done with every visit there was."""
        for _ in range(self.visits):
            await within(self.server.ended.get())
        self.visits = 0
        gc.collect()

    async def churn(self, until: float) -> None:
        while time.monotonic() < until:
            await self.visit(meet=False)

    def standing(self) -> tuple[int, int, tuple[int, ...]]:
        """What must be as it was when everybody is gone: descriptors, tasks, counts of the runtime."""
        return descriptors(), len(asyncio.all_tasks()), self.counts()


async def test_connections_come_and_go_and_leave_nothing(caplog: pytest.LogCaptureFixture) -> None:
    seed = random.randrange(1 << 32)
    sys.stdout.write(f"seed {seed}\n")
    # Long steps of the loop are what many at once mean, not a mistake.
    asyncio.get_running_loop().slow_callback_duration = 60
    # A thousand handshakes at once outlast the usual patience on a busy machine. And who vanished may still be here when he comes again.
    options = RuntimeOptions(connection_init_timeout=600, connections_per_address=8 * CONNECTIONS)
    manager = SubscriptionManager(schema=SDL, options=options)
    async with fastapi(manager) as server:
        soak = Soak(manager, server, seed)
        await asyncio.gather(*(soak.visit(meet=True) for _ in range(CONNECTIONS)))
        await soak.gone()
        before, native, blocks = soak.standing(), allocated(), sys.getallocatedblocks()
        until = time.monotonic() + SECONDS
        await asyncio.gather(*(soak.churn(until) for _ in range(CONNECTIONS)))
        visits = soak.visits
        await soak.gone()
        grown = allocated() - native, sys.getallocatedblocks() - blocks
        told = f"{visits} visits, {soak.received} messages; grown by {grown[0]} bytes and {grown[1]} blocks of Python's"
        sys.stdout.write(f"{told}\n")
        assert soak.standing() == before
        # What Python and the C library keep for the next time varies with what was alive at once, not with how often.
        assert grown[0] < 64 * 1024 + 2048 * CONNECTIONS
        assert grown[1] < 2000 + 2 * CONNECTIONS
    assert soak.counts() == (0, 0, 0, 0)
    # Abrupt ends are nothing to tell of. And what is told, pytest keeps, whose memory would be counted.
    assert caplog.text == ""
