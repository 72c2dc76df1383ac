"""The package's small values: buses, messages, options, payloads, topics, versions."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec
import pytest

from chat import Author, Message
from subsgen import (
    UNSET,
    Arg,
    EventBusConfig,
    GraphQLMessage,
    Payload,
    RuntimeOptions,
    SubscriptionPayload,
    UnsetType,
    field,
    require_runtime,
    topic_name,
)
from subsgen.payload import encode, encode_value

# MARK: EventBusConfig


@pytest.mark.parametrize(
    ("url", "bus_type", "address"),
    [
        ("memory://", "memory", None),
        ("redis://localhost:6379/0", "redis", "redis://localhost:6379/0"),
        ("unix:///run/redis.sock", "redis", "unix:///run/redis.sock"),
        ("postgresql://localhost/app", "postgresql", "postgresql://localhost/app"),
        ("postgres://localhost/app", "postgresql", "postgres://localhost/app"),
    ],
)
def test_a_bus_is_made_of_its_url(url: str, bus_type: str, address: str | None) -> None:
    bus = EventBusConfig.from_url(url)
    assert (bus.bus_type, bus.url) == (bus_type, address)


@pytest.mark.parametrize("url", ["", "localhost", "kafka://localhost", "http://localhost", "REDIS"])
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="an event bus is memory://"):
        EventBusConfig.from_url(url)


def test_the_parts_of_a_bus_are_checked() -> None:
    assert EventBusConfig.memory().bus_type == "memory"
    assert EventBusConfig.redis("redis://localhost", consumer_group="workers").consumer_group == "workers"
    assert EventBusConfig.postgresql("host=localhost dbname=app").url == "host=localhost dbname=app"
    with pytest.raises(ValueError, match="redis://"):
        EventBusConfig.redis("localhost:6379")
    with pytest.raises(ValueError, match="TLS"):
        EventBusConfig.from_url("rediss://localhost")
    assert "secret" not in repr(EventBusConfig.redis("redis://:secret@localhost"))
    with pytest.raises(ValueError, match="not empty"):
        EventBusConfig.redis("redis://localhost", consumer_group="")
    for conninfo in ("localhost", "mysql://localhost/app"):
        with pytest.raises(ValueError, match="postgresql://"):
            EventBusConfig.postgresql(conninfo)


# MARK: Messages


def test_a_message_reads_and_writes_what_it_has() -> None:
    whole: dict[str, Any] = {"type": "subscribe", "id": "1", "payload": {"query": "{ a }"}}
    message = GraphQLMessage.from_dict(whole)
    assert message == GraphQLMessage("subscribe", "1", {"query": "{ a }"})
    assert message.to_dict() == whole
    assert GraphQLMessage.from_dict({"type": "ping"}).to_dict() == {"type": "ping"}


@pytest.mark.parametrize("wrong", [{}, {"type": 1}, {"type": None}, {"type": "next", "id": 1}])
def test_what_is_no_message_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is a string"):
        GraphQLMessage.from_dict(wrong)


def test_a_subscription_payload_reads_and_writes_what_it_has() -> None:
    whole: dict[str, Any] = {"query": "{ a }", "operationName": "A", "variables": {"b": 1}, "extensions": {"c": 2}}
    payload = SubscriptionPayload.from_dict(whole)
    assert payload == SubscriptionPayload("{ a }", "A", {"b": 1}, {"c": 2})
    assert payload.to_dict() == whole
    assert SubscriptionPayload.from_dict({"query": "{ a }", "variables": None}).to_dict() == {"query": "{ a }"}


@pytest.mark.parametrize(
    "wrong", [{}, {"query": 1}, {"query": "", "operationName": 1}, {"query": "", "variables": []}, {"query": "", "extensions": "x"}]
)
def test_what_is_no_subscription_payload_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"is an object or null|is a string"):
        SubscriptionPayload.from_dict(wrong)


# MARK: Options


LIMITS = [option.name for option in fields(RuntimeOptions) if option.type in ("int", "float") and option.name != "workers"]


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_a_limit_that_is_not_positive_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        RuntimeOptions(**{name: value})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_there_may_be_no_workers_but_not_fewer() -> None:
    assert RuntimeOptions().workers == 0
    with pytest.raises(ValueError, match="workers is not negative"):
        RuntimeOptions(workers=-1)


# MARK: Payloads


class Status(Enum):
    OPEN = "OPEN"


class Order(Payload, kw_only=True, rename="camel"):
    order_id: str
    status: Status
    note: str | UnsetType | None = UNSET
    placed_at: datetime | UnsetType = UNSET
    class_: str | UnsetType = field(default=UNSET, name="class")


def test_a_payload_is_written_under_the_schemas_names_without_what_it_does_not_hold() -> None:
    assert encode(Order(order_id="1", status=Status.OPEN)) == b'{"orderId":"1","status":"OPEN"}'
    order = Order(order_id="1", status=Status.OPEN, note=None, placed_at=datetime(2025, 1, 2, tzinfo=timezone.utc), class_="a")
    assert encode(order) == b'{"orderId":"1","status":"OPEN","note":null,"placedAt":"2025-01-02T00:00:00Z","class":"a"}'


def test_a_payload_is_read_back_as_it_was() -> None:
    message = Message(id="1", room_id="2", text="ü", author=Author(id="3", name="Ada"))
    assert msgspec.json.decode(encode(message), type=Message) == message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"[1]", b"[1]"),
        (bytearray(b"[1]"), b"[1]"),
        (memoryview(b"[1]"), b"[1]"),
        ("[1]", b"[1]"),
        ({"a": [1, None, True, 1.5]}, b'{"a":[1,null,true,1.5]}'),
        (UUID(int=1), b'"00000000-0000-0000-0000-000000000001"'),
        (Decimal("1.10"), b'"1.10"'),
        (None, b"null"),
    ],
)
def test_an_event_is_json_text_or_is_written_as_it(value: Any, text: bytes) -> None:
    assert encode(value) == text


def test_a_string_that_a_resolver_returns_is_no_json_text() -> None:
    assert encode_value("[1]") == b'"[1]"'


@pytest.mark.parametrize("value", [object(), {"a": object()}, {1, object()}])
def test_what_has_no_form_in_json_is_named(value: Any) -> None:
    with pytest.raises(TypeError, match=r"an event cannot hold a builtins\.object"):
        encode(value)


# MARK: Topics


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("general", "general"),
        ("a.b", "a%2Eb"),
        ("a b/ü~", "a%20b%2F%C3%BC%7E"),
        ("-_", "-_"),
        ("", ""),
        (7, "7"),
        (True, "true"),
        (1.0, "1"),
        (1.5, "1%2E5"),
        (Status.OPEN, "OPEN"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_topic_spells_its_arguments(value: object, segment: str) -> None:
    assert topic_name("chat.", Arg(value), ".x") == f"chat.{segment}.x"


@pytest.mark.parametrize("value", [None, [], {}, Author(id="1", name="")])
def test_a_topics_argument_is_a_scalar(value: object) -> None:
    with pytest.raises(TypeError, match="scalar"):
        topic_name(Arg(value))


# MARK: Versions


@pytest.mark.parametrize(("version", "remedy"), [(0, "Generate it again"), (2, "pip install --upgrade subsgen")])
def test_a_package_for_another_runtime_is_refused_with_a_remedy(version: int, remedy: str) -> None:
    with pytest.raises(ImportError, match=remedy):
        require_runtime(version)
