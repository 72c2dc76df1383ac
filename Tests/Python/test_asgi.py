"""What adapters do beside the conversations of test_protocol.py."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import MutableMapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette

from chat import MESSAGE_ADDED, SDL, message
from serving import client, fastapi, within
from subsgen import (
    ConnectionClosed,
    ConnectionInfo,
    CustomServerWebSocketAdapter,
    GraphQLTransportWSHandler,
    SubscriptionManager,
    SubscriptionRouterFactory,
    create_subscription_app,
    explorer,
)
from subsgen.asgi import AsgiWebSocketAdapter, SubscriptionEndpoint, connection_info


class Wire:
    """The two functions that an ASGI server hands to an application."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.incoming = list(messages)
        self.sent: list[MutableMapping[str, Any]] = []
        self.broken = False

    async def receive(self) -> MutableMapping[str, Any]:
        return self.incoming.pop(0)

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if self.broken:
            raise OSError("the client is gone")
        self.sent.append(message)

    def adapter(self) -> AsgiWebSocketAdapter:
        return AsgiWebSocketAdapter({"type": "websocket"}, self.receive, self.send)


def custom(wire: Wire) -> CustomServerWebSocketAdapter:
    """The same by functions of the application's own."""

    async def receive() -> str | bytes:
        message = await wire.receive()
        if message["type"] == "websocket.disconnect":
            raise EOFError
        return str(message["text"])

    async def send(text: str) -> None:
        await wire.send({"type": "websocket.send", "text": text})

    async def close(code: int, reason: str) -> None:
        await wire.send({"type": "websocket.close", "code": code, "reason": reason})

    async def accept(subprotocol: str | None) -> None:
        await wire.receive()
        await wire.send({"type": "websocket.accept", "subprotocol": subprotocol})

    return CustomServerWebSocketAdapter(receive=receive, send=send, close=close, closed=(OSError, EOFError), accept=accept)


CONNECT = {"type": "websocket.connect"}
DISCONNECT = {"type": "websocket.disconnect", "code": 1006}


