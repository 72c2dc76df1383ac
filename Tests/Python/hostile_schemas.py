"""Random schemas of names that Python and generated code use themselves, with descriptions that look like code."""

from __future__ import annotations

import builtins
import keyword
from random import Random

NEAR = "a A aB a_b AB a__b ab_ Ab _a _A _1 _0a a1 a01 a_1 A1 x10 x2 x02 userID userId UserID l O I T V"
"""The same but for case, underscores and numbers."""

USED = """
self cls event events args context manager attributes topic topics types registry contracts resolve resolvers field_resolvers field _field
Payload Arg Resolve Skip UNSET UnsetType Context Registry FieldBinding Final TYPE_CHECKING Protocol Mapping Path Any TypeAlias Literal Union
Optional NewType Enum StrEnum OpenEnum auto Self datetime dataclass dataclasses msgspec pydantic subsgen BaseModel RootModel Field
model_config model_dump model_fields copy json dict schema fields construct validate parse_obj name value mro kw_only tag slots replace
asdict encode_value present topic_name create_manager annotations authorize initial source resolve_batch on_subscribe on_unsubscribe
passthrough messageAdded MessageAddedArgs _missing_ _value_ _name_ _ignore_ _order_ _generate_next_value_ unknown unrecognized
count deprecated
"""
"""What generated code and its base classes call things."""

NAMES = [
    *(word for word in [*keyword.kwlist, *keyword.softkwlist, *dir(builtins)] if not word.startswith("__")),
    *NEAR.split(),
    *USED.split(),
    "L" * 90,
    "long" + "Name" * 20,
]
SCALARS = ["String", "Int", "Float", "Boolean", "ID"]

SAID = """
It|\u2019s|\\d+|returns|Args:|Returns:|TODO:|{{x}}|{0}|%s|...|end.|'|"|\\|*/|//|-----|====|\u200b|\u202e|e\u030a|a "quote"|    indented
\t tab|x = 1|# noqa|# type: ignore|# fmt: off|# fmt: skip|- item|* item|1. item|>>> f()|``code``
"""
WORDS = [
    *SAID.strip().replace("\n", "|").split("|"),
    "| a | table |",
    "http://example.com/" + "long/" * 30,
    "\u00e9" * 30,
    "\u65e5\u672c\u8a9e" * 20,
    '"""',
]
DEFAULTS = {
    "String": ['"x"', '"/tmp"', '"\\"q\\" \\\\ \\n \\u202e"', '"' + "w " * 60 + '"'],
    "Int": ["1", "-5", "2147483647"],
    "Float": ["1.5", "1e10", "-0.0", "3"],
    "Boolean": ["true"],
    "ID": ['"a"', "5"],
}


