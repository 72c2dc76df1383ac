"""Random schemas, operations and events, for tests that compare the runtime with graphql-core."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

SCALARS = ["Int", "Float", "String", "Boolean", "ID", "Any"]
ENUMS = {"Color": ["RED", "GREEN", "BLUE"], "Size": ["S", "M", "EXTRA_LARGE_AND_MORE"]}

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | float | bool | None"


class Missing:
    """What stands for a member that is not there."""


MISSING = Missing()


def choose(random: Random, values: list[JSON]) -> JSON:
    """Any of the values: ``Random.choice`` where the type checkers need to be told what they have in common."""
    return random.choice(values)


@dataclass
class Type:
    """A type reference: a name, and whether each layer is a list or non-null, from the inside out."""

    name: str
    wrappers: str = ""
    """Of the letters ``l`` and ``n``."""
    arguments: str = ""
    """Of a field that a function supplies: their definitions in SDL, in parentheses."""
    is_supplied: bool = False

    def __str__(self) -> str:
        text = self.name
        for wrapper in self.wrappers:
            text = f"[{text}]" if wrapper == "l" else text + "!"
        return text


@dataclass
class Composite:
    kind: str
    name: str
    fields: dict[str, Type] = field(default_factory=dict[str, Type])
    interfaces: list[str] = field(default_factory=list[str])
    members: list[str] = field(default_factory=list[str])


@dataclass
class RandomSchema:
    """Objects ``O1``…, interfaces ``I1``…, unions ``U1``…, and a subscription field of random type for each of ``s1``…

    ``supplied`` is the share of the objects' fields that functions supply. ``argument`` is the definition of an argument that each of the
    subscription fields takes, and ``inputs`` are the definitions that it needs. ``rules`` are the directives of types and fields, by
    coordinate, that ``sdl`` writes.
    """

    random: Random
    supplied: float = 0
    argument: str = ""
    inputs: list[str] = field(default_factory=list[str])
    types: dict[str, Composite] = field(default_factory=dict[str, Composite])
    roots: dict[str, Type] = field(default_factory=dict[str, Type])
    rules: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        random = self.random
        objects = [f"O{number}" for number in range(1, random.randint(3, 6))]
        interfaces = [f"I{number}" for number in range(1, random.randint(1, 4))]
        unions = [f"U{number}" for number in range(1, random.randint(1, 3))]
        composites = objects + interfaces + unions
        for name in interfaces:
            self.types[name] = Composite("interface", name, self._fields(composites, 1, 3))
        for name in objects:
            implemented = random.sample(interfaces, random.randint(0, len(interfaces)))
            fields: dict[str, Type] = {}
            for interface in list(implemented):
                inherited = self.types[interface].fields
                if any(name in fields and str(fields[name]) != str(type_) for name, type_ in inherited.items()):
                    implemented.remove(interface)
                else:
                    fields |= inherited
            self.types[name] = Composite("object", name, self._fields(composites, 2, 5) | fields, implemented)
        for name in unions:
            self.types[name] = Composite("union", name, members=random.sample(objects, random.randint(1, len(objects))))
        for interface in interfaces:
            if not self.possible(interface):
                name = f"Only{interface}"
                self.types[name] = Composite("object", name, dict(self.types[interface].fields), [interface])
        for type_ in self.types.values():
            if type_.kind == "object":
                self._let_functions_supply(type_)
        for number in range(1, 4):
            self.roots[f"s{number}"] = Type(random.choice(composites if number < 3 else SCALARS), self._wrappers())

    def _fields(self, composites: list[str], least: int, most: int) -> dict[str, Type]:
        random = self.random
        names = random.sample(["id", "name", "a", "b", "of", "longerThanEight", "longerThanNine", "x1"], random.randint(least, most))
        return {
            name: Type(random.choice(composites) if random.random() < 0.4 else random.choice([*SCALARS, *ENUMS]), self._wrappers())
            for name in names
        }

    def _let_functions_supply(self, type_: Composite) -> None:
        inherited = {name for interface in type_.interfaces for name in self.types[interface].fields}
        for name, field_type in type_.fields.items():
            if self.random.random() < self.supplied:
                # An interface's field without arguments is one of the objects' too.
                arguments = "" if name in inherited else self.random.choice(["", "(n: Int)", "(n: Int! = 3)"])
                type_.fields[name] = Type(field_type.name, field_type.wrappers, arguments, is_supplied=True)

    def _wrappers(self) -> str:
        return self.random.choices(["", "n", "l", "ln", "nl", "nln", "ll", "nlnl"], [8, 6, 2, 2, 2, 2, 1, 1])[0]

    def possible(self, name: str) -> list[str]:
        """The object types that a value of a composite type may have."""
        type_ = self.types[name]
        if type_.kind == "object":
            return [name]
        if type_.kind == "union":
            return type_.members
        return [other.name for other in self.types.values() if name in other.interfaces]

    def sdl(self) -> str:
        lines = [f"scalar Any{self._rule('Any')}", "type Query { hello: String }"]
        if self.supplied:
            # Built in, though not for graphql-core.
            lines.append("directive @resolver on FIELD_DEFINITION")
        lines += [f"enum {name}{self._rule(name)} {{ {' '.join(values)} }}" for name, values in ENUMS.items()]
        lines += self.inputs
        argument = f"({self.argument})" if self.argument else ""
        lines.append("type Subscription { " + " ".join(f"{name}{argument}: {type_}" for name, type_ in self.roots.items()) + " }")
        for type_ in self.types.values():
            if type_.kind == "union":
                lines.append(f"union {type_.name} = {' | '.join(type_.members)}")
                continue
            keyword = "type" if type_.kind == "object" else "interface"
            implements = f" implements {' & '.join(type_.interfaces)}" if type_.interfaces else ""
            fields = " ".join(
                f"{name}{field_type.arguments}: {field_type}{' @resolver' if field_type.is_supplied else ''}"
                f"{self._rule(f'{type_.name}.{name}')}"
                for name, field_type in type_.fields.items()
            )
            lines.append(f"{keyword} {type_.name}{implements}{self._rule(type_.name)} {{ {fields} }}")
        return "\n".join(lines)

    def _rule(self, coordinate: str) -> str:
        return f" {self.rules[coordinate]}" if coordinate in self.rules else ""


class RandomOperation:
    """A subscription on one of the roots; not every one is valid. ``variables`` are those of ``@skip`` and ``@include``.

    ``argument`` is written at the root field, and ``definitions`` are those of the variables in it.
    """

    def __init__(self, schema: RandomSchema, random: Random, argument: str = "", definitions: Sequence[str] = ()) -> None:
        self._schema = schema
        self._random = random
        self._fragments: dict[str, str] = {}
        self.root = random.choice(list(schema.roots))
        self.variables: dict[str, bool | int | None] = {"yes": True, "no": False, "maybe": random.random() < 0.5}
        numbers: dict[str, bool | int | None] = {"number": random.choice([0, 1, 2]), "null": None}
        type_ = schema.roots[self.root]
        alias = random.choice(["", "", "alias: "])
        self._used: set[str] = set()
        selection = self._selection(type_.name, 3) if type_.name in schema.types else ""
        defined = [*definitions, *(f"${name}: {'Int' if name in numbers else 'Boolean!'}" for name in sorted(self._used))]
        self.variables = {name: value for name, value in (self.variables | numbers).items() if name in self._used}
        if random.random() < 0.2:
            self.variables.pop("null", None)
        head = f"subscription({', '.join(defined)})" if defined else "subscription"
        self.text = "\n".join([f"{head} {{ {alias}{self.root}{argument}{selection} }}", *self._fragments.values()])

    def _selection(self, name: str, depth: int) -> str:
        random = self._random
        type_ = self._schema.types[name]
        parts: list[str] = []
        for field_name, field_type in type_.fields.items():
            composite = field_type.name in self._schema.types
            if random.random() < (0.6 if composite else 0.4) or (composite and depth == 0):
                continue
            inner = self._selection(field_type.name, depth - 1) if composite else ""
            # An alias that says the type conflicts with no other field's.
            arguments = self._arguments(field_type)
            alias = random.choice(
                ["", "", f"{field_name}_{str(field_type).strip('![]')}_{len(field_type.wrappers)}{re.sub(r'[^a-z0-9]', '', arguments)}: "]
            )
            parts.append(f"{alias}{field_name}{arguments}{self._directive()}{inner}")
            if random.random() < 0.1:
                parts.append(parts[-1])
        if random.random() < 0.3:
            parts.append(random.choice(["__typename", "kind: __typename"]))
        if depth > 0:
            for _ in range(random.choice([0, 0, 1] if type_.kind == "object" else [0, 1, 2])):
                parts.append(self._fragment(name, depth - 1))
        random.shuffle(parts)
        return " { " + " ".join(parts or ["__typename"]) + " }"

    def _fragment(self, name: str, depth: int) -> str:
        random = self._random
        candidates = [other for other in self._schema.types if set(self._schema.possible(other)) & set(self._schema.possible(name))]
        condition = random.choice(candidates)
        choice = random.random()
        if choice < 0.4:
            spread = f"F{len(self._fragments)}"
            # The place is taken first: the fragment's own selection may make others.
            self._fragments[spread] = ""
            self._fragments[spread] = f"fragment {spread} on {condition}{self._selection(condition, depth)}"
            return f"...{spread}{self._directive()}"
        if choice < 0.5:
            return f"...{self._directive()}{self._selection(name, depth)}"
        return f"... on {condition}{self._directive()}{self._selection(condition, depth)}"

    def _arguments(self, field_type: Type) -> str:
        if not field_type.arguments or self._random.random() < 0.4:
            return ""
        value = self._random.choice(["1", "2", "$number", "$null"])
        if value[0] == "$":
            self._used.add(value[1:])
        return f"(n: {value})"

    def _directive(self) -> str:
        if self._random.random() > 0.15:
            return ""
        condition = self._random.choice(["true", "false", "$yes", "$no", "$maybe"])
        if condition[0] == "$":
            self._used.add(condition[1:])
        return f" @{self._random.choice(['skip', 'include'])}(if: {condition})"


class RandomEvents:
    """Events of a type: right ones, and ones with mistakes in them."""

    def __init__(self, schema: RandomSchema, random: Random, mistakes: float) -> None:
        self._schema = schema
        self._random = random
        self._mistakes = mistakes
        # Functions of Python are not given what Python has no number for.
        self._infinite: list[JSON] = [] if schema.supplied else [1e999, -1e999]

    def event(self, type_: Type) -> JSON:
        value = self._value(type_.name, type_.wrappers, 4)
        return None if isinstance(value, Missing) else value

    def _value(self, name: str, wrappers: str, depth: int) -> JSON | Missing:
        random = self._random
        non_null = wrappers.endswith("n")
        if random.random() < (self._mistakes if non_null else 0.1 + self._mistakes) or (depth <= 0 and not non_null):
            return random.choice([None, MISSING])
        wrappers = wrappers[:-1] if non_null else wrappers
        if random.random() < self._mistakes:
            return choose(random, [7, -1.5, *self._infinite, True, "text", "NaN", [], [1], [[]], {}, {"id": 1}, {"__typename": "O1"}])
        if wrappers.endswith("l"):
            items = [self._value(name, wrappers[:-1], depth - 1) for _ in range(random.choice([0, 1, 2, 3]) if depth > 0 else 0)]
            return [None if isinstance(item, Missing) else item for item in items]
        return self._object(name, depth) if name in self._schema.types else self._leaf(name)

    def _object(self, name: str, depth: int) -> JSON:
        random = self._random
        if depth < -4:
            return None
        runtime = random.choice(self._schema.possible(name) or [name])
        members: dict[str, JSON | Missing] = {
            field_name: self._value(field_type.name, field_type.wrappers, depth - 1)
            for field_name, field_type in self._schema.types[runtime].fields.items()
        }
        members["__typename"] = runtime
        if random.random() < self._mistakes:
            members["__typename"] = random.choice([MISSING, None, 5, "Nothing", "Color", *self._schema.types])
        unasked: list[dict[str, JSON | Missing]] = [{}, {"unasked": {"id": [1, {}]}}, {"i": 1, "ids": 2}]
        members |= random.choice(unasked)
        there = [(key, value) for key, value in members.items() if not isinstance(value, Missing)]
        random.shuffle(there)
        return dict(there)

    def _wrong(self, values: list[JSON]) -> list[JSON]:
        return values if self._random.random() < self._mistakes else []

    def _leaf(self, name: str) -> JSON:
        random = self._random
        if name in ENUMS:
            return choose(random, [*ENUMS[name], *self._wrong(["NONE", "red", "", 0, True, ["RED"], {}])])
        numbers: list[JSON] = [0, 1, -7, 42, 2147483647, -2147483648]
        match name:
            case "Int":
                wrong: list[JSON] = [2147483648, -2147483649, 10**30, 1e10, *self._infinite, 1.5, "", "x", "1.5", "2147483648", [1], {}]
                return choose(random, [*numbers, 3.0, -0.0, "12", True] if random.random() > self._mistakes else wrong)
            case "Float":
                wrong = self._wrong([*self._infinite, "NaN", "-inf", "", "x", [], {}])
                return choose(random, [*numbers, 1.5, -0.25, 12345.678, 1e300, 10**20, "1.5", False, *wrong])
            case "String":
                wrong = self._wrong([*self._infinite, [], ["text"], {}])
                return choose(random, ["", "text", 'quote " \\ / \n', "é😀", 5, 1.5, 2.0, True, *wrong])
            case "Boolean":
                return choose(random, [True, False, 0, 1, 0.0, 2.5, *self._wrong([*self._infinite, "true", "", [], {}])])
            case "ID":
                return choose(random, ["", "abc", 7, 12345678901234567890, 7.0, *self._wrong([7.5, *self._infinite, True, [], {}])])
            case _:
                return choose(random, [1, "x", True, [1, [None, {}]], {"a": {"b": [1.5]}}])
