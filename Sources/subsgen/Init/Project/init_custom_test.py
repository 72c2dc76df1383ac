"""The server as a client meets it: ``pytest``."""

from __future__ import annotations

import asyncio
import json
from urllib.request import urlopen

from websockets.asyncio.client import connect

from app import PROTOCOL, running


def publish(address: str, room: str, text: str) -> None:
    """Publishes a message as any client of HTTP does."""
    with urlopen(f"http://{address}/publish?room={room}&text={text}") as answer:
        assert answer.status == 200


async def listen() -> object:
    """What a client who listens to the lobby is told after two messages."""
    query = 'subscription { messageAdded(roomId: "lobby") { text } }'
    async with running(0) as server:
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL]) as client:
            await client.send(json.dumps({"type": "connection_init"}))
            assert json.loads(await client.recv()) == {"type": "connection_ack"}
            await client.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
            # What a client sends is dealt with in order: with the pong, it is subscribed.
            await client.send(json.dumps({"type": "ping"}))
            assert json.loads(await client.recv()) == {"type": "pong"}
            await asyncio.to_thread(publish, address, "attic", "Nobody")
            await asyncio.to_thread(publish, address, "lobby", "Hello")
            told: object = json.loads(await client.recv())
            return told


def test_who_listens_to_a_room_hears_what_is_posted_there() -> None:
    assert asyncio.run(listen()) == {"id": "1", "type": "next", "payload": {"data": {"messageAdded": {"text": "Hello"}}}}
