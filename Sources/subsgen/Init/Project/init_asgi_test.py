"""The application as a client meets it: ``pytest``."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.request import Request, urlopen

import uvicorn
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from app import app


@asynccontextmanager
async def running() -> AsyncGenerator[str, None]:
    """The application on a port that is free, while the block runs: its host and port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def post(address: str, room: str, text: str) -> None:
    """Posts a message as any client of HTTP does."""
    with urlopen(Request(f"http://{address}/rooms/{room}/messages?text={text}", method="POST")) as answer:
        assert answer.status == 204


async def listen() -> object:
    """What a client who listens to the lobby is told after two messages."""
    query = 'subscription { messageAdded(roomId: "lobby") { text } }'
    async with running() as address, connect(f"ws://{address}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]) as client:
        await client.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await client.recv()) == {"type": "connection_ack"}
        await client.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
        # What a client sends is dealt with in order: with the pong, it is subscribed.
        await client.send(json.dumps({"type": "ping"}))
        assert json.loads(await client.recv()) == {"type": "pong"}
        await asyncio.to_thread(post, address, "attic", "Nobody")
        await asyncio.to_thread(post, address, "lobby", "Hello")
        told: object = json.loads(await client.recv())
        return told


def test_who_listens_to_a_room_hears_what_is_posted_there() -> None:
    assert asyncio.run(listen()) == {"id": "1", "type": "next", "payload": {"data": {"messageAdded": {"text": "Hello"}}}}
