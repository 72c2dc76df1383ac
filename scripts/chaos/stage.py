"""Where rounds take place: a bus server, workers, clients, and what is known of the events."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from typing import Any, TextIO

from .client import Client
from .fleet import Fleet, Worker
from .oracle import Event, Ledger
from .proxy import Proxy
from .server import BusServer
from .wires import EventStream, WebSocketWire

__all__ = ["TOPICS", "Stage"]

TOPICS = ["news", "room.1", "room.2"]
"""One with a stream of its own, two that share theirs with others."""
SECONDS_TO_PUBLISH = 3


class Stage:
    """Everything that a round needs, and that the next round finds as it was left."""

    def __init__(self, server: BusServer, logs: Path, generator: random.Random, *, workers: int = 3, clients_of_topic: int = 3) -> None:
        self.server = server
        self.logs = logs
        self.ledgers = {topic: Ledger() for topic in TOPICS}
        self.changing_server = asyncio.Lock()
        """Held by who ends the server, until it is there again."""
        self.disconnected: set[tuple[Worker, int]] = set()
        """Who has lost its connection to the bus, and as which of its starts: its counters must say so."""
        self.refusals: list[str] = []
        """What publishers were told in this round, where it was no cursor."""
        self.published: dict[tuple[Worker, int], int] = {}
        """How many cursors each told, by its starts."""
        self.unknown: dict[tuple[Worker, int], int] = {}
        """How often it was told that an event may have been published."""
        self.has_lost = False
        """Whether the bus began anew once, so that workers may count gaps."""
        self._random = generator
        self._workers = workers
        self._clients_of_topic = clients_of_topic
        self.fleet = Fleet([], generator)
        self.proxies: dict[Worker, Proxy] = {}
        """Between each and the bus."""
        self.clients: list[Client] = []
        self._journal: TextIO = (logs / "rounds.log").open("a", encoding="utf-8")
        self._began = time.monotonic()
        self._fences = 0

    def log(self, text: str) -> None:
        """For who wants to know how a round went."""
        self._journal.write(f"{time.monotonic() - self._began:9.3f} {text}\n")
        self._journal.flush()

    async def start(self) -> None:
        await self.server.start()
        for number in range(self._workers):
            proxy = Proxy(self.server.connect)
            url = self.server.url(await proxy.start(), f"seconds_to_publish={SECONDS_TO_PUBLISH}")
            worker = Worker(f"worker-{number}", url, self.logs, self._told)
            self.proxies[worker] = proxy
            self.fleet.workers.append(worker)
        await self.fleet.start()
        # What comes behind its cursor is every event that counts.
        cursors = await self.fence()
        for topic in TOPICS:
            for number in range(self._clients_of_topic):
                wire = EventStream if number == 0 else WebSocketWire
                client = Client(f"{wire.__name__}-{topic}-{number}", topic, wire, self.fleet, self._random)
                client.cursor = cursors[topic]
                self.clients.append(client)
                client.start()
        self.forget()

    async def stop(self) -> None:
        await asyncio.gather(*(client.stop() for client in self.clients))
        await self.fleet.stop()
        await asyncio.gather(*(proxy.stop() for proxy in self.proxies.values()))
        await self.server.stop()
        self._journal.close()

    def begin(self, title: str) -> None:
        """A round begins."""
        self.log(title)
        self.refusals = []

    def forget(self) -> None:
        """What was published has reached everybody, and was checked."""
        for client in self.clients:
            client.forget()
        for ledger in self.ledgers.values():
            ledger.settle()

    def of(self, topic: str) -> list[Client]:
        return [client for client in self.clients if client.topic == topic]

    def attempt(self, name: str, topics: list[str], count: int) -> None:
        """These events are about to be published."""
        for index, topic in enumerate(topics):
            self.ledgers[topic].attempt(name, range(index, count, len(topics)))

    def _told(self, worker: Worker, answer: dict[str, Any]) -> None:
        ledger = self.ledgers[answer["topic"]]
        event = Event(answer.get("taken") or answer["refused"], answer["number"])
        if "taken" in answer:
            ledger.taken(event, answer["cursor"])
            self.published[worker, worker.starts] = self.published.get((worker, worker.starts), 0) + 1
        else:
            why: str = answer["why"]
            surely = "may have been published" not in why and "not known" not in why
            ledger.refused(event, surely=surely)
            if not surely:
                self.unknown[worker, worker.starts] = self.unknown.get((worker, worker.starts), 0) + 1
            self.refusals.append(f"{worker.name}: {event.publication}:{event.number}: {why}")

    async def fence(self) -> dict[str, str]:
        """Has each worker that is there publish an event to each topic, until it was taken; says the last cursors."""
        cursors: dict[str, str] = {}
        while not self.fleet.up:
            await self.fleet.start()
        for worker in self.fleet.up:
            cursors |= await self._fence(worker)
        return cursors

    async def _fence(self, worker: Worker) -> dict[str, str]:
        cursors: dict[str, str] = {}
        while worker.is_up and len(cursors) < len(TOPICS):
            self._fences += 1
            name = f"fence-{self._fences}"
            topics = [topic for topic in TOPICS if topic not in cursors]
            self.attempt(name, topics, len(topics))
            await worker.publish(name, topics, len(topics)).ended.wait()
            for number, topic in enumerate(topics):
                cursor = self.ledgers[topic].cursors.get(Event(name, number))
                if cursor is not None:
                    cursors[topic] = cursor
        return cursors
