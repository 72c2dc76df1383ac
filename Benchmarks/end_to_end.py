"""Events from `publish_event` to clients: `.venv/bin/python Benchmarks/end_to_end.py [--rate 500] [--seconds 10]` after `make build`.

In process, events are published to 100 subscriptions of 10 connections, and their frames taken, as fast as it goes. Over sockets, so many
events a second go to 100 subscriptions on 100 connections; printed is how long deliveries took from when they were due, by turns of the
native server, of subsgen under uvicorn, and there of an ASGI application that knows no GraphQL and sends the same frames. The client is a
process of its own, which reads sockets and does little else.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import multiprocessing
import os
import select
import socket
import time
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from multiprocessing.connection import Connection
from typing import Any, Final

import uvicorn
import uvloop
from starlette.applications import Starlette

from subsgen import SubscriptionManager, _native, create_subscription_app

SDL = "type Query { ok: Boolean } type Event { at: String! text: String! } type Subscription { event: Event! }"
QUERY = "subscription { event { at text } }"
SUBSCRIPTIONS = 100
DIGITS: Final = 18
"""Of a time in nanoseconds, so that every frame is as long as another."""
MARK: Final = b'"at":"'

Message = MutableMapping[str, Any]
Application = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
Publish = Callable[[str], Awaitable[object]]
Serving = AbstractAsyncContextManager[tuple[int, Publish]]
"""The port of a server, and what publishes to its clients."""


# MARK: The client


class Client:
    """A WebSocket of the client's, which looks at nothing but the time in each event."""

    def __init__(self, port: int, *, deflate: bool) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.inflate = zlib.decompressobj(-15).decompress if deflate else None
        self.rest = b""
        extensions = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if deflate else ""
        self.socket.sendall(
            "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n{extensions}\r\n".encode()
        )

    def accepted(self) -> Client:
        """Waits for the end of the handshake."""
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.socket.recv(4096)
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101 ") or (self.inflate is not None) != (b"permessage-deflate" in head):
            raise SystemExit(f"the handshake was answered by {head!r}")
        return self

    def send(self, message: Any) -> None:
        body = json.dumps(message).encode()
        # The mask is 0, which leaves the text as it is.
        self.socket.sendall(b"\x81" + bytes([0x80 | 126, *len(body).to_bytes(2, "big")]) + b"\0\0\0\0" + body)

    def wait(self, word: bytes) -> None:
        """Reads until a message with a word has come."""
        while not any(word in text for text in self.read()):
            pass

    def read(self) -> list[bytes]:
        """The messages that are there, of which the last may have to be waited for."""
        data = self.rest + self.socket.recv(65536)
        if data == self.rest:
            raise SystemExit("the server has closed a connection")
        texts: list[bytes] = []
        start, end = 0, len(data)
        while start + 4 <= end:
            length, body = data[start + 1], start + 2
            if length == 126:
                length, body = int.from_bytes(data[start + 2 : start + 4], "big"), start + 4
            if body + length > end:
                break
            text = data[body : body + length]
            texts.append(text if self.inflate is None else self.inflate(text + b"\0\0\xff\xff"))
            start = body + length
        self.rest = data[start:]
        return texts


def listen(port: int, events: int, deflate: bool, pin: bool, parent: Connection) -> None:
    """The clients: tells when all have subscribed, then the nanoseconds of each delivery and how busy it was."""
    if pin:
        os.sched_setaffinity(0, {1})
    clients: dict[int, Client] = {}
    poll = select.epoll()
    for _ in range(SUBSCRIPTIONS):
        client = Client(port, deflate=deflate).accepted()
        client.send({"type": "connection_init"})
        client.wait(b"connection_ack")
        client.send({"id": "1", "type": "subscribe", "payload": {"query": QUERY}})
        client.send({"type": "ping"})
        client.wait(b"pong")
        clients[client.socket.fileno()] = client
        poll.register(client.socket, select.EPOLLIN)
    gc.freeze()
    gc.disable()
    parent.send(None)
    took: list[int] = []
    poll.poll()
    began, worked = time.monotonic_ns(), time.process_time_ns()
    while len(took) < events * SUBSCRIPTIONS:
        for descriptor, _ in poll.poll():
            texts = clients[descriptor].read()
            now = time.monotonic_ns()
            for text in texts:
                at = text.index(MARK) + len(MARK)
                took.append(now - int(text[at : at + DIGITS]))
    parent.send((took, (time.process_time_ns() - worked) / (time.monotonic_ns() - began)))


