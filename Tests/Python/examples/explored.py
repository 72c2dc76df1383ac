"""A server with the page of the explorer, in a thread of its own: the browser's driver has the main one."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from subsgen import SubscriptionManager, create_subscription_app

MODULES = Path(__file__).resolve().parents[3] / "Sources" / "CExplorer" / "page"
SDL = """
type Query { version: String }
enum Colour { RED GREEN }
"Somebody who writes."
type Author { id: ID! name: String! }
type Message { id: ID! roomId: ID! text: String! sentAt: String author: Author old: String @deprecated(reason: "use text") }
type Subscription {
  "A message was posted in a room."
  messageAdded(roomId: ID!): Message!
  painted(colour: Colour): Int
  tick: Int!
}
"""


def who(payload: Mapping[str, Any] | None) -> dict[str, str]:
    """Lets everybody in but those who say that they are strangers."""
    name = (payload or {}).get("name", "anybody")
    if name == "stranger":
        raise PermissionError("strangers stay outside")
    return {"sub": name}


class Server:
    """The address of a running server, and its events."""

    def __init__(self, address: str, manager: SubscriptionManager, loop: asyncio.AbstractEventLoop) -> None:
        self.address = address
        self._manager = manager
        self._loop = loop

    def subscribed(self, count: int) -> None:
        """Waits until there are so many subscriptions."""

        async def wait() -> None:
            # A number of the runtime's, of which no event tells.
            while self._manager.get_metrics()["subscriptions"] != count:  # noqa: ASYNC110
                await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(asyncio.wait_for(wait(), 20), self._loop).result(21)

    def publish(self, topic: str, *events: Any) -> None:
        async def publish() -> None:
            for event in events:
                await self._manager.publish_event(topic, event)

        asyncio.run_coroutine_threadsafe(publish(), self._loop).result(20)

    def complete(self, topic: str) -> None:
        async def complete() -> None:
            await self._manager.complete_topic(topic)

        asyncio.run_coroutine_threadsafe(complete(), self._loop).result(20)


def _application(manager: SubscriptionManager) -> Starlette:
    async def nothing(_: Request) -> Response:
        return HTMLResponse("<!doctype html><title>Nothing</title><link rel=icon href=data:,>")

    app = Starlette(routes=[Route("/nothing", nothing)])
    # The modules by themselves, for tests of what is in them.
    app.mount("/modules", StaticFiles(directory=MODULES))
    return create_subscription_app(app, manager, "/graphql", who)


@contextmanager
def serving_explorer(port: int = 0) -> Generator[Server]:
    """Serves the page and its endpoint until the block ends."""
    started: list[Server] = []
    up = threading.Event()
    end: list[uvicorn.Server] = []

    async def serve() -> None:
        manager = SubscriptionManager(schema=SDL)
        with socket.create_server(("127.0.0.1", port)) as listener:
            config = uvicorn.Config(_application(manager), log_level="warning", timeout_graceful_shutdown=5)
            server = uvicorn.Server(config)
            end.append(server)
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            started.append(Server(address, manager, asyncio.get_running_loop()))
            up.set()
            await server.serve([listener])
            await manager.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert up.wait(20)
    try:
        yield started[0]
    finally:
        end[0].should_exit = True
        thread.join(20)
        assert not thread.is_alive()
