"""`execute`: queries and mutations go to the application's function, over the same socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import graphql
import pytest

from chat import MESSAGE_ADDED, SDL, message
from serving import Client, Start, client, fastapi, within
from subsgen import (
    Context,
    Execute,
    ExecutionResponse,
    FieldError,
    GraphQLRequest,
    RuntimeOptions,
    Skip,
    SubscriptionError,
    SubscriptionManager,
    SubscriptionPayload,
)

QUERY = {"query": "{ version }"}
POST = "mutation M($t: String!) { post(text: $t) }"
MUTATION = {"query": POST, "variables": {"t": "é"}, "operationName": "M", "extensions": {"x": 1}}


def serving(execute: Execute | None, options: RuntimeOptions | None = None) -> SubscriptionManager:
    return SubscriptionManager(schema=SDL, execute=execute, options=options)


async def identify(payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return payload or {}


async def asked(peer: Client, payload: Mapping[str, Any], id: str = "q") -> dict[str, Any]:
    """The response to a query or mutation."""
    await peer.send({"id": id, "type": "subscribe", "payload": payload})
    answer = await peer.receive()
    assert answer["id"] == id
    if answer["type"] == "error":
        return {"request errors": answer["payload"]}
    assert answer["type"] == "next"
    assert await peer.receive() == {"id": id, "type": "complete"}
    result: dict[str, Any] = answer["payload"]
    return result


async def refusal(peer: Client, payload: Mapping[str, Any]) -> str:
    """The one message that a query or mutation is refused with."""
    (error,) = (await asked(peer, payload))["request errors"]
    return str(error["message"])


async def test_it_gets_what_the_client_sent_and_who_it_is(start: Start) -> None:
    calls: list[tuple[GraphQLRequest, Context]] = []

    async def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        calls.append((request, context))
        return {"data": {"post": True}}

    async with start(serving(execute), identify) as server, client(server, **{"X-Name": "Ada"}) as peer:
        await peer.initialise({"sub": "ada"})
        assert await asked(peer, MUTATION, "m") == {"data": {"post": True}}
        await asked(peer, QUERY, "q")
        (mutation, context), (query, _) = calls
        assert mutation == GraphQLRequest(POST, "mutation", "M", {"t": "é"}, {"x": 1})
        assert mutation.to_dict() == MUTATION
        assert query == GraphQLRequest("{ version }", "query")
        assert query.to_dict() == QUERY
        assert (context.claims, context.subscription_id) == ({"sub": "ada"}, "m")
        assert context.connection is not None
        assert context.connection.headers["x-name"] == "Ada"


class Strawberry:
    """The shape of Strawberry's results, which have no `formatted`."""

    def __init__(self, data: Any, errors: Any = None, extensions: Any = None) -> None:
        self.data, self.errors, self.extensions = data, errors, extensions


ERROR = graphql.GraphQLError("No.", path=["version"], extensions={"code": "NO"})
FORMATTED = {"message": "No.", "path": ["version"], "extensions": {"code": "NO"}}
RESULTS = {
    "a mapping": ({"data": {"version": None}, "errors": [FORMATTED]}, {"data": {"version": None}, "errors": [FORMATTED]}),
    "JSON text": (b'{"data":{"version":"7"}}', {"data": {"version": "7"}}),
    "graphql-core's": (graphql.ExecutionResult({"version": None}, [ERROR]), {"data": {"version": None}, "errors": [FORMATTED]}),
    "Strawberry's": (Strawberry({"version": None}, [ERROR]), {"data": {"version": None}, "errors": [FORMATTED]}),
    "Strawberry's, with extensions": (Strawberry({"version": "7"}, None, {"x": 1}), {"data": {"version": "7"}, "extensions": {"x": 1}}),
    "request errors": (Strawberry(None, [graphql.GraphQLError("No.")]), {"request errors": [{"message": "No."}]}),
}


