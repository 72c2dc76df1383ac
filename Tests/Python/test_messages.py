"""Messages of the protocol go to JSON and back without a change, whatever is in them."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest

from subsgen import GraphQLMessage, SubscriptionPayload

SEED = int(os.environ.get("MESSAGES_SEED") or random.SystemRandom().getrandbits(32))
ROUNDS = 500
TYPES = ("connection_init", "connection_ack", "subscribe", "next", "error", "complete", "ping", "pong", "made-up")
CHARACTERS = 'aZ09 _-"\\/\b\f\n\r\t\x00\x1f\x7f{}[]:,é\u2028\ufeff\U0001f600\U0010ffff'


@pytest.fixture
def chance(capsys: pytest.CaptureFixture[str]) -> random.Random:
    with capsys.disabled():
        print(f"\nMESSAGES_SEED={SEED}")  # noqa: T201
    return random.Random(SEED)


def text(chance: random.Random) -> str:
    return "".join(chance.choices(CHARACTERS, k=chance.choice((0, 1, 2, 8, 40))))


def value(chance: random.Random, depth: int = 0) -> Any:
    """Whatever JSON has."""
    kind = chance.randrange(6 if depth < 4 else 4)
    match kind:
        case 0:
            return chance.choice((None, True, False))
        case 1:
            return chance.choice((0, -1, 2**53, -(2**70), chance.getrandbits(64)))
        case 2:
            return chance.choice((0.0, -0.5, 1e300, 5e-324, chance.random()))
        case 3:
            return text(chance)
        case 4:
            return [value(chance, depth + 1) for _ in range(chance.randrange(4))]
        case _:
            return mapping(chance, depth + 1)


def mapping(chance: random.Random, depth: int = 0) -> dict[str, Any]:
    return {text(chance): value(chance, depth) for _ in range(chance.randrange(4))}


def perhaps(chance: random.Random, value: Any) -> Any:
    return value if chance.random() < 0.6 else None


def through_json(message: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(message))


def without_none(message: Mapping[str, Any]) -> dict[str, Any]:
    """A key that is null says no more than one that is absent."""
    return {key: value for key, value in message.items() if value is not None}


def test_any_message_reads_as_it_was_written(chance: random.Random) -> None:
    for _ in range(ROUNDS):
        message = GraphQLMessage(chance.choice(TYPES), perhaps(chance, text(chance)), perhaps(chance, value(chance)))
        assert GraphQLMessage.from_dict(through_json(message.to_dict())) == message


def test_any_payload_reads_as_it_was_written(chance: random.Random) -> None:
    for _ in range(ROUNDS):
        payload = SubscriptionPayload(
            text(chance), perhaps(chance, text(chance)), perhaps(chance, mapping(chance)), perhaps(chance, mapping(chance))
        )
        assert SubscriptionPayload.from_dict(through_json(payload.to_dict())) == payload
        message = GraphQLMessage("subscribe", "1", payload.to_dict())
        assert SubscriptionPayload.from_dict(GraphQLMessage.from_dict(through_json(message.to_dict())).payload) == payload


def test_what_was_read_is_written_again_but_for_what_is_null(chance: random.Random) -> None:
    for _ in range(ROUNDS):
        message = {"type": chance.choice(TYPES), "id": perhaps(chance, text(chance)), "payload": value(chance)}
        assert GraphQLMessage.from_dict(message).to_dict() == without_none(message)
        payload = {
            "query": text(chance),
            "operationName": perhaps(chance, text(chance)),
            "variables": perhaps(chance, mapping(chance)),
            "extensions": perhaps(chance, mapping(chance)),
        }
        assert SubscriptionPayload.from_dict(payload).to_dict() == without_none(payload)


def test_what_is_neither_is_a_value_error_and_nothing_else(chance: random.Random) -> None:
    refused = 0
    for _ in range(ROUNDS):
        kinds = {"type": value(chance, 3), "id": value(chance, 3), "query": value(chance, 3), "operationName": value(chance, 3)}
        strange = {**kinds, "variables": value(chance, 3), "extensions": value(chance, 3)}
        for reading in (GraphQLMessage.from_dict, SubscriptionPayload.from_dict):
            with suppress(ValueError):
                reading(strange)
                refused -= 1
            refused += 1
    assert refused > ROUNDS / 2
