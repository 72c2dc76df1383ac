"""``subsgen serve`` is ended while messages wait for every client: who is connected is told, and who can go on elsewhere misses nothing."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
from collections import defaultdict
from collections.abc import AsyncGenerator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from chaos.client import Client
from chaos.fleet import Fleet
from chaos.oracle import Event, Ledger, Received, place, violations
from chaos.wires import WebSocketWire
from chaos.worker import SDL
from serve_command import Serving, serve
from serving import PATIENCE, within
from subsgen import EventBusConfig, Publisher
from test_serve_command import both

DRAIN = 90
"""Seconds that clients have at the end, of which a machine with nothing else to do needs two."""
GRACE = 5
"""Seconds that workers have beyond that."""
GOODBYES = {1001, 1012}
PUBLISHERS = 3
ENOUGH = 300
"""Events that each client has got when the end begins."""
WAITING = 4 << 20
"""Bytes of messages that wait in a process before its publishers pause: thousands of messages, no more than clients get through in time."""

# So much may wait that nobody is too slow: what waits is to be sent at the end. What publishers are told goes to standard output.
APPLICATION = f"""
import asyncio, json, os
from fastapi import FastAPI
from subsgen import EventBusConfig, RuntimeOptions, SubscriptionManager

options = RuntimeOptions(messages_per_subscription=1_000_000, bytes_per_connection=1 << 30)
manager = SubscriptionManager(EventBusConfig.from_url(os.environ["BUS"]), schema={SDL!r}, options=options)
app = FastAPI()
tasks = []

async def publish(publication):
    number = 0
    while True:
        cursor = await manager.publish_event("news", {{"publication": publication, "number": number, "text": "x" * 200}})
        os.write(1, json.dumps({{"publication": publication, "number": number, "cursor": cursor}}).encode() + b"\\n")
        number += 1
        await asyncio.sleep(0)
        while manager.get_metrics()["outbox_bytes"] > {WAITING}:
            await asyncio.sleep(0.001)

@app.get("/process")
async def process() -> int:
    return os.getpid()

@app.get("/load")
async def load() -> int:
    if not tasks:
        tasks.extend(asyncio.create_task(publish(f"{{os.getpid()}}-{{number}}")) for number in range({PUBLISHERS}))
    return os.getpid()

@app.get("/subscriptions")
async def subscriptions() -> tuple[int, int]:
    return os.getpid(), manager.get_metrics()["subscriptions"]