@pytest.mark.parametrize(("given", "expected"), RESULTS.values(), ids=RESULTS)
async def test_it_returns_what_libraries_do(given: ExecutionResponse, expected: dict[str, Any]) -> None:
    def now(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        return given

    async def later(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        await asyncio.sleep(0)
        return given

    for execute in (now, later):
        async with fastapi(serving(execute)) as server, client(server) as peer:
            await peer.initialise()
            assert await asked(peer, QUERY) == expected


async def test_a_mutation_publishes_what_a_subscription_gets(start: Start) -> None:
    async def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        await manager.publish_event("chat.1", message(1, text=request.variables["t"]))
        return {"data": {"post": True}}

    manager = serving(execute)
    async with start(manager, None) as server, client(server) as peer:
        await peer.initialise()
        await peer.subscribe("s", MESSAGE_ADDED, room="1")
        await peer.send({"id": "m", "type": "subscribe", "payload": MUTATION})
        event = await peer.receive()
        assert (event["id"], event["payload"]) == ("s", {"data": {"messageAdded": {"id": "1", "text": "é"}}})
        assert [(await peer.receive())["type"] for _ in range(2)] == ["next", "complete"]


async def test_the_schema_is_answered_without_it() -> None:
    def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        raise AssertionError

    async with fastapi(serving(execute)) as server, client(server) as peer:
        await peer.initialise()
        assert await asked(peer, {"query": "{ __typename }"}) == {"data": {"__typename": "Query"}}


async def test_without_it_queries_and_mutations_are_refused() -> None:
    async with fastapi(serving(None)) as server, client(server) as peer:
        await peer.initialise()
        assert await refusal(peer, QUERY) == 'This server answers subscriptions only: it has no "execute" hook for "Query.version".'


async def test_clients_learn_nothing_of_an_exception_and_the_log_all(caplog: pytest.LogCaptureFixture) -> None:
    async def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        raise RuntimeError("the password is swordfish")

    async with fastapi(serving(execute)) as server, client(server) as peer:
        await peer.initialise()
        assert await refusal(peer, MUTATION) == "The mutation failed."
    (record,) = (record for record in caplog.records if record.name == "subsgen")
    assert record.getMessage() == "the mutation failed"
    assert record.exc_info is not None
    assert "swordfish" in str(record.exc_info[1])


async def test_a_field_error_is_told() -> None:
    def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        raise FieldError("Not today.")

    async with fastapi(serving(execute)) as server, client(server) as peer:
        await peer.initialise()
        assert await refusal(peer, QUERY) == "Not today."


@pytest.mark.parametrize("given", [None, 7, "text", [], Skip, object(), {"data": object()}, graphql.GraphQLError("No.")])
async def test_what_is_no_response_is_logged_and_not_shown(given: Any, caplog: pytest.LogCaptureFixture) -> None:
    async with fastapi(serving(lambda request, context: given)) as server, client(server) as peer:
        await peer.initialise()
        assert await refusal(peer, QUERY) == ("The query gave no result." if given is Skip else "The query failed.")
    assert len([record for record in caplog.records if record.name == "subsgen"]) == (given is not Skip)


async def test_its_time_is_limited(caplog: pytest.LogCaptureFixture) -> None:
    async def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with fastapi(serving(execute, RuntimeOptions(execution_timeout=0.01))) as server, client(server) as peer:
        await peer.initialise()
        assert await refusal(peer, QUERY) == "The query took too long."
    assert [record.getMessage() for record in caplog.records if record.name == "subsgen"] == ["the query took longer than 0.01 seconds"]


@pytest.mark.parametrize("how", ["complete", "vanish"])
async def test_it_is_cancelled_when_nobody_waits_for_it(start: Start, how: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "subsgen")
    began, cancelled = asyncio.Event(), asyncio.Event()

    async def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError

    manager = serving(execute)
    async with start(manager, None) as server, client(server) as peer:
        await peer.initialise()
        await peer.send({"id": "q", "type": "subscribe", "payload": QUERY})
        await within(began.wait())
        if how == "complete":
            await peer.send({"id": "q", "type": "complete"})
        else:
            peer.vanish()
        await within(cancelled.wait())
        await manager.close()
    assert [record.getMessage() for record in caplog.records if record.name == "subsgen"] == []


async def test_a_connection_may_have_so_many_under_way() -> None:
    proceed = asyncio.Event()

    async def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        await proceed.wait()
        return {"data": {"version": "7"}}

    async with fastapi(serving(execute, RuntimeOptions(executions_per_connection=2))) as server, client(server) as peer:
        await peer.initialise()
        for id in ("a", "b"):
            await peer.send({"id": id, "type": "subscribe", "payload": QUERY})
        assert await refusal(peer, QUERY) == "This connection has 2 queries and mutations under way, and may not have more."
        proceed.set()
        assert {(await peer.receive())["id"] for _ in range(4)} == {"a", "b"}
        assert await asked(peer, QUERY) == {"data": {"version": "7"}}


async def test_it_is_asked_for_so_many_fields_at_once_and_a_connection_has_so_many_subscriptions() -> None:
    options = RuntimeOptions(execution_root_fields=1, subscriptions_per_connection=1)
    async with fastapi(serving(lambda request, context: {"data": {}}, options)) as server, client(server) as peer:
        await peer.initialise()
        assert await asked(peer, {"query": "mutation { a: post __typename }"}) == {"data": {}}
        message = "The operation selects 2 fields of its root, more than the limit of 1."
        assert await refusal(peer, {"query": "mutation { a: post b: post }"}) == message
        for id in ("s", "t"):
            await peer.send({"id": id, "type": "subscribe", "payload": {"query": "subscription { tick }"}})
        refused = await peer.receive()
        assert (refused["id"], refused["type"]) == ("t", "error")
        assert refused["payload"] == [{"message": "This connection has 1 subscriptions, and may not have more."}]


async def test_a_query_cannot_be_pulled() -> None:
    manager = serving(lambda request, context: {"data": {}})
    for query in ("{ version }", "{ __typename }", "mutation { post }"):
        with pytest.raises(SubscriptionError, match=r"^Only a subscription can be subscribed to\.$"):
            await manager.create_subscription(SubscriptionPayload(query))
    await manager.close()


def test_a_function_that_cannot_be_called_so_is_refused() -> None:
    def execute(request: Any) -> None: ...

    wrong: Any = execute
    with pytest.raises(TypeError, match=r"execute is called as execute\(request, context\)"):
        serving(wrong)
