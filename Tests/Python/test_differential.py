"""The runtime gives what graphql-core's ``subscribe`` gives: over random schemas, operations, variables and events.

A failing case prints its seed; ``SUBSGEN_SEED=N pytest Tests/Python/test_differential.py`` runs it again, and
``SUBSGEN_SCHEMAS=N`` tries more schemas than the 10,000 events of every run need.

``data`` with the order of its keys, and the message, path and locations of every error, in their order, must agree. What may differ:

- strings of digits with spaces around or underscores between them, which Python takes for numbers: no event here has such;
- quotation marks, and how a message shows a value: graphql-core shows it as Python does;
- the end of the message that an abstract type's value is of no type, which graphql-core words for who writes resolvers;
- the messages of wrong variables after the variable's name, and how many there are for one variable: they differ between versions of
  graphql-core, and the runtime's have tests;
- where a subscription field's argument is wrong, the runtime says so where it stands, as the specification lets it;
- fields that conflict, where graphql-core does not look through fragments of fragments;
- a variable that may be null, in a ``@oneOf`` object: graphql-core refuses it only where the type of the place is no list and not non-null.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from random import Random, SystemRandom
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    build_schema,
    parse,
    subscribe,  # pyright: ignore[reportUnknownVariableType]
    validate,
)

from random_cases import JSON, RandomEvents, RandomOperation, RandomSchema, choose
from random_inputs import RandomInputs, Variables
from subsgen import RuntimeOptions, SubscriptionError, SubscriptionExecutor

SCHEMAS = int(os.environ.get("SUBSGEN_SCHEMAS") or 50)
OPERATIONS = 25
EVENTS = 8

first_seed = int(os.environ.get("SUBSGEN_SEED") or SystemRandom().randrange(1_000_000_000))


def reference_schema(sdl: str) -> GraphQLSchema:
    schema = build_schema(sdl, assume_valid_sdl=True)
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            # Without it, graphql-core would look for attributes in strings and numbers.
            type_.is_type_of = lambda value, _info: isinstance(value, dict)
    return schema


def type_name(value: JSON, _info: Any, _type: Any) -> str | None:
    name = value.get("__typename") if isinstance(value, dict) else None
    return name if isinstance(name, str) else None


def field_value(source: Any, info: Any, **_arguments: Any) -> Any:
    """graphql-core's own resolver gives arguments to what can be called, and looks for attributes."""
    return source.get(info.field_name)


def problems_of(errors: list[GraphQLError]) -> list[Any]:
    return [(message(error.message), list(error.path or []), error.formatted.get("locations")) for error in errors]


async def expected_results(
    schema: GraphQLSchema, document: DocumentNode, variables: dict[str, JSON], root: str, events: list[JSON]
) -> list[Any]:
    """The result of each event, or the errors with which the subscription does not begin."""

    async def source(_root: Any, _info: Any, **_arguments: Any) -> AsyncIterator[Any]:
        for event in events:
            yield {root: event}

    stream: Any = subscribe(
        schema,
        document,
        variable_values=variables,
        field_resolver=field_value,
        type_resolver=type_name,
        subscribe_field_resolver=source,
    )
    if not isinstance(stream, ExecutionResult) and not hasattr(stream, "__aiter__"):
        stream = await stream
    if isinstance(stream, ExecutionResult):
        return problems_of(stream.errors or [])
    return [(result.data, problems_of(result.errors or [])) async for result in stream]


def found_result(body: bytes) -> Any:
    response = json.loads(body)
    assert set(response) <= {"data", "errors"}
    errors = response.get("errors", [])
    assert errors or "errors" not in response
    return response["data"], [(message(error["message"]), error["path"], error["locations"]) for error in errors]


def message(text: str) -> str:
    """A message without what may differ."""
    text = text.replace('"', "'")
    text = re.sub(r"(must resolve to an Object type at runtime for field '[\w.]+'\.).*", r"\1", text)
    return re.sub(r"(value: |but got: ).*", r"\1", text, flags=re.DOTALL)


