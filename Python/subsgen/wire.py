"""Values as they stand in JSON, and the generated classes that are made of them.

msgspec reads and writes structs that look like the JSON. Where a package's classes are not such structs (dataclasses, pydantic's models,
the
variants of a ``@oneOf`` input, scalars with a ``parse`` of their own), this module makes structs beside them, decodes into those, and
turns their values into the package's, and back.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from threading import Lock
from typing import Annotated, Any, NamedTuple, TypeAlias, Union, cast, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, UNSET, UnsetType

from .shapes import Attribute, Conversions, is_payload, scalar_of, shape_of

__all__ = ["WireType", "event_wire_type", "lowered", "lowered_as", "wire_type"]

Conversion: TypeAlias = Callable[[Any], Any]


class WireType(NamedTuple):
    """What msgspec decodes for a type, and how that becomes a value of the type."""

    type: Any
    lift: Conversion | None
    """Of what msgspec decoded, the value; None where they are the same."""
    lower: Conversion | None
    """Of the value, what msgspec encodes; None where they are the same."""


def wire_type(annotation: Any) -> WireType:
    """The wire type of an annotation, as generated code writes them."""
    _study(annotation)
    return _wire(annotation)


def event_wire_type(annotation: Any) -> WireType:
    """The same of an event's type, in which no input stands. Of a large schema, looking at every class takes milliseconds."""
    parts = _parts(annotation)
    if _are_structs_as_they_are(parts.classes) and not parts.differs:
        return WireType(annotation, None, None)
    return wire_type(annotation)


def _are_structs_as_they_are(classes: list[type]) -> bool:
    return not Conversions.exist and all(map(_is_struct, classes))


def _is_struct(kind: type) -> bool:
    return issubclass(kind, msgspec.Struct)


