"""GraphQL over HTTP and over server-sent events, by a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chat import registry, resolver_module
from serving import HTTP_SERVERS, Start, starlette, uvicorn_server, within
from subsgen import (
    ConnectionInfo,
    Context,
    ExecutionResponse,
    GraphQLRequest,
    RuntimeOptions,
    SubscriptionManager,
    SubscriptionRouterFactory,
)
from subsgen.http_requests import EVENT_STREAM, JSON, RESPONSE_JSON

PATH = "/graphql"
TICK = {"query": "subscription { tick }"}


def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
    return {"data": {"version": context.claims.get("sub", request.operation)}}


def ada(payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {"sub": "ada"}


class Manager(SubscriptionManager):
    """Says when a subscription has begun."""

    def __init__(self, options: RuntimeOptions) -> None:
        self.began: asyncio.Queue[None] = asyncio.Queue()

        def on_subscribe(args: Any, context: Context) -> None:
            self.began.put_nowait(None)

        modules = {name: resolver_module(on_subscribe=on_subscribe) for name in ("tick", "message")}
        super().__init__(registry=registry(**modules), execute=execute, options=options)


def serving(**options: Any) -> Manager:
    return Manager(RuntimeOptions(**options))


@pytest.fixture(params=list(HTTP_SERVERS))
def start(request: pytest.FixtureRequest) -> Start:
    """Each kind of server."""
    return HTTP_SERVERS[request.param]


@asynccontextmanager
async def peer(start: Start, manager: SubscriptionManager, auth_handler: Any = None) -> AsyncGenerator[httpx.AsyncClient]:
    async with start(manager, auth_handler) as server:
        url = server.url.replace("ws://", "http://").removesuffix(PATH)
        async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as client:
            yield client


async def blocks(response: httpx.Response) -> AsyncIterator[str]:
    """The events of a stream, without comments."""
    lines: list[str] = []
    async for line in response.aiter_lines():
        if line and not line.startswith(":"):
            lines.append(line)
        elif lines:
            yield "\n".join(lines)
            lines = []


async def nothing_is_left(manager: SubscriptionManager) -> None:
    """Waits until the connections are gone, and holds that they leave nothing."""
    for served in list(manager.runtime.port().served.values()):
        await within(served.gone.wait())
    assert manager.runtime.connections == {}


async def test_queries_and_mutations_are_answered(start: Start) -> None:
    manager = serving()
    async with peer(start, manager) as client:
        posted = await client.post(PATH, json={"query": "{ version }"})
        assert (posted.status_code, posted.headers["content-type"], posted.json()) == (
            200,
            f"{JSON}; charset=utf-8",
            {"data": {"version": "query"}},
        )
        got = await client.get(PATH, params={"query": "{ version }"}, headers={"accept": RESPONSE_JSON})
        assert (got.status_code, got.headers["content-type"]) == (200, f"{RESPONSE_JSON}; charset=utf-8")
        assert (await client.post(PATH, json={"query": "mutation { post }"})).json() == {"data": {"version": "mutation"}}
        asked = (await client.post(PATH, json={"query": "{ __schema { queryType { name } } }"})).json()
        assert asked == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
        await nothing_is_left(manager)


@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (RESPONSE_JSON, 400)])
async def test_a_request_error_has_a_status_where_the_media_type_says_that_it_is_graphqls(start: Start, accept: str, status: int) -> None:
    async with peer(start, serving()) as client:
        for query in ("{", "{ __schema { nope } }"):
            answer = await client.post(PATH, json={"query": query}, headers={"accept": accept})
            assert answer.status_code == status
            assert list(answer.json()) == ["errors"]


async def test_what_is_no_request_is_refused_with_its_status(start: Start) -> None:
    async with peer(start, serving()) as client:
        mutation = await client.get(PATH, params={"query": "mutation { post }"})
        assert (mutation.status_code, mutation.headers["allow"]) == (405, "POST")
        unknown = await client.get(PATH, params={"extensions": '{"persistedQuery":{"version":1,"sha256Hash":"ab"}}'})
        assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotSupported"
        patched = await client.patch(PATH)
        assert (patched.status_code, patched.headers["allow"]) == (405, "GET, POST, PUT, DELETE")
        assert (await client.post(PATH, content='{"query":"{ version }"}')).status_code == 415
        for body in ("", "{", "[]", "{}", '{"query":7}', '{"query":null}', '{"query":"{a}","variables":[]}', "[" * 5000):
            assert (await client.post(PATH, content=body, headers={"content-type": JSON})).status_code == 400
        assert (await client.post(PATH, json=TICK, headers={"accept": JSON})).status_code == 406
        assert (await client.get(PATH)).status_code == 400
        assert (await client.post(PATH, content=b" " * 1024 * 1025, headers={"content-type": JSON})).status_code == 413


async def test_pages_of_other_origins_are_refused(start: Start) -> None:
    async with peer(start, serving()) as client:
        elsewhere = {"origin": "https://evil.example"}
        assert (await client.post(PATH, json=TICK, headers=elsewhere)).status_code == 403
        query = {"query": "{ version }"}
        assert (await client.get(PATH, params=query, headers={"sec-fetch-site": "cross-site"})).status_code == 403
        assert (await client.get(PATH, params=query, headers=elsewhere | {"sec-fetch-site": "cross-site"})).status_code == 403


async def test_the_auth_handler_gets_the_headers_and_its_claims_reach_the_context(start: Start) -> None:
    async def who(payload: Mapping[str, Any] | None, connection: ConnectionInfo) -> Mapping[str, Any]:
        assert payload is None
        return {"sub": connection.headers["authorization"]}

    async with peer(start, serving(), who) as client:
        answer = await client.post(PATH, json={"query": "{ version }"}, headers={"authorization": "ada"})
        assert answer.json() == {"data": {"version": "ada"}}
        for accept in (JSON, EVENT_STREAM):
            refused = await client.post(PATH, json={"query": "{ version }"}, headers={"accept": accept})
            assert (refused.status_code, refused.json()) == (403, {"errors": [{"message": "Forbidden"}]})


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_subscription_is_an_event_stream(start: Start, method: str) -> None:
    manager = serving()
    given: Any = {"params": TICK} if method == "GET" else {"json": TICK}
    async with peer(start, manager) as client, client.stream(method, PATH, headers={"accept": EVENT_STREAM}, **given) as response:
        assert (response.status_code, response.headers["content-type"]) == (200, EVENT_STREAM)
        events = blocks(response)
        await subscribed(manager)
        await manager.publish_event("tick", b"1")
        assert await within(anext(events)) == 'event: next\ndata: {"data":{"tick":1}}'
        await manager.complete_topic("tick")
        assert await within(anext(events)) == "event: complete\ndata: "
        with pytest.raises(StopAsyncIteration):
            await within(anext(events))
        await nothing_is_left(manager)


async def test_a_stream_tells_what_is_wrong_with_its_operation_and_answers_queries(start: Start) -> None:
    async with peer(start, serving()) as client:
        wrong = await client.post(PATH, json={"query": "subscription { tik }"})
        assert wrong.status_code == 200
        assert "event: next\ndata: " in wrong.text
        assert json.loads(wrong.text.split("data: ")[1].split("\n")[0])["errors"][0]["message"].startswith('Cannot query field "tik"')
        assert wrong.text.endswith("event: complete\ndata: \n\n")
        answer = await client.post(PATH, json={"query": "{ version }"}, headers={"accept": EVENT_STREAM})
        assert answer.text == ':\n\nevent: next\ndata: {"data":{"version":"query"}}\n\nevent: complete\ndata: \n\n'


async def test_events_with_line_breaks_stay_one_line(start: Start) -> None:
    manager = serving()
    async with peer(start, manager) as client, client.stream("POST", PATH, json={"query": "subscription { message { id } }"}) as response:
        await subscribed(manager)
        await manager.publish_event("message", b'{"id":\r\n"1",\n"roomId":"1","text":"a\\nb"}')
        assert json.loads((await within(anext(blocks(response)))).removeprefix("event: next\ndata: ")) == {"data": {"message": {"id": "1"}}}


async def test_a_client_that_goes_leaves_nothing(start: Start) -> None:
    manager = serving()
    async with peer(start, manager) as client:
        async with client.stream("POST", PATH, json=TICK):
            await subscribed(manager)
        await nothing_is_left(manager)


async def test_closing_the_manager_ends_streams(start: Start) -> None:
    manager = serving()
    async with peer(start, manager) as client, client.stream("POST", PATH, json=TICK) as response:
        await subscribed(manager)
        await within(manager.close())
        assert (await within(response.aread())).startswith(b":\n\n")


async def test_revoked_claims_end_a_stream(start: Start) -> None:
    manager = serving()
    async with peer(start, manager, ada) as client, client.stream("POST", PATH, json=TICK) as response:
        await subscribed(manager)
        assert await manager.revoke(user_id="ada") == 1
        assert b"complete" not in await within(response.aread())
        await nothing_is_left(manager)


async def test_pings_are_comments_and_close_no_stream(start: Start) -> None:
    manager = serving(ping_interval=0.01, pong_timeout=0.01)
    async with peer(start, manager) as client, client.stream("POST", PATH, json=TICK) as response:
        await subscribed(manager)
        lines = response.aiter_lines()
        comments = 0
        while comments < 4:
            comments += await within(anext(lines)) == ":"
        await manager.publish_event("tick", b"1")
        while not (line := await within(anext(lines))).startswith("data"):
            pass
        assert line == 'data: {"data":{"tick":1}}'


async def test_connections_are_counted_as_those_of_sockets(start: Start) -> None:
    manager = serving(connections_per_address=1)
    async with peer(start, manager) as client:
        async with client.stream("POST", PATH, json=TICK):
            await subscribed(manager)
            assert (await client.post(PATH, json={"query": "{ version }"})).status_code == 429
        await nothing_is_left(manager)


async def test_a_page_is_served_to_browsers(start: Start) -> None:
    async with peer(start, serving()) as client:
        page = await client.get(PATH, headers={"accept": "text/html,*/*;q=0.8"})
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "frame-ancestors" in page.headers["content-security-policy"]
        assert page.text.startswith("<!doctype html>")


async def test_starlette_answers_as_fastapi_does() -> None:
    manager = serving()
    async with peer(starlette, manager) as client:
        assert (await client.post(PATH, json={"query": "{ version }"})).json() == {"data": {"version": "query"}}
        async with client.stream("POST", PATH, json=TICK) as response:
            await subscribed(manager)
            await manager.publish_event("tick", b"1")
            assert await within(anext(blocks(response))) == 'event: next\ndata: {"data":{"tick":1}}'


async def test_http_can_be_left_out() -> None:
    app = FastAPI()
    app.include_router(SubscriptionRouterFactory.create(serving(), http=False, page=False))
    async with uvicorn_server(app) as server, httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(server.url.replace("ws://", "http://"), json=TICK)).status_code == 404


async def subscribed(manager: Manager) -> None:
    """Waits until the runtime has one more subscription."""
    await within(manager.began.get())
