"""GraphQL over SSE in its single connection mode, by real servers: one stream for many operations."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from chat import registry, resolver_module
from serving import HTTP_SERVERS, PATIENCE, Start, within
from subsgen import ConnectionInfo, Context, ExecutionResponse, GraphQLRequest, RuntimeOptions, SubscriptionManager

PATH = "/graphql"
TOKEN = "x-graphql-event-stream-token"
TICK = "subscription { tick }"
EVENT_STREAM = {"accept": "text/event-stream"}


def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
    return {"data": {"version": context.claims.get("sub", request.operation)}}


class Manager(SubscriptionManager):
    """Says when subscriptions have begun and ended."""

    def __init__(self, **options: Any) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()

        def on_subscribe(args: Any, context: Context) -> None:
            self.said.put_nowait(f"began {context.subscription_id}")

        def on_unsubscribe(args: Any, context: Context) -> None:
            self.said.put_nowait(f"ended {context.subscription_id}")

        def authorize(args: Any, context: Context) -> bool:
            return context.claims.get("sub") == "ada"

        hooks = {"on_subscribe": on_subscribe, "on_unsubscribe": on_unsubscribe}
        modules = {
            "tick": resolver_module(**hooks),
            "message": resolver_module(authorize=authorize, **hooks),
        }
        # Reserved streams wait as long as tests do, where a test says nothing else.
        patient: dict[str, Any] = {"connection_init_timeout": PATIENCE}
        super().__init__(registry=registry(**modules), execute=execute, options=RuntimeOptions(**patient | options))

    async def says(self, *expected: str) -> None:
        for one in expected:
            assert await within(self.said.get()) == one

    async def holds_nothing(self) -> None:
        for served in list(self.runtime.port().served.values()):
            await within(served.gone.wait())
        assert (self.runtime.connections, self.runtime.streams) == ({}, {})
        metrics = self.get_metrics()
        assert (metrics["connections"], metrics["subscriptions"]) == (0, 0)


class Stream:
    """The client's side of a stream."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self.http = http
        self.token = token

    async def ask(self, id: str | None, query: str, **headers: str) -> httpx.Response:
        extensions = {} if id is None else {"operationId": id}
        return await within(self.http.post(PATH, json={"query": query, "extensions": extensions}, headers={TOKEN: self.token} | headers))

    async def cancel(self, id: str) -> httpx.Response:
        return await within(self.http.delete(PATH, params={"operationId": id}, headers={TOKEN: self.token}))

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[AsyncIterator[tuple[str, Any]]]:
        async with self.http.stream("GET", PATH, headers=EVENT_STREAM | {TOKEN: self.token}) as response:
            assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream")
            yield events(response)


async def events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """What a stream says, without comments."""
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


@pytest.fixture(params=list(HTTP_SERVERS))
def start(request: pytest.FixtureRequest) -> Start:
    """Each kind of server."""
    return HTTP_SERVERS[request.param]


@asynccontextmanager
async def visitor(start: Start, manager: SubscriptionManager, auth_handler: Any = None) -> AsyncGenerator[httpx.AsyncClient]:
    async with start(manager, auth_handler) as server:
        url = server.url.replace("ws://", "http://").removesuffix(PATH)
        async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as http:
            yield http


@asynccontextmanager
async def reserved(start: Start, manager: SubscriptionManager, auth_handler: Any = None) -> AsyncGenerator[Stream]:
    async with visitor(start, manager, auth_handler) as http:
        reservation = await within(http.put(PATH))
        assert (reservation.status_code, reservation.headers["content-type"]) == (201, "text/plain; charset=utf-8")
        yield Stream(http, reservation.text)


def tick(id: str, number: int) -> tuple[str, Any]:
    return "next", {"id": id, "payload": {"data": {"tick": number}}}


async def test_many_operations_share_a_stream(start: Start) -> None:
    manager = Manager()
    async with reserved(start, manager) as stream, stream.opened() as heard:
        for id in "ab":
            accepted = await stream.ask(id, TICK)
            assert (accepted.status_code, accepted.content) == (202, b"")
        await manager.says("began a", "began b")
        await manager.publish_event("tick", b"1")
        assert sorted([await within(anext(heard)), await within(anext(heard))], key=str) == [tick("a", 1), tick("b", 1)]
        assert (await stream.cancel("a")).status_code == 200
        await manager.says("ended a")
        await manager.publish_event("tick", b"2")
        assert await within(anext(heard)) == tick("b", 2)
        await manager.complete_topic("tick")
        assert await within(anext(heard)) == ("complete", {"id": "b"})
        assert (await stream.ask("b", "{ version }")).status_code == 202
        assert await within(anext(heard)) == ("next", {"id": "b", "payload": {"data": {"version": "query"}}})
        assert await within(anext(heard)) == ("complete", {"id": "b"})
    # Its client has gone.


async def test_what_comes_before_the_stream_is_opened_waits(start: Start) -> None:
    manager = Manager()
    async with reserved(start, manager) as stream:
        assert (await stream.ask("a", TICK)).status_code == 202
        await manager.says("began a")
        await manager.publish_event("tick", b"1")
        async with stream.opened() as heard:
            assert await within(anext(heard)) == tick("a", 1)
            await manager.publish_event("tick", b"2")
            assert await within(anext(heard)) == tick("a", 2)
        await manager.says("ended a")
        await manager.holds_nothing()


