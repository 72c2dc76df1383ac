"""Subscriptions over real sockets: one suite for every adapter. The protocol's rows are tested in Swift; here, that the road is whole."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from chat import MESSAGE, MESSAGE_ADDED, SDL, message
from serving import ADAPTERS, PROTOCOL, Start, client, within
from subsgen import ConnectionInfo, RuntimeOptions, SubscriptionManager


@pytest.fixture
def manager() -> SubscriptionManager:
    return SubscriptionManager(schema=SDL)


def added(id: str, message_id: int | str, text: str = "hello") -> dict[str, Any]:
    return {"id": id, "type": "next", "payload": {"data": {"messageAdded": {"id": str(message_id), "text": text}}}}


async def test_a_client_gets_exactly_the_events_of_its_room_in_order(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server) as one, client(server) as two:
        for subscriber, room in ((one, "1"), (two, "2")):
            await subscriber.initialise()
            await subscriber.subscribe("s", MESSAGE_ADDED, room=room)
        for number in range(500):
            room = str(number % 3 + 1)
            await manager.publish_event(f"chat.{room}", message(number, room, "grüße 🌍"))
        for subscriber, remainder in ((one, 0), (two, 1)):
            for number in range(remainder, 500, 3):
                assert await subscriber.receive() == added("s", number, "grüße 🌍")
            await subscriber.settle()


async def test_arguments_select_events_of_one_topic(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("some", MESSAGE, room="a")
        await subscriber.subscribe("all", MESSAGE)
        await manager.publish_event("message", message(1, "a"))
        await manager.publish_event("message", message(2, "b"))
        await manager.publish_event("message", None)
        received = [await subscriber.receive() for _ in range(4)]
        await subscriber.settle()
        by_id = {id: [frame["payload"]["data"]["message"] for frame in received if frame["id"] == id] for id in ("some", "all")}
        one, two = ({"id": id, "text": "hello"} for id in "12")
        assert by_id == {"some": [one], "all": [one, two, None]}


async def test_aliases_and_several_subscriptions_on_one_socket(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("a", 'subscription { added: messageAdded(roomId: "1") { __typename text author { name } } }')
        await subscriber.subscribe("b", "subscription { tick }")
        await manager.publish_event("tick", 7)
        await manager.publish_event("chat.1", {**message(1), "author": {"id": "1", "name": "Ada"}})
        assert await subscriber.receive() == {"id": "b", "type": "next", "payload": {"data": {"tick": 7}}}
        payload = (await subscriber.receive())["payload"]
        assert payload == {"data": {"added": {"__typename": "Message", "text": "hello", "author": {"name": "Ada"}}}}


async def test_a_completed_subscription_gets_nothing_and_its_id_is_free(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        await subscriber.send({"id": "s", "type": "complete"})
        await subscriber.settle()
        await manager.publish_event("chat.1", message(1))
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        await manager.publish_event("chat.1", message(2))
        assert await subscriber.receive() == added("s", 2)


async def test_a_completed_topic_completes_its_subscriptions(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        await manager.publish_event("chat.1", message(1))
        await manager.complete_topic("chat.1")
        assert await subscriber.receive() == added("s", 1)
        assert await subscriber.receive() == {"id": "s", "type": "complete"}
        await subscriber.settle()
        assert manager.get_metrics()["subscriptions"] == 0


@pytest.mark.parametrize(
    ("query", "variables", "said"),
    [
        ("subscription {", {}, "Syntax Error: Expected Name, found <EOF>."),
        ("subscription { nothing }", {}, 'Cannot query field "nothing" on type "Subscription".'),
        (MESSAGE_ADDED, {}, 'Variable "$room" of required type "ID!" was not provided.'),
        (MESSAGE_ADDED, {"room": {"no": "id"}}, 'Variable "$room" got invalid value'),
    ],
)
async def test_a_refused_operation_is_an_error_and_the_socket_lives(
    manager: SubscriptionManager, start: Start, query: str, variables: dict[str, Any], said: str
) -> None:
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.send({"id": "s", "type": "subscribe", "payload": {"query": query, "variables": variables}})
        refusal = await subscriber.receive()
        assert (refusal["id"], refusal["type"]) == ("s", "error")
        assert refusal["payload"][0]["message"].startswith(said)
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")


async def test_introspection_is_answered_over_the_socket(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.send({"id": "i", "type": "subscribe", "payload": {"query": "{ __schema { subscriptionType { name } } }"}})
        answer = await subscriber.receive()
        assert answer["payload"] == {"data": {"__schema": {"subscriptionType": {"name": "Subscription"}}}}
        assert await subscriber.receive() == {"id": "i", "type": "complete"}


async def test_a_failed_projection_says_where(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        await manager.publish_event("chat.1", {"id": "1", "roomId": "1"})
        payload = (await subscriber.receive())["payload"]
        assert payload["data"] is None
        assert payload["errors"][0]["path"] == ["messageAdded", "text"]


@pytest.mark.parametrize("frame", ["no JSON", "[]", '{"type":"unheard of"}', b"{}"], ids=["text", "array", "type", "binary"])
async def test_a_malformed_message_closes_the_socket_and_the_server_lives(
    manager: SubscriptionManager, start: Start, frame: str | bytes
) -> None:
    async with start(manager, None) as server:
        async with client(server) as bad:
            await bad.socket.send(frame)
            assert (await bad.closing())[0] == 4400
        async with client(server) as good:
            await good.initialise()


async def test_a_client_that_does_not_speak_the_protocol_is_refused(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server, Subprotocol("graphql-ws")) as old:
        assert await old.closing() == (4406, "Subprotocol not acceptable")


async def test_the_protocol_is_chosen_among_others(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server, Subprotocol("graphql-ws"), PROTOCOL) as modern:
        assert modern.socket.subprotocol == PROTOCOL
        await modern.initialise()


async def test_who_subscribes_before_the_acknowledgement_is_refused(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server) as hasty:
        await hasty.send({"id": "s", "type": "subscribe", "payload": {"query": MESSAGE_ADDED}})
        assert await hasty.closing() == (4401, "Unauthorized")


async def test_an_id_is_used_once_at_a_time(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        await subscriber.send({"id": "s", "type": "subscribe", "payload": {"query": MESSAGE_ADDED, "variables": {"room": "2"}}})
        assert await subscriber.closing() == (4409, "Subscriber for s already exists")


async def test_who_never_initialises_is_closed(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(connection_init_timeout=0.01))
    async with start(manager, None) as server, client(server) as silent:
        assert await silent.closing() == (4408, "Connection initialisation timeout")


async def test_a_client_that_vanishes_leaves_nothing(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        before = manager.get_metrics()
        assert (before["connections"], before["subscriptions"]) == (1, 1)
        subscriber.vanish()
        await within(server.ended.get())
        after = manager.get_metrics()
        assert [after[gauge] for gauge in ("connections", "subscriptions", "groups", "topics")] == [0, 0, 0, 0]


async def test_closing_sends_what_waits_then_says_goodbye(manager: SubscriptionManager, start: Start) -> None:
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        await manager.publish_event("chat.1", message(1))
        closing = asyncio.create_task(manager.close())
        assert await subscriber.receive() == added("s", 1)
        assert await subscriber.receive() == {"id": "s", "type": "complete"}
        assert (await subscriber.closing())[0] == 1001
        await within(closing)
        assert manager.get_metrics()["connections"] == 0
        # A manager that was closed on a loop may be used there again.
        async with client(server) as later:
            await later.initialise()


by_python = pytest.mark.parametrize("start", [pytest.param(start, id=name) for name, start in ADAPTERS.items() if name != "native"])
"""Where nothing is sent before the event loop turns."""


@by_python
async def test_a_subscription_with_too_much_waiting_ends_with_an_error_and_the_socket_lives(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(messages_per_subscription=3))
    async with start(manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        for number in range(5):  # the loop does not turn meanwhile
            await manager.publish_event("chat.1", message(number))
        assert [await subscriber.receive() for _ in range(3)] == [added("s", number) for number in range(3)]
        assert (await subscriber.receive())["type"] == "error"
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")


@by_python
async def test_a_connection_with_too_much_waiting_is_closed_and_others_are_not(start: Start) -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(bytes_per_connection=100_000))
    async with start(manager, None) as server, client(server) as greedy, client(server) as modest:
        for subscriber, selection in ((greedy, "id text"), (modest, "id")):
            await subscriber.initialise()
            await subscriber.subscribe("s", f'subscription {{ messageAdded(roomId: "1") {{ {selection} }} }}')
        for number in range(3):
            await manager.publish_event("chat.1", message(number, text="x" * 40_000))
        assert (await greedy.closing())[0] == 1013
        assert [(await modest.receive())["payload"]["data"]["messageAdded"] for _ in range(3)] == [{"id": id} for id in "012"]


async def fill(manager: SubscriptionManager, left: int) -> int:
    """Publishes until one subscription has more than may wait for it; the native server sends until the socket of its client is full."""
    for number in range(100_000):
        if manager.get_metrics()["subscriptions"] == left:
            return number
        await manager.publish_event("chat.1", message(number, text="x" * 40_000))
    raise AssertionError("everything that was published found room")


async def test_the_native_server_ends_a_subscription_with_too_much_waiting() -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(messages_per_subscription=3))
    async with ADAPTERS["native"](manager, None) as server, client(server) as subscriber:
        await subscriber.initialise()
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")
        subscriber.socket.transport.pause_reading()
        published = await fill(manager, left=0)
        subscriber.socket.transport.resume_reading()
        number = 0
        while (received := await subscriber.receive())["type"] == "next":
            assert received["payload"]["data"]["messageAdded"]["id"] == str(number)
            number += 1
        assert received["type"] == "error"
        assert published - 2 <= number < published
        await subscriber.subscribe("s", MESSAGE_ADDED, room="1")


async def test_the_native_server_closes_a_connection_with_too_much_waiting_and_no_other() -> None:
    manager = SubscriptionManager(schema=SDL, options=RuntimeOptions(bytes_per_connection=100_000))
    async with ADAPTERS["native"](manager, None) as server, client(server) as greedy, client(server) as modest:
        for subscriber, selection in ((greedy, "id text"), (modest, "id")):
            await subscriber.initialise()
            await subscriber.subscribe("s", f'subscription {{ messageAdded(roomId: "1") {{ {selection} }} }}')
        greedy.socket.transport.pause_reading()
        published = await fill(manager, left=1)
        greedy.socket.transport.resume_reading()
        for number in range(published):
            assert (await modest.receive())["payload"]["data"]["messageAdded"] == {"id": str(number)}
        with suppress(ConnectionClosed):
            async for _ in greedy.socket:  # what it was sent before
                pass
        assert greedy.socket.close_code == 1013


# MARK: Who the client is


async def test_the_handler_sees_the_payload_and_the_request(manager: SubscriptionManager, start: Start) -> None:
    seen: list[tuple[Mapping[str, Any] | None, ConnectionInfo]] = []

    async def authenticate(payload: Mapping[str, Any] | None, connection: ConnectionInfo) -> Mapping[str, Any]:
        seen.append((payload, connection))
        return {"sub": "ada"}

    async with start(manager, authenticate) as server, client(server, **{"X-Trace": "7"}) as subscriber:
        await subscriber.initialise({"token": "secret"})
        [(payload, connection)] = seen
        assert payload == {"token": "secret"}
        assert connection.headers["x-trace"] == "7"
        assert connection.address is not None
        assert connection.address[0] == "127.0.0.1"


@pytest.mark.parametrize("returned", [None, {}, {"sub": "ada"}])
async def test_a_handler_may_be_no_coroutine(manager: SubscriptionManager, start: Start, returned: Mapping[str, Any] | None) -> None:
    async with start(manager, lambda _: returned) as server, client(server) as subscriber:
        await subscriber.initialise()


def raises(_: Mapping[str, Any] | None) -> Mapping[str, Any]:
    raise PermissionError("the database's address is 10.0.0.7")


async def raises_later(payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return raises(payload)


def gives_no_mapping(_: Mapping[str, Any] | None) -> Any:
    return "ada"


def gives_no_json(_: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {"sub": object()}


async def waits_for_what_is_cancelled(_: Mapping[str, Any] | None) -> None:
    cancelled = asyncio.get_running_loop().create_future()
    cancelled.cancel()
    await cancelled


@pytest.mark.parametrize("handler", [raises, raises_later, gives_no_mapping, gives_no_json, waits_for_what_is_cancelled])
async def test_who_is_refused_is_told_no_more_than_that(manager: SubscriptionManager, start: Start, handler: Any) -> None:
    async with start(manager, handler) as server, client(server) as stranger:
        await stranger.send({"type": "connection_init"})
        assert await stranger.closing() == (4403, "Forbidden")


async def test_a_client_that_vanishes_while_it_is_authenticated_leaves_nothing(manager: SubscriptionManager, start: Start) -> None:
    began, cancelled = asyncio.Event(), asyncio.Event()

    async def authenticate(_: Mapping[str, Any] | None) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async with start(manager, authenticate) as server, client(server) as subscriber:
        await subscriber.send({"type": "connection_init"})
        await within(began.wait())
        subscriber.vanish()
        await within(cancelled.wait())
        await within(server.ended.get())
        assert manager.get_metrics()["connections"] == 0
