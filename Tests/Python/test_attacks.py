"""Three attacks that a server of subscriptions was open to, replayed over real sockets: each is refused, and every slot is free again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat import MESSAGE_ADDED, SDL, message
from serving import Client, Start, client, within
from subsgen import RuntimeOptions, SubscriptionManager

ROOM = {"query": MESSAGE_ADDED, "variables": {"room": "1"}}


def by_payload(payload: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return payload


def held(manager: SubscriptionManager) -> dict[str, int]:
    metrics = manager.get_metrics()
    return {gauge: metrics[gauge] for gauge in ("connections", "subscriptions", "groups", "topics")}


NOTHING = {"connections": 0, "subscriptions": 0, "groups": 0, "topics": 0}


async def outcome(peer: Client, id: str) -> str:
    """What becomes of a subscription: ``begun``, or the code of its refusal. Nothing else may have come before."""
    await peer.send({"id": id, "type": "subscribe", "payload": ROOM})
    await peer.send({"type": "ping"})
    answer = await peer.receive()
    if answer["type"] == "pong":
        return "begun"
    assert (answer["type"], answer["id"]) == ("error", id)
    assert await peer.receive() == {"type": "pong"}
    return str(answer["payload"][0].get("extensions", {}).get("code", "refused"))


async def test_who_subscribes_without_init_is_never_served(start: Start) -> None:
    asked: list[Any] = []

    def authenticate(payload: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        asked.append(payload)
        return payload

    manager = SubscriptionManager(schema=SDL)
    async with start(manager, authenticate) as server:
        for before in ([], [{"type": "ping"}], [{"type": "pong"}]):
            async with client(server) as attacker:
                for frame in before:
                    await attacker.send(frame)
                await attacker.send({"id": "s", "type": "subscribe", "payload": ROOM})
                await attacker.send({"id": "t", "type": "subscribe", "payload": ROOM})
                if before == [{"type": "ping"}]:
                    assert await attacker.receive() == {"type": "pong"}
                assert await attacker.closing() == (4401, "Unauthorized")
            await within(server.ended.get())
            await manager.publish_event("chat.1", message(1))
            assert held(manager) == NOTHING
    assert asked == []


async def test_who_subscribes_before_the_answer_to_its_init_is_never_served(start: Start) -> None:
    def refuses(_: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        raise PermissionError

    manager = SubscriptionManager(schema=SDL)
    async with start(manager, refuses) as server, client(server) as attacker:
        await attacker.send({"type": "connection_init"})
        await attacker.send({"id": "s", "type": "subscribe", "payload": ROOM})
        code, _ = await attacker.closing()
        assert code in (4401, 4403)
        await within(server.ended.get())
        assert held(manager) == NOTHING


async def test_a_connection_has_no_more_subscriptions_than_it_may_have(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(subscriptions_per_connection=5))
    async with start(manager, None) as server:
        async with client(server) as attacker, client(server) as other:
            await attacker.initialise()
            await other.initialise()
            outcomes = [await outcome(attacker, str(number)) for number in range(12)]
            assert outcomes[:5] == ["begun"] * 5
            assert "begun" not in outcomes[5:]
            assert held(manager)["subscriptions"] == 5
            # One that is over makes room for one, and others were never in the way.
            await attacker.send({"id": "0", "type": "complete"})
            assert await outcome(attacker, "again") == "begun"
            assert await outcome(attacker, "too many") != "begun"
            assert await outcome(other, "s") == "begun"
            attacker.vanish()
            await within(server.ended.get())
            assert held(manager)["subscriptions"] == 1
        await within(server.ended.get())
        assert held(manager) == NOTHING


async def test_slots_of_connections_that_vanish_are_free_again(start: Start) -> None:
    options = RuntimeOptions(subscriptions_per_user=3, connections_per_user=2, connections_per_address=2)
    manager = SubscriptionManager(schema=SDL, options=options)
    async with start(manager, by_payload) as server:
        for _ in range(4):  # more often than there are slots of any kind
            async with client(server) as first, client(server) as second:
                await first.initialise({"user_id": "ada"})
                await second.initialise({"user_id": "ada"})
                assert [await outcome(first, id) for id in "ab"] == ["begun"] * 2
                assert await outcome(second, "a") == "begun"
                assert await outcome(second, "b") != "begun"
                first.vanish()
                await within(server.ended.get())
                assert await outcome(second, "b") == "begun"
                second.vanish()
                await within(server.ended.get())
            assert held(manager) == NOTHING