@pytest.fixture(params=["asgi", "custom"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def adapter_of(kind: str, wire: Wire) -> AsgiWebSocketAdapter | CustomServerWebSocketAdapter:
    return wire.adapter() if kind == "asgi" else custom(wire)


async def test_an_adapter_speaks_json_in_text_frames(kind: str) -> None:
    wire = Wire(CONNECT, {"type": "websocket.receive", "text": '{"type":"ping"}'}, {"type": "websocket.receive", "text": "{"})
    adapter = adapter_of(kind, wire)
    assert not adapter.is_connected
    await adapter.accept("graphql-transport-ws")
    assert adapter.is_connected
    assert await adapter.receive_json() == {"type": "ping"}
    with pytest.raises(json.JSONDecodeError):
        await adapter.receive_json()
    await adapter.send_json({"type": "pong", "payload": "ü"})
    await adapter.send_bytes('{"ü":1}'.encode())
    await adapter.close(4400, "why")
    await adapter.close()
    assert not adapter.is_connected
    assert wire.sent == [
        {"type": "websocket.accept", "subprotocol": "graphql-transport-ws"},
        {"type": "websocket.send", "text": '{"type":"pong","payload":"ü"}'},
        {"type": "websocket.send", "text": '{"ü":1}'},
        {"type": "websocket.close", "code": 4400, "reason": "why"},
    ]


async def test_an_adapter_says_that_the_peer_is_gone(kind: str) -> None:
    receiving, sending = Wire(CONNECT, DISCONNECT), Wire(CONNECT)
    adapter = adapter_of(kind, receiving)
    await adapter.accept()
    with pytest.raises(ConnectionClosed):
        await adapter.receive()
    assert not adapter.is_connected
    adapter = adapter_of(kind, sending)
    await adapter.accept()
    sending.broken = True
    with pytest.raises(ConnectionClosed):
        await adapter.send_text("{}")
    assert not adapter.is_connected
    adapter = adapter_of(kind, Wire(CONNECT))
    await adapter.accept()


async def test_closing_a_socket_that_is_gone_is_no_error(kind: str) -> None:
    wire = Wire(CONNECT)
    adapter = adapter_of(kind, wire)
    await adapter.accept()
    wire.broken = True
    await adapter.close()
    assert not adapter.is_connected


async def test_a_client_that_is_gone_before_the_handshake_is_no_error() -> None:
    wire = Wire(DISCONNECT)
    manager = SubscriptionManager(schema=SDL)
    adapter = AsgiWebSocketAdapter({"type": "websocket", "subprotocols": ["graphql-transport-ws"]}, wire.receive, wire.send)
    await GraphQLTransportWSHandler.handle_connection(adapter, manager)
    assert wire.sent == []
    assert manager.get_metrics()["connections"] == 0


async def test_a_server_that_fails_is_logged_and_frees_everything(caplog: pytest.LogCaptureFixture) -> None:
    async def receive() -> str:
        raise RuntimeError("the server has a fault")

    closed: list[tuple[int, str]] = []

    async def close(code: int, reason: str) -> None:
        closed.append((code, reason))

    async def send(text: str) -> None:
        raise AssertionError("nothing is sent")

    manager = SubscriptionManager(schema=SDL)
    adapter = CustomServerWebSocketAdapter(receive=receive, send=send, close=close, closed=OSError)
    await GraphQLTransportWSHandler.handle_connection(adapter, manager)
    assert closed == [(1011, "Internal server error")]
    assert "the server has a fault" in caplog.text
    assert manager.get_metrics()["connections"] == 0


async def test_a_cancelled_server_frees_everything() -> None:
    waiting = asyncio.Event()

    async def receive() -> str:
        waiting.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def nothing(*_: Any) -> None:
        return None

    manager = SubscriptionManager(schema=SDL)
    adapter = CustomServerWebSocketAdapter(receive=receive, send=nothing, close=nothing, closed=OSError)
    serving = asyncio.create_task(GraphQLTransportWSHandler.handle_connection(adapter, manager))
    await within(waiting.wait())
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert manager.get_metrics()["connections"] == 0
    await within(manager.close())


async def test_closing_does_not_wait_for_ever_for_a_client_that_does_not_read(caplog: pytest.LogCaptureFixture) -> None:
    incoming, sent = asyncio.Queue[str](), asyncio.Queue[str]()

    async def send(text: str) -> None:
        sent.put_nowait(json.loads(text)["type"])
        if '"next"' in text:
            await asyncio.Event().wait()

    async def close(code: int, reason: str) -> None:
        raise AssertionError("the close waits behind what is not read")

    manager = SubscriptionManager(schema=SDL)
    adapter = CustomServerWebSocketAdapter(receive=incoming.get, send=send, close=close, closed=OSError)
    serving = asyncio.create_task(GraphQLTransportWSHandler.handle_connection(adapter, manager))
    incoming.put_nowait('{"type":"connection_init"}')
    assert await within(sent.get()) == "connection_ack"
    subscribe = {"id": "s", "type": "subscribe", "payload": {"query": MESSAGE_ADDED, "variables": {"room": "1"}}}
    for frame in (subscribe, {"type": "ping"}):
        incoming.put_nowait(json.dumps(frame))
    assert await within(sent.get()) == "pong"
    await manager.publish_event("chat.1", message(1))
    assert await within(sent.get()) == "next"
    await within(manager.close(timeout=0.01))
    await within(serving)
    assert "did not read" in caplog.text
    assert manager.get_metrics()["connections"] == 0


async def test_nothing_more_is_written_to_a_socket_that_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    manager = SubscriptionManager(schema=SDL)
    async with fastapi(manager) as server, client(server) as visitor:
        await visitor.initialise()
        for number in range(100):
            await visitor.send({"id": str(number), "type": "subscribe", "payload": {"query": "subscription { tick }"}})
        await visitor.settle()
        visitor.vanish()
        await asyncio.sleep(0)  # the client's loop closes the socket; the server's, which is the same, has not looked yet
        await manager.publish_event("tick", 1)
        await within(server.ended.get())
    assert caplog.text == ""


async def test_what_is_no_websocket_is_refused() -> None:
    wire = Wire()
    with pytest.raises(RuntimeError, match="WebSockets"):
        await SubscriptionEndpoint(SubscriptionManager(schema=SDL))({"type": "http"}, wire.receive, wire.send)


def test_a_request_tells_who_connected() -> None:
    info = connection_info(
        {
            "headers": [(b"X-One", b"1"), (b"cookie", b'a=1; bad[]=2; c=%E9; d="q"')],
            "client": ("127.0.0.1", 5000),
        }
    )
    assert info.headers["x-one"] == "1"
    assert (info.cookies["a"], info.cookies["d"]) == ("1", "q")
    assert info.address == ("127.0.0.1", 5000)
    nobody = connection_info({})
    assert (nobody.headers, nobody.cookies, nobody.address) == ({}, {}, None)
    assert nobody.id != info.id
    assert ConnectionInfo(id="x").headers == {}


async def test_the_managers_own_handler_is_used_where_no_other_is_given() -> None:
    def refuse(payload: Any) -> None:
        raise PermissionError

    manager = SubscriptionManager(schema=SDL, auth_handler=refuse)
    async with fastapi(manager) as server, client(server) as stranger:
        await stranger.send({"type": "connection_init"})
        assert await stranger.closing() == (4403, "Forbidden")


def test_a_missing_framework_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = SubscriptionManager(schema=SDL)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(ImportError, match=r"subsgen\[fastapi\]"):
        SubscriptionRouterFactory.create(manager)
    monkeypatch.setitem(sys.modules, "starlette.routing", None)
    with pytest.raises(ImportError, match=r"subsgen\[starlette\]"):
        create_subscription_app(Starlette(), manager)


# MARK: The page for browsers


def pages(page: bool = True) -> dict[str, httpx.AsyncClient]:
    """A client of each framework's application."""
    router = FastAPI()
    router.include_router(
        SubscriptionRouterFactory.create(SubscriptionManager(schema=SDL), "/graphql", http=False, page=page), prefix="/api"
    )
    applications: dict[str, Any] = {
        "/api/graphql": router,
        "/graphql": create_subscription_app(Starlette(), SubscriptionManager(schema=SDL), "/graphql", http=False, page=page),
    }
    return {path: httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://server") for path, app in applications.items()}


async def test_browsers_get_a_page_at_the_endpoint_and_others_are_told_what_it_is() -> None:
    for path, http in pages().items():
        async with http:
            shown = await http.get(path, headers={"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"})
            assert (shown.status_code, shown.text) == (200, explorer.page())
            assert dict(explorer.HEADERS).items() <= dict(shown.headers).items()
            refused = await http.get(path, headers={"accept": "application/json"})
            assert (refused.status_code, refused.headers["content-type"]) == (406, "text/plain; charset=utf-8")
            assert (await http.post(path)).status_code == 405


async def test_without_a_page_the_path_is_left_alone() -> None:
    for path, http in pages(page=False).items():
        async with http:
            assert (await http.get(path, headers={"accept": "text/html"})).status_code == 404
