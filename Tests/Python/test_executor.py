"""`SubscriptionExecutor`: subscriptions without a socket and without an event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from chat import MESSAGE, MESSAGE_ADDED, SDL, Message, message
from subsgen import Arg, EventBusConfig, RuntimeOptions, SubscriptionError, SubscriptionExecutor, topic_name


@pytest.fixture
def executor() -> SubscriptionExecutor:
    return SubscriptionExecutor(SDL)


def drained(executor: SubscriptionExecutor, *key: str) -> list[bytes]:
    results: list[bytes] = []
    while (result := executor.next_event(*key)) is not None:
        results.append(result)
    return results


def test_a_subscription_gets_its_events_in_order_and_then_nothing(executor: SubscriptionExecutor) -> None:
    executor.register_subscription("c", "s", MESSAGE_ADDED, variables={"room": "1"})
    assert executor.next_event("s") is None
    for number in range(100):
        executor.publish_event(f"chat.{number % 2}", message(number, str(number % 2)))
    expected = [b'{"data":{"messageAdded":{"id":"%d","text":"hello"}}}' % number for number in range(1, 100, 2)]
    assert drained(executor, "s") == expected


@pytest.mark.parametrize(
    "payload",
    [
        b'{"id":"1","roomId":"1","text":"\xc3\xbc"}',
        '{"id":"1","roomId":"1","text":"ü"}',
        {"id": "1", "roomId": "1", "text": "ü"},
        Message(id="1", room_id="1", text="ü"),
    ],
    ids=["bytes", "str", "dict", "payload class"],
)
def test_an_event_may_be_given_in_several_forms(executor: SubscriptionExecutor, payload: Any) -> None:
    executor.register_subscription("c", "s", MESSAGE, variables={"room": "1"})
    executor.publish_event("message", payload)
    assert drained(executor, "s") == ['{"data":{"message":{"id":"1","text":"ü"}}}'.encode()]


def test_cursors_of_a_topic_differ(executor: SubscriptionExecutor) -> None:
    cursors = {executor.publish_event("tick", number, {"traceparent": "00-1"}) for number in range(50)}
    assert len(cursors) == 50


@pytest.mark.parametrize(
    ("topic", "payload", "said"),
    [
        ("unheard", 1, "unheard"),
        ("chat", 1, "chat"),
        ("tick", b"{", "not valid JSON"),
        ("tick", '{"a":1,"a":2}', "not valid JSON"),
        ("tick", b"\xff", "not valid JSON"),
    ],
)
def test_a_refused_event_raises_and_reaches_nobody(executor: SubscriptionExecutor, topic: str, payload: Any, said: str) -> None:
    executor.register_subscription("c", "s", "subscription { tick }")
    with pytest.raises(ValueError, match=said):
        executor.publish_event(topic, payload)
    assert executor.next_event("s") is None
    assert executor.get_metrics()["events_rejected"] == 1


def test_what_has_no_form_in_json_is_a_type_error(executor: SubscriptionExecutor) -> None:
    with pytest.raises(TypeError, match=r"builtins\.object"):
        executor.publish_event("tick", object())


def test_ids_belong_to_connections(executor: SubscriptionExecutor) -> None:
    executor.register_subscription("one", "s", MESSAGE, variables={"room": "1"})
    executor.register_subscription("two", "s", MESSAGE, variables={"room": "2"})
    with pytest.raises(ValueError, match="has a subscription 's'"):
        executor.register_subscription("two", "s", MESSAGE)
    executor.publish_event("message", message(7, "2"))
    with pytest.raises(ValueError, match="several connections"):
        executor.next_event("s")
    assert executor.next_event("s", "one") is None
    assert executor.next_event("s", "two") == b'{"data":{"message":{"id":"7","text":"hello"}}}'
    executor.complete_subscription("s", "one")
    assert executor.next_event("s") is None
    for connection in ("one", None):
        with pytest.raises(KeyError):
            executor.next_event("s" if connection else "t", connection)


def test_a_completed_subscription_is_gone(executor: SubscriptionExecutor) -> None:
    executor.register_subscription("c", "s", "subscription { tick }")
    executor.publish_event("tick", 1)
    executor.complete_subscription("s")
    with pytest.raises(KeyError):
        executor.next_event("s")
    assert executor.get_metrics()["subscriptions"] == 0
    executor.register_subscription("c", "s", "subscription { tick }")
    assert executor.next_event("s") is None


def test_a_refused_operation_says_why_with_places(executor: SubscriptionExecutor) -> None:
    with pytest.raises(SubscriptionError, match='Cannot query field "nothing"') as caught:
        executor.register_subscription("c", "s", "subscription {\n  nothing\n}")
    [error] = caught.value.errors
    assert error["locations"] == [{"line": 2, "column": 3}]
    # The id was not taken.
    executor.register_subscription("c", "s", "subscription { tick }")


def test_an_operation_is_chosen_by_name(executor: SubscriptionExecutor) -> None:
    document = "subscription A { tick } subscription B { message { id } }"
    with pytest.raises(SubscriptionError, match="operation name"):
        executor.register_subscription("c", "s", document)
    executor.register_subscription("c", "s", document, operation_name="B")
    executor.publish_event("message", message(1))
    assert executor.next_event("s") == b'{"data":{"message":{"id":"1"}}}'


def test_metrics_count(executor: SubscriptionExecutor) -> None:
    for connection in ("one", "two", "three"):
        executor.register_subscription(connection, "s", "subscription { tick }")
    executor.publish_event("tick", 1)
    metrics = executor.get_metrics()
    assert {name: metrics[name] for name in ("events_published", "subscriptions", "groups", "topics", "deliveries")} == {
        "events_published": 1,
        "subscriptions": 3,
        "groups": 1,
        "topics": 1,
        "deliveries": 3,
    }


def test_who_does_not_read_is_ended_with_an_error() -> None:
    executor = SubscriptionExecutor(SDL, options=RuntimeOptions(messages_per_subscription=3))
    executor.register_subscription("c", "s", "subscription { tick }")
    for number in range(5):
        executor.publish_event("tick", number)
    *results, last = drained(executor, "s")
    assert results == [b'{"data":{"tick":%d}}' % number for number in range(3)]
    assert b'"errors"' in last
    metrics = executor.get_metrics()
    assert (metrics["subscriptions"], metrics["dropped"]) == (0, 1)


def test_a_schema_may_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "schema.graphql"
    file.write_text(SDL, "utf-8")
    SubscriptionExecutor(file, EventBusConfig.memory()).publish_event("tick", 1)


@pytest.mark.parametrize(
    ("schema", "said"),
    [("type Query {", "Expected Name"), ("type Subscription { a: Unheard }", "Unheard"), ("", "schema:1:1")],
    ids=["syntax", "type", "empty"],
)
def test_a_wrong_schema_is_a_value_error_with_its_place(schema: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        SubscriptionExecutor(schema)
    assert "schema:1:" in str(caught.value)


@pytest.mark.parametrize(
    ("type_", "value", "segment"),
    [
        ("ID", "a.b c/ü~", Arg("a.b c/ü~")),
        ("ID", 7, Arg(7)),
        ("String", "", Arg("")),
        ("String", "-_{}%", Arg("-_{}%")),
        ("Int", -7, Arg(-7)),
        ("Float", 1.5, Arg(1.5)),
        ("Float", 1, Arg(1.0)),
        ("Float", 1e21, Arg(1e21)),
        ("Float", 1e-7, Arg(1e-7)),
        ("Boolean", True, Arg(True)),
        ("Color", "RED", Arg("RED")),
    ],
)
def test_publishers_and_subscribers_spell_a_topic_alike(type_: str, value: Any, segment: Arg) -> None:
    sdl = f'enum Color {{ RED }} type Subscription {{ a(b: {type_}!): Int! @topic(name: "a.{{b}}.c") }}'
    executor = SubscriptionExecutor(sdl)
    executor.register_subscription("c", "s", f"subscription ($b: {type_}!) {{ a(b: $b) }}", variables={"b": value})
    executor.publish_event(topic_name("a.", segment, ".c"), 1)
    assert executor.next_event("s") == b'{"data":{"a":1}}'


@pytest.mark.parametrize(
    ("bus", "says"),
    [
        (EventBusConfig.postgresql("postgresql://:secret@localhost/app?nonsense=1"), "not understood"),
        (EventBusConfig.redis("redis://:secret@localhost:port"), "1 to 65535"),
    ],
)
def test_a_bus_that_cannot_be_used_is_refused_with_a_reason(bus: EventBusConfig, says: str) -> None:
    with pytest.raises(ValueError, match=says) as refusal:
        SubscriptionExecutor(SDL, bus)
    assert "secret" not in str(refusal.value)


async def test_publishing_from_a_pool_and_from_the_loops_own(executor: SubscriptionExecutor) -> None:
    executor.register_subscription("c", "s", "subscription { tick }")
    with ThreadPoolExecutor(2) as pool:
        await asyncio.gather(*(executor.publish_with_executor("tick", number, pool=pool) for number in range(10)))
    await executor.publish_with_executor("tick", 10, {"traceparent": "00-1"})
    results = drained(executor, "s")
    assert len(results) == 11
    assert results[-1] == b'{"data":{"tick":10}}'


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, 0.1, 1e-7, 5e-324, 1e16, -1e21, 2.0**126, 2.0**127, -(2.0**127), 1e39, 1.5e300])
def test_publishers_spell_a_float_in_a_topic_as_subscribers_do(value: float) -> None:
    sdl = 'type Query { ok: Int } type Subscription { reading(level: Float!): Int @topic(name: "reading.{level}") }'
    executor = SubscriptionExecutor(sdl)
    executor.register_subscription("c", "s", "subscription ($level: Float!) { reading(level: $level) }", variables={"level": value})
    executor.publish_event(topic_name("reading.", Arg(value)), 1)
    assert executor.next_event("s") == b'{"data":{"reading":1}}'
