"""Payload classes: what events, inputs and arguments are in Python."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cache, partial
from typing import Annotated, Any, NewType, TypeAlias, TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType, field

from .encoding import json_text
from .shapes import Attribute, Scalar, Shape
from .wire import event_wire_type, lowered, lowered_as

__all__ = [
    "ID",
    "UNSET",
    "Event",
    "Int",
    "OpenEnum",
    "Payload",
    "Scalar",
    "UnsetType",
    "encode",
    "encode_value",
    "event_encoder",
    "field",
    "is_known",
    "present",
]

ID = NewType("ID", str)
"""An ID of the schema. It is a string in JSON, and one is not taken for another string by a type checker."""

Int: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
"""A whole number of 32 bits, as GraphQL has it."""

Value = TypeVar("Value")

Event = Any
"""An event as a publisher may give it: JSON text (``bytes`` or ``str``), a payload, or what JSON is made of."""


class OpenEnum(str, Enum):
    """The base of generated enums, whose members are strings.

    An event may come from someone who has a newer schema. A value that the class does not list is a member all the same, of the value's
    own name, and is written as it came: nothing fails that does not look at it. ``is_known`` tells such members from those of the class.
    """

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        # An enum's member is no name for a value of another enum.
        if type(value) is not str:
            return None
        # Not remembered: events could fill the memory with them.
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    # As in ``enum.StrEnum``, which Python 3.10 lacks.
    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, format_spec: str) -> str:
        return str.__format__(self, format_spec)


def is_known(member: OpenEnum) -> bool:
    """Whether an enum lists the member. Where not, it came in an event of a newer schema."""
    return member._name_ in type(member).__members__


class Payload(msgspec.Struct, kw_only=True, rename="camel"):
    """The base of every generated class.

    A field that the event does not hold is ``UNSET`` and is left out when the payload is written; ``None`` is written as ``null``. An
    attribute's name in JSON is its name in camelCase, or the ``name`` of its ``field``.
    Subclasses give ``kw_only=True`` themselves, as msgspec does not hand it down.
    """

    @classmethod
    def __subsgen_shape__(cls) -> Shape:
        attributes = [Attribute(field.name, field.encode_name, field.type, field.default) for field in msgspec.structs.fields(cls)]
        tag = cls.__struct_config__.tag

        def make(values: dict[str, Any]) -> Payload:
            return cls(**values)

        return Shape(attributes, tag if isinstance(tag, str) else None, make)


def encode(event: Event) -> bytes:
    """An event's JSON text in UTF-8.

    ``bytes``, what is like them, and ``str`` are taken as JSON text already. A datetime is written by RFC 3339, a UUID and a Decimal as
    a string, an enum by its value, which in generated enums is the name in the schema. Raises ``TypeError`` and ``ValueError`` for what has
    no such form, with its path: it never becomes ``null``.
    """
    if isinstance(event, bytes):
        return event
    if isinstance(event, bytearray):
        return bytes(event)
    if isinstance(event, memoryview):
        return cast("memoryview[int]", event).tobytes()
    if isinstance(event, str):
        try:
            return event.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"the event's JSON text has half of a surrogate pair at {error.start}, which UTF-8 has not") from error
    return encode_value(event)


def encode_value(value: object, type_: Any = Any) -> bytes:
    """The JSON text of a value in which a ``str`` is a string and not JSON text, such as what a resolver returns.

    A custom scalar with a ``serialise`` of its own needs its type, where it is no attribute of a class.
    """
    return json_text(value, lowered if type_ is Any else partial(lowered_as, type_))


def event_encoder(event_type: Any) -> Callable[[object], bytes]:
    """What encodes the events of a field: as ``encode_value``, and custom scalars by their type."""

    @cache
    def lower() -> Callable[[Any], Any]:
        return event_wire_type(event_type).lower or lowered

    return lambda event: json_text(event, lower())


def present(value: Value | UnsetType) -> Value:
    """The value where there is one. Raises ``ValueError`` for ``UNSET``: a topic is named by a field that the event must hold."""
    if isinstance(value, UnsetType):
        raise ValueError("the event lacks a field whose value names the topic")
    return value
