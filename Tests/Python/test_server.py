"""The native server from Python: what it tells whom, what it asks, and how it ends. That it serves as adapters do, their suite shows."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from websockets.asyncio.client import unix_connect
from websockets.exceptions import InvalidStatus

from chat import MESSAGE_ADDED, SDL, message, registry, resolver_module
from serving import ADAPTERS, Client, Server, client, within
from subsgen import ConnectionInfo, Context, RuntimeOptions, SubscriptionManager, explorer

TICK = "subscription { tick }"
BROWSER = {"accept": "text/html,*/*;q=0.8"}


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0)


def http(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False)


@pytest.mark.parametrize("origin", [None, "its own", "https://app.example.com"])
async def test_python_hears_of_no_client_that_it_need_not_decide_about(origin: str | None) -> None:
    allowed = None if origin in (None, "its own") else [origin]
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(allowed_origins=allowed))
    async with manager.server(port=0) as server:
        async with client(Server(server.port)) as first:
            # The one by which Python knows that clients come to this event loop.
            await first.initialise()
            assert len(manager.runtime.connections) == 1
        headers = {} if origin is None else {"Origin": server.url if allowed is None else origin}
        async with client(Server(server.port), **headers) as ada:
            await ada.initialise()
            await ada.subscribe("1", MESSAGE_ADDED, room="1")
            await manager.publish_event("chat.1", message(1))
            assert (await ada.receive())["payload"]["data"]["messageAdded"]["id"] == "1"
            assert manager.get_metrics()["connections"] == 1
            assert manager.runtime.connections == {}
        with pytest.raises(InvalidStatus, match="403"):
            async with client(Server(server.port), Origin="https://evil.example"):
                pass
        assert 'subsgen_connections_refused_total{rule="origin"} 1' in manager.metrics_text()


async def test_one_count_of_an_address_is_kept_whoever_serves_its_connections() -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(connections_per_address=3))
    async with ADAPTERS["native"](manager, None) as native, ADAPTERS["starlette"](manager, None) as other:
        # Let in by Python, natively, and by another server.
        async with client(native) as first, client(native) as second, client(other) as third:
            for peer in (first, second, third):
                await peer.initialise()
            for server in (native, other):
                with pytest.raises(InvalidStatus, match="429"):
                    async with client(server):
                        pass
                await within(server.ended.get())
        for server in (native, native, other):
            await within(server.ended.get())
        async with client(native) as first, client(native) as second, client(other) as third:
            await third.initialise()
    assert manager.get_metrics()["connections"] == 0


async def test_a_client_that_python_fails_to_let_in_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = SubscriptionManager(schema=SDL)

    def fail(connection: ConnectionInfo) -> None:
        raise RuntimeError("on purpose")

    async with manager.server(port=0) as server:
        monkeypatch.setattr(manager.runtime.admission, "enter", fail)
        with pytest.raises(InvalidStatus, match="500"):
            async with client(Server(server.port)):
                pass


async def test_functions_know_the_connection_of_a_client_that_python_has_not_met() -> None:
    seen: list[Context] = []

    def authorize(args: Any, context: Context) -> bool:
        seen.append(context)
        return True

    manager = SubscriptionManager(registry=registry(message=resolver_module(authorize=authorize)))
    async with manager.server(port=0) as server:
        for name in ("first", "second"):
            async with client(Server(server.port), **{"X-Name": name, "Cookie": f"name={name}"}) as peer:
                await peer.initialise()
                await peer.subscribe("s", 'subscription { message(roomId: "1") { id } }')
                assert seen[-1].connection is not None
                assert seen[-1].connection.headers["x-name"] == name
                assert seen[-1].connection.cookies == {"name": name}
                assert seen[-1].connection.address is not None
                assert seen[-1].connection.address[0] == "127.0.0.1"
                assert list(manager.runtime.connections.values()) == [seen[-1].connection]
        assert len({context.connection.id for context in seen if context.connection}) == 2
    assert manager.runtime.connections == {}


async def test_a_port_that_is_taken_is_an_error_of_the_system() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="cannot listen") as caught:
        async with SubscriptionManager(schema=SDL).server(port=taken.getsockname()[1]):
            pass
    assert caught.value.errno == errno.EADDRINUSE


async def test_it_says_that_it_runs_and_whether_it_takes_clients() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with manager.server(port=0, metrics_path="/metrics") as server, http(server.port) as visitor:
        assert (await visitor.get("/healthz")).status_code == 200
        assert (await visitor.get("/readyz")).status_code == 200
        assert "subsgen_connections" in (await visitor.get("/metrics")).text
        await manager.drain()
        assert (await visitor.get("/healthz")).status_code == 200
        assert (await visitor.get("/readyz")).status_code == 503
        async with manager:
            assert (await visitor.get("/readyz")).status_code == 200


async def test_its_own_paths_can_be_others_or_none() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with manager.server(port=0, health_path=None, ready_path="/up") as server, http(server.port) as visitor:
        assert (await visitor.get("/healthz")).status_code == 404
        assert (await visitor.get("/readyz")).status_code == 404
        assert (await visitor.get("/up")).status_code == 200


async def test_there_is_nothing_at_other_paths() -> None:
    async with SubscriptionManager(schema=SDL).server(port=0) as server, http(server.port) as visitor:
        answer = await visitor.get("/burst")
        assert (answer.status_code, answer.text) == (404, "There is nothing at this path; operations are served at /graphql.")


async def test_browsers_get_the_page_without_python() -> None:
    async with SubscriptionManager(schema=SDL).server(port=0, http=False) as server, http(server.port) as visitor:
        # The event loop waits meanwhile.
        shown = httpx.get(f"http://127.0.0.1:{server.port}/graphql", headers=BROWSER, timeout=20, trust_env=False)  # noqa: ASYNC210
        assert (shown.status_code, shown.text) == (200, explorer.page())
        assert dict(explorer.HEADERS).items() <= dict(shown.headers).items()
        assert (await visitor.get("/graphql")).status_code == 406
        assert (await visitor.get("/elsewhere", headers=BROWSER)).status_code == 404


async def test_the_page_can_be_left_out() -> None:
    async with SubscriptionManager(schema=SDL).server(port=0, page=False) as server, http(server.port) as visitor:
        assert (await visitor.get("/graphql", headers=BROWSER)).status_code == 400


async def test_a_socket_of_unix_is_served(tmp_path: Path) -> None:
    manager = SubscriptionManager(schema=SDL)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket"))
    async with (
        manager.server(sock=listener),
        unix_connect(str(tmp_path / "socket"), "ws://localhost/graphql", subprotocols=["graphql-transport-ws"]) as socket_,
    ):
        await Client(socket_).initialise()


# MARK: An ASGI application beside it


def application(events: list[str]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[dict[str, str]]:
        events.append("up")
        yield {"kept": "for requests"}
        events.append("down")

    app = FastAPI(lifespan=lifespan)

    @app.post("/echo")
    async def echo(request: Request) -> Response:
        body = await request.body()
        told = {"query": request.url.query, "kept": request.state.kept, "name": request.headers["x-name"], "size": len(body)}
        response = Response(json.dumps(told), media_type="application/json")
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        return response

    @app.get("/parts")
    async def parts() -> StreamingResponse:
        async def many() -> AsyncGenerator[bytes]:
            for _ in range(50):
                yield b"x" * 10_000

        return StreamingResponse(many())

    @app.get("/raises")
    async def raises() -> None:
        raise RuntimeError("on purpose")

    @app.get("/waits")
    async def waits(request: Request) -> None:
        events.append("waiting")
        while (await request.receive())["type"] != "http.disconnect":
            pass
        events.append("gone")

    return app


async def test_an_application_answers_the_requests_for_other_paths(caplog: pytest.LogCaptureFixture) -> None:
    events: list[str] = []
    async with SubscriptionManager(schema=SDL).server(port=0, app=application(events)) as server, http(server.port) as visitor:
        assert events == ["up"]
        # Larger than what a request with an operation may have.
        answer = await visitor.post("/echo?a=%20b", content=b"y" * 3_000_000, headers={"X-Name": "Ada"})
        assert answer.json() == {"query": "a=%20b", "kept": "for requests", "name": "Ada", "size": 3_000_000}
        assert dict(answer.cookies) == {"a": "1", "b": "2"}
        assert (await visitor.get("/parts")).content == b"x" * 500_000
        assert (await visitor.get("/raises")).status_code == 500
        assert (await visitor.get("/nothing")).status_code == 404
        assert (await visitor.post("/graphql", json={"query": "{ __typename }"})).json() == {"data": {"__typename": "Query"}}
        with pytest.raises(httpx.ReadTimeout):
            await visitor.get("/waits", timeout=0.2)
        await within(until(lambda: "gone" in events))
    assert events == ["up", "waiting", "gone", "down"]
    assert "on purpose" in caplog.text


async def test_an_application_that_knows_no_lifespan_is_served_too() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async with SubscriptionManager(schema=SDL).server(port=0, app=app) as server, http(server.port) as visitor:
        assert (await visitor.get("/")).status_code == 204


async def test_an_application_that_does_not_start_is_told_of() -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        raise RuntimeError("no database")
        yield

    with pytest.raises(RuntimeError, match=r"failed at startup: [\s\S]*no database"):
        async with SubscriptionManager(schema=SDL).server(port=0, app=FastAPI(lifespan=lifespan)):
            pass


# MARK: Ending

SERVING = f"""
import asyncio, logging
from subsgen import SubscriptionManager

