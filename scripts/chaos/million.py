"""Nothing breaks, and every event is counted: one publisher, several workers, and clients that check each number and each cursor."""

from __future__ import annotations

import asyncio
import hashlib
import random
import sys
import time
from pathlib import Path
from typing import Any

from .client import Client
from .fleet import Fleet, Worker
from .oracle import place
from .server import BusServer
from .wires import WebSocketWire

__all__ = ["Counting", "run"]

TOPIC = "news"
MESSAGES = 100_000
"""That may wait for a client. One that is slower than its publisher is cut off, and comes back with its cursor."""


class Counting(Client):
    """Expects the numbers of a publication from 0 on, and keeps none of them."""

    def __init__(self, name: str, fleet: Fleet, count: int, generator: random.Random) -> None:
        super().__init__(name, TOPIC, WebSocketWire, fleet, generator)
        self.count = 0
        self.done = asyncio.Event()
        self.digest = hashlib.sha256()
        """Of the cursors, which are the same for all."""
        self._expected = count
        self._history: str = ""
        self._place = -1

    def result(self, payload: dict[str, Any]) -> None:
        number: int = payload["data"]["event"]["number"]
        self.cursor = payload["extensions"]["cursor"]
        assert self.cursor is not None
        history, its_place = place(self.cursor)
        if number != self.count or its_place <= self._place or history != (self._history or history):
            self.failure = self.failure or f"{self.name}: number {number} at {self.cursor} came where {self.count} was to come"
            self.done.set()
        self._history, self._place = history, its_place
        self.digest.update(self.cursor.encode())
        self.count += 1
        if self.count == self._expected:
            self.done.set()


async def run(server: BusServer, logs: Path, workers: int, events: int, clients_each: int = 2) -> list[str]:
    """What is wrong; nothing where every client of every worker got every event, once and in order."""
    generator = random.Random(events)
    url = server.direct_url(events + 100_000)
    wrong: list[str] = []

    def told(worker: Worker, answer: dict[str, Any]) -> None:
        if "refused" in answer:
            wrong.append(f"{worker.name}: number {answer['number']}: {answer['why']}")
        else:
            begins.append(answer["cursor"])

    begins: list[str] = []
    serving = [Worker(f"worker-{number}", url, logs, told, messages=MESSAGES) for number in range(workers)]
    publisher = Worker("publisher", url, logs, told)
    everybody = Fleet([*serving, publisher], generator)
    clients: list[Counting] = []
    try:
        await server.start()
        await everybody.start()
        await publisher.publish("begin", [TOPIC], 1).ended.wait()
        for worker in serving:
            for number in range(clients_each):
                client = Counting(f"client {number} of {worker.name}", Fleet([worker], generator), events, generator)
                client.cursor = begins[0]
                clients.append(client)
                client.start()
        # Asked until each is there, and has read that there is nothing behind its cursor.
        while sum([(now := await worker.metrics())["subscriptions"] - now["replays"] for worker in serving]) < len(clients):
            pass
        began = time.monotonic()
        publication = publisher.publish("million", [TOPIC], events, window=512, quiet=True)
        told_at = 0.0
        while not all(client.done.is_set() for client in clients):
            waiting = [asyncio.ensure_future(client.done.wait()) for client in clients if not client.done.is_set()]
            await asyncio.wait(waiting, timeout=1, return_when=asyncio.FIRST_COMPLETED)
            for waiter in waiting:
                waiter.cancel()
            if publication.ended.is_set() and not told_at:
                told_at = time.monotonic() - began
            counts = [client.count for client in clients]
            sys.stdout.write(f"\r{server.name}, {workers} workers: clients have {min(counts)} to {max(counts)} of {events}\033[K")
            sys.stdout.flush()
        took = time.monotonic() - began
        metrics = [await worker.metrics() for worker in serving]
    finally:
        await asyncio.gather(*(client.stop() for client in clients))
        await everybody.stop()
        await server.stop()
    wrong += [client.failure for client in clients if client.failure is not None]
    if len({client.digest.digest() for client in clients}) != 1:
        wrong.append("the clients have other cursors than each other")
    replayed = sum(counted["events_replayed"] for counted in metrics)
    wrong += [f"a worker counts {counted['bus_gaps']} gaps" for counted in metrics if counted["bus_gaps"]]
    back = sum(client.connections + sum(client.codes.values()) - 1 for client in clients)
    sys.stdout.write(
        f"\r{server.name}, {workers} workers, {len(clients)} clients: {sum(client.count for client in clients)} events came, each once and "
        f"in order; published in {told_at or took:.0f} s, all there in {took:.0f} s; clients came back {back} times, "
        f"{replayed} events were of the history\033[K\n"
    )
    return wrong