async def test_what_is_wrong_is_said_where_it_was_asked(start: Start) -> None:
    manager = Manager()
    async with reserved(start, manager) as stream, stream.opened() as heard:
        for query in ("{", "subscription { tik }", "query A { version } query B { version }"):
            wrong = await stream.ask("a", query)
            assert wrong.status_code == 400
            assert list(wrong.json()) == ["errors"]
        assert (
            (await stream.ask("a", "{", accept="application/graphql-response+json"))
            .headers["content-type"]
            .startswith("application/graphql-response+json")
        )
        assert (await stream.ask(None, TICK)).status_code == 400
        assert (await stream.ask("a", TICK)).status_code == 202
        assert (await stream.ask("a", TICK)).status_code == 409
        await manager.publish_event("tick", b"1")
        assert await within(anext(heard)) == tick("a", 1)
        # Found wrong when somebody has been asked: the request has its answer by then.
        assert (await stream.ask("m", "subscription { message { id } }")).status_code == 202
        kind, told = await within(anext(heard))
        assert (kind, told["id"], list(told["payload"])) == ("next", "m", ["errors"])
        assert await within(anext(heard)) == ("complete", {"id": "m"})


async def test_a_token_is_of_one_stream_with_one_listener(start: Start) -> None:
    manager = Manager()
    async with reserved(start, manager) as stream:
        stranger = Stream(stream.http, "nobody's")
        assert (await stranger.ask("a", TICK)).status_code == 404
        assert (await stranger.cancel("a")).status_code == 404
        assert (await stream.http.get(PATH, params={"token": "nobody's"}, headers=EVENT_STREAM)).status_code == 404
        assert (await stream.http.delete(PATH, params={"operationId": "a"})).status_code == 405
        assert (await stream.http.delete(PATH, headers={TOKEN: stream.token})).status_code == 400
        assert (await stream.cancel("nothing")).status_code == 200
        elsewhere = {"origin": "https://evil.example"}
        assert (await stream.ask("a", TICK, **elsewhere)).status_code == 403
        assert (await stream.http.put(PATH, headers=elsewhere)).status_code == 403
        assert (await stream.http.put(PATH, headers={"accept": "application/json"})).status_code == 406
        async with stream.opened():
            again = await stream.http.get(PATH, params={"token": stream.token}, headers=EVENT_STREAM)
            assert again.status_code == 409
            mutation = await stream.http.get(PATH, params={"token": stream.token, "query": "mutation { post }"})
            assert mutation.status_code == 405
        await manager.holds_nothing()
        assert (await stream.ask("a", TICK)).status_code == 404


async def test_who_reserves_is_asked_who_it_is_and_nobody_else(start: Start) -> None:
    asked: list[str] = []

    def who(payload: Mapping[str, Any] | None, connection: ConnectionInfo) -> Mapping[str, Any]:
        asked.append(connection.headers["authorization"])
        if asked[-1] != "ada":
            raise PermissionError(asked[-1])
        return {"sub": "ada"}

    manager = Manager()
    async with visitor(start, manager, who) as http:
        refused = await http.put(PATH, headers={"authorization": "bob"})
        assert (refused.status_code, refused.json()) == (403, {"errors": [{"message": "Forbidden"}]})
        stream = Stream(http, (await http.put(PATH, headers={"authorization": "ada"})).text)
        async with stream.opened() as heard:
            await stream.ask("a", "{ version }")
            assert await within(anext(heard)) == ("next", {"id": "a", "payload": {"data": {"version": "ada"}}})
            assert await within(anext(heard)) == ("complete", {"id": "a"})
            assert await manager.revoke(user_id="ada") == 1
            with pytest.raises(StopAsyncIteration):
                await within(anext(heard))
        assert asked == ["bob", "ada"]
        await manager.holds_nothing()


async def test_a_stream_that_nobody_opens_in_time_is_over(start: Start) -> None:
    manager = Manager(connection_init_timeout=0.05, connections_per_address=1)
    async with reserved(start, manager) as stream:
        await manager.holds_nothing()
        assert (await stream.http.get(PATH, headers=EVENT_STREAM | {TOKEN: stream.token})).status_code == 404
        # Its place among those of its address is free again.
        assert (await stream.http.put(PATH)).status_code == 201


async def test_a_server_that_goes_away_completes_operations_and_ends_the_stream(start: Start) -> None:
    manager = Manager()
    async with reserved(start, manager) as stream, stream.opened() as heard:
        assert (await stream.ask("a", TICK)).status_code == 202
        await manager.says("began a")
        await manager.publish_event("tick", b"1")
        await within(manager.drain())
        assert await within(anext(heard)) == tick("a", 1)
        assert await within(anext(heard)) == ("complete", {"id": "a"})
        with pytest.raises(StopAsyncIteration):
            await within(anext(heard))
        assert (await stream.http.put(PATH)).status_code == 503
        await manager.holds_nothing()


async def test_a_reserved_stream_holds_up_no_shutdown(start: Start) -> None:
    manager = Manager(connections_per_address=1)
    async with reserved(start, manager) as stream:
        assert (await stream.http.put(PATH)).status_code == 429
        await within(manager.drain())
        await manager.holds_nothing()
