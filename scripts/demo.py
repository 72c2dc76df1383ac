#!/usr/bin/env python3
"""Shows the whole road: generates the chat example, runs it, and lets a client that is not ours subscribe in two rooms.

`make demo` calls it. Exits 0 when each room's subscriber received exactly the messages of its room, in order; else 1, and says why.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import httpx
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport

from examples import CHAT, AppError, generate, running

PATIENCE = 30.0
"""Seconds after which the demo says that something is wrong. It needs less than one."""

MESSAGES = "subscription ($room: ID!) { messageAdded(roomId: $room) { id room: roomId author { name } text } }"
PRESENCE = "subscription ($room: ID!) { presenceChanged(roomId: $room) { members { name } } }"

CONVERSATION = [
    ("lobby", "Ada", "Good morning! Who is here?"),
    ("music", "Clara", "I wrote three romances last night."),
    ("lobby", "Grace", "Me. I found a moth in the relay."),
    ("lobby", "Ada", 'Did it say "hello, world" {or} </anything>?'),
    ("music", "Fanny", "Only three? 🎹"),
    ("lobby", "Grace", "It said nothing."),
    ("music", "Clara", "They are short."),
]
"""Mixed on purpose: a room's subscriber sees its own messages only."""


class DemoError(Exception):
    """Something did not come as it should."""


@dataclass
class Listener:
    """A subscriber to one room."""

    room: str
    name: str
    expected: int
    """How many messages are for its room."""
    here: asyncio.Event = field(default_factory=asyncio.Event)
    received: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def listen(self, address: str) -> None:
        """Subscribes to the room's presence and messages, until all messages came."""
        url = address.replace("http", "ws", 1) + "/graphql"
        transport = WebsocketsTransport(url=url, init_payload={"name": self.name}, subprotocols=["graphql-transport-ws"])
        async with Client(transport=transport) as session:
            messages = session.subscribe(self._request(MESSAGES))
            presence = session.subscribe(self._request(PRESENCE))
            async with aclosing(messages), aclosing(presence):
                # The one task sends its `subscribe` before the other, and the server takes them in this order: when the presence
                # comes, the subscription to the messages stands.
                reading = asyncio.create_task(self._read(messages))
                arriving = asyncio.create_task(self._arrive(presence))
                await asyncio.gather(reading, arriving)

    def _request(self, query: str) -> GraphQLRequest:
        return GraphQLRequest(gql(query), variable_values={"room": self.room})

    async def _arrive(self, presence: AsyncGenerator[dict[str, Any], None]) -> None:
        async for result in presence:
            names = [member["name"] for member in result["presenceChanged"]["members"]]
            if names != [self.name]:
                raise DemoError(f"in #{self.room} should be {self.name} alone, and it has {names}")
            break
        print(f"  {self.name} listens in #{self.room}")
        self.here.set()

    async def _read(self, messages: AsyncGenerator[dict[str, Any], None]) -> None:
        async for result in messages:
            message = result["messageAdded"]
            self.received.append(message)
            print(f"  {self.name} in #{self.room} received from {message['author']['name']}: {message['text']}")
            if len(self.received) == self.expected:
                return


async def show(address: str) -> None:
    """Lets two listeners in, posts the conversation, and compares what they received with what was posted."""
    listeners = [
        Listener(room, name, expected=sum(1 for to, _, _ in CONVERSATION if to == room))
        for room, name in (("lobby", "Lena"), ("music", "Miles"))
    ]
    posted: dict[str, list[dict[str, Any]]] = {listener.room: [] for listener in listeners}
    print("Two clients of the library gql subscribe:")
    tasks = [asyncio.create_task(listener.listen(address)) for listener in listeners]
    tasks.append(asyncio.create_task(converse(address, listeners, posted)))
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    for listener in listeners:
        if listener.received != posted[listener.room]:
            raise DemoError(f"#{listener.room} should have received\n  {posted[listener.room]}\nand received\n  {listener.received}")


async def converse(address: str, listeners: list[Listener], posted: dict[str, list[dict[str, Any]]]) -> None:
    """Posts the conversation once everybody listens, and notes what the subscribers should receive."""
    for listener in listeners:
        await listener.here.wait()
    print(f"{len(CONVERSATION)} messages are posted, to both rooms by turns:")
    async with httpx.AsyncClient(base_url=address) as http:
        for room, author, text in CONVERSATION:
            response = await http.post(f"/rooms/{room}/messages", json={"author": author, "text": text})
            if response.status_code != 201:
                raise DemoError(f"posting to #{room} was answered with {response.status_code}: {response.text}")
            posted[room].append({"id": response.json()["id"], "room": room, "author": {"name": author}, "text": text})


def main() -> int:
    try:
        print("Generating the package of Examples/chat/schema.graphql ...")
        generate(CHAT)
        with running(CHAT) as app:
            print(f"The application runs at {app.address}.")
            began = time.perf_counter()
            asyncio.run(asyncio.wait_for(show(app.address), PATIENCE))
            print(f"Each room received exactly its own messages, in order, in {time.perf_counter() - began:.2f} s.")
    except (AppError, DemoError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except asyncio.TimeoutError:  # before OSError, which it is from Python 3.11 on
        print(f"error: not every message came within {PATIENCE:g} seconds", file=sys.stderr)
        return 1
    except (TransportError, httpx.HTTPError, OSError) as error:
        print(f"error: the application answered otherwise than it should: {error!r}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
