"""A client that none of us wrote: `gql[websockets]` from PyPI."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from chat import MESSAGE_ADDED, RoomArguments, message, registry, resolver_module
from serving import Start, within
from subsgen import Context, SubscriptionManager


def session(url: str, payload: dict[str, Any] | None = None) -> Client:
    transport = WebsocketsTransport(url=url, subprotocols=["graphql-transport-ws"], init_payload=payload or {})
    return Client(transport=transport)


async def texts(url: str, room: str, count: int) -> list[str]:
    """What the first events of a room say."""
    collected: list[str] = []
    async with session(url) as client:
        async for result in client.subscribe(GraphQLRequest(MESSAGE_ADDED, variable_values={"room": room})):
            collected.append(result["messageAdded"]["text"])
            if len(collected) == count:
                break
    return collected


async def test_two_rooms_get_exactly_their_events_in_order(start: Start) -> None:
    subscribed: asyncio.Queue[str | None] = asyncio.Queue()

    def on_subscribe(args: RoomArguments, context: Context) -> None:
        subscribed.put_nowait(args.room_id)

    manager = SubscriptionManager(registry=registry(messageAdded=resolver_module(on_subscribe=on_subscribe)))
    async with start(manager, None) as server:
        collecting = [asyncio.create_task(texts(server.url, room, 20)) for room in ("1", "2")]
        assert {await within(subscribed.get()) for _ in collecting} == {"1", "2"}
        for number in range(60):
            room = str(number % 3 + 1)
            await manager.publish_event(f"chat.{room}", message(number, room, f"{room}/{number}"))
        one, two = await within(asyncio.gather(*collecting))
        assert one == [f"1/{number}" for number in range(0, 60, 3)]
        assert two == [f"2/{number}" for number in range(1, 60, 3)]
        for _ in collecting:
            await within(server.ended.get())
        assert manager.get_metrics()["subscriptions"] == 0


async def test_the_client_is_told_of_a_wrong_operation(start: Start) -> None:
    async with start(SubscriptionManager(registry=registry()), None) as server, session(server.url) as client:
        with pytest.raises(TransportQueryError, match="nothing"):
            await anext(client.subscribe(GraphQLRequest("subscription { nothing }")))


async def test_the_client_fetches_the_schema_over_the_socket(start: Start) -> None:
    async with start(SubscriptionManager(registry=registry()), None) as server:
        client = session(server.url)
        client.fetch_schema_from_transport = True
        async with client:
            assert client.schema is not None
            assert client.schema.subscription_type is not None
            assert set(client.schema.subscription_type.fields) == {"messageAdded", "message", "tick"}


async def come_and_go(url: str, token: str) -> None:
    async with session(url, {"token": token}):
        pass


async def test_the_client_is_let_in_by_its_payload(start: Start) -> None:
    def authenticate(payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
        if (payload or {}).get("token") != "right":
            raise PermissionError("wrong token")
        return {"sub": "ada"}

    async with start(SubscriptionManager(registry=registry()), authenticate) as server:
        await come_and_go(server.url, "right")
        with pytest.raises(TransportConnectionFailed) as refusal:
            await come_and_go(server.url, "wrong")
        assert "4403" in str(refusal.value.__cause__)
