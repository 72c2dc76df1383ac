"""Whatever waits for a time goes by the clock of a test, where it has one."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from serving import Server, client
from subsgen import (
    Context,
    GraphQLTransportWSHandler,
    Payload,
    RuntimeOptions,
    SubscriptionExecutor,
    SubscriptionManager,
    SubscriptionPayload,
    create_subscription_app,
)
from subsgen.resolvers import ConnectionInfo
from subsgen.testing import Disconnected, Events, ManualClock, TestClient
from subsgen.testing.socket import MemorySocket

SDL = """
type Query { ok: Boolean! }
type Subscription {
  tick: Int! @rateLimit(limit: 1, window: "10s") @overflow(policy: DROP_NEWEST)
  newest: Int! @rateLimit(limit: 1, window: "10s") @overflow(policy: LATEST)
  slow: Int!
}
"""


class Args(Payload, kw_only=True):
    """No arguments."""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def manager_by(clock: ManualClock, **options: Any) -> SubscriptionManager:
    return SubscriptionManager(schema=SDL, options=RuntimeOptions(clock=clock, **options))


async def turns() -> None:
    """Lets the event loop turn so often that what was ready is done."""
    for _ in range(20):
        await asyncio.sleep(0)


async def values(events: Events, count: int) -> list[int]:
    return [next(iter((await events.next()).data.values())) for _ in range(count)]


async def test_a_rate_limit_opens_when_the_clock_is_turned(clock: ManualClock) -> None:
    manager = manager_by(clock)
    async with TestClient(manager) as client, client.subscribe("subscription { tick }") as events:
        for number in range(3):
            await manager.publish_event("tick", number)
        assert await values(events, 1) == [0]
        await events.nothing()
        clock.advance(10)
        await manager.publish_event("tick", 3)
        assert await values(events, 1) == [3]
    await manager.close()


async def test_what_a_rate_limit_holds_back_goes_when_its_time_has_come(clock: ManualClock) -> None:
    manager = manager_by(clock)
    async with TestClient(manager) as client, client.subscribe("subscription { newest }") as events:
        for number in range(3):
            await manager.publish_event("newest", number)
        assert await values(events, 1) == [0]
        await events.nothing()
        clock.advance(9.9)
        await events.nothing()
        clock.advance(0.1)
        assert await values(events, 1) == [2]
    await manager.close()


async def test_claims_expire_by_it(clock: ManualClock) -> None:
    manager = manager_by(clock)
    claims = {"sub": "ada", "exp": clock.time() + 60}
    async with TestClient(manager, claims=claims) as client, client.subscribe("subscription { slow }") as events:
        clock.advance(59.999)
        await events.nothing()
        clock.advance(0.001)
        with pytest.raises(Disconnected) as ended:
            await events.next()
    assert (ended.value.code, ended.value.reason) == (4403, "Credentials expired")
    with pytest.raises(Disconnected):
        async with TestClient(manager, claims=claims):
            pass
    await manager.close()


async def test_who_says_nothing_is_closed_when_its_time_is_over(clock: ManualClock) -> None:
    manager = manager_by(clock, connection_init_timeout=7)

    async def take(_: object) -> None:
        raise AssertionError("nothing is said to who has said nothing")

    socket = MemorySocket(ConnectionInfo("silent", {}, {}, None), take)
    serving = asyncio.create_task(GraphQLTransportWSHandler.handle_connection(socket, manager))
    await asyncio.sleep(0)
    assert socket.is_connected
    clock.advance(6.9)
    await asyncio.sleep(0)
    assert socket.is_connected
    clock.advance(0.1)
    ended = await socket.over
    assert isinstance(ended, Disconnected)
    assert ended.code == 4408
    socket.drop()
    await serving
    await manager.close()


async def test_an_auth_handler_has_its_time_by_it(clock: ManualClock) -> None:
    begun = asyncio.Event()

    async def who(_: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    manager = SubscriptionManager(schema=SDL, auth_handler=who, options=RuntimeOptions(clock=clock, resolver_timeout=4))
    client = TestClient(manager)
    connecting = asyncio.create_task(client.__aenter__())
    await begun.wait()
    clock.advance(3.9)
    await asyncio.sleep(0)
    assert not connecting.done()
    clock.advance(0.1)
    with pytest.raises(Disconnected) as ended:
        await connecting
    assert ended.value.code == 4403
    await manager.close()


async def test_who_waits_for_a_result_hears_that_the_claims_have_expired_by_it(clock: ManualClock) -> None:
    manager = manager_by(clock)
    claims = {"sub": "ada", "exp": clock.time() + 60}
    id = await manager.create_subscription(SubscriptionPayload("subscription { slow }"), claims=claims)
    waiting = asyncio.create_task(manager.get_next_event(id))
    await asyncio.sleep(0)
    clock.advance(59)
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.advance(1)
    result = json.loads(await waiting or b"")
    assert "expired" in result["errors"][0]["message"]
    assert await manager.get_next_event(id) is None
    await manager.close()


async def test_a_stream_that_nobody_opens_is_given_up_by_it(clock: ManualClock) -> None:
    manager = manager_by(clock, connection_init_timeout=7, connections_per_address=1)
    app = create_subscription_app(Starlette(), manager)
    async with manager, httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        assert (await http.put("/graphql")).status_code == 201
        await turns()  # in which it begins to wait
        clock.advance(6.9)
        await turns()
        assert (await http.put("/graphql")).status_code == 429
        clock.advance(0.1)
        await turns()
        assert (await http.put("/graphql")).status_code == 201


async def test_pings_are_sent_by_it(clock: ManualClock) -> None:
    manager = manager_by(clock, ping_interval=30, pong_timeout=5)
    async with TestClient(manager) as client, client.subscribe("subscription { slow }") as events:
        for _ in range(3):
            clock.advance(30)
            await client.settle()  # in which the client answers
            clock.advance(5)
            await events.nothing()
        clock.advance(35)  # in which it cannot
        with pytest.raises(Disconnected) as ended:
            await events.next()
    assert ended.value.code == 4408
    await manager.close()


async def test_functions_have_their_time_by_it(clock: ManualClock) -> None:
    begun = asyncio.Event()

    async def resolve(event: int, args: Args, context: Context) -> int:
        begun.set()
        await asyncio.Event().wait()
        return event

    manager = manager_by(clock, resolver_timeout=4)
    manager.register_resolver("slow", resolve, event_type=int, arguments_type=Args)
    async with TestClient(manager) as client, client.subscribe("subscription { slow }") as events:
        await manager.publish_event("slow", 1)
        await begun.wait()
        clock.advance(4)
        result = await events.next()
    assert json.dumps(result.errors).count("message") == 1
    await manager.close()


async def test_several_managers_have_one_clock_and_take_it_from_where_it_stands(clock: ManualClock) -> None:
    clock.advance(100)
    first = manager_by(clock)
    clock.advance(100)
    second = manager_by(clock)
    for manager in (first, second):
        claims = {"sub": "ada", "exp": clock.time() + 1}
        async with TestClient(manager, claims=claims) as client, client.subscribe("subscription { slow }") as events:
            clock.advance(1)
            with pytest.raises(Disconnected):
                await events.next()
        await manager.close()


def test_an_executor_without_an_event_loop_goes_by_it(clock: ManualClock) -> None:
    executor = SubscriptionExecutor(SDL, options=RuntimeOptions(clock=clock))
    executor.register_subscription("c", "s", "subscription { tick }")
    for step in (0, 9, 1):
        clock.advance(step)
        executor.publish_event("tick", step)
    assert [json.loads(executor.next_event("s") or b"")["data"]["tick"] for _ in range(2)] == [0, 1]
    assert executor.next_event("s") is None


def test_timers_run_in_their_order_and_those_that_are_cancelled_do_not(clock: ManualClock) -> None:
    seen: list[tuple[str, float]] = []
    began = clock.time()

    def note(name: str) -> None:
        seen.append((name, clock.time() - began))

    def chain() -> None:
        note("chain")
        clock.call_later(1, note, "link")

    clock.call_later(3, note, "third")
    clock.call_later(2, chain)
    clock.call_later(3, note, "third, too")
    clock.call_later(3, note, "never").cancel()
    clock.call_later(9, note, "later")
    clock.advance(4)
    assert seen == [("chain", 2), ("third", 3), ("third, too", 3), ("link", 3)]
    assert clock.time() - began == 4


def test_time_does_not_go_back(clock: ManualClock) -> None:
    with pytest.raises(ValueError, match="time does not go back, and -1 is negative"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="shows a time after 1970"):
        ManualClock(-5)


async def test_a_native_server_goes_by_it(clock: ManualClock) -> None:
    manager = manager_by(clock, connection_init_timeout=7, ping_interval=60, pong_timeout=5)
    async with manager.server(port=0) as server, client(Server(server.port)) as silent, client(Server(server.port)) as peer:
        await peer.initialise()
        clock.advance(6.9)
        await silent.settle()
        clock.advance(0.1)
        assert await silent.closing() == (4408, "Connection initialisation timeout")
        for _ in range(2):
            clock.advance(52.9)
            await peer.settle()
            clock.advance(0.1)
            assert await peer.receive() == {"type": "ping"}
            await peer.send({"type": "pong"})
            await peer.settle()
            # The next one comes an interval after the time for this answer.
            clock.advance(5)
            await peer.settle()
            clock.advance(7)
        clock.advance(53)
        assert await peer.receive() == {"type": "ping"}
        clock.advance(5)
        assert await peer.closing() == (4408, "Request Timeout")
    clock.advance(60)


async def test_claims_expire_by_it_at_a_native_server(clock: ManualClock) -> None:
    def say_who(payload: Any, connection: ConnectionInfo) -> dict[str, Any]:
        return {"sub": "ada", "exp": clock.time() + 60}

    manager = manager_by(clock)
    async with manager.server(port=0, auth_handler=say_who) as server, client(Server(server.port)) as peer:
        await peer.initialise()
        clock.advance(59.9)
        await peer.settle()
        clock.advance(0.1)
        assert await peer.closing() == (4403, "Credentials expired")
