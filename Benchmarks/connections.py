"""Tens of thousands of idle clients of the native server: `.venv/bin/python Benchmarks/connections.py` after `make build`.

Each has a connection, from one of many addresses of 127.0.0.0/8, and one subscription. Printed is how fast they came, what a connection
takes of the servers' memory, and how long an event took to all of them. With `--workers 3` so many servers share the port, and meet on a
Redis that the benchmark starts; each has a process of clients of its own size, since a process has 20,000 descriptors on many machines.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import select
import socket
import sys
import time
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from subsgen import EventBusConfig, SubscriptionManager

SDL: Final = "type Query { ok: Boolean } type Event { at: String! } type Subscription { event: Event! }"
AT_ONCE: Final = 256
"""Clients that are connecting at a time."""
EVENTS: Final = 5


# MARK: Clients


def frame(message: object) -> bytes:
    body = json.dumps(message).encode()
    # The mask is 0, which leaves the text as it is.
    return b"\x81" + bytes([0x80 | 126, *len(body).to_bytes(2, "big")]) + b"\0\0\0\0" + body


HANDSHAKE: Final = (
    b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
INIT: Final = frame({"type": "connection_init"})
SUBSCRIBE: Final = frame({"id": "1", "type": "subscribe", "payload": {"query": "subscription { event { at } }"}}) + frame({"type": "ping"})
STEPS: Final = ((b"\r\n\r\n", INIT), (b"connection_ack", SUBSCRIBE), (b"pong", b""))
"""What a client waits for, and what it says then."""


class Clients:
    """Sockets of one process."""

    def __init__(self, port: int, first: int, count: int) -> None:
        self._port = port
        self._first = first
        self._count = count
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._steps: dict[int, int] = {}

    def come(self) -> None:
        """Returns when all have subscribed."""
        begun = done = 0
        while done < self._count:
            while begun < self._count and begun - done < AT_ONCE:
                self._begin(self._first + begun)
                begun += 1
            for descriptor, _ in self._poll.poll():
                step = self._steps[descriptor]
                text = self._sockets[descriptor].recv(4096) if step >= 0 else b""
                if step < 0:
                    self._sockets[descriptor].sendall(HANDSHAKE)
                    self._poll.modify(descriptor, select.EPOLLIN)
                    self._steps[descriptor] = 0
                elif STEPS[step][0] in text:
                    self._sockets[descriptor].sendall(STEPS[step][1])
                    self._steps[descriptor] = step + 1
                    done += step + 1 == len(STEPS)
                else:
                    raise SystemExit(f"a client got {text!r}")

    def _make(self) -> socket.socket:
        client = socket.socket()
        client.setblocking(False)
        return client

    def leave(self) -> None:
        for client in self._sockets.values():
            client.close()

    def _begin(self, number: int) -> None:
        client = self._make()
        client.bind((f"127.{number >> 15 & 127}.{number >> 7 & 255}.{number % 127 + 1}", 0))
        client.connect_ex(("127.0.0.1", self._port))
        self._sockets[client.fileno()] = client
        self._steps[client.fileno()] = -1
        self._poll.register(client, select.EPOLLOUT)

    def hear(self) -> tuple[int, int]:
        """Reads an event at each client; when the last came, and how many came, in nanoseconds of the monotonic clock."""
        missing = self._count
        while missing:
            for descriptor, _ in self._poll.poll():
                text = self._sockets[descriptor].recv(4096)
                if b'"next"' not in text:
                    raise SystemExit(f"a client got {text!r}")
                missing -= text.count(b'"next"')
        return time.monotonic_ns(), self._count


def visit(port: int, first: int, count: int, parent: Connection) -> None:
    raise_limit()
    clients = Clients(port, first, count)
    parent.recv()
    began = time.monotonic_ns()
    clients.come()
    parent.send((began, time.monotonic_ns()))
    for _ in range(EVENTS):
        parent.send(clients.hear())
    parent.recv()


# MARK: Servers


def serve(url: str, port: int, worker: int, parent: Connection) -> None:
    raise_limit()
    asyncio.run(_serve(url, port, worker, parent))


async def _serve(url: str, port: int, worker: int, parent: Connection) -> None:
    manager = SubscriptionManager(EventBusConfig.from_url(url), schema=SDL)
    async with manager.server(port=port, reuse_port=True) as server:
        parent.send(server.port)
        while True:
            match await asyncio.to_thread(parent.recv):
                case "memory":
                    parent.send((memory(), manager.get_metrics()["subscriptions"]))
                case "publish":
                    await manager.publish_event("event", {"at": str(time.monotonic_ns())})
                case _:
                    # The kernel closes faster than a goodbye to everybody does.
                    return


def memory() -> int:
    """The resident memory of this process, in bytes."""
    return int(Path("/proc/self/status").read_text("utf-8").partition("VmRSS:")[2].split()[0]) * 1024


def raise_limit() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


# MARK: Measuring


def ask(ends: list[Connection], word: str) -> list[tuple[int, int]]:
    for end in ends:
        end.send(word)
    return [end.recv() for end in ends]


def measure(count: int, workers: int, url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes, servers, clients = [], [], []
    port = 0
    for worker in range(workers):
        here, there = spawn.Pipe()
        processes.append(spawn.Process(target=serve, args=(url, port, worker, there), daemon=True))
        processes[-1].start()
        port = here.recv()
        servers.append(here)
    shares = [count // workers + (number < count % workers) for number in range(workers)]
    for worker, share in enumerate(shares):
        here, there = spawn.Pipe()
        processes.append(spawn.Process(target=visit, args=(port, sum(shares[:worker]), share, there), daemon=True))
        processes[-1].start()
        clients.append(here)
    before = ask(servers, "memory")
    for end in clients:
        end.send("come")
    times = [end.recv() for end in clients]
    seconds = (max(ended for _, ended in times) - min(began for began, _ in times)) / 1e9
    after = ask(servers, "memory")
    used = sum(there - then for (there, _), (then, _) in zip(after, before, strict=True))
    shared = [number for _, number in after]
    print(f"{count:,} clients of {workers} server(s) came in {seconds:.1f} s, {count / seconds:,.0f} a second: {shared}")
    print(f"memory of the servers: {used / 2**20:.0f} MiB more, {used / count / 1024:.1f} KiB a connection")
    took = []
    for _ in range(EVENTS):
        began = time.monotonic_ns()
        servers[0].send("publish")
        took.append((max(ended for ended, _ in (end.recv() for end in clients)) - began) / 1e6)
    print(f"an event to all of them: {', '.join(f'{time:.0f}' for time in took)} ms")
    ended = ask_memory(servers)
    print(f"memory afterwards: {(ended - sum(then for then, _ in before)) / count / 1024:.1f} KiB a connection")
    for process in processes:
        process.kill()


def ask_memory(servers: list[Connection]) -> int:
    return sum(size for size, _ in ask(servers, "memory"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=18_000)
    parser.add_argument("--workers", type=int, default=1, help="processes that share the port; more than one meet on Redis")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        url = "memory://"
        if arguments.workers > 1:
            sys.path.append(str(Path(__file__).parents[1] / "Tests" / "Python"))
            from redis_server import redis_server

            url = f"unix://{stack.enter_context(redis_server())}"
        measure(arguments.connections, arguments.workers, url)


if __name__ == "__main__":
    main()
