"""Decodes events whose leaves are not yet what their types say, as the native runtime answers them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from .wire import event_wire_type, wire_type

__all__ = ["argument_decoder", "event_decoder"]


def argument_decoder(arguments_type: Any) -> Callable[[bytes], Any]:
    """What decodes the arguments of a field, which the native runtime has coerced. Raises ``msgspec.ValidationError``."""
    wire = wire_type(arguments_type)
    decode = msgspec.json.Decoder(wire.type).decode
    lift = wire.lift
    return decode if lift is None else lambda arguments: lift(decode(arguments))


def event_decoder(event_type: Any) -> Callable[[bytes], Any]:
    """What decodes the events of a field.

    An event may have the number 7 for an ID, ``1.0`` for an Int and a number for a String: GraphQL's result coercion makes one of the
    other, and a resolver gets what a client without a resolver would get. Raises ``msgspec.ValidationError`` for what has no such form.
    """
    wire = event_wire_type(event_type)
    decode = msgspec.json.Decoder(wire.type).decode
    # Of a large schema it takes milliseconds, and most publishers never need it.
    description = cache(lambda: inspect.type_info(wire.type))

    def decode_event(event: bytes) -> Any:
        try:
            return decode(event)
        except msgspec.ValidationError:
            values = msgspec.json.decode(event)
            return msgspec.convert(_with_strings(values, description()), wire.type, strict=False)

    lift = wire.lift
    return decode_event if lift is None else lambda event: lift(decode_event(event))


def _with_strings(value: Any, type_: inspect.Type) -> Any:
    """The value with strings where the type has them. Everything else ``strict=False`` makes already."""
    match type_:
        case inspect.UnionType(types=types):
            return _with_strings(value, _chosen(types, value))
        case inspect.StrType() if isinstance(value, bool):
            return "true" if value else "false"
        case inspect.StrType() if isinstance(value, int):
            return str(value)
        case inspect.StrType() if isinstance(value, float):
            return str(int(value)) if value.is_integer() else repr(value)
        case inspect.ListType(item_type=item_type) if _is(value, list):
            return [_with_strings(item, item_type) for item in value]
        case inspect.StructType(fields=fields) if _is(value, dict):
            members = {field.encode_name: field.type for field in fields}
            return {name: _with_strings(member, members[name]) if name in members else member for name, member in value.items()}
        case _:
            return value


def _chosen(types: tuple[inspect.Type, ...], value: Any) -> inspect.Type:
    """The alternative that a value belongs to: among several classes the one of its ``__typename``."""
    if value is None:
        return inspect.NoneType()
    present = [type_ for type_ in types if not isinstance(type_, inspect.NoneType)]
    classes = [type_ for type_ in present if isinstance(type_, inspect.StructType)]
    if len(classes) > 1 and _is(value, dict):
        return next((type_ for type_ in classes if value.get(type_.tag_field) == type_.tag), inspect.AnyType())
    return present[0] if present else inspect.AnyType()


def _is(value: object, kind: type) -> bool:
    # By ``isinstance`` itself pyright would make a list of unknown members of it.
    return isinstance(value, kind)
