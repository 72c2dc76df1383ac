"""An example as two processes that share a bus: what is posted at one reaches who is connected to the other."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.request import Request, urlopen

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from examples import CHAT, generate, running

QUERY = 'subscription { messageAdded(roomId: "lobby") { author { name } text } }'


@contextmanager
def listener(address: str, name: str) -> Generator[ClientConnection]:
    """A client that has subscribed to the lobby: its pong comes when the subscription stands."""
    with connect(address.replace("http:", "ws:") + "/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": {"name": name}}))
        _until(socket, "connection_ack")
        socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": QUERY}}))
        socket.send(json.dumps({"type": "ping"}))
        _until(socket, "pong")
        yield socket


def _until(socket: ClientConnection, type: str) -> None:
    while json.loads(socket.recv(10))["type"] != type:
        pass


def post(address: str, author: str, text: str) -> None:
    body = json.dumps({"author": author, "text": text}).encode()
    request = Request(f"{address}/rooms/lobby/messages", body, {"content-type": "application/json"})
    with urlopen(request, timeout=10) as response:
        assert response.status == 201


def message(author: str, text: str) -> dict[str, Any]:
    data = {"messageAdded": {"author": {"name": author}, "text": text}}
    return {"type": "next", "id": "1", "payload": {"data": data}}


def test_two_workers_of_the_chat_are_one_over_a_bus(bus_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(CHAT)
    monkeypatch.setenv("SUBSGEN_BUS_URL", bus_url)
    with ExitStack() as stack:
        addresses = [stack.enter_context(running(CHAT)).address for _ in range(2)]
        sockets = [stack.enter_context(listener(address, f"guest-{number}")) for number, address in enumerate(addresses)]
        for number in range(4):
            post(addresses[number % 2], "Ada", f"hello {number}")
        for socket in sockets:
            got = [json.loads(socket.recv(10)) for _ in range(4)]
            assert [{**one, "payload": {"data": one["payload"]["data"]}} for one in got] == [message("Ada", f"hello {n}") for n in range(4)]
