"""Rules of access over sockets: who is refused, and what is null and an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from serving import Client, Start, client
from subsgen import RuntimeOptions, SubscriptionError, SubscriptionExecutor, SubscriptionManager

SDL = """
type Query { version: String }
type Subscription {
  order(user: ID @ownArgument(claim: "user_id"), total: Int): Order
  audit: Entry @authenticated
}
type Order { id: ID! user: ID total: Int @requiresScopes(scopes: [["totals"]]) entry: Entry }
type Entry @requiresRole(roles: ["clerk"]) { text: String }
"""
ORDER = "subscription { order { id total entry { text } } }"
CLERK = {"user_id": "ada", "scope": "totals", "roles": ["clerk"]}
EVENT = {"id": "1", "user": "ada", "total": 5, "entry": {"text": "x"}}
COUNTED = {
    'subsgen_subscriptions_denied_total{rule="authenticated"}': "1",
    'subsgen_subscriptions_denied_total{rule="own_argument"}': "1",
    'subsgen_subscriptions_denied_total{rule="scopes"}': "1",
    "subsgen_fields_masked_total": "2",
}


async def identify(payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return payload or {}


async def refused(peer: Client, query: str) -> dict[str, Any]:
    await peer.send({"id": "r", "type": "subscribe", "payload": {"query": query}})
    answer = await peer.receive()
    assert answer["type"] == "error"
    (error,) = answer["payload"]
    found: dict[str, Any] = error
    return found


async def test_each_gets_what_it_may_see_and_is_refused_the_rest(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL)
    async with start(manager, identify) as server, client(server) as clerk, client(server) as known, client(server) as anonymous:
        await clerk.initialise(CLERK)
        await known.initialise({"user_id": "ada"})
        await anonymous.initialise({})
        error = await refused(anonymous, "subscription { audit { text } }")
        assert (error["message"], error["path"], error["extensions"]) == (
            'You may not subscribe to "audit".',
            ["audit"],
            {"code": "UNAUTHENTICATED"},
        )
        for peer, query in (
            (known, "subscription { audit { text } }"),
            (known, "subscription { order(total: 5) { id } }"),
            (known, 'subscription { order(user: "bob") { id } }'),
            (anonymous, ORDER),
        ):
            error = await refused(peer, query)
            assert error["message"].startswith("You may not subscribe to")
            assert error["extensions"] == {"code": "FORBIDDEN"}
        for peer in (clerk, known):
            await peer.send({"id": "s", "type": "subscribe", "payload": {"query": ORDER}})
            # What comes back is behind the subscription.
            await peer.send({"type": "ping"})
            assert (await peer.receive())["type"] == "pong"
        await manager.publish_event("order", {**EVENT, "user": "bob"})
        await manager.publish_event("order", EVENT)
        assert (await clerk.receive())["payload"] == {"data": {"order": {"id": "1", "total": 5, "entry": {"text": "x"}}}}
        masked = (await known.receive())["payload"]
        assert masked["data"] == {"order": {"id": "1", "total": None, "entry": None}}
        assert [(error["message"], error["path"], error["extensions"]) for error in masked["errors"]] == [
            ('You may not see "Order.total".', ["order", "total"], {"code": "FORBIDDEN"}),
            ('You may not see "Order.entry".', ["order", "entry"], {"code": "FORBIDDEN"}),
        ]


def test_an_operation_with_what_may_not_be_seen_is_refused_where_that_is_asked_for() -> None:
    executor = SubscriptionExecutor(SDL, options=RuntimeOptions(reject_unauthorized=True))
    with pytest.raises(SubscriptionError) as refusal:
        executor.register_subscription("c", "a", ORDER, claims={"user_id": "ada", "roles": ["clerk"]})
    assert [(error["message"], error["extensions"]) for error in refusal.value.errors] == [
        ('You may not see "Order.total".', {"code": "FORBIDDEN"})
    ]
    executor.register_subscription("c", "s", ORDER, claims=CLERK)
    executor.publish_event("order", EVENT)
    assert json.loads(executor.next_event("s") or "") == {"data": {"order": {"id": "1", "total": 5, "entry": {"text": "x"}}}}


def test_denials_are_counted_by_their_rule() -> None:
    executor = SubscriptionExecutor(SDL)
    for query in ("subscription { audit { text } }", ORDER, "subscription { order(total: 1) { id } }"):
        with pytest.raises(SubscriptionError):
            executor.register_subscription("c", "s", query)
    executor.register_subscription("c", "s", ORDER, claims={"user_id": "ada"})
    lines = executor.metrics_text().splitlines()
    found = {name: next((line.split()[-1] for line in lines if line.split()[:1] == [name]), None) for name in COUNTED}
    assert found == COUNTED
