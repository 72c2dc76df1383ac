"""Values become JSON rightly, or are refused with their place: none becomes null by itself."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec
import pytest

from chat import SDL, Author, Message, registry, resolver_module
from subsgen import SubscriptionError, SubscriptionManager, encode_value
from subsgen.payload import encode
from subsgen.shapes import Conversions
from subsgen.testing import Disconnected, Events, TestClient

NAN = float("nan")


class Level(Enum):
    HIGH = "HIGH"
    NONE = NAN


class Name(str):
    pass


class Count(int):
    pass


@dataclass
class Place:
    latitude: float


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2025, 1, 2, 3, 4, 5, 6, tzinfo=timezone(timedelta(hours=1))), '"2025-01-02T03:04:05.000006+01:00"'),
        (date(2025, 1, 2), '"2025-01-02"'),
        (time(3, 4, 5), '"03:04:05"'),
        (timedelta(minutes=1, seconds=1.5), '"PT61.5S"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Decimal("1.10"), '"1.10"'),
        (2**200, str(2**200)),
        (-(2**63) - 1, str(-(2**63) - 1)),
        (b"ab", '"YWI="'),
        ({"a": {1}}, '{"a":[1]}'),
        (Level.HIGH, '"HIGH"'),
        (Name("x"), '"x"'),
        (Count(7), "7"),
        (MappingProxyType({"a": MappingProxyType({"b": None})}), '{"a":{"b":null}}'),
        ({1: 2, UUID(int=1): 3}, '{"1":2,"00000000-0000-0000-0000-000000000001":3}'),
        ("\U0001f600", '"\U0001f600"'),
        (Place(1.5), '{"latitude":1.5}'),
        ("NaN", '"NaN"'),
    ],
)
def test_what_has_a_form_is_written_in_it(value: object, text: str) -> None:
    assert encode_value(value) == text.encode()


CYCLE: list[object] = [1]
CYCLE.append({"again": CYCLE})


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (NAN, ValueError, "JSON has no nan, which is the whole of it"),
        ({"a": [1.0, {"b": float("-inf")}]}, ValueError, r"JSON has no -inf, which is at a\[1\]\.b"),
        (Message(id="1", room_id="2", text="", likes=NAN), ValueError, "JSON has no nan, which is at likes"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        ([Place(NAN)], ValueError, r"JSON has no nan, which is at \[0\]\.latitude"),
        ({"a": Level.NONE}, ValueError, "JSON has no nan, which is at a"),
        ({"a": Decimal("NaN")}, ValueError, "JSON has no NaN, which is at a"),
        ({"a": Decimal("-Infinity")}, ValueError, "JSON has no -Infinity, which is at a"),
        ({"a": {"b": "x\ud800"}}, ValueError, r"half of a surrogate pair, as in 'x\\ud800', which is at a\.b"),
        ({"a": {"\udfff": 1}}, ValueError, "half of a surrogate pair, .* which is at a"),
        ({"a": [0, object()]}, TypeError, r"an event cannot hold a builtins\.object, which is at a\[1\]; give"),
        (Author(id="1", name=1j), TypeError, r"cannot hold a builtins\.complex, which is at name"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        ({"a": {(1, 2): 1}}, TypeError, "cannot hold a .*, which is at a"),
        ({"a": msgspec.UNSET}, TypeError, "cannot hold a .*UnsetType, which is at a"),
        (CYCLE, ValueError, r"JSON has no list that holds itself, which is at \[1\]\.again"),
    ],
)
def test_what_has_none_is_refused_with_its_place(value: object, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        encode_value(value)


def test_what_holds_itself_is_refused_too_where_classes_are_converted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conversions, "exist", True)
    with pytest.raises(ValueError, match=r"JSON has no list that holds itself, which is at \[1\]\.again"):
        encode_value(CYCLE)


def test_json_text_with_half_of_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="half of a surrogate pair at 1"):
        encode('"\ud800"')


GOOD: list[Any] = [None, True, 1, 2**80, 1.5, "null", "NaN", "Infinity", "ü", [], {}]
BAD: list[Any] = [NAN, float("inf"), Decimal("sNaN"), "\ud800", object(), 1j, msgspec.UNSET, Level.NONE]


def _random_value(numbers: random.Random, depth: int, bad: Any) -> Any:
    """A value that holds the bad one, where there is one, somewhere."""
    if depth == 0:
        return numbers.choice(GOOD) if bad is None else bad
    parts = [_random_value(numbers, numbers.randrange(depth), None) for _ in range(numbers.randrange(3))]
    parts.insert(numbers.randrange(len(parts) + 1), _random_value(numbers, depth - 1, bad))
    return parts if numbers.random() < 0.5 else {f"k{position}": part for position, part in enumerate(parts)}


def test_random_values_are_read_back_as_they_were_and_one_bad_part_refuses_them() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201  pytest shows it where the test fails
    numbers = random.Random(seed)
    for _ in range(300):
        value = _random_value(numbers, numbers.randrange(6), None)
        assert json.loads(encode_value(value)) == value
        with pytest.raises((TypeError, ValueError), match="which is"):
            encode_value(_random_value(numbers, numbers.randrange(6), numbers.choice(BAD)))


# MARK: Everywhere


async def _error(events: Events) -> str:
    result = await events.next()
    assert result.errors is not None
    return str(result.errors[0]["message"])


TICK = "subscription { tick }"


async def test_publishing_refuses_it() -> None:
    manager = SubscriptionManager(schema=SDL)
    with pytest.raises(ValueError, match="JSON has no nan"):
        await manager.publish_event("tick", NAN)
    assert manager.get_metrics()["events_published"] == 0


async def test_functions_that_give_it_have_failed(caplog: pytest.LogCaptureFixture) -> None:
    def resolve(event: Any, args: Any) -> float:
        return NAN

    manager = SubscriptionManager(registry=registry(tick=resolver_module(resolve=resolve)))
    async with TestClient(manager) as client, client.subscribe(TICK) as ticks:
        await manager.publish_event("tick", 1)
        assert await _error(ticks) == 'The resolver of "tick" failed.'
    assert "JSON has no nan" in caplog.text


async def test_what_a_source_and_an_initial_give_is_held_to_it_too(caplog: pytest.LogCaptureFixture) -> None:
    async def source(args: Any) -> AsyncIterator[float]:
        yield NAN

    async def initial(args: Any, context: Any) -> Any:
        return {"id": "1", "roomId": "1", "text": "\ud800"}

    modules = {"tick": resolver_module(source=source), "message": resolver_module(initial=initial)}
    async with TestClient(SubscriptionManager(registry=registry(**modules))) as client:
        with pytest.raises(SubscriptionError, match=r"The source .* failed"):
            async with client.subscribe(TICK) as ticks:
                await ticks.next()
        async with client.subscribe("subscription { message { text } }") as messages:
            assert await _error(messages) == 'The initial event of "message" failed.'
    assert "JSON has no nan" in caplog.text
    assert "which is at text" in caplog.text


async def test_claims_with_it_let_nobody_in() -> None:
    manager = SubscriptionManager(schema=SDL)
    with pytest.raises(Disconnected, match="4403"):
        async with TestClient(manager, claims={"sub": "ada", "scores": [NAN]}):
            pass
