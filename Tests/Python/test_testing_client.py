"""`subsgen.testing`: a client without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chat import MESSAGE, MESSAGE_ADDED, SDL, message, registry, resolver_module
from subsgen import Context, ExecutionResponse, GraphQLRequest, RuntimeOptions, Skip, SubscriptionError, SubscriptionManager
from subsgen.testing import Completed, Disconnected, Events, Refused, Result, TestClient

TICK = "subscription { tick }"


async def test_a_client_gets_the_events_of_its_subscriptions_in_order() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with TestClient(manager) as client:
        async with client.subscribe(MESSAGE_ADDED, {"room": "1"}) as events, client.subscribe(TICK) as ticks:
            for number in (1, 2):
                await manager.publish_event("chat.1", message(number))
                await manager.publish_event("tick", number)
            assert [(await events.next()).data["messageAdded"]["id"] for _ in range(2)] == ["1", "2"]
            assert await ticks.next() == Result({"tick": 1})
            await manager.complete_topic("tick")
            assert [result.data async for result in ticks] == [{"tick": 2}]
            assert ticks.ended
            with pytest.raises(Completed):
                await ticks.next()
        assert manager.get_metrics()["subscriptions"] == 0
    assert manager.get_metrics()["connections"] == 0


async def test_an_error_of_an_event_is_in_its_result() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with TestClient(manager) as client, client.subscribe(TICK) as ticks:
        await manager.publish_event("tick", {"no": "number"})
        result = await ticks.next()
    assert result.data is None
    assert result.errors is not None
    assert result.errors[0]["path"] == ["tick"]


async def test_a_subscription_that_is_refused_raises_with_the_errors() -> None:
    async with TestClient(SubscriptionManager(schema=SDL)) as client:
        with pytest.raises(SubscriptionError, match="nonsense") as caught:
            async with client.subscribe("subscription { nonsense }"):
                pass
        assert caught.value.errors[0]["locations"] == [{"line": 1, "column": 16}]
        with pytest.raises(SubscriptionError, match="Syntax"):
            await client.execute("{")
        assert (await client.execute("{ __typename }")).data == {"__typename": "Query"}


async def test_nothing_fails_where_there_is_something() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with TestClient(manager) as client, client.subscribe(MESSAGE, {"room": "1"}) as events:
        await manager.publish_event("message", message(1, room="2"))
        await events.nothing()
        await manager.publish_event("message", message(2))
        with pytest.raises(AssertionError, match=r"subscription \(\$room: ID\) .* was to get nothing, and got .*'id': '2'"):
            await events.nothing()


async def test_nothing_waits_for_resolvers() -> None:
    asked = asyncio.Event()

    async def resolve(event: Any, args: Any) -> Any:
        asked.set()
        for _ in range(10):
            await asyncio.sleep(0)
        return Skip if event["id"] == "1" else event

    manager = SubscriptionManager(schema=SDL)
    manager.register_resolver("message", resolve)
    async with TestClient(manager) as client, client.subscribe(MESSAGE) as events:
        await manager.publish_event("message", message(1))
        await events.nothing()
        assert asked.is_set()
        await manager.publish_event("message", message(2))
        with pytest.raises(AssertionError):
            await events.nothing()


async def test_who_waits_in_vain_learns_what_became_of_the_events() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with TestClient(manager) as client, client.subscribe(MESSAGE, {"room": "1"}) as events:
        with pytest.raises(TimeoutError, match=r"no result came .* within 0\.01 seconds; nothing was published"):
            await events.next(0.01)
        await manager.publish_event("message", message(1, room="2"))
        with pytest.raises(TimeoutError, match="events_published 1, considered 1, filtered 1, denied 0"):
            await events.next(0.01)


async def test_claims_say_who_the_client_is_and_reach_every_function() -> None:
    seen: list[tuple[str, Any]] = []

    async def authorize(args: Any, context: Context) -> bool:
        await asyncio.sleep(0)
        seen.append(("authorize", context.claims["sub"]))
        return bool(context.claims["sub"] == "ada")

    async def on_subscribe(args: Any, context: Context) -> None:
        assert context.connection is not None
        seen.append(("on_subscribe", context.connection.headers["x-from"] + context.connection.state["database"]))

    async def on_unsubscribe(args: Any, context: Context) -> None:
        await asyncio.sleep(0)
        seen.append(("on_unsubscribe", context.claims["sub"]))

    module = resolver_module(authorize=authorize, on_subscribe=on_subscribe, on_unsubscribe=on_unsubscribe)
    manager = SubscriptionManager(registry=registry(tick=module), auth_handler=lambda _: pytest.fail("it was asked"))
    async with TestClient(manager, claims={"sub": "ada"}, headers={"X-From": "here"}, state={"database": "!"}) as client:
        async with client.subscribe(TICK):
            pass
        await client.settle()
    async with TestClient(manager, claims={"sub": "eve"}) as client:
        with pytest.raises(SubscriptionError):
            async with client.subscribe(TICK):
                pass
    assert seen == [("authorize", "ada"), ("on_subscribe", "here!"), ("on_unsubscribe", "ada"), ("authorize", "eve")]


async def test_without_claims_the_auth_handler_is_asked() -> None:
    def auth_handler(payload: Any) -> dict[str, Any]:
        if payload != {"token": "right"}:
            raise PermissionError("no")
        return {"sub": "ada"}

    manager = SubscriptionManager(schema=SDL, auth_handler=auth_handler)
    async with TestClient(manager, payload={"token": "right"}) as client:
        assert (await client.execute("{ __typename }")).errors is None
    with pytest.raises(Disconnected, match="4403 Forbidden") as caught:
        async with TestClient(manager, payload={"token": "wrong"}):
            pass
    assert caught.value.code == 4403
    assert manager.get_metrics()["connections"] == 0


async def test_a_handshake_that_is_refused_says_its_status() -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(allowed_origins=["https://example.com"]))
    with pytest.raises(Refused, match="403 Forbidden") as caught:
        async with TestClient(manager, headers={"Origin": "https://example.org"}):
            pass
    assert caught.value.status == 403


async def test_who_waits_learns_that_the_connection_was_closed() -> None:
    manager = SubscriptionManager(schema=SDL)
    async with TestClient(manager, claims={"sub": "ada"}) as client, client.subscribe(TICK) as ticks:
        await manager.revoke(user_id="ada")
        with pytest.raises(Disconnected, match="4403"):
            await ticks.next()
        with pytest.raises(Disconnected, match="4403"):
            async with client.subscribe(TICK):
                pass


async def test_queries_and_mutations_are_executed() -> None:
    async def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
        return {"data": {"version": [request.variables["at"], context.claims["sub"]]}}

    manager = SubscriptionManager(schema=SDL, execute=execute)
    async with TestClient(manager, claims={"sub": "ada"}) as client:
        result = await client.execute("query ($at: Int) { version }", {"at": 1})
    assert result == Result({"version": [1, "ada"]})


async def _read_all(events: Events, into: list[int]) -> None:
    async for result in events:
        into.append(result.data["tick"])


async def test_a_source_that_never_waits_is_held_up_by_a_client_that_does_not_read() -> None:
    given = 0

    async def source(args: Any) -> AsyncIterator[int]:
        nonlocal given
        while True:
            given += 1
            yield given

    options = RuntimeOptions(messages_per_subscription=100)
    manager = SubscriptionManager(registry=registry(tick=resolver_module(source=source)), options=options)
    read: list[int] = []
    async with TestClient(manager) as client, client.subscribe(TICK) as ticks:
        # Nobody reads until the outbox is full, which ends the subscription, and with it the source.
        while manager.get_metrics()["subscriptions"]:  # noqa: ASYNC110  nothing tells
            await asyncio.sleep(0)
        with pytest.raises(SubscriptionError, match="more than 100 messages waited"):
            await _read_all(ticks, read)
    assert read == list(range(1, len(read) + 1))
    assert 100 <= len(read) <= given < 5000


async def test_a_client_connects_once_and_before_it_is_used() -> None:
    client = TestClient(SubscriptionManager(schema=SDL))
    with pytest.raises(RuntimeError, match="async with TestClient"):
        client.subscribe(TICK)
    async with client:
        with pytest.raises(RuntimeError, match="connects once"):
            await client.__aenter__()
