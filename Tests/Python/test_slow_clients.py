"""Clients of the native server that read nothing: what the server keeps for them is bounded, and others get everything."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from plain_socket import PlainSocket
from serve_command import serve
from serving import within

MEBIBYTE = 1 << 20
WAITING = MEBIBYTE
"""Bytes that may wait for a connection."""
TURN = 2 * MEBIBYTE
"""Bytes that its socket may have been given beside that: about a mebibyte, and a message that is larger than those before it."""
OTHER = 32 * MEBIBYTE
"""Memory that a process which is at work takes in any case, more than when it has begun."""
SLOW = 20
ROUNDS, EVENTS, SIZE = 200, 10, 50_000
"""Of the events of a round the reader may have read nothing when the last is published."""

SDL = "type Query { ok: Boolean } type Subscription { text: String! }"
APPLICATION = f"""
import json, os
from fastapi import FastAPI
from subsgen import EventBusConfig, RuntimeOptions, SubscriptionManager

manager = SubscriptionManager(EventBusConfig.memory(), schema={SDL!r}, options=RuntimeOptions(bytes_per_connection={WAITING}))
app = FastAPI()

@app.get("/process")
async def process() -> int:
    return os.getpid()

@app.get("/publish")
async def publish(first: int) -> None:
    for number in range(first, first + {EVENTS}):
        await manager.publish_event("text", json.dumps(f"{{number}} ".ljust({SIZE}, "x")))
"""


def memory(process: int) -> int:
    """The most memory that a process has had, in bytes."""
    return int(Path(f"/proc/{process}/status").read_text("utf-8").partition("VmHWM:")[2].split()[0]) * 1024


async def subscriber(port: int) -> PlainSocket:
    client = await PlainSocket.connect(f"ws://127.0.0.1:{port}/graphql")
    client.send({"type": "connection_init"})
    assert await within(client.receive()) == {"type": "connection_ack"}
    client.send({"id": "1", "type": "subscribe", "payload": {"query": "subscription { text }"}})
    client.send({"type": "ping"})
    assert await within(client.receive()) == {"type": "pong"}
    return client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "application.py").write_text(APPLICATION)
    return tmp_path


async def test_what_is_kept_for_who_reads_nothing_is_bounded_and_others_get_everything(folder: Path) -> None:
    arguments = ("application:manager", "--app", "application:app", "--port", "0", "--drain-timeout", "1")
    async with serve(folder, "memory://", *arguments) as serving:
        port = int((await serving.says(r"served at http://127.0.0.1:(\d+)/graphql\n"))[1])
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as visitor:
            process = (await visitor.get("/process")).json()
            clients = [await subscriber(port) for _ in range(1 + SLOW)]
            reader, *slow = clients
            try:
                for client in slow:
                    client.transport.pause_reading()
                before = memory(process)
                for first in range(0, ROUNDS * EVENTS, EVENTS):
                    assert (await visitor.get("/publish", params={"first": first})).status_code == 200
                    got = [(await within(reader.receive()))["payload"]["data"]["text"] for _ in range(EVENTS)]
                    assert [int(text.partition(" ")[0]) for text in got] == list(range(first, first + EVENTS))
                grown = memory(process) - before
            finally:
                for client in clients:
                    client.vanish()
    assert grown < SLOW * (WAITING + TURN) + OTHER
    # That bound is one: so much was published to those who read nothing.
    assert ROUNDS * EVENTS * SIZE * SLOW > 10 * (SLOW * (WAITING + TURN) + OTHER)
