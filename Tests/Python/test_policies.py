"""``policies`` and ``revoke``: who is granted what, and until when."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Any, cast

import pytest

from chat import MESSAGE_ADDED, SDL, message
from serving import ADAPTERS, Start, client, within
from subsgen import Context, Policies, RuntimeOptions, SubscriptionError, SubscriptionManager, SubscriptionPayload

every_adapter = pytest.mark.parametrize("start", [pytest.param(start, id=name) for name, start in ADAPTERS.items()])


SECURED = """
type Query { ok: Boolean }
type Subscription { order: Order @policy(policies: [["awake"]]) }
type Order { id: ID! total: Int @policy(policies: [["money"]]) }
"""
ORDER = "subscription { order { id total } }"
REFUSED = [
    {
        "message": 'You may not subscribe to "order".',
        "locations": [{"line": 1, "column": 16}],
        "path": ["order"],
        "extensions": {"code": "FORBIDDEN"},
    }
]


class Grants:
    """Grants what the test says, and tells what it was asked."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)
        self.asked: list[tuple[list[str], Any]] = []

    async def __call__(self, names: list[str], context: Context) -> set[str]:
        self.asked.append((names, context.claims.get("user_id")))
        assert context.subscription_id is None
        return self.names


def who(payload: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return payload


@every_adapter
async def test_a_user_is_revoked_on_every_socket(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL, auth_handler=who)
    async with start(manager, None) as server, client(server) as ada, client(server) as also_ada, client(server) as bob:
        for peer, user in ((ada, "ada"), (also_ada, "ada"), (bob, "bob")):
            await peer.initialise({"user_id": user})
            await peer.subscribe("1", MESSAGE_ADDED, room="1")
        assert await manager.revoke(user_id="ada") == 2
        assert await ada.closing() == (4403, "Credentials revoked")
        assert await also_ada.closing() == (4403, "Credentials revoked")
        await manager.publish_event("chat.1", message(1))
        assert (await bob.receive())["payload"]["data"]["messageAdded"]["id"] == "1"


async def test_a_connection_is_revoked_by_its_id() -> None:
    ids: asyncio.Queue[str] = asyncio.Queue()

    def remember(payload: Mapping[str, Any] | None, connection: Any) -> None:
        ids.put_nowait(connection.id)

    manager = SubscriptionManager(schema=SDL, auth_handler=remember)
    async with ADAPTERS["custom"](manager, None) as server, client(server) as ada:
        await ada.initialise()
        assert await manager.revoke(connection_id="nobody's") == 0
        assert await manager.revoke(connection_id=await ids.get()) == 1
        assert await ada.closing() == (4403, "Credentials revoked")


async def test_claims_are_revoked_by_a_value_also_without_a_socket() -> None:
    manager = SubscriptionManager(schema=SDL)
    payload = SubscriptionPayload("subscription { tick }")
    red = await manager.create_subscription(payload, claims={"teams": ["red", 7]})
    blue = await manager.create_subscription(payload, claims={"teams": ["blue"]})
    assert await manager.revoke(claim=("teams", 7)) == 1
    ending = await manager.get_next_event(red)
    assert ending is not None
    assert b"FORBIDDEN" in ending
    assert await manager.get_next_event(red) is None
    await manager.publish_event("tick", 1)
    assert await manager.get_next_event(blue) == b'{"data":{"tick":1}}'


async def test_revoke_takes_one_of_three() -> None:
    manager = SubscriptionManager(schema=SDL)
    with pytest.raises(ValueError, match="takes one of user_id, connection_id and claim"):
        await manager.revoke()
    with pytest.raises(ValueError, match="takes one of user_id, connection_id and claim"):
        await manager.revoke(user_id="ada", claim=("team", "red"))
    with pytest.raises(ValueError, match="a string, a number or a boolean"):
        await manager.revoke(claim=("team", ["red"]))


def test_policies_must_take_names_and_a_context() -> None:
    def policies(names: list[str]) -> list[str]:
        return names

    with pytest.raises(TypeError, match=r"called as policies\(names, context\)"):
        SubscriptionManager(schema=SDL, policies=cast("Policies", policies))


@every_adapter
async def test_policies_are_asked_once_for_a_connection_and_again_when_they_are_revoked(start: Start) -> None:
    grants = Grants("awake")
    manager = SubscriptionManager(schema=SECURED, auth_handler=who, policies=grants)
    async with start(manager, None) as server, client(server) as ada:
        await ada.initialise({"user_id": "ada"})
        for id in ("1", "2"):
            await ada.send({"id": id, "type": "subscribe", "payload": {"query": ORDER}})
        while manager.get_metrics()["subscriptions"] < 2:
            await ada.settle()
        assert grants.asked == [(["awake", "money"], "ada")]
        await manager.publish_event("order", {"id": "1", "total": 5})
        assert (await ada.receive())["payload"]["data"] == {"order": {"id": "1", "total": None}}
        assert (await ada.receive())["payload"]["data"] == {"order": {"id": "1", "total": None}}
        grants.names = {"awake", "money"}
        assert await manager.revoke(user_id="ada", recheck=True) == 1
        await manager.publish_event("order", {"id": "2", "total": 5})
        for _ in range(2):
            assert (await ada.receive())["payload"]["data"]["order"]["id"] == "2"
        while len(grants.asked) < 2:
            await ada.settle()
        grants.names = set()
        await manager.revoke(claim=("user_id", "ada"), recheck=True)
        ended = [await ada.receive(), await ada.receive()]
        assert sorted(message["id"] for message in ended) == ["1", "2"]
        assert all(message["type"] == "error" and message["payload"] == REFUSED for message in ended)
        await ada.settle()
        assert manager.get_metrics()["subscriptions"] == 0


async def raises(names: list[str], context: Context) -> list[str]:
    raise RuntimeError("the secret reason")


def gives_a_word(names: list[str], context: Context) -> Collection[str]:
    return "awake"


def gives_decisions(names: list[str], context: Context) -> Collection[str]:
    return dict.fromkeys(names, True)


async def takes_too_long(names: list[str], context: Context) -> list[str]:
    await asyncio.Event().wait()
    return names


@pytest.mark.parametrize("policies", [raises, gives_a_word, gives_decisions, takes_too_long, None])
async def test_a_hook_that_fails_grants_nothing(policies: Policies | None, caplog: pytest.LogCaptureFixture) -> None:
    options = RuntimeOptions(resolver_timeout=0.02)
    manager = SubscriptionManager(schema=SECURED, policies=policies, options=options)
    async with ADAPTERS["custom"](manager, None) as server, client(server) as ada:
        await ada.initialise()
        await ada.send({"id": "1", "type": "subscribe", "payload": {"query": ORDER}})
        assert await ada.receive() == {"id": "1", "type": "error", "payload": REFUSED}
    with pytest.raises(SubscriptionError, match="You may not subscribe"):
        await within(manager.create_subscription(SubscriptionPayload(ORDER)))
    assert manager.get_metrics()["subscriptions"] == 0
    assert ("policies" in caplog.text) == (policies is not None)
