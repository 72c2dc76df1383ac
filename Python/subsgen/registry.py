"""Joins a generated package to the runtime."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from types import ModuleType
from typing import Any
from urllib.parse import quote

import msgspec

from .wire import lowered_as

__all__ = ["Arg", "FieldBinding", "PayloadFieldBinding", "Registry", "schema_text", "topic_name"]


@dataclass(frozen=True, slots=True)
class FieldBinding:
    """A field of ``Subscription`` with the Python code that serves it."""

    name: str
    """The field's name in the schema."""
    event_type: Any
    """What an event is decoded into: ``Message``, ``Message | None``, ``list[Message]``."""
    arguments_type: type[Any]
    """What the field's arguments are decoded into; a class without fields where it takes none."""
    module: ModuleType
    """The resolver module: ``resolve``, and what it defines of the optional functions."""


@dataclass(frozen=True, slots=True)
class PayloadFieldBinding:
    """A field of a payload that a function supplies, with the Python code that does."""

    type_name: str
    """The object type that has the field, in the schema."""
    name: str
    """The field's name in the schema."""
    parent_type: type[Any]
    """What the objects that have the field are decoded into."""
    arguments_type: type[Any]
    """What the field's arguments are decoded into; a class without fields where it takes none."""
    value_type: Any
    """What the function supplies for each object: ``str``, ``User | None``."""
    module: str
    """The name of the module that defines ``resolve``; it is imported when a manager is made."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that the runtime must know of a generated package."""

    sdl: str
    """The schema, as ``schema.graphql`` of the package holds it."""
    fields: Sequence[FieldBinding]
    payload_fields: Sequence[PayloadFieldBinding] = ()
    module: str = ""
    """The name of the package's module that this is in. An extension that ``subsgen build`` made stands beside it."""


def schema_text(module: str) -> str:
    """The text of ``schema.graphql`` beside a module, in a folder or in a zip archive.

    Raises ``FileNotFoundError`` where it is not there.
    """
    # Not importlib.resources: it takes longer to import than a large schema to be read.
    content = pkgutil.get_data(module, "schema.graphql")
    if content is None:
        raise FileNotFoundError(f"schema.graphql cannot be read: what loaded {module} gives no access to files")
    return content.decode()


@dataclass(frozen=True, slots=True)
class Arg:
    """The value of an argument in braces of a topic."""

    value: object
    type: Any = Any
    """Of a custom scalar that becomes JSON by a function of the user's, the type."""


def topic_name(*segments: str | Arg) -> str:
    """A topic's name: ``topic_name("chat.", Arg(room_id))`` for ``@topic(name: "chat.{roomId}")``.

    A value is percent-encoded but for ASCII letters, digits, ``-`` and ``_``, so that a topic says what its values were.
    Raises ``TypeError`` for a value that is no scalar, as ``None`` and a list are.
    """
    return "".join(segment if isinstance(segment, str) else _encoded(segment) for segment in segments)


def _encoded(argument: Arg) -> str:
    value = argument.value if argument.type is Any else lowered_as(argument.type, argument.value)
    if isinstance(value, str) and not isinstance(value, Enum):
        text = value
    else:
        plain = msgspec.to_builtins(value)
        if isinstance(plain, bool):
            text = "true" if plain else "false"
        elif isinstance(plain, float):
            # As the native runtime spells it: digits alone for what a number of 128 bits holds.
            text = str(int(plain)) if plain.is_integer() and -(2**127) <= plain < 2**127 else repr(plain)
        elif isinstance(plain, (str, int)):
            text = str(plain)
        else:
            raise TypeError(f"a topic's argument is a scalar, and {value!r} is none")
    return quote(text, safe="").replace(".", "%2E").replace("~", "%7E")