manager = SubscriptionManager(schema={SDL!r})

async def execute(request, context):
    await asyncio.Event().wait()

stuck = SubscriptionManager(schema={SDL!r}, execute=execute)
logging.basicConfig(level="INFO", format="%(message)s")
"""


@asynccontextmanager
async def serving(code: str) -> AsyncGenerator[tuple[asyncio.subprocess.Process, Server]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVING + code, stderr=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stderr is not None
    try:
        while b"serving on http://127.0.0.1:" not in (line := await within(process.stderr.readline())):
            assert line, "the server ended before it listened"
        yield process, Server(int(line.rsplit(b":", 1)[1]))
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_with_a_goodbye(number: signal.Signals) -> None:
    code = "asyncio.run(manager.serve(port=0)); print('ended')"
    async with serving(code) as (process, server), client(server) as peer:
        await peer.initialise()
        await peer.subscribe("s", TICK)
        process.send_signal(number)
        assert await peer.receive() == {"id": "s", "type": "complete"}
        assert await peer.closing() == (1001, "Going away")
        out, _ = await within(process.communicate())
        assert (process.returncode, out) == (0, b"ended\n")


async def test_a_second_signal_ends_it_at_once() -> None:
    code = "asyncio.run(stuck.serve(port=0, drain_timeout=1000)); print('ended')"
    async with serving(code) as (process, server), client(server) as peer:
        await peer.initialise()
        await peer.subscribe("s", TICK)
        await peer.send({"id": "q", "type": "subscribe", "payload": {"query": "{ version }"}})
        process.send_signal(signal.SIGTERM)
        assert await peer.receive() == {"id": "s", "type": "complete"}
        process.send_signal(signal.SIGTERM)
        out, _ = await within(process.communicate())
        assert (process.returncode, out) == (0, b"ended\n")


async def test_who_is_cancelled_says_goodbye(caplog: pytest.LogCaptureFixture) -> None:
    manager = SubscriptionManager(schema=SDL)
    caplog.set_level("INFO", "subsgen")
    serving = asyncio.create_task(manager.serve(port=0))
    await within(until(lambda: "serving on" in caplog.text))
    port = int(caplog.text.rsplit(":", 1)[1])
    async with client(Server(port)) as peer:
        await peer.initialise()
        await peer.subscribe("s", TICK)
        serving.cancel()
        assert await peer.receive() == {"id": "s", "type": "complete"}
        assert await peer.closing() == (1001, "Going away")
        with pytest.raises(asyncio.CancelledError):
            await within(serving)
    with pytest.raises(OSError, match="Connect call failed"):
        async with client(Server(port)):
            pass
