"""`resolve_batch`: which events it gets together, and what becomes of each answer."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from chat import Message, RoomArguments, message, registry, resolver_module
from pulling import result, serving, subscribed
from serving import within
from subsgen import Context, FieldError, RuntimeOptions, Skip, SubscriptionManager, passthrough


def batched(resolve_batch: Any, **functions: Any) -> Any:
    @passthrough
    async def resolve(event: Any, args: Any) -> Any:
        return event

    return serving(functions.pop("resolve", resolve), resolve_batch=resolve_batch, **functions)


async def ids(manager: Any, id: str, count: int) -> list[str | None]:
    """What a client gets of so many events."""
    answers = [await result(manager, id) for _ in range(count)]
    return [None if answer["data"]["message"] is None else answer["data"]["message"]["id"] for answer in answers]


async def test_the_calls_that_wait_when_the_loop_turns_are_one_call_in_their_order() -> None:
    calls: list[tuple[list[str], list[Any]]] = []

    async def resolve_batch(events: list[Message], args: list[RoomArguments]) -> list[Message]:
        calls.append(([event.id for event in events], args))
        return events

    manager = batched(resolve_batch)
    async with subscribed(manager, room="1") as one, subscribed(manager, room="2") as two:
        for number, room in ((1, "1"), (2, "2"), (3, "1")):
            await manager.publish_event("message", message(number, room))
        assert await ids(manager, one, 2) == ["1", "3"]
        assert await ids(manager, two, 1) == ["2"]
        assert calls == [(["1", "2", "3"], [RoomArguments(room_id=room) for room in ("1", "2", "1")])]
        await manager.publish_event("message", message(4))
        assert await ids(manager, one, 1) == ["4"]
        assert len(calls) == 2


async def test_answers_stay_in_order_across_batches() -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    begun: list[asyncio.Event] = [asyncio.Event(), asyncio.Event()]
    waiting = iter(range(2))

    async def resolve_batch(events: list[Message], args: list[RoomArguments]) -> list[Message]:
        number = next(waiting)
        begun[number].set()
        await gates[number].wait()
        return events

    manager = batched(resolve_batch)
    async with subscribed(manager) as id:
        for number in range(2):
            await manager.publish_event("message", message(number))
            await within(begun[number].wait())
        gates[1].set()
        gates[0].set()
        assert await ids(manager, id, 2) == ["0", "1"]


async def test_an_answer_may_skip_or_fail_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    def resolve_batch(events: list[Message], args: list[RoomArguments]) -> list[Any]:
        return [events[0], Skip, ValueError("secret"), FieldError("Closed."), object(), Skip(), events[6]]

    manager = batched(resolve_batch)
    async with subscribed(manager) as id:
        for number in range(7):
            await manager.publish_event("message", message(number))
        answers = [await result(manager, id) for _ in range(5)]
    assert [answer["data"]["message"] and answer["data"]["message"]["id"] for answer in answers] == ["0", None, None, None, "6"]
    failed = 'The resolver of "message" failed.'
    assert [answer["errors"][0]["message"] for answer in answers[1:4]] == [failed, "Closed.", failed]
    assert len(caplog.records) == 2


@pytest.mark.parametrize("answer", [[], [1, 2, 3], "ab", None, ValueError("secret")])
async def test_too_few_answers_and_what_is_raised_fail_all_of_them(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    def resolve_batch(events: list[Message], args: list[RoomArguments]) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    manager = batched(resolve_batch)
    async with subscribed(manager) as id:
        for number in range(2):
            await manager.publish_event("message", message(number))
        for _ in range(2):
            failed = await result(manager, id)
            assert failed["data"] == {"message": None}
            assert [error["message"] for error in failed["errors"]] == ['The resolver of "message" failed.']
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_an_event_that_is_not_of_its_class_fails_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    def resolve_batch(events: list[Message], args: list[RoomArguments]) -> list[Message]:
        return events

    manager = batched(resolve_batch)
    async with subscribed(manager) as id:
        for event in (message(1), {"id": "2"}, message(3)):
            await manager.publish_event("message", event)
        assert await ids(manager, id, 3) == ["1", None, "3"]
    assert len(caplog.records) == 1


async def test_one_that_takes_too_long_fails(caplog: pytest.LogCaptureFixture) -> None:
    async def resolve_batch(events: list[Message], args: list[RoomArguments]) -> list[Message]:
        await asyncio.Event().wait()
        raise AssertionError

    module = resolver_module(resolve_batch=resolve_batch)
    manager = SubscriptionManager(registry=registry(message=module), options=RuntimeOptions(resolver_timeout=0.05))
    async with subscribed(manager) as id:
        await manager.publish_event("message", message(1))
        assert [error["message"] for error in (await result(manager, id))["errors"]] == ['The resolver of "message" took too long.']
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_resolver_beside_it_would_not_be_called_and_is_refused() -> None:
    def resolve_batch(events: Any, args: Any) -> Any:
        return events

    def resolve(event: Any, args: Any) -> Any:
        return event

    with pytest.raises(TypeError, match=r'defines "resolve_batch" and a "resolve" that would not be called'):
        batched(resolve_batch, resolve=resolve)


def wants_context(events: Any, args: Any, context: Context) -> Any:
    return events


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (wants_context, r"is called as resolve_batch\(events, args\), and does not take that"),
        (7, "is no function"),
        (None, "is None; define the function or remove the name"),
    ],
)
def test_what_cannot_be_called_is_refused(function: Any, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        batched(function)


async def test_a_field_error_of_a_plain_resolver_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    def resolve(event: Any, args: Any) -> Any:
        raise FieldError("Closed.")

    manager = serving(resolve)
    async with subscribed(manager) as id:
        await manager.publish_event("message", message(1))
        assert [error["message"] for error in (await result(manager, id))["errors"]] == ["Closed."]
    assert not caplog.records
