"""Claims while a client is connected: they expire, and are renewed in band."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from chat import MESSAGE_ADDED, SDL, message
from serving import ADAPTERS, Start, client, within
from subsgen import SubscriptionManager, SubscriptionPayload

every_adapter = pytest.mark.parametrize("start", [pytest.param(start, id=name) for name, start in ADAPTERS.items()])


def who(payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """What the client says of itself, unless it says that it may not."""
    if payload is None or "refuse" in payload:
        raise ValueError("refused")
    return payload


@every_adapter
async def test_a_socket_is_closed_when_its_claims_expire(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL, auth_handler=who)
    async with start(manager, None) as server, client(server) as ada:
        await ada.initialise({"exp": time.time() + 0.2})
        await ada.subscribe("1", MESSAGE_ADDED, room="1")
        assert await ada.closing() == (4403, "Credentials expired")
        await within(server.ended.get())
        assert manager.get_metrics()["subscriptions"] == 0


@every_adapter
async def test_a_client_that_authenticates_again_stays_and_loses_nothing(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL, auth_handler=who)
    async with start(manager, None) as server, client(server) as ada:
        expiry = time.time() + 0.4
        await ada.initialise({"exp": expiry})
        await ada.subscribe("1", MESSAGE_ADDED, room="1")
        await ada.send({"type": "ping", "payload": {"auth": {"exp": expiry + 0.4}}})
        assert await ada.receive() == {"type": "pong"}
        number = 0
        # Beyond the expiry of the claims before.
        while time.time() < expiry + 0.05:
            number += 1
            await manager.publish_event("chat.1", message(str(number)))
            assert (await ada.receive())["payload"]["data"]["messageAdded"]["id"] == str(number)
        assert await ada.closing() == (4403, "Credentials expired")


@every_adapter
async def test_new_credentials_that_are_refused_close_the_socket(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL, auth_handler=who)
    async with start(manager, None) as server, client(server) as ada:
        await ada.initialise({"user_id": "ada"})
        await ada.send({"type": "ping", "payload": {"auth": {"refuse": True, "token": "secret"}}})
        assert await ada.closing() == (4403, "Forbidden")


async def test_why_claims_let_nobody_in_is_told_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    manager = SubscriptionManager(schema=SDL, auth_handler=who)
    caplog.set_level("INFO", "subsgen")
    async with ADAPTERS["custom"](manager, None) as server, client(server) as ada:
        await ada.send({"type": "connection_init", "payload": {"exp": "tomorrow"}})
        assert await ada.closing() == (4403, "Forbidden")
    assert 'The claim "exp" is a number of seconds since 1970, and this is string.' in caplog.text


async def test_who_waits_for_an_event_is_told_that_its_claims_have_expired() -> None:
    manager = SubscriptionManager(schema=SDL)
    payload = SubscriptionPayload(MESSAGE_ADDED, variables={"room": "1"})
    expiry = time.time() + 0.3
    subscription_id = await manager.create_subscription(payload, claims={"exp": expiry})
    assert await manager.get_next_event(subscription_id, timeout=0.01) is None
    event = await asyncio.wait_for(manager.get_next_event(subscription_id), 10)
    assert event is not None
    assert "expired" in json.loads(event)["errors"][0]["message"]
    assert time.time() >= expiry
    assert await manager.get_next_event(subscription_id) is None
    assert manager.get_metrics()["subscriptions"] == 0
