"""Clients that lose their connection get what they missed, on every adapter."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from serving import HTTP_SERVERS, Start, client, within
from subsgen import EventBusConfig, RuntimeOptions, SubscriptionError, SubscriptionManager, SubscriptionPayload
from subsgen.http_requests import EVENT_STREAM
from subsgen.testing import ManualClock
from test_http import blocks

SDL = "type Query { ok: Boolean } type Subscription { tick(kind: String): Tick } type Tick { n: Int! kind: String }"


def make_manager(history_events: int = 100) -> SubscriptionManager:
    return SubscriptionManager(EventBusConfig.memory(history_events=history_events), schema=SDL)


def asking(**extensions: object) -> dict[str, object]:
    payload = {"query": "subscription { tick { n } }", "extensions": extensions}
    return {"id": "1", "type": "subscribe", "payload": payload}


async def test_a_client_that_lost_its_socket_gets_what_it_missed_then_what_comes(start: Start) -> None:
    manager = make_manager()
    async with start(manager, None) as server:
        async with client(server) as first:
            await first.initialise()
            await first.send(asking(resume=True))
            await first.settle()
            cursor = await manager.publish_event("tick", {"n": 1})
            told = await first.receive()
            assert told["payload"] == {"data": {"tick": {"n": 1}}, "extensions": {"cursor": cursor}}
            first.vanish()
        for number in range(2, 50):
            await manager.publish_event("tick", {"n": number})
        async with client(server) as second:
            await second.initialise()
            await second.send(asking(after=cursor))
            missed = [(await second.receive())["payload"]["data"]["tick"]["n"] for _ in range(2, 50)]
            assert missed == list(range(2, 50))
            await manager.publish_event("tick", {"n": 50})
            assert (await second.receive())["payload"]["data"]["tick"]["n"] == 50


async def test_a_client_is_told_that_its_cursor_is_too_old(start: Start) -> None:
    manager = make_manager(2)
    cursors = [await manager.publish_event("tick", {"n": number}) for number in range(5)]
    async with start(manager, None) as server, client(server) as late:
        await late.initialise()
        await late.send(asking(after=cursors[0]))
        refused = await late.receive()
        assert refused["type"] == "error"
        assert refused["payload"][0]["extensions"] == {"code": "CURSOR_TOO_OLD", "oldest": cursors[2]}


async def test_a_subscription_without_a_socket_resumes_too() -> None:
    async with make_manager() as manager:
        cursor = await manager.publish_event("tick", {"n": 0})
        await manager.publish_event("tick", {"n": 1})
        pulled = await manager.create_subscription(SubscriptionPayload("subscription { tick { n } }", extensions={"after": cursor}))
        event = await manager.get_next_event(pulled)
        assert event is not None
        assert b'"n":1' in event
        await manager.complete_subscription(pulled)
        with pytest.raises(SubscriptionError, match="no cursor"):
            await manager.create_subscription(SubscriptionPayload("subscription { tick { n } }", extensions={"after": "x"}))


@pytest.mark.parametrize("bounds", [{"history_events": -1}, {"history_bytes": 0}, {"history_seconds": -5}])
def test_bounds_of_a_history_are_checked(bounds: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="history_"):
        EventBusConfig.memory(**bounds)


def test_a_bus_without_a_history_asks_the_native_runtime_for_none() -> None:
    assert b"history" not in RuntimeOptions().native(EventBusConfig.memory())


async def test_what_is_kept_grows_old_by_the_clock_of_a_test() -> None:
    clock = ManualClock()
    bus = EventBusConfig.memory(history_events=10, history_seconds=60)
    async with SubscriptionManager(bus, schema=SDL, options=RuntimeOptions(clock=clock)) as manager:
        cursor = await manager.publish_event("tick", {"n": 0})
        await manager.publish_event("tick", {"n": 1})
        for seconds, said in ((60, b'"n":1'), (1, b"CURSOR_TOO_OLD")):
            clock.advance(seconds)
            pulled = await manager.create_subscription(SubscriptionPayload("subscription { tick { n } }", extensions={"after": cursor}))
            event = await manager.get_next_event(pulled)
            assert event is not None
            assert said in event
            await manager.complete_subscription(pulled)


@asynccontextmanager
async def stream(server: str, query: str, last: str | None = None) -> AsyncGenerator[AsyncIterator[str]]:
    """The events of a stream that an ``EventSource`` opens."""
    headers = {"accept": EVENT_STREAM} | ({} if last is None else {"last-event-id": last})
    asked = {"query": query, "extensions": '{"resume":true}'}
    async with (
        httpx.AsyncClient(timeout=20, trust_env=False) as browser,
        browser.stream("GET", server.replace("ws://", "http://"), params=asked, headers=headers) as response,
    ):
        assert response.status_code == 200
        yield blocks(response)


@pytest.mark.parametrize("kind", list(HTTP_SERVERS))
async def test_an_event_source_that_connects_again_gets_what_it_missed(kind: str) -> None:
    manager = make_manager()
    async with HTTP_SERVERS[kind](manager, None) as server:
        # The stream begins when the subscription has.
        async with stream(server.url, "subscription { tick { n } }") as events:
            cursor = await manager.publish_event("tick", {"n": 1})
            result = json.dumps({"data": {"tick": {"n": 1}}, "extensions": {"cursor": cursor}}, separators=(",", ":"))
            assert await within(anext(events)) == f"id: {cursor}\nevent: next\ndata: {result}"
        for number in range(2, 50):
            await manager.publish_event("tick", {"n": number})
        async with stream(server.url, "subscription { tick { n } }", cursor) as events:
            for number in range(2, 51):
                if number == 50:
                    await manager.publish_event("tick", {"n": 50})
                assert f'"tick":{{"n":{number}}}' in await within(anext(events))


async def test_a_last_event_id_that_is_none_of_ours_is_an_error_of_subscriptions_alone() -> None:
    manager = make_manager()
    async with HTTP_SERVERS["fastapi"](manager, None) as server:
        async with stream(server.url, "subscription { tick { n } }", "7") as events:
            assert '"code":"BAD_CURSOR"' in await within(anext(events))
            assert await within(anext(events)) == "event: complete\ndata: "
        async with stream(server.url, "{ __schema { queryType { name } } }", "7") as events:
            assert '"queryType":{"name":"Query"}' in await within(anext(events))
