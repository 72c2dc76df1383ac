"""Random input types and values for them, right ones and wrong ones."""

from __future__ import annotations

import json
from random import Random

from random_cases import ENUMS, JSON, SCALARS, Type, choose

VALUES: list[JSON] = [None, 0, 7, -1, 2147483648, 1.0, 1.5, True, "", "text", "RED", [], [1], [None], {}, {"a": 1}, {"a": None}]


class RandomInputs:
    """Input objects ``P1``…, some of them ``@oneOf``, and a subscription field ``s(arg: TYPE)``."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._objects: dict[str, dict[str, Type]] = {}
        self._one_of: set[str] = set()
        self._defaults: dict[tuple[str, str], str] = {}
        names = [f"P{number}" for number in range(1, random.randint(2, 4))]
        for name in names:
            one_of = random.random() < 0.3
            fields = {
                field: Type(random.choice([*SCALARS, *ENUMS, *names]), self._wrappers(one_of))
                for field in random.sample(["a", "b", "c", "longName"], random.randint(1, 4))
            }
            if one_of:
                # One that ends, where all others lead to other objects.
                fields["end"] = Type("Int")
            for type_ in fields.values():
                if type_.name in names and not type_.wrappers.count("l"):
                    # No circle of values that must be there.
                    type_.wrappers = ""
            self._objects[name] = fields
            if one_of:
                self._one_of.add(name)
        for name, fields in self._objects.items():
            for field, type_ in fields.items():
                if name not in self._one_of and type_.name not in [*names, "Any"] and random.random() < 0.3:
                    self._defaults[name, field] = self.literal(self._value(type_, 0, 0.0), type_)
        self.type = Type(random.choice([*SCALARS, *ENUMS, *names, *names]), self._wrappers(False))
        # graphql-core cannot print the defaults of a custom scalar.
        has_default = self.type.name in [*SCALARS[:-1], *ENUMS] and random.random() < 0.3
        self.default = self.literal(self._value(self.type, 2, 0.0), self.type) if has_default else None

    def _wrappers(self, one_of: bool) -> str:
        wrappers = self._random.choices(["", "n", "l", "ln", "nl", "nln", "ll", "nlnl"], [8, 6, 2, 2, 2, 2, 1, 1])[0]
        return wrappers.removesuffix("n") if one_of else wrappers

    def sdl(self) -> str:
        lines = ["scalar Any", "type Query { hello: String }"]
        lines += [f"enum {name} {{ {' '.join(values)} }}" for name, values in ENUMS.items()]
        lines += self.definitions()
        lines.append(f"type Subscription {{ s({self.argument()}): Int }}")
        return "\n".join(lines)

    def argument(self) -> str:
        """The definition of the argument ``arg``."""
        default = "" if self.default is None else f" = {self.default}"
        return f"arg: {self.type}{default} @resolverArgument"

    def definitions(self) -> list[str]:
        """The definitions of the input objects."""
        lines: list[str] = []
        for name, fields in self._objects.items():
            members = " ".join(
                f"{field}: {type_}" + (f" = {self._defaults[name, field]}" if (name, field) in self._defaults else "")
                for field, type_ in fields.items()
            )
            lines.append(f"input {name}{' @oneOf' if name in self._one_of else ''} {{ {members} }}")
        return lines

    def value(self, mistakes: float) -> JSON:
        return self._value(self.type, 3, mistakes)

    def _value(self, type_: Type, depth: int, mistakes: float) -> JSON:
        random = self._random
        if random.random() < mistakes:
            return random.choice(VALUES)
        non_null = type_.wrappers.endswith("n")
        if not non_null and (random.random() < 0.15 or depth < -3):
            return None
        inner = Type(type_.name, type_.wrappers.removesuffix("n"))
        if inner.wrappers:
            element = Type(type_.name, inner.wrappers[:-1])
            if depth < 0:
                return []
            if random.random() < 0.2:
                # A single value stands for a list of one; null does not.
                single = self._value(element, depth - 1, mistakes)
                return [] if single is None else single
            return [self._value(element, depth - 1, mistakes) for _ in range(random.randint(0, 3))]
        if type_.name in self._objects:
            return self._object(type_.name, depth, mistakes)
        return self._leaf(type_.name)

    def _object(self, name: str, depth: int, mistakes: float) -> JSON:
        random = self._random
        fields = self._objects[name]
        if name in self._one_of and random.random() >= mistakes:
            field = random.choice(list(fields)) if depth > 0 else "end"
            return {field: self._value(Type(fields[field].name, fields[field].wrappers + "n"), depth - 1, mistakes)}
        members: dict[str, JSON] = {}
        for field, type_ in fields.items():
            required = type_.wrappers.endswith("n") and (name, field) not in self._defaults
            if random.random() < (0.95 if required and mistakes else 1.0 if required else 0.6 if depth > 0 else 0.1):
                members[field] = self._value(type_, depth - 1, mistakes)
        if random.random() < mistakes:
            members[random.choice(["aa", "lognName", "zzz"])] = 1
        order = list(members)
        random.shuffle(order)
        return {key: members[key] for key in order}

    def _leaf(self, name: str) -> JSON:
        random = self._random
        if name in ENUMS:
            return random.choice(ENUMS[name])
        match name:
            case "Int":
                return choose(random, [0, 5, -7, 2147483647, -2147483648])
            case "Float":
                return choose(random, [0, 5, -7.25, 1e10, 123456.75])
            case "String":
                return choose(random, ["", "text", 'quote " \\ \n', "é😀"])
            case "Boolean":
                return choose(random, [True, False])
            case "ID":
                return choose(random, ["", "abc", 7])
            case _:
                return choose(random, [1, "x", True, 2.5, [1, [None, {}]], {"a": {"b": [1.5]}}])

    def literal(self, value: JSON, type_: Type | None, variables: Variables | None = None) -> str:
        """A value as a GraphQL literal: strings are enum values where the type is an enum. Some parts of it become variables, where
        there is something to note them in."""
        if variables is not None and type_ is not None and self._random.random() < 0.2:
            return variables.add(value, type_)
        if value is None:
            return "null"
        if isinstance(value, list):
            element = type_ and Type(type_.name, type_.wrappers.removesuffix("n").removesuffix("l"))
            return "[" + ", ".join(self.literal(item, element, variables) for item in value) + "]"
        if isinstance(value, dict):
            fields = self._objects.get(type_.name, {}) if type_ else {}
            members = (f"{key}: {self.literal(member, fields.get(key), variables)}" for key, member in value.items())
            return "{" + ", ".join(members) + "}"
        if isinstance(value, str) and type_ and type_.name in ENUMS and value.isidentifier():
            return value
        return json.dumps(value, ensure_ascii=False)


class Variables:
    """The variables that stand for parts of a literal."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._definitions: dict[str, str] = {}
        self.values: dict[str, JSON] = {}

    def add(self, value: JSON, type_: Type) -> str:
        """What stands in the literal."""
        name = f"v{len(self._definitions)}"
        # Non-null wherever a oneOf field might be its place.
        strict = value is not None and self._random.random() < 0.5 and not type_.wrappers.endswith("n")
        self._definitions[name] = f"${name}: {type_}{'!' if strict else ''}"
        if self._random.random() > 0.15:
            self.values[name] = value
        return f"${name}"

    def definitions(self) -> list[str]:
        """What the operation must define."""
        return list(self._definitions.values())
