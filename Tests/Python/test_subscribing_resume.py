"""`python -m subsgen subscribe --resume`: what is published while the connection is lost comes when there is another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

import serving
from chat import message, registry, resolver_module
from serving import within
from subsgen import Context, EventBusConfig, SubscriptionManager
from test_subscribing import start

QUERY = 'subscription { messageAdded(roomId: "1") { id } }'


class Line:
    """A way to a server, which can be cut off and lets nobody through until it is joined again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._is_up = asyncio.Event()
        self._is_up.set()
        self._writers: list[asyncio.StreamWriter] = []

    def cut(self) -> None:
        self._is_up.clear()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def join(self) -> None:
        self._is_up.set()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._is_up.wait()
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers += [writer, back]
        await asyncio.gather(_copy(reader, back), _copy(there, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
    except OSError:
        pass
    writer.close()


@asynccontextmanager
async def line_to(server: serving.Server) -> AsyncGenerator[tuple[Line, int]]:
    line = Line(int(server.url.split(":")[2].split("/")[0]))
    listener = await asyncio.start_server(line.pass_on, "127.0.0.1", 0)
    async with listener:
        yield line, listener.sockets[0].getsockname()[1]


@pytest.mark.parametrize("scheme", ["ws", "http"])
async def test_nothing_is_missed_while_the_connection_is_lost(scheme: str) -> None:
    begun = asyncio.Semaphore(0)

    async def on_subscribe(_: Any, __: Context) -> None:
        begun.release()

    module = resolver_module(on_subscribe=on_subscribe)
    manager = SubscriptionManager(EventBusConfig.memory(history_events=100), registry=registry(messageAdded=module))
    async with serving.fastapi(manager) as server, line_to(server) as (line, port):
        process = await start(f"{scheme}://127.0.0.1:{port}/graphql", QUERY, "--resume", "--count", "9")
        assert process.stdout is not None
        for round in range(3):
            await within(begun.acquire())
            await manager.publish_event("chat.1", message(3 * round))
            got = [json.loads(await within(process.stdout.readline())) for _ in range(1 if round == 0 else 3)]
            assert [one["data"]["messageAdded"]["id"] for one in got] == [str(n) for n in range(max(0, 3 * round - 2), 3 * round + 1)]
            line.cut()
            for number in (1, 2):
                await manager.publish_event("chat.1", message(3 * round + number))
            line.join()
        out, err = await within(process.communicate())
    assert [json.loads(one)["data"]["messageAdded"]["id"] for one in out.splitlines()] == ["7", "8"]
    assert process.returncode == 0
    assert err.count(b"connecting again in 0.") == 3
    assert b"missed" not in err
