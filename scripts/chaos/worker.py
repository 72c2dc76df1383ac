"""A worker process: serves subscriptions with uvicorn, and publishes what it is told by its standard input.

    python -m chaos.worker BUS_URL [MESSAGES]

So many messages may wait for a subscription; where none are named, so few that who reads slowly is soon told.

Each line in is a command as JSON, each line out an answer; `fleet.Worker` is the other end.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette

from subsgen import EventBusConfig, RuntimeOptions, SubscriptionManager, create_subscription_app

SDL = """
type Query { ok: Boolean }
type Event { publication: String! number: Int! text: String! }
type Subscription {
  room(id: ID!): Event @topic(name: "room.{id}")
  news: Event
}
"""
FEW = 32


def tell(**answer: Any) -> None:
    """At once, and whole: who is killed has told what it knew."""
    os.write(1, json.dumps(answer).encode() + b"\n")


async def publish(manager: SubscriptionManager, command: dict[str, Any]) -> None:
    """Publishes numbers one after the other, so many under way at once, each to the next of the topics, and tells what became of them."""
    window = asyncio.Semaphore(command["window"])
    topics, publication, text = command["topics"], command["publication"], "x" * command["size"]

    async def one(number: int, topic: str) -> None:
        try:
            cursor = await manager.publish_event(topic, {"publication": publication, "number": number, "text": text})
        except (ConnectionError, ValueError) as error:
            tell(refused=publication, number=number, topic=topic, why=str(error))
        else:
            if not command["quiet"]:
                tell(taken=publication, number=number, topic=topic, cursor=cursor)
        finally:
            window.release()

    under_way: set[asyncio.Task[None]] = set()
    for number in range(command["count"]):
        await window.acquire()
        task = asyncio.create_task(one(number, topics[number % len(topics)]))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    tell(done=publication)


async def obey(manager: SubscriptionManager) -> None:
    """Until the other end is gone, which is the end of the worker too."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks: set[asyncio.Task[None]] = set()
    async for line in reader:
        command = json.loads(line)
        if "publication" in command:
            task = asyncio.create_task(publish(manager, command))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        else:
            tell(metrics=manager.get_metrics())


class Server(uvicorn.Server):
    """Says when it is up."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets is not None
        tell(port=sockets[0].getsockname()[1])


async def main(url: str, messages: int = FEW) -> None:
    options = RuntimeOptions(messages_per_subscription=messages, bytes_per_connection=messages << 15)
    manager = SubscriptionManager(EventBusConfig.from_url(url), schema=SDL, options=options)
    app = create_subscription_app(Starlette(lifespan=manager.lifespan), manager)
    listener = socket.socket()
    if messages == FEW:
        # Small, so that a reader who is slow is noticed before megabytes are on their way to it. Connections inherit it.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
    listener.bind(("127.0.0.1", 0))
    server = Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5))
    obeying = asyncio.create_task(obey(manager))
    obeying.add_done_callback(lambda _: setattr(server, "should_exit", True))
    await server.serve([listener])
    obeying.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *(int(argument) for argument in sys.argv[2:])))
