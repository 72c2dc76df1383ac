"""Start-up, goodbye and forks: managers in the lifespan of applications, and what a signal does to their clients."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from fastapi import FastAPI
from websockets.exceptions import InvalidStatus

from serving import ADAPTERS, Client, Server, Start, client, uvicorn_server, within
from subsgen import (
    Context,
    ExecutionResponse,
    GraphQLRequest,
    SubscriptionError,
    SubscriptionManager,
    SubscriptionPayload,
    create_subscription_app,
)
from subsgen.aiohttp import add_subscriptions

SDL = "type Query { ok: Boolean } type Subscription { tick: Int! }"
TICK = SubscriptionPayload("subscription { tick }")

APPLICATION = f"""
from starlette.applications import Starlette
from subsgen import SubscriptionManager, create_subscription_app

manager = SubscriptionManager(schema={SDL!r})
app = create_subscription_app(Starlette(lifespan=manager.lifespan), manager)
"""

FORKING = f"""
import asyncio, os, sys, traceback
from subsgen import SubscriptionManager, SubscriptionPayload

manager = SubscriptionManager(schema={SDL!r})
manager.register_resolver("tick", lambda event, args: event + 1)

async def use():
    id = await manager.create_subscription(SubscriptionPayload("subscription {{ tick }}"))
    await manager.publish_event("tick", "1")
    print((await manager.get_next_event(id)).decode(), flush=True)
    await manager.complete_subscription(id)

def in_child(work):
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(work())
        except BaseException:
            traceback.print_exc(limit=0)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""


