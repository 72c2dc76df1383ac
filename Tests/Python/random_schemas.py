"""Random schemas of every kind of definition, and random edits of them: pairs whose differences are to be found."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from random import Random

SCALARS = ["Int", "Float", "String", "Boolean", "ID", "Any"]
KINDS = ["type", "interface", "union", "enum", "input", "scalar"]
LOCATIONS = ["FIELD", "QUERY", "OBJECT", "FIELD_DEFINITION", "ENUM_VALUE"]
NAMES = ["a", "b", "c", "id", "of"]
WRAPPERS = ["{}", "{}", "{}!", "[{}]", "[{}!]!", "[{}]!", "[[{}]!]"]
DESCRIPTIONS = ["", "", "", "What it is.", "Said in other words."]


@dataclass
class Input:
    """An argument or an input field."""

    type: str
    default: str = ""
    description: str = ""


@dataclass
class Member:
    """A field with arguments, or an enum value."""

    type: str = ""
    arguments: dict[str, Input] = field(default_factory=dict[str, Input])
    description: str = ""


@dataclass
class Definition:
    """A definition of any kind; the parts that its kind does not have are not printed."""

    kind: str
    fields: dict[str, Member] = field(default_factory=dict[str, Member])
    inputs: dict[str, Input] = field(default_factory=dict[str, Input])
    values: dict[str, Member] = field(default_factory=dict[str, Member])
    members: list[str] = field(default_factory=list[str])
    interfaces: list[str] = field(default_factory=list[str])
    locations: list[str] = field(default_factory=list[str])
    repeatable: bool = False
    description: str = ""


class EditedSchema:
    """A schema that ``edit`` changes. It need not be valid: who uses it asks the reference."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.types = {f"T{number}": Definition(random.choice(KINDS)) for number in range(1, random.randint(6, 12))}
        self.directives = {f"d{number}": Definition("directive") for number in range(1, random.randint(1, 4))}
        for definition in [*self.types.values(), *self.directives.values()]:
            self._fill(definition)

    def copy(self) -> EditedSchema:
        return deepcopy(self)

    def _named(self, *kinds: str) -> list[str]:
        return [name for name, definition in self.types.items() if definition.kind in kinds]

    def _fill(self, definition: Definition) -> None:
        random = self.random
        definition.fields = {name: self._field() for name in random.sample(NAMES, random.randint(1, 3))}
        definition.inputs = {name: self._input() for name in random.sample(NAMES, random.randint(1, 3))}
        definition.values = {name.upper(): Member() for name in random.sample(NAMES, random.randint(1, 4))}
        objects = self._named("type")
        definition.members = random.sample(objects, random.randint(min(1, len(objects)), min(2, len(objects))))
        interfaces = self._named("interface")
        definition.interfaces = random.sample(interfaces, random.randint(0, min(1, len(interfaces))))
        definition.locations = random.sample(LOCATIONS, random.randint(1, 3))
        definition.repeatable = random.random() < 0.5
        definition.description = random.choice(DESCRIPTIONS)

    def _field(self) -> Member:
        random = self.random
        name = random.choice(SCALARS if random.random() < 0.5 else self._named("type", "interface", "union", "enum", "scalar") or SCALARS)
        arguments = {name: self._input() for name in random.sample(NAMES, random.choice([0, 0, 1, 2]))}
        return Member(random.choice(WRAPPERS).format(name), arguments, random.choice(DESCRIPTIONS))

    def _input(self) -> Input:
        random = self.random
        name = random.choice(SCALARS if random.random() < 0.7 else self._named("input", "enum", "scalar") or SCALARS)
        type_ = random.choice(WRAPPERS).format(name)
        return Input(type_, self._default(type_), random.choice(DESCRIPTIONS))

    def _default(self, type_: str) -> str:
        random = self.random
        if random.random() < 0.5:
            return ""
        if type_.startswith("["):
            return random.choice(["[]", "[]", "null"]) if not type_.endswith("!") else "[]"
        literals = {
            "Int": ["1", "-7"],
            "Float": ["1.5", "2e3"],
            "String": ['"x"', '"y \\" z"'],
            "Boolean": ["true", "false"],
            "ID": ['"i"', "7"],
            "Any": ["{b: 1, a: [2]}", "{a: [2], b: 1}", "BARE", "null"],
        }
        return random.choice(literals.get(type_.rstrip("!"), [""]))

    # What happens to schemas.

    def edit(self) -> None:
        random = self.random
        if self.directives and random.random() < 0.2:
            self._edit_directive()
            return
        name = random.choice(list(self.types))
        definition = self.types[name]
        match random.randint(0, 9):
            case 0:
                del self.types[name]
            case 1:
                self.types[f"T{random.randint(13, 99)}"] = added = Definition(random.choice(KINDS))
                self._fill(added)
            case 2:
                definition.kind = random.choice(KINDS)
            case 3:
                definition.description = random.choice(DESCRIPTIONS)
            case 4:
                old = deepcopy(definition)
                self._fill(definition)
                part = random.choice(["interfaces", "members", "values"])
                changed = getattr(definition, part)
                definition.__dict__.update(old.__dict__ | {part: changed})
            case _:
                self._edit_member(definition)

    def _edit_directive(self) -> None:
        random = self.random
        name = random.choice(list(self.directives))
        match random.randint(0, 3):
            case 0:
                del self.directives[name]
            case 1:
                self.directives[f"d{random.randint(5, 99)}"] = added = Definition("directive")
                self._fill(added)
            case 2:
                inputs = self.directives[name].inputs
                self._fill(self.directives[name])
                self.directives[name].inputs = inputs
            case _:
                self._edit_input(self.directives[name].inputs)

    def _edit_member(self, definition: Definition) -> None:
        random = self.random
        match definition.kind:
            case "input":
                self._edit_input(definition.inputs)
            case "enum":
                definition.values.setdefault(random.choice(NAMES).upper(), Member()).description = random.choice(DESCRIPTIONS)
            case _:
                name = random.choice(NAMES)
                known = definition.fields.get(name)
                if known is None or random.random() < 0.3:
                    definition.fields[name] = self._field()
                elif random.random() < 0.7:
                    self._edit_input(known.arguments)
                elif random.random() < 0.3:
                    del definition.fields[name]
                else:
                    known.type = random.choice([known.type + "!", known.type.rstrip("!"), f"[{known.type}]"]).replace("!!", "!")

    def _edit_input(self, inputs: dict[str, Input]) -> None:
        random = self.random
        name = random.choice(NAMES)
        known = inputs.get(name)
        if known is None:
            inputs[name] = self._input()
        elif random.random() < 0.2:
            del inputs[name]
        elif random.random() < 0.4:
            known.type = random.choice([known.type + "!", known.type.rstrip("!"), f"[{known.type}]"]).replace("!!", "!")
            known.default = self._default(known.type)
        else:
            known.default = self._default(known.type)
            known.description = random.choice(DESCRIPTIONS)

    # SDL.

    def sdl(self) -> str:
        lines = ["scalar Any", "type Query { any: Any }"]
        for name, definition in self.directives.items():
            repeatable = " repeatable" if definition.repeatable else ""
            # The reference speaks of a directive where it means its argument.
            inputs = {name: Input(input_.type, input_.default) for name, input_ in definition.inputs.items()}
            lines.append(
                f"{quoted(definition.description)}directive @{name}{arguments(inputs)}{repeatable} on {' | '.join(definition.locations)}"
            )
        lines += [quoted(definition.description) + self._definition(name, definition) for name, definition in self.types.items()]
        return "\n".join(lines)

    def _definition(self, name: str, definition: Definition) -> str:
        match definition.kind:
            case "scalar":
                return f"scalar {name}"
            case "union":
                return f"union {name} = " + " | ".join(member for member in definition.members if self._is(member, "type"))
            case "enum":
                values = " ".join(quoted(value.description) + name for name, value in definition.values.items())
                return f"enum {name} {{ {values} }}"
            case "input":
                return f"input {name} {{ {' '.join(input_value(name, input_) for name, input_ in definition.inputs.items())} }}"
            case kind:
                # Interfaces of interfaces would have to be implemented wherever those are.
                interfaces = [other for other in definition.interfaces if self._is(other, "interface") and kind == "type"]
                fields = dict(definition.fields)
                for other in interfaces:
                    fields |= self.types[other].fields
                body = " ".join(
                    f"{quoted(field.description)}{name}{arguments(field.arguments)}: {field.type}" for name, field in fields.items()
                )
                implements = f" implements {' & '.join(interfaces)}" if interfaces else ""
                return f"{kind} {name}{implements} {{ {body} }}"

    def _is(self, name: str, kind: str) -> bool:
        return name in self.types and self.types[name].kind == kind


def quoted(description: str) -> str:
    return f'"{description}" ' if description else ""


def input_value(name: str, input_: Input) -> str:
    default = f" = {input_.default}" if input_.default else ""
    return f"{quoted(input_.description)}{name}: {input_.type}{default}"


def arguments(inputs: dict[str, Input]) -> str:
    return f"({', '.join(input_value(name, input_) for name, input_ in inputs.items())})" if inputs else ""