"""


class Place(Fleet):
    """Where clients find a server: one port, or none."""

    def __init__(self) -> None:
        super().__init__([], random.Random(1))
        self.at: int | None = None
        self.asked: asyncio.Queue[Client] = asyncio.Queue()
        """Gets each client that can go on elsewhere, whenever it subscribes."""

    def port(self) -> int | None:
        return self.at


class Reader(Client):
    """Subscribes to the one topic there is."""

    def __init__(self, name: str, servers: Place) -> None:
        super().__init__(name, "news", WebSocketWire, servers, random.Random(name))
        self._servers = servers

    async def has(self, count: int) -> None:
        """Returns when it has so many events."""
        while len(self.got) < count:
            self._news.clear()
            await self._news.wait()


class Resuming(Reader):
    """Asked for cursors."""

    def request(self) -> dict[str, Any]:
        self._servers.asked.put_nowait(self)
        return super().request()


class Passing(Reader):
    """Asked for none. It comes once, and is to be told that its subscription is complete."""

    def __init__(self, name: str, servers: Place) -> None:
        super().__init__(name, servers)
        self.is_complete = False

    async def _run(self) -> None:
        port = self._fleet.port()
        assert port is not None
        await self._connect(port)

    def request(self) -> dict[str, Any]:
        return {"query": super().request()["query"]}

    def result(self, payload: dict[str, Any]) -> None:
        event = payload["data"]["event"]
        self.got.append(Received("", Event(event["publication"], event["number"])))
        self._news.set()

    def refused(self, errors: list[dict[str, Any]]) -> None:
        if "was completed" in errors[0]["message"]:
            self.is_complete = True
        else:
            super().refused(errors)

    def violations(self) -> list[str]:
        """What is wrong: between the first event of a publisher and the last that it got there is none that it did not get."""
        numbers: dict[str, list[int]] = defaultdict(list)
        for received in self.got:
            numbers[received.event.publication].append(received.event.number)
        wrong = [f"{self.name} got {got} of {name}" for name, got in numbers.items() if got != list(range(got[0], got[-1] + 1))]
        return wrong + ([] if self.is_complete else [f"{self.name} was not told that its subscription is complete"])


class Told:
    """What publishers were told, as the command writes it."""

    def __init__(self, cursors: dict[Event, str] | None = None) -> None:
        self.cursors: dict[Event, str] = {} if cursors is None else cursors

    async def read(self, output: asyncio.StreamReader) -> None:
        """Until the command has ended. Who is killed may leave half a line."""
        while (line := await output.readline()).endswith(b"\n"):
            told = json.loads(line)
            self.cursors[Event(told["publication"], told["number"])] = told["cursor"]

    def ledger(self, got: Sequence[Received]) -> Ledger:
        """Where nothing was told of an event, it may come."""
        ledger = Ledger()
        for event in {received.event for received in got}:
            ledger.attempt(event.publication, [event.number])
        for event, cursor in self.cursors.items():
            ledger.taken(event, cursor)
        return ledger


async def coming(clients: Sequence[Client], waits: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Returns when the clients have what they wait for, which may be much: as long as something comes."""
    waiting = asyncio.gather(*waits)
    try:
        while not waiting.done():
            before = sum(len(client.got) for client in clients)
            await asyncio.wait([waiting], timeout=PATIENCE)
            assert waiting.done() or sum(len(client.got) for client in clients) > before, "nothing comes any more"
        await waiting
    finally:
        waiting.cancel()


@asynccontextmanager
async def connected(*clients: Reader) -> AsyncGenerator[None]:
    for client in clients:
        client.start()
    try:
        yield
    finally:
        for client in clients:
            await client.stop()


async def ask(port: int, path: str) -> Any:
    """Over a connection of its own, which goes to any worker."""
    async with httpx.AsyncClient(trust_env=False, timeout=20) as visitor:
        return (await visitor.get(f"http://127.0.0.1:{port}{path}")).json()


async def subscribed(port: int, count: int) -> dict[int, int]:
    """How many subscriptions each process has, when they are so many together."""
    subscriptions: dict[int, int] = {}
    while sum(subscriptions.values()) < count:
        process, its = await ask(port, "/subscriptions")
        subscriptions[process] = its
    return subscriptions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "application.py").write_text(APPLICATION)
    return tmp_path


@asynccontextmanager
async def loaded(folder: Path, bus: str, told: Told, *arguments: str) -> AsyncGenerator[tuple[Serving, asyncio.Task[None]]]:
    """The command, and what ends when its output does."""
    arguments = ("application:manager", "--app", "application:app", "--port", "0", "--drain-timeout", str(DRAIN), *arguments)
    reading, writing = os.pipe()
    output = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(output), os.fdopen(reading, "rb"))
    try:
        async with serve(folder, bus, *arguments, output=writing) as serving:
            os.close(writing)
            yield serving, (task := asyncio.create_task(told.read(output)))
            await task
    finally:
        transport.close()


def clients(servers: Place, count: int) -> tuple[list[Resuming], list[Passing]]:
    """So many of both kinds."""
    return [Resuming(f"resuming {number}", servers) for number in range(count)], [
        Passing(f"passing {number}", servers) for number in range(count)
    ]


