"""The older subprotocol graphql-ws, and the server's pings, over real sockets."""

from __future__ import annotations

import pytest
from websockets.typing import Subprotocol

from chat import MESSAGE_ADDED, SDL, message
from serving import PROTOCOL, Start, aiohttp, client, starlette, websockets
from subsgen import RuntimeOptions, SubscriptionManager

LEGACY = Subprotocol("graphql-ws")


@pytest.mark.parametrize("start", [starlette, aiohttp, websockets])
async def test_clients_of_the_older_subprotocol_are_served_where_it_is_asked_for(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(legacy_graphql_ws=True))
    async with start(manager, None) as server, client(server, LEGACY) as subscriber:
        await subscriber.send({"type": "connection_init"})
        # Without waiting for the acknowledgement, as they do.
        await subscriber.send({"id": "s", "type": "start", "payload": {"query": MESSAGE_ADDED, "variables": {"room": "1"}}})
        assert [await subscriber.receive() for _ in range(2)] == [{"type": "connection_ack"}, {"type": "ka"}]
        # An answered query says that the subscription before it has begun.
        await subscriber.send({"id": "q", "type": "start", "payload": {"query": "{ __typename }"}})
        assert await subscriber.receive() == {"id": "q", "type": "data", "payload": {"data": {"__typename": "Query"}}}
        assert await subscriber.receive() == {"id": "q", "type": "complete"}
        await manager.publish_event("chat.1", message(1, "1"))
        event = await subscriber.receive()
        assert (event["id"], event["type"]) == ("s", "data")
        assert event["payload"]["data"]["messageAdded"]["text"] == "hello"
        await subscriber.send({"type": "connection_terminate"})
        assert await subscriber.closing() == (1000, "")


@pytest.mark.parametrize("start", [starlette, aiohttp, websockets])
async def test_they_are_not_where_it_is_not_and_the_newer_one_goes_first(start: Start) -> None:
    async with start(SubscriptionManager(schema=SDL), None) as server, client(server, LEGACY) as subscriber:
        assert await subscriber.closing() == (4406, "Subprotocol not acceptable")
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(legacy_graphql_ws=True))
    async with start(manager, None) as server, client(server, LEGACY, PROTOCOL) as subscriber:
        assert subscriber.socket.subprotocol == PROTOCOL


async def test_a_client_is_pinged_and_closed_where_it_does_not_answer() -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(ping_interval=0.01, pong_timeout=0.05))
    async with starlette(manager) as server, client(server) as silent:
        await silent.initialise()
        assert await silent.receive() == {"type": "ping"}
        assert await silent.closing() == (4408, "Request Timeout")


def test_a_ping_interval_is_positive_or_none() -> None:
    with pytest.raises(ValueError, match="ping_interval is greater than zero, or None, and 0 is neither"):
        RuntimeOptions(ping_interval=0)