# MARK: The servers


@asynccontextmanager
async def under_uvicorn(application: Application) -> AsyncGenerator[int]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=SUBSCRIPTIONS)
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve([listener]))
    yield listener.getsockname()[1]
    server.should_exit = True
    await serving


def publisher(manager: SubscriptionManager) -> Publish:
    async def publish(at: str) -> None:
        await manager.publish_event("event", {"at": at, "text": "hello"})

    return publish


@asynccontextmanager
async def native() -> AsyncGenerator[tuple[int, Publish]]:
    async with SubscriptionManager(schema=SDL) as manager, manager.server(port=0) as server:
        yield server.port, publisher(manager)


@asynccontextmanager
async def subsgen() -> AsyncGenerator[tuple[int, Publish]]:
    async with (
        SubscriptionManager(schema=SDL) as manager,
        under_uvicorn(create_subscription_app(Starlette(), manager, "/graphql")) as port,
    ):
        yield port, publisher(manager)


@asynccontextmanager
async def raw_asgi() -> AsyncGenerator[tuple[int, Publish]]:
    """The floor under any ASGI server: no GraphQL; each event is encoded once and sent in a loop."""
    senders: list[Callable[[Message], Awaitable[None]]] = []

    async def publish(at: str) -> None:
        event = json.dumps({"at": at, "text": "hello"}, separators=(",", ":"))
        text = f'{{"id":"1","type":"next","payload":{{"data":{{"event":{event}}}}}}}'
        for send in senders:
            await send({"type": "websocket.send", "text": text})

    async def application(scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
        while (message := await receive())["type"] == "websocket.receive":
            kind = json.loads(message["text"])["type"]
            if kind == "subscribe":
                senders.append(send)
            else:
                answer = {"connection_init": "connection_ack", "ping": "pong"}[kind]
                await send({"type": "websocket.send", "text": json.dumps({"type": answer})})

    async with under_uvicorn(application) as port:
        yield port, publish


SERVERS: Final[dict[str, Callable[[], Serving]]] = {"native": native, "subsgen": subsgen, "raw ASGI": raw_asgi}


async def serve(name: str, rate: int, seconds: int, *, deflate: bool, pin: bool) -> str:
    """Publishes through a server, and says how long deliveries took."""
    events = rate * seconds
    async with SERVERS[name]() as (port, publish):
        here, there = multiprocessing.Pipe()
        client = multiprocessing.get_context("spawn").Process(target=listen, args=(port, events, deflate, pin, there))
        client.start()
        there.close()  # so that it is an error here when the client fails
        await asyncio.to_thread(here.recv)
        began, worked = time.monotonic(), time.process_time()
        for number in range(events):
            due = began + number / rate
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            # Not the time that it is: what a server holds up before it publishes is a delay, too.
            await publish(f"{int(due * 1e9):0{DIGITS}}")
        working = (time.process_time() - worked) / (time.monotonic() - began)
        took, listening = await asyncio.to_thread(here.recv)
        client.join()
    took.sort()
    p50, p90, p99, worst = (took[min(int(len(took) * share), len(took) - 1)] / 1e6 for share in (0.5, 0.9, 0.99, 1))
    at_work = f"at work: server {working:.0%}, client {listening:.0%}"
    return f"p50 {p50:.2f} ms, p90 {p90:.2f}, p99 {p99:.2f}, slowest {worst:.2f}; {at_work}"


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
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--server", nargs="+", choices=SERVERS, default=list(SERVERS), help="all three by turns where not given")
    parser.add_argument("--uvloop", action="store_true", help="instead of asyncio's own event loop")
    parser.add_argument("--deflate", action="store_true", help="the client offers compression, as browsers do, and uvicorn takes it")
    parser.add_argument("--pin", action="store_true", help="server and client keep to a processor each")
    arguments = parser.parse_args()
    if arguments.pin:
        os.sched_setaffinity(0, {0})
    in_process()
    run = uvloop.run if arguments.uvloop else asyncio.run
    # The native server compresses nothing.
    servers = [name for name in SERVERS if name in arguments.server and not (arguments.deflate and name == "native")]
    print(f"{arguments.rate} events/s to {SUBSCRIPTIONS} subscriptions on as many connections:")
    for _ in range(arguments.rounds):
        for name in servers:
            serving = serve(name, arguments.rate, arguments.seconds, deflate=arguments.deflate, pin=arguments.pin)
            print(f"{name:>8}: {run(serving)}")


if __name__ == "__main__":
    main()