async def test_who_is_served_by_one_process_gets_all_that_was_told_before_the_end(folder: Path) -> None:
    told, servers = Told(), Place()
    resuming, passing = clients(servers, 6)
    async with loaded(folder, "memory://", told) as (serving, reading):
        servers.at = int((await serving.says(r"served at http://127.0.0.1:(\d+)/graphql\n"))[1])
        async with connected(*resuming, *passing):
            await within(subscribed(servers.at, 12))
            await ask(servers.at, "/load")
            await coming([*resuming, *passing], (client.has(ENOUGH) for client in (*resuming, *passing)))
            before, servers.at = dict(told.cursors), None
            serving.process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(serving.process.wait(), DRAIN) == 0
            await reading
    wrong = [text for client in passing for text in client.violations()]
    for client in resuming:
        # Nobody can go on elsewhere with a cursor of a process's own memory: what comes until the end is what there is.
        last = place(client.got[-1].cursor)
        until = Told({event: cursor for event, cursor in told.cursors.items() if place(cursor) <= last})
        wrong += violations(until.ledger(client.got), {client.name: client.got})
    for reader in (*resuming, *passing):
        assert reader.failure is None
        assert reader.closes in [[code] for code in GOODBYES]
        got = {received.event for received in reader.got}
        wrong += [f"{reader.name} lacks {event}, which was told before the end" for event in before if event not in got]
    assert wrong == []
    assert len(before) > 0


async def test_who_can_go_on_elsewhere_gets_all_that_was_told(folder: Path, redis_url: str) -> None:
    told, servers, bus = Told(), Place(), f"{redis_url}?events_per_stream=1000000"
    resuming, passing = clients(servers, 6)
    everybody = (*resuming, *passing)
    async with Publisher(EventBusConfig.from_url(bus), schema=SDL) as publisher:

        async def publish(publication: str) -> Event:
            cursor = await publisher.publish_event("news", {"publication": publication, "number": 0, "text": ""})
            assert cursor is not None
            told.cursors[event := Event(publication, 0)] = cursor
            return event

        begin = await publish("begin")
        for client in resuming:
            client.cursor = told.cursors[begin]
        async with loaded(folder, bus, told, "--workers", "2") as (serving, reading):
            servers.at = int((await serving.says(r"2 workers serve at 127.0.0.1, port (\d+)\n"))[1])
            workers = await within(both(servers.at))
            async with connected(*resuming):
                at = await within(subscribed(servers.at, len(resuming)))
                async with connected(*passing):
                    loading: set[int] = set()
                    while loading != workers:
                        loading.add(await ask(servers.at, "/load"))
                    await coming(everybody, (client.has(ENOUGH) for client in everybody))

                    # One of two goes: its clients come back to the other, or to the one that takes its place.
                    while not servers.asked.empty():
                        servers.asked.get_nowait()
                    leaving = max(workers, key=lambda process: at.get(process, 0))
                    os.kill(leaving, signal.SIGTERM)
                    await serving.says(rf"worker \d \(process {leaving}\) ended with exit status 0", DRAIN + GRACE)
                    await within(servers.asked.get())
                    # All go: until somebody serves again, clients find nobody.
                    servers.at = None
                    serving.process.send_signal(signal.SIGTERM)
                    assert await asyncio.wait_for(serving.process.wait(), DRAIN + GRACE) == 0
                    await reading
                await publish("between")
                async with loaded(folder, bus, told) as (again, _):
                    servers.at = int((await again.says(r"served at http://127.0.0.1:(\d+)/graphql\n"))[1])
                    end = await publish("end")
                    await coming(resuming, (client.reaches(end) for client in resuming))
                    servers.at = None
                    again.process.send_signal(signal.SIGTERM)
                    assert await asyncio.wait_for(again.process.wait(), DRAIN) == 0
    del told.cursors[begin]
    wrong = [text for client in passing for text in client.violations()]
    wrong += violations(told.ledger([received for client in resuming for received in client.got]), {one.name: one.got for one in resuming})
    assert wrong == []
    assert [client.failure for client in everybody if client.failure is not None] == []
    assert [client.closes for client in everybody if not set(client.closes) <= GOODBYES] == []
    assert [client.closes for client in passing if len(client.closes) != 1] == []