def comparable(value: JSON) -> Any:
    """A value in which order counts, and ``1`` is ``1.0`` but not ``True``."""
    if isinstance(value, dict):
        return {"object": [(key, comparable(member)) for key, member in value.items()]}
    if isinstance(value, list):
        # graphql-core leaves Undefined in a list for a variable that has no value, where graphql-js and subsgen have null.
        return [None if item is Undefined else comparable(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return ("number", float(value))


def register(executor: SubscriptionExecutor, operation: RandomOperation, variables: dict[str, JSON]) -> list[Any]:
    """Subscribes, and gives the errors where that is refused."""
    try:
        executor.register_subscription("c", "s", operation.text, variables=variables)
    except SubscriptionError as refusal:
        return [dict(error) for error in refusal.errors]
    return []


def text_of(event: JSON, random: Random) -> bytes:
    text = json.dumps(event, indent=random.choice([None, None, 1]), ensure_ascii=random.random() < 0.5)
    # What Python reads as infinite is a number for JSON.
    return re.sub(r'("(?:[^"\\]|\\.)*")|Infinity', lambda match: match[1] or "1e999", text).encode()


class Case:
    """A schema, its executor and its reference."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.inputs = RandomInputs(self.random)
        self.schema = RandomSchema(self.random, argument=self.inputs.argument(), inputs=self.inputs.definitions())
        self.sdl = self.schema.sdl()
        self.reference = reference_schema(self.sdl)
        self.executor = SubscriptionExecutor(self.sdl, options=RuntimeOptions(event_bytes=1 << 30))
        self.compared = 0

    def operation(self) -> tuple[RandomOperation, dict[str, JSON]]:
        """An operation, and its variables."""
        random = self.random
        mistakes = random.choice([0.0, 0.0, 0.05])
        value = self.inputs.value(mistakes)
        given: dict[str, JSON] = {}
        argument, definitions = "", list[str]()
        match random.choice(["none", "literal", "parts", "variable", "variable"]):
            case "literal":
                argument = f"(arg: {self.inputs.literal(value, self.inputs.type)})"
            case "parts":
                parts = Variables(random)
                argument = f"(arg: {self.inputs.literal(value, self.inputs.type, parts)})"
                definitions, given = parts.definitions(), parts.values
            case "variable":
                default = random.choice(["", "", f" = {self.inputs.literal(value, self.inputs.type)}"])
                argument, definitions = "(arg: $arg)", [f"$arg: {self.inputs.type}{default}"]
                choices: list[dict[str, JSON]] = [{}, {"arg": value}, {"arg": value}, {"arg": value}, {"arg": None}]
                given = random.choice(choices)
            case _:
                pass
        operation = RandomOperation(self.schema, random, argument, definitions)
        variables: dict[str, JSON] = {**operation.variables, **given}
        if variables and random.random() < 0.05:
            name = random.choice(list(variables))
            variables[name] = choose(random, ["wrong", None, [1], {"no": 1}, 2.5])
        return operation, variables

    async def compare(self) -> None:
        random = self.random
        operation, variables = self.operation()
        case = f"SUBSGEN_SEED={self.seed}\n{self.sdl}\n\n{operation.text}\n{json.dumps(variables)}"
        document = parse(operation.text)
        problems = validate(self.reference, document)
        refusals = register(self.executor, operation, variables)
        if problems or any(is_stricter(refusal["message"]) for refusal in refusals):
            assert refusals, f"{case}\n{problems}"
            return
        generated = RandomEvents(self.schema, random, random.choice([0.0, 0.02, 0.1]))
        events = [generated.event(self.schema.roots[operation.root]) for _ in range(EVENTS)]
        texts = [text_of(event, random) for event in events]
        events = [json.loads(text) for text in texts]
        expected = await expected_results(self.reference, document, variables, operation.root, events)
        if refusals:
            assert without_wording(refusals) == without_wording(as_errors(expected)), f"{case}\n{refusals}\n{expected}"
            return
        for text, wanted in zip(texts, expected, strict=True):
            self.executor.publish_event(operation.root, text)
            body = self.executor.next_event("s")
            assert body is not None, case
            found = found_result(body)
            assert comparable(found[0]) == comparable(wanted[0]), f"{case}\n{text.decode()}"
            assert found[1] == wanted[1], f"{case}\n{text.decode()}"
            self.compared += 1
        self.executor.complete_subscription("s")


def as_errors(expected: Any) -> list[Any]:
    return [{"message": text, "locations": locations} for text, _path, locations in expected]


def is_stricter(refusal: str) -> bool:
    """Whether an operation is refused for what graphql-core does not always find."""
    return "conflict" in refusal or "must be non-nullable to be used for OneOf Input Object" in refusal


def without_wording(errors: list[Any]) -> list[Any]:
    """Which variables are wrong, and where they are defined, or else the message."""
    found: list[Any] = []
    for error in errors:
        variable = re.match(r"Variable ['\"](\$\w+)", error["message"])
        mistake = (variable[1] if variable else "argument", error["locations"] if variable else None)
        if mistake not in found:
            found.append(mistake)
    return found


@pytest.mark.parametrize("number", range(SCHEMAS))
def test_responses_are_those_of_graphql_core(number: int) -> None:
    case = Case(first_seed + number)

    async def compare() -> None:
        for _ in range(OPERATIONS * 20):
            if case.compared >= OPERATIONS * EVENTS:
                return
            await case.compare()

    asyncio.run(compare())
    assert case.compared >= OPERATIONS * EVENTS, f"too few valid operations: SUBSGEN_SEED={case.seed}\n{case.sdl}"