def lowered(value: object) -> object:
    """What msgspec encodes for a value of whatever type: in lists and dicts too, generated classes become what they are in JSON."""
    if not Conversions.exist:
        return value
    if isinstance(value, dict):
        return {name: lowered(member) for name, member in cast("dict[object, object]", value).items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [lowered(item) for item in cast("list[object]", value)]
    kind: type = type(value)
    if not is_payload(kind) or _are_structs_as_they_are([kind]):
        return value
    _study(kind)
    return _twin(kind).lower(value) if _converts[kind] else value


def lowered_as(annotation: Any, value: object) -> object:
    """The same for a value of a type, which may be a custom scalar or a list of them."""
    return (event_wire_type(annotation).lower or lowered)(value)


# MARK: Types


def _wire(annotation: Any) -> WireType:
    if (scalar := scalar_of(annotation)) is not None:
        return WireType(Any, scalar.parse, scalar.serialise)
    if get_origin(annotation) is list:
        item = _wire(get_args(annotation)[0])
        if item.lift is None or item.lower is None:
            return WireType(annotation, None, None)
        return WireType(list[item.type], _each(item.lift), _each(item.lower))  # type: ignore[name-defined]
    alternatives = list(_alternatives(annotation))
    classes = [kind for kind in alternatives if is_payload(kind)]
    empty = [kind for kind in alternatives if not is_payload(kind)]
    if _is_one_of(classes):
        return WireType(_union([_one_of(tuple(classes)).struct, *empty]), _lifted, lowered)
    if any(_converts[kind] for kind in classes):
        return WireType(_union([_twin(kind).struct if _converts[kind] else kind for kind in classes] + empty), _lifted, lowered)
    if len(alternatives) > 1 and not classes:
        for kind in alternatives:
            wire = _wire(kind)
            if wire.lift is not None and wire.lower is not None:
                rest = [other for other in alternatives if other is not kind]
                return WireType(_union([wire.type, *rest]), _unless_absent(wire.lift), _unless_absent(wire.lower))
    # Without what other libraries annotate.
    return WireType(annotation if len(alternatives) == 1 else _union(alternatives), None, None)


def _union(alternatives: list[Any]) -> Any:
    return cast("Any", Union)[tuple(alternatives)]


def _each(conversion: Conversion) -> Conversion:
    def convert(values: Any) -> Any:
        if not isinstance(values, (list, tuple)):
            # Not what the type says: the runtime will tell.
            return lowered(values)
        return [conversion(value) for value in cast("list[Any]", values)]

    return convert


def _unless_absent(conversion: Conversion) -> Conversion:
    return lambda value: value if value is None or value is UNSET else conversion(value)


def _lifted(value: Any) -> Any:
    twin = _by_struct.get(cast("type[object]", type(value)))
    return value if twin is None else twin.lift(value)


def _alternatives(annotation: Any) -> Iterator[Any]:
    """The alternatives of a union, whatever its parts are annotated with; else the annotation itself."""
    origin = get_origin(annotation)
    if origin is Union or origin is types.UnionType:
        for alternative in get_args(annotation):
            yield from _alternatives(alternative)
    elif origin is Annotated and scalar_of(annotation) is None and _is_open(get_args(annotation)[0]):
        yield from _alternatives(get_args(annotation)[0])
    else:
        yield annotation


def _is_open(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType) or annotation is UnsetType or is_payload(annotation)


def _is_one_of(classes: list[type]) -> bool:
    """Whether the classes are the variants of a ``@oneOf`` input: several that no ``__typename`` tells apart."""
    return len(classes) > 1 and all(shape_of(kind).tag is None for kind in classes)


# MARK: Which classes differ from what msgspec reads

_converts: dict[type, bool] = {}
"""Of the classes that were studied, whether they differ from structs that msgspec decodes and encodes as they are."""

_lock = Lock()
"""Held while classes are studied, so that nobody sees an answer that is not final."""


def _study(annotation: Any) -> None:
    """Fills ``_converts`` for all classes that an annotation leads to."""
    waiting = [kind for kind in _parts(annotation).classes if kind not in _converts]
    if not waiting:
        return
    with _lock:
        answers = dict(_converts)
        users: dict[type, list[type]] = {}
        while waiting:
            kind = waiting.pop()
            if kind in answers:
                continue
            parts = [_parts(attribute.type) for attribute in shape_of(kind).attributes]
            answers[kind] = not _is_struct(kind) or any(part.differs for part in parts)
            for used in (used for part in parts for used in part.classes):
                users.setdefault(used, []).append(kind)
                waiting.append(used)
        # Who uses a class that differs differs too.
        differing = [kind for kind in users if answers[kind]]
        while differing:
            for user in users.get(differing.pop(), ()):
                if not answers[user]:
                    answers[user] = True
                    differing.append(user)
        _converts.update(answers)


class _Parts(NamedTuple):
    classes: list[type]
    differs: bool
    """Whether msgspec cannot read the annotation, even where it can read the classes."""


def _parts(annotation: Any) -> _Parts:
    if get_origin(annotation) is list:
        return _parts(get_args(annotation)[0])
    alternatives = list(_alternatives(annotation))
    if alternatives == [annotation]:
        return _Parts([annotation] if is_payload(annotation) else [], scalar_of(annotation) is not None)
    parts = [_parts(alternative) for alternative in alternatives]
    classes = [kind for part in parts for kind in part.classes]
    return _Parts(classes, any(part.differs for part in parts) or _is_one_of([kind for kind in alternatives if is_payload(kind)]))


# MARK: The structs


class _Twin:
    """A struct that looks like the JSON of a class, and the way between the two."""

    def __init__(self, kind: type) -> None:
        self.shape = shape_of(kind)
        self.struct = _struct(kind.__name__, self.shape.attributes, self.shape.tag, _Types(self))
        _by_struct[self.struct] = self

    @cached_property
    def types(self) -> dict[str, WireType]:
        """By attribute. Not before msgspec asks for them, as classes lead to each other."""
        return {attribute.name: _wire(attribute.type) for attribute in self.shape.attributes}

    @cached_property
    def _lifts(self) -> list[tuple[str, Conversion]]:
        return [(name, type_.lift) for name, type_ in self.types.items() if type_.lift is not None]

    @cached_property
    def _lowers(self) -> list[tuple[str, Conversion]]:
        return [(name, type_.lower) for name, type_ in self.types.items() if type_.lower is not None]

    def lift(self, value: Any) -> Any:
        values = msgspec.structs.asdict(value)
        for name, lift in self._lifts:
            values[name] = lift(values[name])
        return self.shape.make(values)

    def lower(self, value: Any) -> Any:
        values = {attribute.name: getattr(value, attribute.name) for attribute in self.shape.attributes}
        for name, lower in self._lowers:
            values[name] = lower(values[name])
        return self.struct(**values)


class _OneOf:
    """The struct of a ``@oneOf`` input: the fields of all its variants, of which one is given."""

    def __init__(self, kinds: tuple[type, ...]) -> None:
        self.variants = {shape.attributes[0].name: shape for shape in map(shape_of, kinds)}
        self._attributes = [shape.attributes[0] for shape in self.variants.values()]
        self.struct = _struct("OneOf", [attribute._replace(default=UNSET) for attribute in self._attributes], None, _Types(self))
        _by_struct[self.struct] = self

    @cached_property
    def types(self) -> dict[str, WireType]:
        """By attribute. Not before msgspec asks for them, as a variant may lead back to the input."""
        return {attribute.name: _wire(_union([attribute.type, UnsetType])) for attribute in self._attributes}

    def lift(self, value: Any) -> Any:
        given = {name: member for name, member in msgspec.structs.asdict(value).items() if member is not UNSET}
        if len(given) != 1:
            names = ", ".join(shape.attributes[0].wire for shape in self.variants.values())
            raise msgspec.ValidationError(f"Expected exactly one of {names}")
        [(name, member)] = given.items()
        lift = self.types[name].lift
        return self.variants[name].make({name: member if lift is None else lift(member)})


class _Types:
    """The types of a struct's fields, for the evaluation of their annotations."""

    def __init__(self, owner: _Twin | _OneOf) -> None:
        self._owner = owner

    def __getitem__(self, name: str) -> Any:
        return self._owner.types[name].type


_twin = cache(_Twin)
_one_of = cache(_OneOf)
_by_struct: dict[type, _Twin | _OneOf] = {}


def _struct(name: str, attributes: list[Attribute], tag: str | None, types: _Types) -> Any:
    # Annotations are texts, which msgspec evaluates in the scope of the class when it needs them first.
    fields: list[Any] = [
        (attribute.name, f"_types[{attribute.name!r}]", *(() if attribute.default is NODEFAULT else (attribute.default,)))
        for attribute in attributes
    ]
    return msgspec.defstruct(
        name,
        fields,
        namespace={"_types": types},
        kw_only=True,
        rename={attribute.name: attribute.wire for attribute in attributes},
        tag=tag,
        tag_field=None if tag is None else "__typename",
    )
