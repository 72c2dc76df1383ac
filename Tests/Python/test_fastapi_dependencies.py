"""Dependencies of FastAPI run for the endpoint: before its sockets, its requests and its streams; and what they return reaches hooks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, Header, HTTPException, Request, WebSocket, WebSocketException
from fastapi.requests import HTTPConnection
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from websockets.exceptions import InvalidStatus

from chat import SDL, registry, resolver_module
from serving import Client, Server, client, uvicorn_server, within
from subsgen import (
    ConnectionInfo,
    Context,
    GraphQLRequest,
    SubscriptionManager,
    SubscriptionRouterFactory,
    create_subscription_app,
)

PATH = "/graphql"
TICK = "subscription { tick }"
CALLS: list[str] = []
"""What dependencies did, in order."""


@pytest.fixture(autouse=True)
def nothing_was_called() -> None:
    CALLS.clear()


async def execute(request: GraphQLRequest, context: Context) -> Any:
    """Answers a query with what a hook may know of the client."""
    assert context.connection is not None
    return {"data": {"claims": dict(context.claims), "state": {**context.connection.state}}}


def manager_of(**options: Any) -> SubscriptionManager:
    return SubscriptionManager(schema=SDL, execute=execute, **options)


def get_token(token: Annotated[str | None, Header()] = None) -> str:
    CALLS.append("token")
    if token is None:
        raise HTTPException(401, "a token, please", {"www-authenticate": "Token"})
    if token == "stolen":
        raise WebSocketException(1008, "a token of another's")
    return token


def get_claims(token: Annotated[str, Depends(get_token)]) -> dict[str, Any]:
    return {"sub": token}


Mount = Callable[[SubscriptionManager], FastAPI]
GUARD = [Depends(get_token)]


def at_the_router(manager: SubscriptionManager) -> FastAPI:
    app = FastAPI()
    app.include_router(SubscriptionRouterFactory.create(manager, dependencies=GUARD))
    return app


def at_its_inclusion(manager: SubscriptionManager) -> FastAPI:
    app = FastAPI()
    app.include_router(SubscriptionRouterFactory.create(manager), dependencies=GUARD)
    return app


def at_the_application(manager: SubscriptionManager) -> FastAPI:
    app = FastAPI(dependencies=GUARD)
    app.include_router(SubscriptionRouterFactory.create(manager))
    return app


def in_one_line(manager: SubscriptionManager) -> FastAPI:
    return create_subscription_app(FastAPI(dependencies=GUARD), manager)


def by_the_claims(manager: SubscriptionManager) -> FastAPI:
    app = FastAPI()
    app.include_router(SubscriptionRouterFactory.create(manager, claims=Depends(get_claims)))
    return app


MOUNTS = [at_the_router, at_its_inclusion, at_the_application, in_one_line, by_the_claims]


def requests_to(server: Server) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url.replace("ws:", "http:").removesuffix(PATH), timeout=20)


async def refusal(server: Server, **headers: str) -> InvalidStatus:
    with pytest.raises(InvalidStatus) as caught:
        async with client(server, **headers):
            pass
    return caught.value


async def first_tick(manager: SubscriptionManager, visitor: Client) -> None:
    await visitor.initialise()
    await visitor.subscribe("1", TICK)
    await manager.publish_event("tick", 1)
    assert await visitor.receive() == {"id": "1", "type": "next", "payload": {"data": {"tick": 1}}}


async def until_data(stream: httpx.Response) -> AsyncIterator[str]:
    """The lines of an event stream to the first that has data."""
    async for line in stream.aiter_lines():
        yield line
        if line.startswith("data:"):
            return


@pytest.mark.parametrize("mount", MOUNTS)
async def test_a_dependency_guards_sockets_requests_and_streams(mount: Mount) -> None:
    manager = manager_of()
    async with manager, uvicorn_server(mount(manager)) as server, requests_to(server) as http:
        refused = await refusal(server)
        assert (refused.response.status_code, refused.response.headers["www-authenticate"]) == (401, "Token")
        assert json.loads(refused.response.body) == {"detail": "a token, please"}
        assert (await refusal(server, token="stolen")).response.status_code == 403
        for method, headers in (("GET", {"accept": "text/event-stream"}), ("POST", {}), ("PUT", {}), ("DELETE", {})):
            answer = await http.request(method, PATH, params={"query": TICK}, headers=headers)
            assert (answer.status_code, answer.json()) == (401, {"detail": "a token, please"})
        assert manager.get_metrics()["connections"] == 0
        async with client(server, token="ada") as visitor:
            CALLS.clear()
            await first_tick(manager, visitor)
            assert CALLS == [], "a dependency runs once for a socket, not once a message"
        answer = await http.post(PATH, json={"query": "{ ok }"}, headers={"token": "ada"})
        assert answer.status_code == 200


async def test_claims_and_state_reach_hooks_of_sockets_and_requests() -> None:
    class Tenant(BaseModel):
        name: str

    def get_state(connection: HTTPConnection, tenant: str = "none") -> dict[str, Any]:
        connection.state.mine = "written"
        return {"tenant": Tenant(name=tenant)}

    def note(context: Context) -> None:
        assert context.connection is not None
        CALLS.append(f"{context.claims['sub']} of {context.connection.state['tenant'].name}, {context.connection.state['mine']}")

    def authorize(args: Any, context: Context) -> bool:
        note(context)
        return True

    def answer(request: GraphQLRequest, context: Context) -> Any:
        note(context)
        return {"data": {"ok": True}}

    manager = SubscriptionManager(registry=registry(tick=resolver_module(authorize=authorize)), execute=answer)
    app = FastAPI()
    app.include_router(SubscriptionRouterFactory.create(manager, claims=Depends(get_claims), state=Depends(get_state)))
    async with manager, uvicorn_server(app) as server, requests_to(server) as http:
        server.url += "?tenant=blue"
        async with client(server, token="ada") as visitor:
            await first_tick(manager, visitor)
        response = await http.post(PATH, params={"tenant": "red"}, json={"query": "{ ok }"}, headers={"token": "grace"})
        assert response.json() == {"data": {"ok": True}}
    assert [call for call in CALLS if call != "token"] == ["ada of blue, written", "grace of red, written"]


async def test_a_dependency_that_yields_ends_with_its_socket_and_its_stream() -> None:
    ended: asyncio.Queue[str] = asyncio.Queue()

    async def session(connection: HTTPConnection) -> AsyncIterator[None]:
        CALLS.append("begun")
        try:
            yield
        finally:
            ended.put_nowait(connection.scope["type"])

    manager = manager_of()
    app = FastAPI()
    app.include_router(SubscriptionRouterFactory.create(manager, dependencies=[Depends(session)]))
    async with manager, uvicorn_server(app) as server, requests_to(server) as http:
        async with client(server) as visitor:
            await first_tick(manager, visitor)
            assert ended.empty()
            visitor.vanish()
            assert await within(ended.get()) == "websocket"
        async with http.stream("GET", PATH, params={"query": TICK}, headers={"accept": "text/event-stream"}) as stream:
            await manager.publish_event("tick", 2)
            lines = [line async for line in until_data(stream)]
            assert json.loads(lines[-1].removeprefix("data:")) == {"data": {"tick": 2}}
            assert ended.empty()
        assert await within(ended.get()) == "http"
    assert CALLS == ["begun", "begun"]


async def test_a_dependency_can_be_overridden() -> None:
    manager = manager_of()
    app = at_its_inclusion(manager)
    app.dependency_overrides[get_token] = lambda: "nobody asks"
    async with manager, uvicorn_server(app) as server, requests_to(server) as http:
        async with client(server) as visitor:
            await first_tick(manager, visitor)
        assert (await http.post(PATH, json={"query": "{ ok }"})).status_code == 200
    assert CALLS == []


async def test_a_dependency_may_read_the_body_and_leave_a_task() -> None:
    async def audit(request: Request, tasks: BackgroundTasks) -> None:
        query = (await request.json())["query"]
        tasks.add_task(CALLS.append, query)

    manager = manager_of()
    app = FastAPI()
    app.include_router(SubscriptionRouterFactory.create(manager, dependencies=[Depends(audit)]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server") as http:
        assert (await within(http.post(PATH, json={"query": "{ ok }"}))).json()["data"] == {"claims": {}, "state": {}}
    assert CALLS == ["{ ok }"]


async def test_a_socket_that_a_dependency_has_accepted_is_told_of() -> None:
    async def accept(websocket: WebSocket) -> None:
        await websocket.accept()

    app = FastAPI()
    app.include_router(SubscriptionRouterFactory.create(manager_of(), dependencies=[Depends(accept)]))
    sent: list[Mapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/graphql", "headers": [], "query_string": b"", "subprotocols": ["graphql-transport-ws"]}
    with pytest.raises(RuntimeError, match="a dependency has accepted the socket"):
        await app(scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.accept"]


async def test_what_is_no_claims_is_an_error_that_says_how_to_mend_it() -> None:
    class User(BaseModel):
        sub: str

    app = FastAPI()
    app.include_router(SubscriptionRouterFactory.create(manager_of(), claims=Depends(lambda: User(sub="ada"))))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server") as http:
        with pytest.raises(TypeError, match=r"claims returns a mapping or None, and this is a User: of a model, return model_dump\(\)"):
            await http.post(PATH, json={"query": "{ ok }"})


def test_what_is_no_dependency_is_refused_where_it_is_given() -> None:
    manager = manager_of()
    with pytest.raises(TypeError, match=r"claims=Depends\(get_claims\)"):
        SubscriptionRouterFactory.create(manager, claims=get_claims)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match=r"claims=Depends.* and auth_handler both"):
        SubscriptionRouterFactory.create(manager, auth_handler=lambda _: None, claims=Depends(get_claims))


async def test_frames_go_to_the_servers_own_send() -> None:
    """Starlette's would add a sixth to the cost of each. What the endpoint takes has no public name: this fails where it is renamed."""
    seen: list[Any] = []

    async def look(websocket: WebSocket) -> None:
        seen.append(websocket)

    app = FastAPI()
    manager = manager_of()
    app.include_router(SubscriptionRouterFactory.create(manager, dependencies=[Depends(look)]))
    async with manager, uvicorn_server(app) as server, client(server) as visitor:
        await first_tick(manager, visitor)
        assert seen[0].application_state.name == "CONNECTING", "Starlette's own send has seen no message"


# MARK: Without FastAPI


class Backend(AuthenticationBackend):
    """Believes a header."""

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, SimpleUser] | None:
        name = conn.headers.get("x-name")
        return None if name is None else (AuthCredentials(["authenticated"]), SimpleUser(name))


async def test_middlewares_user_and_the_lifespans_state_reach_the_auth_handler() -> None:
    def who(payload: Any, connection: ConnectionInfo) -> dict[str, Any]:
        return {"sub": connection.scope["user"].display_name, "pool": connection.state["pool"]}

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[dict[str, Any]]:
        async with manager.lifespan(app):
            yield {"pool": "open"}

    manager = SubscriptionManager(schema=SDL, execute=execute, auth_handler=who)
    app = Starlette(middleware=[Middleware(AuthenticationMiddleware, backend=Backend())], lifespan=lifespan)
    async with uvicorn_server(create_subscription_app(app, manager)) as server, requests_to(server) as http:
        async with client(server, **{"x-name": "ada"}) as visitor:
            await first_tick(manager, visitor)
        answer = await http.post(PATH, json={"query": "{ ok }"}, headers={"x-name": "grace"})
        assert answer.json()["data"] == {"claims": {"sub": "grace", "pool": "open"}, "state": {"pool": "open"}}
