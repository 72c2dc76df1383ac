"""Events from `publish_event` to clients: `.venv/bin/python Benchmarks/end_to_end.py [--rate 500] [--seconds 10]` after `make build`.

Over uvicorn, so many events a second go to 100 subscriptions on 100 connections, whose client is a process of its own; printed is how long
deliveries took. In process, events are published to 100 subscriptions of 10 connections, and their frames taken, as fast as it goes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import socket
import time
from multiprocessing.connection import Connection

import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from subsgen import SubscriptionManager, _native, create_subscription_app

SDL = "type Query { ok: Boolean } type Event { at: String! text: String! } type Subscription { event: Event! }"
QUERY = "subscription { event { at text } }"
SUBSCRIPTIONS = 100


def listen(port: int, events: int, parent: Connection) -> None:
    """The clients: tells when all have subscribed, then the seconds of each delivery."""
    parent.send(asyncio.run(_listen(port, events, parent)))


async def _listen(port: int, events: int, parent: Connection) -> list[float]:
    took: list[float] = []

    async def read(client: ClientConnection) -> None:
        for _ in range(events):
            frame = json.loads(await client.recv())
            took.append(time.monotonic() - float(frame["payload"]["data"]["event"]["at"]))

    clients: list[ClientConnection] = []
    for _ in range(SUBSCRIPTIONS):
        client = await connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")])
        await client.send('{"type":"connection_init"}')
        await client.recv()
        await client.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": QUERY}}))
        await client.send('{"type":"ping"}')
        await client.recv()
        clients.append(client)
    parent.send(None)
    await asyncio.gather(*(read(client) for client in clients))
    for client in clients:
        client.transport.abort()
    return took


async def over_uvicorn(rate: int, seconds: int) -> None:
    manager = SubscriptionManager(schema=SDL)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_subscription_app(Starlette(), manager, "/graphql"), log_level="warning"))
    serving = asyncio.create_task(server.serve([listener]))
    events = rate * seconds
    here, there = multiprocessing.Pipe()
    clients = multiprocessing.get_context("spawn").Process(target=listen, args=(listener.getsockname()[1], events, there))
    clients.start()
    await asyncio.to_thread(here.recv)
    began = time.monotonic()
    for number in range(events):
        due = began + number / rate
        if (early := due - time.monotonic()) > 0:
            await asyncio.sleep(early)
        await manager.publish_event("event", {"at": repr(time.monotonic()), "text": "hello"})
    took = sorted(await asyncio.to_thread(here.recv))
    clients.join()
    p50, p99 = (took[int(len(took) * share)] * 1000 for share in (0.5, 0.99))
    print(f"{rate} events/s to {SUBSCRIPTIONS} subscriptions through uvicorn: p50 {p50:.2f} ms, p99 {p99:.2f} ms")
    server.should_exit = True
    await serving


def in_process(events: int = 10_000) -> None:
    executor, port = _native.Executor(SDL, b"{}"), _native.LoopPort()
    connections: list[_native.Connection] = []
    for _ in range(10):
        made = executor.connect(port)
        made.receive('{"type":"connection_init"}')
        made.take(1)
        made.authenticated(None)
        for number in range(SUBSCRIPTIONS // 10):
            made.receive(json.dumps({"id": str(number), "type": "subscribe", "payload": {"query": QUERY}}))
        made.take(100)
        connections.append(made)
    payload = b'{"at":"1","text":"hello"}'
    best = float("inf")
    for _ in range(5):
        began, taken = time.perf_counter(), 0
        for _ in range(events // 10):
            for _ in range(10):
                executor.publish("event", payload)
            port.take()
            taken += sum(len(made.take(1000)) for made in connections)
        best = min(best, time.perf_counter() - began)
        if taken != events * SUBSCRIPTIONS:
            raise SystemExit(f"{taken} frames were taken of {events * SUBSCRIPTIONS}")
    print(
        f"in process: {events / best:,.0f} events/s to {SUBSCRIPTIONS} subscriptions, {events * SUBSCRIPTIONS / best:,.0f} frames/s taken"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=10)
    arguments = parser.parse_args()
    in_process()
    asyncio.run(over_uvicorn(arguments.rate, arguments.seconds))


if __name__ == "__main__":
    main()
