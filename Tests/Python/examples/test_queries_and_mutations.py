"""The examples with a schema of Strawberry, Ariadne or graphql-core: its queries and mutations, and our subscriptions, over one socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest
from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from graphql import build_schema, print_type

from examples import EXAMPLES, generate, running


def tasks(board: str) -> GraphQLRequest:
    return GraphQLRequest("query Tasks($board: ID!) { tasks(board: $board) { id title } }", variable_values={"board": board})


def add(board: str, title: str) -> GraphQLRequest:
    mutation = "mutation Add($board: ID!, $title: String!) { addTask(board: $board, title: $title) { id board title } }"
    return GraphQLRequest(mutation, variable_values={"board": board, "title": title})


def added(board: str) -> GraphQLRequest:
    return GraphQLRequest("subscription Added($board: ID!) { taskAdded(board: $board) { title } }", variable_values={"board": board})


@pytest.fixture(scope="module", params=["strawberry", "ariadne", "graphql-core"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the running example answers."""
    example = EXAMPLES / request.param
    generate(example)
    with running(example) as app:
        yield app.address.replace("http", "ws", 1) + "/graphql"


def session(address: str) -> tuple[Client, WebsocketsTransport]:
    transport = WebsocketsTransport(url=address, subprotocols=["graphql-transport-ws"])
    return Client(transport=transport), transport


async def test_a_mutation_reaches_queries_and_subscriptions(address: str) -> None:
    client, transport = session(address)
    async with client as asking:
        assert await asking.execute(tasks("home")) == {"tasks": []}
        async with aclosing(asking.subscribe(added("home"))) as events:
            event = asyncio.ensure_future(anext(events))
            # Sent after the `subscribe` of the task before, and answered when the server has taken that.
            await asyncio.create_task(transport.send_ping())
            await transport.pong_received.wait()
            assert (await asking.execute(add("work", "No")))["addTask"]["board"] == "work"
            task = (await asking.execute(add("home", "Water the plants")))["addTask"]
            assert await event == {"taskAdded": {"title": "Water the plants"}}
        assert await asking.execute(tasks("home")) == {"tasks": [{"id": task["id"], "title": "Water the plants"}]}


async def refusal(address: str, operation: GraphQLRequest) -> list[tuple[str, list[str] | None]]:
    """The message and the path of each error."""
    client, _ = session(address)
    async with client as asking:
        with pytest.raises(TransportQueryError) as refused:
            await asking.execute(operation)
    return [(error["message"], error.get("path")) for error in refused.value.errors or []]


async def test_its_errors_are_the_clients(address: str) -> None:
    assert await refusal(address, add("home", "")) == [("A task has a title.", ["addTask"])]
    assert await refusal(address, GraphQLRequest("{ boards }")) == [("Cannot query field 'boards' on type 'Query'.", None)]


async def test_introspection_shows_all_three_roots(address: str) -> None:
    client = Client(transport=session(address)[1], fetch_schema_from_transport=True)
    async with client:
        assert client.schema is not None
        served = build_schema((EXAMPLES / "ariadne" / "schema.graphql").read_text("utf-8"))
        assert set(served.type_map) == set(client.schema.type_map)
        assert all(print_type(client.schema.type_map[name]) == print_type(kind) for name, kind in served.type_map.items())