class HostileSchema:
    """The text of a random schema. Few are refused, for rules that this does not know."""

    def __init__(self, random: Random) -> None:
        self.random = random
        taken: set[str] = {"Query", "Subscription", *SCALARS}
        kinds = [[self.name(taken) for _ in range(random.randint(1, 5))] for _ in range(6)]
        self.objects, self.interfaces, self.unions, self.enums, self.inputs, self.scalars = kinds
        self.outputs = [*self.objects, *self.interfaces, *self.unions, *self.enums, *self.scalars, *SCALARS]
        self.values = {name: self.names(1, 8, {"true", "false", "null"}) for name in self.enums}
        self.shared = {name: [(field, self.wrapped(self.outputs)) for field in self.names(1, 3)] for name in self.interfaces}

    def name(self, taken: set[str]) -> str:
        while True:
            name = self.random.choice(NAMES) + self.random.choice(["", "", "", "", "", "", "_", "1", "X"])
            if name not in taken:
                taken.add(name)
                return name

    def names(self, least: int, most: int, reserved: set[str] | None = None) -> list[str]:
        taken = set(reserved or ())
        return [self.name(taken) for _ in range(self.random.randint(least, most))]

    def description(self) -> str:
        if self.random.random() < 0.5:
            return ""
        words = [self.random.choice(WORDS) for _ in range(self.random.randint(1, 12))]
        text = "".join(word + self.random.choice([" ", " ", "\n", "\n\n"]) for word in words)
        return '"""\n' + text.replace('"""', '\\"""') + '\n"""\n'

    def deprecation(self) -> str:
        return self.random.choice(["", "", "", " @deprecated", ' @deprecated(reason: "Say `x` \\"y\\" \\\\ z.")'])

    def wrapped(self, names: list[str]) -> str:
        return self.random.choice(["{}", "{}!", "[{}]", "[{}!]!", "[{}!]", "[[{}]!]"]).format(self.random.choice(names))

    def input_value(self, name: str) -> str:
        type_ = self.wrapped([*self.enums, *self.inputs, *self.scalars, *SCALARS])
        named = type_.strip("[]!")
        if named in self.inputs and type_ == named + "!":
            # No value could end a cycle of these.
            type_ = named
        defaults = ["[]"] if type_.startswith("[") else DEFAULTS.get(named) or self.values.get(named) or []
        if named in self.scalars and type_ == named:
            defaults = ["1", '"s"', "{a: 1}", "[1]"]
        default = f" = {self.random.choice(defaults)}" if defaults and self.random.random() < 0.4 else ""
        return f"{self.description()}{name}: {type_}{default}"

    def arguments(self) -> str:
        if self.random.random() < 0.6:
            return ""
        return "(" + " ".join(self.input_value(name) for name in self.names(1, 4)) + ")"

    def object(self, name: str) -> str:
        fields: dict[str, str] = {}
        implemented: list[str] = []
        for interface in self.interfaces:
            if self.random.random() < 0.3 and not any(field in fields for field, _ in self.shared[interface]):
                implemented.append(interface)
                fields |= {field: f"{field}: {type_}" for field, type_ in self.shared[interface]}
        for field in self.names(1, 7, set(fields)):
            supplied = self.random.choice(["", "", "", " @resolver"])
            fields[field] = f"{self.description()}{field}{self.arguments()}: {self.wrapped(self.outputs)}{self.deprecation()}{supplied}"
        head = f"type {name}" + (" implements " + " & ".join(implemented) if implemented else "")
        return self.described(head, list(fields.values()))

    def input(self, name: str) -> str:
        if self.random.random() < 0.2:
            types = [*self.enums, *self.inputs, *self.scalars, *SCALARS]
            members = [f"{self.description()}{field}: {self.random.choice(types)}" for field in self.names(1, 4)]
            # The first one ends a cycle.
            members[0] = members[0].rpartition(":")[0] + ": Int"
            return self.described(f"input {name} @oneOf", members)
        return self.described(f"input {name}", [self.input_value(field) for field in self.names(1, 6)])

    def union(self, name: str) -> str:
        members = dict.fromkeys(self.random.choices(self.objects, k=4))
        return f"{self.description()}union {name} = " + " | ".join(members)

    def described(self, head: str, members: list[str]) -> str:
        return self.description() + head + " {\n" + "\n".join(members) + "\n}"

    def __str__(self) -> str:
        fields = [f"{self.description()}{name}{self.arguments()}: {self.wrapped(self.outputs)}" for name in self.names(1, 8)]
        definitions = [
            *(self.object(name) for name in self.objects),
            *(self.input(name) for name in self.inputs),
            *(self.described(f"interface {name}", [f"{field}: {type_}" for field, type_ in self.shared[name]]) for name in self.interfaces),
            *(
                self.described(f"enum {name}", [self.description() + value + self.deprecation() for value in values])
                for name, values in self.values.items()
            ),
            *(self.union(name) for name in self.unions),
            *(f"{self.description()}scalar {name}" for name in self.scalars),
        ]
        self.random.shuffle(definitions)
        return "\n".join([*definitions, self.described("type Subscription", fields), "type Query { ok: Int }", ""])