async def ran(code: str) -> tuple[str, str]:
    """What a new interpreter prints, and what it complains of."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, complaints = await within(process.communicate())
    return out.decode(), complaints.decode()


async def goodbye(peer: Client) -> None:
    assert await peer.receive() == {"id": "s", "type": "complete"}
    assert await peer.closing() == (1001, "Going away")


async def test_who_drains_says_goodbye_and_lets_nobody_in_until_it_is_entered_again(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL)
    async with start(manager, None) as server:
        async with manager, client(server) as peer:
            await peer.initialise()
            await peer.subscribe("s", TICK.query)
            draining = asyncio.create_task(manager.drain())
            await goodbye(peer)
            await within(draining)
            await refused(start, server)
            with pytest.raises(SubscriptionError, match="going away"):
                await manager.create_subscription(TICK)
        await refused(start, server)
        async with manager, client(server) as later:
            await later.initialise()


async def test_a_query_that_is_under_way_is_answered_before_the_goodbye() -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        asked.set()
        await may_answer.wait()
        return {"data": {"ok": True}}

    manager = SubscriptionManager(schema=SDL, execute=execute)
    async with ADAPTERS["starlette"](manager, None) as server, client(server) as peer:
        await peer.initialise()
        await peer.subscribe("s", TICK.query)
        await peer.send({"id": "q", "type": "subscribe", "payload": {"query": "{ ok }"}})
        await within(asked.wait())
        draining = asyncio.create_task(manager.drain())
        assert await peer.receive() == {"id": "s", "type": "complete"}
        await peer.send({"id": "t", "type": "subscribe", "payload": {"query": TICK.query}})
        assert (await peer.receive())["payload"][0]["message"] == "The server is going away, and begins nothing new."
        may_answer.set()
        assert await peer.receive() == {"id": "q", "type": "next", "payload": {"data": {"ok": True}}}
        assert await peer.receive() == {"id": "q", "type": "complete"}
        assert await peer.closing() == (1001, "Going away")
        await within(draining)


async def test_a_query_that_does_not_come_to_an_end_holds_up_nobody_for_long() -> None:
    asked = asyncio.Event()

    async def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        asked.set()
        await asyncio.Event().wait()
        return {}

    manager = SubscriptionManager(schema=SDL, execute=execute)
    async with ADAPTERS["starlette"](manager, None) as server, client(server) as peer:
        await peer.initialise()
        await peer.send({"id": "q", "type": "subscribe", "payload": {"query": "{ ok }"}})
        await within(asked.wait())
        draining = asyncio.create_task(manager.drain(timeout=0.1))
        assert await peer.closing() == (1001, "Going away")
        await within(draining)
        assert manager.get_metrics()["connections"] == 0


async def refused(start: Start, server: Server) -> None:
    """Who connects to a server that goes away is told to come again, by HTTP where the server can."""
    try:
        async with client(server) as late:
            outcome, _ = await late.closing()
    except InvalidStatus as refusal:
        outcome = refusal.response.status_code
    assert outcome == (1001 if start.__name__ in ("custom", "websockets") else 503)


async def test_a_client_that_does_not_read_is_left_behind_in_time() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with ADAPTERS["websockets"](manager, None) as server, client(server) as peer:
        await peer.initialise()
        await peer.subscribe("s", TICK.query)
        peer.socket.transport.pause_reading()
        await within(manager.drain(timeout=0.05))
        assert manager.get_metrics()["connections"] == 0
        peer.vanish()


async def test_an_application_of_aiohttp_says_goodbye_when_it_shuts_down() -> None:
    manager = SubscriptionManager(schema=SDL)
    runner = web.AppRunner(add_subscriptions(web.Application(), manager), access_log=None)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    await web.SockSite(runner, listener).start()
    async with ClientSession() as visitor, visitor.get(f"http://127.0.0.1:{port}/graphql") as response:
        assert response.status == 400  # a request, though none of GraphQL
    async with client(Server(port)) as peer:
        await peer.initialise()
        await peer.subscribe("s", TICK.query)
        ending = asyncio.create_task(runner.cleanup())
        await goodbye(peer)
        await within(ending)
    assert manager.get_metrics()["connections"] == 0


async def test_the_lifespan_is_part_of_the_application_s_own() -> None:
    manager = SubscriptionManager(schema=SDL)
    order: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
        order.append("up")
        async with manager.lifespan(app):
            yield
        order.append(str(manager.runtime.acceptance.is_open))

    before = signal.getsignal(signal.SIGTERM)
    async with uvicorn_server(create_subscription_app(FastAPI(lifespan=lifespan), manager)) as server, client(server) as peer:
        await peer.initialise()
    assert order == ["up", "False"]
    assert signal.getsignal(signal.SIGTERM) is before


async def test_one_loop_drains_and_another_goes_on() -> None:
    manager = SubscriptionManager(schema=SDL)
    drained, finish = threading.Event(), threading.Event()

    async def elsewhere() -> None:
        async with manager:
            await manager.create_subscription(TICK)
        drained.set()
        await asyncio.get_running_loop().run_in_executor(None, finish.wait)
        with pytest.raises(SubscriptionError):
            await manager.create_subscription(TICK)

    async with manager:
        thread = asyncio.create_task(asyncio.to_thread(asyncio.run, elsewhere()))
        await asyncio.to_thread(drained.wait, 20)
        id = await manager.create_subscription(TICK)
        finish.set()
        await within(thread)
        await manager.publish_event("tick", "1")
        event = await within(manager.get_next_event(id))
        assert event is not None
        assert json.loads(event) == {"data": {"tick": 1}}


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_to_uvicorn_says_goodbye_before_it_closes_sockets(tmp_path: Path, loop: str, number: signal.Signals) -> None:
    (tmp_path / "app.py").write_text(APPLICATION)
    arguments = ["-m", "uvicorn", "app:app", "--port", "0", "--loop", loop]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=tmp_path, stderr=subprocess.PIPE)
    assert process.stderr is not None
    try:
        while (match := re.search(rb"running on http://127.0.0.1:(\d+)", line := await within(process.stderr.readline()))) is None:
            assert line, "the server ended before it listened"
        async with client(Server(int(match[1]))) as peer:
            await peer.initialise()
            await peer.subscribe("s", TICK.query)
            process.send_signal(number)
            await goodbye(peer)
        _, complaints = await within(process.communicate())
        assert b"Application shutdown complete" in complaints

    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_manager_that_was_made_before_a_fork_serves_in_the_child() -> None:
    out, complaints = await ran(FORKING + "\nassert in_child(use) == 0\nasyncio.run(use())\nassert in_child(use) == 0\n")
    assert complaints == ""
    assert out == '{"data":{"tick":2}}\n' * 3


@pytest.mark.parametrize(
    "work", ["manager.publish_event('tick', '1')", "manager.create_subscription(SubscriptionPayload('subscription { tick }'))"]
)
async def test_a_manager_that_served_before_a_fork_is_a_clear_error_in_the_child(work: str) -> None:
    serve = f"""
async def serve():
    await use()
    async def work():
        await {work}
    print(in_child(work), flush=True)
    await use()

asyncio.run(serve())
"""
    out, complaints = await ran(FORKING + serve)
    assert out == '{"data":{"tick":2}}\n1\n{"data":{"tick":2}}\n'
    assert "RuntimeError: This manager served an event loop before its process was forked" in complaints
