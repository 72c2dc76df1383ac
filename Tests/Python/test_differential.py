"""The runtime gives what graphql-core gives: over random schemas, operations and events.

A failing case prints its seed; ``SUBSGEN_SEED=N pytest Tests/Python/test_differential.py`` runs it again.
"""

from __future__ import annotations

import json
import os
import re
from random import Random, SystemRandom
from typing import Any

import pytest
from graphql import (
    ExecutionResult,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    execute,  # pyright: ignore[reportUnknownVariableType]
    parse,
    validate,
)

from random_cases import JSON, RandomEvents, RandomOperation, RandomSchema
from subsgen import SubscriptionError, SubscriptionExecutor

SCHEMAS = 40
OPERATIONS = 8
EVENTS = 4

first_seed = int(os.environ.get("SUBSGEN_SEED") or SystemRandom().randrange(1_000_000_000))


def reference_schema(sdl: str) -> GraphQLSchema:
    schema = build_schema(sdl)
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            # Without it, graphql-core would look for attributes in strings and numbers.
            type_.is_type_of = lambda value, _info: isinstance(value, dict)
    return schema


def type_name(value: JSON, _info: Any, _type: Any) -> str | None:
    name = value.get("__typename") if isinstance(value, dict) else None
    return name if isinstance(name, str) else None


def expected_result(schema: GraphQLSchema, operation: RandomOperation, event: JSON) -> Any:
    result = execute(schema, parse(operation.text), {operation.root: event}, variable_values=operation.variables, type_resolver=type_name)
    assert isinstance(result, ExecutionResult)
    return result.data, [
        (message(error.message), list(error.path or []), error.formatted.get("locations")) for error in result.errors or []
    ]


def found_result(body: bytes) -> Any:
    response = json.loads(body)
    assert set(response) <= {"data", "errors"}
    errors = response.get("errors", [])
    assert errors or "errors" not in response
    return response["data"], [(message(error["message"]), error["path"], error["locations"]) for error in errors]


def message(text: str) -> str:
    """A message without what differs by language: quotation marks, and how values are shown."""
    text = text.replace('"', "'")
    text = re.sub(r"(must resolve to an Object type at runtime for field '[\w.]+'\.).*", r"\1", text)
    return re.sub(r"(value: |but got: ).*", r"\1", text, flags=re.DOTALL)


def comparable(value: JSON) -> Any:
    """A value in which order counts, and ``1`` is ``1.0`` but not ``True``."""
    if isinstance(value, dict):
        return {"object": [(key, comparable(member)) for key, member in value.items()]}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return ("number", float(value))


def register(executor: SubscriptionExecutor, identifier: str, operation: RandomOperation) -> list[str]:
    """Subscribes, and gives the messages of the errors where that is refused."""
    try:
        executor.register_subscription("c", identifier, operation.text, variables=operation.variables)
    except SubscriptionError as refusal:
        return [error["message"] for error in refusal.errors]
    return []


def text_of(event: JSON, random: Random) -> bytes:
    return json.dumps(event, indent=random.choice([None, None, 1]), ensure_ascii=random.random() < 0.5).encode()


@pytest.mark.parametrize("number", range(SCHEMAS))
def test_responses_are_those_of_graphql_core(number: int) -> None:
    seed = first_seed + number
    random = Random(seed)
    schema = RandomSchema(random)
    sdl = schema.sdl()
    reference = reference_schema(sdl)
    executor = SubscriptionExecutor(sdl)
    compared = 0
    for position in range(OPERATIONS * 20):
        if compared >= OPERATIONS:
            break
        operation = RandomOperation(schema, random)
        case = f"SUBSGEN_SEED={seed}\n{sdl}\n\n{operation.text}\n{operation.variables}"
        problems = validate(reference, parse(operation.text))
        refusals = register(executor, f"{position}", operation)
        if refusals:
            # Fields that conflict. graphql-core does not find all such conflicts through fragments of fragments.
            assert all("conflict" in refusal for refusal in refusals), case
            continue
        assert not problems, case
        compared += 1
        events = RandomEvents(schema, random, random.choice([0.0, 0.02, 0.1]))
        for _ in range(EVENTS):
            event = events.event(schema.roots[operation.root])
            text = text_of(event, random)
            executor.publish_event(operation.root, text)
            body = executor.next_event(f"{position}")
            assert body is not None, case
            found, expected = found_result(body), expected_result(reference, operation, event)
            assert comparable(found[0]) == comparable(expected[0]), f"{case}\n{text.decode()}"
            assert found[1] == expected[1], f"{case}\n{text.decode()}"
        executor.complete_subscription(f"{position}")
    assert compared == OPERATIONS, f"too few valid operations: SUBSGEN_SEED={seed}\n{sdl}"
