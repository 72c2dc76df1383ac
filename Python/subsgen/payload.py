"""Payload classes: what events, inputs and arguments are in Python."""

from __future__ import annotations

from typing import Annotated, Any, NewType, TypeAlias, TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType, field

__all__ = ["ID", "UNSET", "Event", "Int", "Payload", "UnsetType", "encode", "encode_value", "field", "present"]

ID = NewType("ID", str)
"""An ID of the schema. It is a string in JSON, and one is not taken for another string by a type checker."""

Int: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
"""A whole number of 32 bits, as GraphQL has it."""

Value = TypeVar("Value")

Event = Any
"""An event as a publisher may give it: JSON text (``bytes`` or ``str``), a payload, or what JSON is made of."""


class Payload(msgspec.Struct, kw_only=True):
    """The base of every generated class.

    A field that the event does not hold is ``UNSET`` and is left out when the payload is written; ``None`` is written as ``null``.
    Subclasses give ``kw_only=True`` themselves, as msgspec does not hand it down.
    """


def _refuse(value: object) -> object:
    raise TypeError(
        f"an event cannot hold a {type(value).__module__}.{type(value).__qualname__}; give a payload class, a dict, a list, "
        "a str, a number, a bool, None, an enum, a datetime, a UUID or a Decimal"
    )


_encoder = msgspec.json.Encoder(enc_hook=_refuse)


def encode(event: Event) -> bytes:
    """An event's JSON text in UTF-8.

    ``bytes``, what is like them, and ``str`` are taken as JSON text already. A datetime is written by RFC 3339, a UUID and a Decimal as
    a string, an enum by its value, which in generated enums is the name in the schema. Raises ``TypeError`` for what has no such form.
    """
    if isinstance(event, bytes):
        return event
    if isinstance(event, bytearray):
        return bytes(event)
    if isinstance(event, memoryview):
        return cast("memoryview[int]", event).tobytes()
    if isinstance(event, str):
        return event.encode()
    return _encoder.encode(event)


def encode_value(value: object) -> bytes:
    """The JSON text of a value in which a ``str`` is a string and not JSON text, such as what a resolver returns."""
    return _encoder.encode(value)


def present(value: Value | UnsetType) -> Value:
    """The value where there is one. Raises ``ValueError`` for ``UNSET``: a topic is named by a field that the event must hold."""
    if isinstance(value, UnsetType):
        raise ValueError("the event lacks a field whose value names the topic")
    return value
