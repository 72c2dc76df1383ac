"""Rate limits, and what is told of denials, over real sockets."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from serving import Client, Start, client
from subsgen import RuntimeOptions, SubscriptionManager

SDL = """
type Query { version: String }
type Subscription {
  strict: Int @rateLimit(limit: 1, window: "1h")
  dropped: Int @rateLimit(limit: 1, window: "1h") @overflow(policy: DROP_NEWEST)
  held: Int @rateLimit(limit: 20, burst: 1) @overflow(policy: LATEST)
  closed: Int @requiresScopes(scopes: [["read"]])
}
"""


def by_payload(payload: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return payload


async def publish(manager: SubscriptionManager, topic: str, *numbers: int) -> None:
    for number in numbers:
        await manager.publish_event(topic, str(number).encode())


async def receive_all(peer: Client, frames: list[Any]) -> None:
    """Until the connection is closed, which is raised."""
    while True:
        frames.append(await peer.receive())


async def test_a_user_shares_a_limit_however_many_its_connections(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL)
    async with start(manager, by_payload) as server, client(server) as one, client(server) as other, client(server) as stranger:
        for peer, user in ((one, "u"), (other, "u"), (stranger, "v")):
            await peer.initialise({"user_id": user})
            await peer.subscribe("s", "subscription { strict }")
        await publish(manager, "strict", 1)
        answers = [await one.receive(), await other.receive()]
        assert sorted(answer["type"] for answer in answers) == ["error", "next"]
        (error,) = [answer for answer in answers if answer["type"] == "error"]
        assert error["payload"][0]["extensions"] == {"code": "RATE_LIMITED"}
        assert await stranger.receive() == {"id": "s", "type": "next", "payload": {"data": {"strict": 1}}}
        assert manager.get_metrics()["dropped"] == 1


async def test_what_is_held_back_comes_without_another_event(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL)
    async with start(manager, by_payload) as server, client(server) as peer:
        await peer.initialise({"user_id": "u"})
        await peer.subscribe("s", "subscription { held }")
        await publish(manager, "held", 1, 2, 3)
        numbers: list[int] = []
        told = 0
        while 3 not in numbers:
            payload = (await peer.receive())["payload"]
            numbers.append(payload["data"]["held"])
            told += payload.get("extensions", {}).get("subsgen", {}).get("dropped", 0)
        assert numbers == sorted(numbers)
        assert told + len(numbers) == 3
        assert manager.get_metrics()["events_held"] == 0


async def test_a_client_that_talks_too_fast_is_closed(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(client_messages_per_second=1, client_message_burst=5))
    async with start(manager, by_payload) as server, client(server) as loud:
        with suppress(ConnectionClosed):
            for _ in range(20):
                await loud.send({"type": "ping"})
        pongs: list[Any] = []
        with pytest.raises(ConnectionClosed) as caught:
            await receive_all(loud, pongs)
        assert len(pongs) >= 5
        assert all(frame == {"type": "pong"} for frame in pongs)
        assert caught.value.rcvd is not None
        assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (4429, "Too many messages")


async def test_each_denial_is_a_record_that_names_rule_field_subscriber_and_topic(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    manager = SubscriptionManager(schema=SDL)
    caplog.set_level(logging.INFO, "subsgen.audit")
    async with start(manager, by_payload) as server, client(server) as peer:
        await peer.initialise({"user_id": "u", "scope": "other"})
        await peer.send({"id": "s", "type": "subscribe", "payload": {"query": "subscription { closed }"}})
        assert (await peer.receive())["type"] == "error"
        await peer.subscribe("t", "subscription { dropped }")
        await publish(manager, "dropped", 1, 2)
        assert (await peer.receive())["type"] == "next"
        await peer.subscribe("u", "subscription { held }")
    records = [vars(record) for record in caplog.records if record.name == "subsgen.audit"]
    names = ("kind", "rule", "field", "user_id", "topic", "left_out")
    assert [tuple(record[name] for name in names) for record in records] == [
        ("subscriptionDenied", "scopes", "Subscription.closed", "u", None, 0),
        ("rateLimit", "rate_limit", "dropped", "u", "dropped", 0),
    ]
    assert all(isinstance(record["connection_id"], int) for record in records)
