"""What functions supply to payloads stands in responses as resolvers of graphql-core would have it.

The same random functions serve both: what one gives for an object depends on the object, the field and its arguments alone. A failing
case prints its seed; ``SUBSGEN_SEED=N pytest Tests/Python/test_differential_supplied.py`` runs it again.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLObjectType, GraphQLSchema, parse, validate

from random_cases import JSON, RandomEvents, RandomOperation, RandomSchema, Type
from serving import within
from subsgen import FieldError, RuntimeOptions, SubscriptionError, SubscriptionManager, SubscriptionPayload
from test_differential import comparable, expected_results, first_seed, found_result, reference_schema, text_of

SCHEMAS = 40
OPERATIONS = 8
EVENTS = 3


class Functions:
    """What supplies the fields of a random schema."""

    def __init__(self, schema: RandomSchema, seed: int, mistakes: float) -> None:
        self._schema = schema
        self._seed = seed
        self._mistakes = mistakes

    def value(self, coordinate: str, type_: Type, parent: Any, arguments: dict[str, Any]) -> JSON | FieldError:
        """The value of one object's field, or the error that it has."""
        random = Random(f"{self._seed} {coordinate} {json.dumps([parent, arguments])}")
        if random.random() < self._mistakes:
            return FieldError(f"{coordinate} of {random.randint(0, 9)} has no value.")
        return RandomEvents(self._schema, random, self._mistakes).event(type_)

    def supply(self, manager: SubscriptionManager) -> None:
        """Registers the functions, some of them as coroutines."""
        for coordinate, type_ in self._fields():
            function = self._function(coordinate, type_)
            type_name, name = coordinate.split(".")
            # What no subscription leads to takes none.
            with suppress(ValueError):
                manager.register_field_resolver(type_name, name, function)

    def _fields(self) -> list[tuple[str, Type]]:
        types = [type_ for type_ in self._schema.types.values() if type_.kind == "object"]
        return [(f"{type_.name}.{name}", field) for type_ in types for name, field in type_.fields.items() if field.is_supplied]

    def _function(self, coordinate: str, type_: Type) -> Callable[..., Any]:
        def resolve(parents: list[Any], args: Any) -> list[Any]:
            return [self.value(coordinate, type_, parent, args) for parent in parents]

        async def resolve_later(parents: list[Any], args: Any) -> list[Any]:
            await asyncio.sleep(0)
            return resolve(parents, args)

        return resolve if hash(coordinate) % 2 else resolve_later

    def resolve(self, reference: GraphQLSchema) -> None:
        """Makes resolvers of the functions."""
        for coordinate, type_ in self._fields():
            type_name, name = coordinate.split(".")
            definition = reference.type_map[type_name]
            assert isinstance(definition, GraphQLObjectType)
            definition.fields[name].resolve = self._resolver(coordinate, type_)

    def _resolver(self, coordinate: str, type_: Type) -> Callable[..., Any]:
        def resolve(parent: Any, _info: Any, **arguments: Any) -> Any:
            value = self.value(coordinate, type_, parent, arguments)
            if isinstance(value, FieldError):
                raise GraphQLError(str(value))
            return value

        return resolve


async def subscribed(manager: SubscriptionManager, operation: RandomOperation) -> str | list[str]:
    """The subscription's id, or the messages of the errors where it is refused."""
    try:
        return await manager.create_subscription(SubscriptionPayload(operation.text, variables=operation.variables))
    except SubscriptionError as refusal:
        return [error["message"] for error in refusal.errors]


def told(errors: list[tuple[str, Any, Any]]) -> list[tuple[str, Any, Any]]:
    """Errors without what graphql-core says of a variable that is null and must not be: that its value, of which it shows nothing, is
    invalid."""
    return [(re.sub(r"^(Argument 'n') .*", r"\1", message), path, locations) for message, path, locations in errors]


@pytest.mark.parametrize("number", range(SCHEMAS))
async def test_what_is_supplied_is_answered_as_graphql_core_answers_it(number: int) -> None:
    seed = first_seed + number
    random = Random(seed)
    schema = RandomSchema(random, supplied=0.4)
    sdl = schema.sdl()
    functions = Functions(schema, seed, random.choice([0.0, 0.02, 0.1]))
    reference = reference_schema(sdl)
    functions.resolve(reference)
    manager = SubscriptionManager(schema=sdl, options=RuntimeOptions(event_bytes=1 << 30))
    functions.supply(manager)
    operations: dict[str, RandomOperation] = {}
    for _ in range(OPERATIONS * 20):
        if len(operations) >= OPERATIONS:
            break
        operation = RandomOperation(schema, random)
        outcome = await subscribed(manager, operation)
        if isinstance(outcome, str):
            assert not validate(reference, parse(operation.text)), f"SUBSGEN_SEED={seed}\n{sdl}\n\n{operation.text}"
            operations[outcome] = operation
        else:
            assert all("conflict" in refusal for refusal in outcome), f"SUBSGEN_SEED={seed}\n{sdl}\n\n{operation.text}\n{outcome}"
    assert len(operations) == OPERATIONS, f"too few valid operations: SUBSGEN_SEED={seed}\n{sdl}"

    events = RandomEvents(schema, random, random.choice([0.0, 0.02, 0.1]))
    for root in sorted({operation.root for operation in operations.values()}):
        published = [events.event(schema.roots[root]) for _ in range(EVENTS)]
        # Together: their calls share what they can, and nothing else.
        for event in published:
            await manager.publish_event(root, text_of(event, random))
        for event in published:
            for id, operation in operations.items():
                if operation.root != root:
                    continue
                case = f"SUBSGEN_SEED={seed}\n{sdl}\n\n{operation.text}\n{operation.variables}\n{json.dumps(event)}"
                body = await within(manager.get_next_event(id))
                assert body is not None, case
                (expected,) = await expected_results(reference, parse(operation.text), {**operation.variables}, root, [event])
                found = found_result(body)
                assert comparable(found[0]) == comparable(expected[0]), case
                assert told(found[1]) == told(expected[1]), case
    await manager.close()
