"""What hooks find of a request of aiohttp."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
from aiohttp import web

import serving
from chat import SDL
from serving import PROTOCOL, within
from subsgen import ConnectionInfo, Context, GraphQLRequest, SubscriptionManager
from subsgen.aiohttp import add_subscriptions

GREETING = web.AppKey("greeting", str)
USER = web.RequestKey("user", str)


@web.middleware
async def name_the_user(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    request[USER] = request.headers["x-user"]
    return await handler(request)


def who(payload: Mapping[str, Any] | None, connection: ConnectionInfo) -> dict[str, Any]:
    return {"sub": connection.scope["request"][USER], "tenant": connection.scope["path_params"]["tenant"]}


async def execute(_: GraphQLRequest, context: Context) -> Any:
    assert context.connection is not None
    return {"data": {"ok": f"{context.connection.scope['app'][GREETING]} {context.connection.scope['request'][USER]}", **context.claims}}


async def test_what_middleware_keeps_in_a_request_reaches_hooks_of_sockets_and_requests() -> None:
    app = web.Application(middlewares=[name_the_user])
    app[GREETING] = "Hello"
    add_subscriptions(app, SubscriptionManager(schema=SDL, execute=execute), "/{tenant}/graphql", who)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    expected = {"data": {"ok": "Hello ada", "sub": "ada", "tenant": "acme"}}
    try:
        await web.SockSite(runner, listener).start()
        async with httpx.AsyncClient(headers={"x-user": "ada"}) as http:
            answer = await within(http.post(f"http://127.0.0.1:{port}/acme/graphql", json={"query": "{ ok }"}))
            assert answer.json() == expected
        server = serving.Server(port)
        server.url = f"ws://127.0.0.1:{port}/acme/graphql"
        async with serving.client(server, PROTOCOL, **{"x-user": "ada"}) as client:
            await client.initialise()
            await client.send({"type": "subscribe", "id": "1", "payload": {"query": "{ ok }"}})
            assert await client.receive() == {"type": "next", "id": "1", "payload": expected}
    finally:
        await within(runner.cleanup())
