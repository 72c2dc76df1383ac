"""One client in a hundred of the native server reads nothing: `.venv/bin/python Benchmarks/slow_clients.py` after `make build`.

Runs without such clients and with them take turns, each with a server and clients of its own. Printed is how late events came to those who
read, 99 of 100 of them and in the middle; what the difference is; and what the server's memory grew by, beside what it may.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import re
import socket
import time
from multiprocessing.connection import Connection
from statistics import median
from typing import Final

from connections import SDL, Clients, memory, raise_limit

from subsgen import EventBusConfig, RuntimeOptions, SubscriptionManager

PAD: Final = "x" * 1000
"""Of each event."""
WAITING: Final = 256 * 1024
"""Bytes that may wait for a client in the server: so few that they are soon too many for who reads nothing."""
TURN: Final = 1024 * 1024
"""Bytes, about, that a socket may have been given beside that."""
AT: Final = re.compile(rb'"at":"(\d+) ')


class Readers(Clients):
    """Who reads."""

    def listen(self, events: int) -> list[int]:
        """How late each event came to each, in nanoseconds."""
        missing = self._count * events
        rests: dict[int, bytes] = {}
        late: list[int] = []
        while missing:
            for descriptor, _ in self._poll.poll():
                came = self._sockets[descriptor].recv(1 << 16)
                if not came:
                    raise SystemExit("a client that reads was closed: this machine does not keep up, and --pause must be longer")
                data = rests.get(descriptor, b"") + came
                now, end = time.monotonic_ns(), 0
                for found in AT.finditer(data):
                    late.append(now - int(found[1]))
                    end = found.end()
                    missing -= 1
                rests[descriptor] = data[end:][-64:]
        return late


class Sleepers(Clients):
    """Who reads nothing once it has subscribed. What the system keeps for it is little."""

    def _make(self) -> socket.socket:
        client = super()._make()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        return client


def serve(events: int, pause: float, parent: Connection) -> None:
    raise_limit()
    asyncio.run(_serve(events, pause, parent))


async def _serve(events: int, pause: float, parent: Connection) -> None:
    options = RuntimeOptions(bytes_per_connection=WAITING)
    manager = SubscriptionManager(EventBusConfig.memory(), schema=SDL, options=options)
    async with manager.server(port=0) as server:
        parent.send(server.port)
        await asyncio.to_thread(parent.recv)
        before = most = memory()
        for _ in range(events):
            await manager.publish_event("event", {"at": f"{time.monotonic_ns()} {PAD}"})
            await asyncio.sleep(pause)
            most = max(most, memory())
        parent.send(most - before)
        # The kernel closes faster than a goodbye to everybody does.
        await asyncio.to_thread(parent.recv)


def sleep(port: int, first: int, count: int, parent: Connection) -> None:
    raise_limit()
    sleepers = Sleepers(port, first, count)
    sleepers.come()
    parent.send(None)
    parent.recv()


def run(clients: int, slow: int, events: int, pause: float) -> tuple[list[int], int]:
    """How late events came to those who read, sorted, and how many bytes more the server had at most."""
    spawn = multiprocessing.get_context("spawn")
    server, there = spawn.Pipe()
    processes = [spawn.Process(target=serve, args=(events, pause, there), daemon=True)]
    processes[0].start()
    port = server.recv()
    readers = Readers(port, 0, clients - slow)
    readers.come()
    if slow:
        here, there = spawn.Pipe()
        processes.append(spawn.Process(target=sleep, args=(port, clients - slow, slow, there), daemon=True))
        processes[-1].start()
        here.recv()
    server.send("begin")
    late = sorted(readers.listen(events))
    grown = server.recv()
    for process in processes:
        process.kill()
        process.join()
    readers.leave()
    return late, grown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--slow", type=float, default=1, help="of a hundred clients, how many read nothing")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--events", type=int, default=800, help="of about a kilobyte")
    parser.add_argument("--pause", type=float, default=0.02, help="seconds between two events")
    arguments = parser.parse_args()
    raise_limit()
    slow = max(1, round(arguments.clients * arguments.slow / 100))
    allowed = slow * (WAITING + TURN)
    differences: list[float] = []
    for number in range(arguments.runs):
        tails: list[float] = []
        for count in (0, slow):
            late, grown = run(arguments.clients, count, arguments.events, arguments.pause)
            tails.append(late[len(late) * 99 // 100] / 1e6)
            print(
                f"run {number + 1}, {count} of {arguments.clients:,} read nothing: p50 {late[len(late) // 2] / 1e6:.2f} ms, "
                f"p99 {tails[-1]:.2f} ms; memory {grown / 2**20:+.1f} MiB at most",
                flush=True,
            )
        differences.append(tails[1] - tails[0])
    shown = ", ".join(f"{difference:+.2f}" for difference in differences)
    print(f"p99 with them is {shown} ms more; {median(differences):+.2f} in the middle")
    print(f"{slow} clients that read nothing may take {allowed / 2**20:.1f} MiB more")


if __name__ == "__main__":
    main()
