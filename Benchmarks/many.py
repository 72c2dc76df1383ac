"""Ten thousand subscriptions at once, and nothing of them afterwards: `.venv/bin/python Benchmarks/many.py` after `make build`.

Through uvicorn, a thousand connections of ten subscriptions each are opened, ten events go to all, and everyone leaves; three times.
Printed is what the server's process holds while they are there and when they are gone: its memory, its descriptors, and what it counts. The
client is a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import multiprocessing
import resource
import socket
import sys
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from pathlib import Path

import uvicorn
from end_to_end import QUERY, SDL, Client, Message
from starlette.applications import Starlette

from subsgen import RuntimeOptions, SubscriptionManager, create_subscription_app

EVENTS = 10
ROUNDS = 3
COUNTS = ("connections", "subscriptions", "groups", "topics")


def visit(port: int, connections: int, subscriptions: int, parent: Connection) -> None:
    """Comes, tells so, reads all events, tells so, goes when it is told to, and comes again when it is told to."""
    for _ in range(ROUNDS):
        clients = [Client(port, deflate=False) for _ in range(connections)]
        for client in clients:
            client.accepted().send({"type": "connection_init"})
        for client in clients:
            client.wait(b"connection_ack")
            for number in range(subscriptions):
                client.send({"id": str(number), "type": "subscribe", "payload": {"query": QUERY}})
            client.send({"type": "ping"})
        for client in clients:
            client.wait(b"pong")
        parent.send("all are here")
        for client in clients:
            missing = EVENTS * subscriptions
            while missing:
                missing -= len(client.read())
        parent.send("all have everything")
        parent.recv()
        for client in clients:
            client.socket.close()
        parent.recv()


def memory() -> int:
    """The resident memory of this process, in KiB."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split()[0])


def say(manager: SubscriptionManager, when: str) -> None:
    gc.collect()
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    counted = ", ".join(f"{manager.get_metrics()[name]:,} {name}" for name in COUNTS)
    print(f"{when:>24}: {memory() / 1024:6.1f} MiB, {sys.getallocatedblocks():9,} blocks, {descriptors:6,} descriptors; {counted}")


async def told(here: Connection) -> str:
    try:
        message: str = await asyncio.to_thread(here.recv)
    except EOFError:
        raise SystemExit("the clients have failed") from None
    return message


async def serve(connections: int, subscriptions: int) -> None:
    # They come all at once, which takes longer than a client may usually take, and all from one address.
    options = RuntimeOptions(connection_init_timeout=600, connections_per_address=2 * connections)
    manager = SubscriptionManager(schema=SDL, options=options)
    left = asyncio.Event()
    present = 0
    application = create_subscription_app(Starlette(), manager, "/graphql")

    async def observed(scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        nonlocal present
        present += 1
        try:
            await application(scope, receive, send)
        finally:
            present -= 1
            if present == 0:
                left.set()

    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    server = uvicorn.Server(uvicorn.Config(observed, log_level="warning", lifespan="off", ws_ping_interval=None))
    serving = asyncio.create_task(server.serve([listener]))
    here, there = multiprocessing.Pipe()
    client = multiprocessing.get_context("spawn").Process(target=visit, args=(listener.getsockname()[1], connections, subscriptions, there))
    client.start()
    there.close()
    say(manager, "before")
    for _ in range(ROUNDS):
        print(f"{await told(here):>24}", flush=True)
        for number in range(EVENTS):
            await manager.publish_event("event", {"at": str(number), "text": "hello"})
        await told(here)
        say(manager, "with all")
        left.clear()
        here.send("go")
        await left.wait()
        say(manager, "when they are gone")
        here.send("come again")
    client.join()
    server.should_exit = True
    await serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--subscriptions", type=int, default=10, help="of each connection")
    arguments = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(serve(arguments.connections, arguments.subscriptions))


if __name__ == "__main__":
    main()
