"""Arguments become what graphql-core makes of them: over random input types and values, as variables and as literals.

A failing case prints its seed; ``SUBSGEN_SEED=N pytest Tests/Python/test_differential_inputs.py`` runs it again.
"""

from __future__ import annotations

import json
import os
from random import Random, SystemRandom
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_client_schema,
    build_schema,
    get_introspection_query,
    lexicographic_sort_schema,
    parse,
    print_schema,
    validate,
)
from graphql.execution.values import get_argument_values, get_variable_values

from random_cases import JSON, RandomSchema
from random_inputs import RandomInputs, Variables
from subsgen import _native
from test_differential import comparable, is_stricter

SCHEMAS = 60
VALUES = 20

first_seed = int(os.environ.get("SUBSGEN_SEED") or SystemRandom().randrange(1_000_000_000))


class Client:
    """A connection that was let in."""

    def __init__(self, sdl: str) -> None:
        self._connection = _native.Executor(sdl, b"{}").connect(_native.LoopPort())
        self._connection.receive('{"type":"connection_init"}')
        self._connection.take(10)
        self._connection.authenticated(None)
        self._connection.take(10)

    def send(self, query: str, variables: str = "null") -> Any:
        """The arguments with which a subscription began, the payload of a response, or the messages of errors."""
        payload = f'{{"query":{json.dumps(query)},"variables":{variables}}}'
        self._connection.receive(f'{{"type":"subscribe","id":"1","payload":{payload}}}')
        outputs = self._connection.take(10)
        for output in outputs:
            if isinstance(output, tuple) and output[0] == "started":
                self._connection.receive('{"type":"complete","id":"1"}')
                self._connection.take(10)
                return json.loads(output[4])
        frame = outputs[0]
        assert isinstance(frame, str)
        message = json.loads(frame)
        return [error["message"] for error in message["payload"]] if message["type"] == "error" else message["payload"]


def expected_arguments(schema: GraphQLSchema, document: DocumentNode, variables: dict[str, JSON]) -> Any:
    """The coerced arguments, or None where the variables or arguments are refused. The wording differs between versions of
    graphql-core; the runtime's has tests of its own."""
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    coerced = get_variable_values(schema, operation.variable_definitions or (), variables)
    if isinstance(coerced, list):
        return None
    assert schema.subscription_type is not None
    field = operation.selection_set.selections[0]
    assert isinstance(field, FieldNode)
    try:
        return get_argument_values(schema.subscription_type.fields["s"], field, coerced)
    except GraphQLError:
        return None


def printed(schema: GraphQLSchema) -> str:
    return print_schema(lexicographic_sort_schema(schema))


def check(client: Client, schema: GraphQLSchema, query: str, variables: dict[str, JSON], case: str) -> None:
    document = parse(query)
    found = client.send(query, json.dumps(variables))
    if validate(schema, document) or (isinstance(found, list) and any(map(is_stricter, found))):  # pyright: ignore[reportUnknownArgumentType]
        assert isinstance(found, list), case
        return
    expected = expected_arguments(schema, document, variables)
    if expected is None:
        assert isinstance(found, list), f"{case}\n{found}"
    else:
        assert comparable(found) == comparable(expected), f"{case}\n{found}\n{expected}"  # pyright: ignore[reportUnknownArgumentType]


@pytest.mark.parametrize("number", range(SCHEMAS))
def test_arguments_are_those_of_graphql_core(number: int) -> None:
    seed = first_seed + number
    random = Random(seed)
    inputs = RandomInputs(random)
    sdl = inputs.sdl()
    schema = build_schema(sdl, assume_valid_sdl=True)
    client = Client(sdl)
    for _ in range(VALUES):
        value = inputs.value(random.choice([0.0, 0.1, 0.3]))
        literal = inputs.literal(value, inputs.type)
        default = random.choice(["", "", f" = {literal}"])
        requests: list[dict[str, JSON]] = [{}, {"v": value}, {"v": value}, {"v": value}, {"v": None}]
        variables = random.choice(requests)
        case = f"SUBSGEN_SEED={seed}\n{sdl}\n{json.dumps(variables)}\n"
        for query in (f"subscription($v: {inputs.type}{default}) {{ s(arg: $v) }}", f"subscription {{ s(arg: {literal}) }}"):
            check(client, schema, query, variables if "$" in query else {}, case + query)
        parts = Variables(random)
        literal = inputs.literal(value, inputs.type, parts)
        definitions = f"({', '.join(parts.definitions())})" if parts.definitions() else ""
        query = f"subscription{definitions} {{ s(arg: {literal}) }}"
        check(client, schema, query, parts.values, f"SUBSGEN_SEED={seed}\n{sdl}\n{json.dumps(parts.values)}\n{query}")


@pytest.mark.parametrize("number", range(SCHEMAS))
def test_introspection_gives_clients_the_schema(number: int) -> None:
    random = Random(first_seed + number)
    sdl = random.choice([RandomSchema(random).sdl(), RandomInputs(random).sdl()])
    query = get_introspection_query(directive_is_repeatable=True, schema_description=True, input_value_deprecation=True, one_of=True)
    found = build_client_schema(Client(sdl).send(query)["data"])
    expected = build_schema(sdl, assume_valid_sdl=True)
    assert printed(found) == printed(expected), first_seed + number
