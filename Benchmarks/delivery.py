"""What a delivery costs in instructions of its process: `.venv/bin/python Benchmarks/delivery.py` after `make build` (and valgrind).

An event goes to 100 subscriptions on 100 connections, through uvicorn's own protocol, whose transport throws away what it is given: so no
kernel, client or network is counted, and whatever else the machine does changes nothing. Beside it, as in `end_to_end.py`, an ASGI
application that knows no GraphQL and sends the same frames. `--server none` has a `send` that does nothing: what is left is subsgen's part.

Each is run twice, the second time with more events: the difference is what they cost.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Final

import uvloop
from end_to_end import QUERY, SERVERS, SUBSCRIPTIONS, Application, Message
from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

FEW: Final = 10
MANY: Final = 110
HANDSHAKE: Final = (
    b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
CONNECT: Final = '{"type":"connection_init"}'
SUBSCRIBE: Final = '{"id":"1","type":"subscribe","payload":{"query":"' + QUERY + '"}}'


class Sink:
    """Counts what is written."""

    def __init__(self) -> None:
        self.count = 0
        self._goal = 0
        self._reached: asyncio.Future[None] | None = None

    def note(self) -> None:
        self.count += 1
        if self.count == self._goal and self._reached is not None:
            self._reached.set_result(None)

    async def until(self, count: int) -> None:
        if self.count < count:
            self._goal, self._reached = count, asyncio.get_running_loop().create_future()
            await self._reached


class Transport(asyncio.Transport):
    """Takes everything, and has no socket."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._note = sink.note

    # False, and no function of Python, as uvloop's is none.
    is_closing = bool

    def write(self, data: object) -> None:
        self._note()

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def close(self) -> None:
        pass


def frame(text: str) -> bytes:
    """A client's, whose mask is 0."""
    body = text.encode()
    return b"\x81" + bytes([0x80 | 126, *len(body).to_bytes(2, "big")]) + b"\0\0\0\0" + body


async def connect_by_uvicorn(application: Application, sink: Sink) -> Callable[[], None]:
    config = Config(application, log_level="warning", lifespan="off", ws_ping_interval=None)
    config.load()
    state = ServerState()
    protocols: list[WebSocketsSansIOProtocol] = []
    for _ in range(SUBSCRIPTIONS):
        protocol = WebSocketsSansIOProtocol(config, state, {})
        protocol.connection_made(Transport(sink))
        protocol.data_received(HANDSHAKE)
        protocol.data_received(frame(CONNECT))
        protocols.append(protocol)
    await sink.until(SUBSCRIPTIONS * 2)  # an answer to the handshake, and to `connection_init`
    for protocol in protocols:
        protocol.data_received(frame(SUBSCRIBE))

    def disconnect() -> None:
        for protocol in protocols:
            protocol.connection_lost(None)

    return disconnect


async def connect_by_nothing(application: Application, sink: Sink) -> Callable[[], None]:
    queues: list[asyncio.Queue[Message]] = []
    serving: list[asyncio.Task[None]] = []

    async def send(message: Message) -> None:
        sink.note()

    for _ in range(SUBSCRIPTIONS):
        queue: asyncio.Queue[Message] = asyncio.Queue()
        queue.put_nowait({"type": "websocket.connect"})
        queue.put_nowait({"type": "websocket.receive", "text": CONNECT})
        queues.append(queue)
        scope = {"type": "websocket", "path": "/graphql", "headers": [], "subprotocols": ["graphql-transport-ws"]}
        serving.append(asyncio.create_task(_run(application(scope, queue.get, send))))
    await sink.until(SUBSCRIPTIONS * 2)
    for queue in queues:
        queue.put_nowait({"type": "websocket.receive", "text": SUBSCRIBE})

    def disconnect() -> None:
        for queue in queues:
            queue.put_nowait({"type": "websocket.disconnect", "code": 1000})

    return disconnect


async def _run(serving: Awaitable[None]) -> None:
    await serving


CONNECTIONS: Final = {"uvicorn": connect_by_uvicorn, "none": connect_by_nothing}


async def deliver(name: str, server: str, events: int) -> None:
    """Publishes so many events, each when the one before has been delivered: 500 a second leave a server that much time."""
    sink = Sink()
    async with SERVERS[name]() as (application, publish):
        disconnect = await CONNECTIONS[server](application, sink)
        # Subscribed when nothing comes of a turn any more; there is nothing to wait for that tells.
        for _ in range(10):
            await asyncio.sleep(0)
        before = sink.count
        for number in range(events):
            await publish(f"{number:018}")
            await sink.until(before + (number + 1) * SUBSCRIPTIONS)
        disconnect()


def instructions(name: str, server: str, events: int) -> int:
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", sys.executable, __file__]
    arguments = ["--run", name, "--server", server, "--events", str(events)]
    ran = subprocess.run([*command, *arguments], env={**os.environ, "PYTHONHASHSEED": "0"}, stderr=subprocess.PIPE, text=True)
    counted = re.search(r"I +refs: +([0-9,]+)", ran.stderr)
    if ran.returncode != 0 or counted is None:
        raise SystemExit(f"valgrind: {ran.stderr[-2000:]}")
    return int(counted[1].replace(",", ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", choices=CONNECTIONS, default="uvicorn")
    parser.add_argument("--run", choices=SERVERS, help="deliver and count nothing, for a profiler")
    parser.add_argument("--events", type=int, default=MANY)
    arguments = parser.parse_args()
    if arguments.run is not None:
        uvloop.run(deliver(arguments.run, arguments.server, arguments.events))
        return
    costs: dict[str, float] = {}
    for name in SERVERS:
        few, many = (instructions(name, arguments.server, events) for events in (FEW, MANY))
        costs[name] = (many - few) / ((MANY - FEW) * SUBSCRIPTIONS)
        print(f"{name:>8}: {costs[name]:,.0f} instructions a delivery, {costs[name] / costs['raw ASGI']:.2f} times raw ASGI")


if __name__ == "__main__":
    main()
