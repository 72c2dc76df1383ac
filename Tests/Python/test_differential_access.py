"""What a subscriber gets is what graphql-core gives whose resolvers ask before each field whether the subscriber may see it.

Rules stand at random types and fields, and subscribers of several kinds have the same operation at the same time. The reading of the rules
here is a direct one and shares nothing with the runtime. A failing case prints its seed;
``SUBSGEN_SEED=N pytest Tests/Python/test_differential_access.py`` runs it again, and ``SUBSGEN_SCHEMAS=N`` tries more schemas.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from graphql import (
    GraphQLAbstractType,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    parse,
    validate,
)

from random_cases import ENUMS, JSON, RandomEvents, RandomOperation, RandomSchema
from subsgen import RuntimeOptions, SubscriptionError, SubscriptionExecutor
from test_differential import comparable, expected_results, field_value, first_seed, found_result, reference_schema, text_of, type_name

SCHEMAS = int(os.environ.get("SUBSGEN_SCHEMAS") or 10)
OPERATIONS = 12
EVENTS = 3

Claims = dict[str, Any]
SUBSCRIBERS: list[Claims] = [
    {},
    {"sub": "ada"},
    {"sub": "bob", "scope": "read write"},
    {"scopes": ["read"], "roles": ["clerk"]},
    {"role": "boss", "scopes": "admin"},
    {"scopes": ["read", "write", "admin"], "roles": ["clerk", "boss"]},
]


@dataclass(frozen=True)
class Rule:
    """A directive."""

    name: str
    argument: str = ""
    lists: tuple[tuple[str, ...], ...] = ()

    def __str__(self) -> str:
        if not self.argument:
            return f"@{self.name}"
        value = [list(names) for names in self.lists] if self.argument == "scopes" else [names[0] for names in self.lists]
        return f"@{self.name}({self.argument}: {json.dumps(value)})"

    def is_met(self, claims: Claims) -> bool:
        """The rule in words: known at all; all scopes of one list; one of the roles."""
        if self.name == "authenticated":
            return claims != {}
        own: set[str] = set()
        for claim in ("scope", "scopes") if self.argument == "scopes" else ("role", "roles"):
            value = claims.get(claim, [])
            own |= set(value.split() if isinstance(value, str) else value)
        return any(set(names) <= own for names in self.lists)


RULES = [
    Rule("authenticated"),
    Rule("requiresScopes", "scopes", (("read",),)),
    Rule("requiresScopes", "scopes", (("read", "write"), ("admin",))),
    Rule("requiresRole", "roles", (("clerk",), ("boss",))),
    Rule("requiresRole", "roles", (("boss",),)),
]


class Rules:
    """The rules of a random schema, and who meets them."""

    def __init__(self, schema: RandomSchema, random: Random) -> None:
        self._schema = schema
        named = [type_ for type_ in schema.types.values() if type_.kind != "union"]
        others = ["Any", *ENUMS, *(type_.name for type_ in named if type_.kind == "interface")]
        objects = [type_.name for type_ in named if type_.kind == "object"]
        fields = [f"{type_.name}.{name}" for type_ in named for name in type_.fields]
        self._rules = {name: random.choice(RULES) for name in [*objects, *fields] if random.random() < 0.15}
        # Roles are for fields and objects.
        self._rules |= {name: random.choice(RULES[:3]) for name in others if random.random() < 0.15}
        schema.rules = {coordinate: str(rule) for coordinate, rule in self._rules.items()}

    def shows_type(self, name: str, claims: Claims) -> bool:
        """Whether values of a type are shown: by its own rule, and those of its interfaces."""
        type_ = self._schema.types.get(name)
        return all(self._is_met(coordinate, claims) for coordinate in [name, *(type_.interfaces if type_ else [])])

    def shows_field(self, type_: str, name: str, claims: Claims) -> bool:
        """Whether a field of an object is shown: by its own rule, those of the fields that it implements, and of what it returns."""
        composite = self._schema.types[type_]
        owners = [type_, *(interface for interface in composite.interfaces if name in self._schema.types[interface].fields)]
        met = all(self._is_met(f"{owner}.{name}", claims) for owner in owners)
        return met and self.shows_type(composite.fields[name].name, claims)

    def _is_met(self, coordinate: str, claims: Claims) -> bool:
        return coordinate not in self._rules or self._rules[coordinate].is_met(claims)


def refusal(coordinate: str) -> GraphQLError:
    return GraphQLError(f'You may not see "{coordinate}".')


def hidden(coordinate: str) -> Callable[..., Any]:
    """The resolver of a field that the subscriber may not see."""

    def resolve(_source: Any, _info: Any) -> Any:
        raise refusal(coordinate)

    return resolve


def guarded(schema: RandomSchema, sdl: str, rules: Rules, claims: Claims) -> GraphQLSchema:
    """The schema without rules, with resolvers that ask for them."""
    reference = reference_schema(sdl)
    for type_ in reference.type_map.values():
        if isinstance(type_, GraphQLObjectType) and type_.name in schema.types:
            for name, field in type_.fields.items():
                field.resolve = field_value if rules.shows_field(type_.name, name, claims) else hidden(f"{type_.name}.{name}")
        if isinstance(type_, (GraphQLInterfaceType, GraphQLUnionType)):

            def resolve(value: Any, info: Any, abstract: GraphQLAbstractType) -> str | None:
                name = type_name(value, info, abstract)
                if name in schema.possible(abstract.name) and not rules.shows_type(name or "", claims):
                    raise refusal(f"{info.parent_type.name}.{info.field_name}")
                return name

            type_.resolve_type = resolve
    return reference


def subscribed(executor: SubscriptionExecutor, id: str, operation: RandomOperation, claims: Claims) -> list[Any]:
    """Subscribes, and gives the errors where that is refused."""
    try:
        executor.register_subscription("c", id, operation.text, variables=operation.variables, claims=claims)
    except SubscriptionError as refusal:
        return [dict(error) for error in refusal.errors]
    return []


@pytest.mark.parametrize("number", range(SCHEMAS))
async def test_what_may_not_be_seen_is_masked_as_resolvers_of_graphql_core_would(number: int) -> None:
    seed = first_seed + number
    random = Random(seed)
    schema = RandomSchema(random)
    plain = schema.sdl()
    rules = Rules(schema, random)
    sdl = schema.sdl()
    executor = SubscriptionExecutor(sdl, options=RuntimeOptions(event_bytes=1 << 30))
    references = [guarded(schema, plain, rules, claims) for claims in SUBSCRIBERS]
    generated = RandomEvents(schema, random, random.choice([0.0, 0.02, 0.1]))
    compared = 0
    for _ in range(OPERATIONS * 20):
        if compared >= OPERATIONS:
            break
        operation = RandomOperation(schema, random)
        document = parse(operation.text)
        case = f"SUBSGEN_SEED={seed}\n{sdl}\n\n{operation.text}\n{operation.variables}"
        if validate(references[0], document):
            continue
        events: list[JSON] = [json.loads(text_of(generated.event(schema.roots[operation.root]), random)) for _ in range(EVENTS)]
        admitted: dict[int, Any] = {}
        refused = [subscribed(executor, str(index), operation, claims) for index, claims in enumerate(SUBSCRIBERS)]
        if any("conflict" in error["message"] for errors in refused for error in errors):
            continue
        for index, claims in enumerate(SUBSCRIBERS):
            if rules.shows_type(schema.roots[operation.root].name, claims):
                assert refused[index] == [], f"{case}\n{claims}"
                variables: dict[str, JSON] = {**operation.variables}
                admitted[index] = await expected_results(references[index], document, variables, operation.root, events)
            else:
                assert [error["message"] for error in refused[index]] == [f'You may not subscribe to "{operation.root}".'], (
                    f"{case}\n{claims}"
                )
        for number, event in enumerate(events):
            executor.publish_event(operation.root, text_of(event, random))
            for index, expected in admitted.items():
                body = executor.next_event(str(index))
                assert body is not None, case
                found = found_result(body)
                assert comparable(found[0]) == comparable(expected[number][0]), f"{case}\n{SUBSCRIBERS[index]}\n{json.dumps(event)}"
                assert found[1] == expected[number][1], f"{case}\n{SUBSCRIBERS[index]}\n{json.dumps(event)}"
                for error in json.loads(body).get("errors", []):
                    masked = error["message"].startswith("You may not see")
                    assert error.get("extensions") == ({"code": "FORBIDDEN"} if masked else None), case
        for index in admitted:
            executor.complete_subscription(str(index))
        compared += 1
    assert compared >= OPERATIONS, f"too few valid operations: SUBSGEN_SEED={seed}\n{sdl}"
