"""Joins a generated package to the runtime."""

from __future__ import annotations

import hashlib
import pkgutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import quote

import msgspec

from .payload import ID, Int
from .wire import lowered_as

__all__ = ["Arg", "FieldBinding", "FieldModule", "PayloadFieldBinding", "PayloadFieldModule", "Registry", "schema_text", "topic_name"]


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


Expression = str
"""A type such as ``list[types.Message | None]``, read where somebody needs it: only then is the package's module ``types`` imported."""


@dataclass(frozen=True, slots=True)
class FieldModule:
    """A field of ``Subscription`` in a generated package, and where the developer writes the code that serves it."""

    name: str
    """The field's name in the schema."""
    event_type: Expression
    """The class of its events, as an expression."""
    arguments_type: Expression
    """The class of its arguments, as an expression."""
    module: str
    """The name of the resolver module."""
    stub: str | None = None
    """The beginning of the SHA-256 of the module as it was generated. While it is that, the native runtime answers alone."""

    def binding(self) -> FieldBinding | None:
        """The field with its module; None where nobody has edited that."""
        return None if _is_stub(self.module, self.stub) else self.loaded()

    def loaded(self) -> FieldBinding:
        """The field with its module, also where nobody has edited that."""
        types = _types(self.module)
        return FieldBinding(self.name, eval(self.event_type, types), eval(self.arguments_type, types), import_module(self.module))


@dataclass(frozen=True, slots=True)
class PayloadFieldModule:
    """A field of a payload that a function supplies in a generated package, and where the developer writes that."""

    type_name: str
    """The object type that has the field, in the schema."""
    name: str
    """The field's name in the schema."""
    parent_type: Expression
    """The class of the objects that have the field, as an expression."""
    arguments_type: Expression
    """The class of its arguments, as an expression."""
    value_type: Expression
    """The type of its values, as an expression."""
    module: str
    """The name of the module that defines ``resolve``."""
    stub: str | None = None
    """The beginning of the SHA-256 of the module as it was generated. While it is that, nobody has written the function."""

    def binding(self) -> PayloadFieldBinding | None:
        """The field with its types; None where nobody has edited its module."""
        return None if _is_stub(self.module, self.stub) else self.loaded()

    def loaded(self) -> PayloadFieldBinding:
        """The field with its types, also where nobody has edited its module."""
        types = _types(self.module)
        return PayloadFieldBinding(
            self.type_name,
            self.name,
            eval(self.parent_type, types),
            eval(self.arguments_type, types),
            eval(self.value_type, types),
            self.module,
        )


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that the runtime must know of a generated package."""

    sdl: str
    """The schema, as ``schema.graphql`` of the package holds it."""
    fields: Sequence[FieldBinding | FieldModule]
    """The fields of ``Subscription``."""
    payload_fields: Sequence[PayloadFieldBinding | PayloadFieldModule] = ()
    """The fields of payloads that functions supply."""
    module: str = ""
    """The name of the package's module that this is in. An extension that ``subsgen build`` made stands beside it."""

    def bindings(self) -> list[FieldBinding]:
        """The fields for which there is Python code."""
        found = (field if isinstance(field, FieldBinding) else field.binding() for field in self.fields)
        return [binding for binding in found if binding is not None]

    def payload_bindings(self) -> list[PayloadFieldBinding]:
        """The fields of payloads for which there is Python code."""
        found = (field if isinstance(field, PayloadFieldBinding) else field.binding() for field in self.payload_fields)
        return [binding for binding in found if binding is not None]


def _types(module: str) -> dict[str, Any]:
    """The names in the expressions of types, for the package in which ``package.resolvers.field`` is."""
    return {"types": import_module(module.rsplit(".", 2)[0] + ".types"), "Any": Any, "ID": ID, "Int": Int}


def _is_stub(module: str, stub: str | None) -> bool:
    """Whether a module is as it was generated, of which a large package has hundreds: to read one takes a third of importing it.

    Where its text cannot be read, or somebody has imported it already and may have changed what it holds, it is not.
    """
    if not stub or module in sys.modules:
        return False
    package, folder, name = module.rsplit(".", 2)
    try:
        text = pkgutil.get_data(package, f"{folder}/{name}.py")
    except OSError:
        return False
    return text is not None and hashlib.sha256(text).hexdigest().startswith(stub)


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
    """As the caller gave it."""
    type: Any = Any
    """Of a custom scalar that becomes JSON by a function of the user's, the type."""


def topic_name(*segments: str | Arg) -> str:
    """A topic's name: ``topic_name("chat.", Arg(room_id))`` for ``@topic(name: "chat.{roomId}")``.

    A value is percent-encoded but for ASCII letters, digits, ``-`` and ``_``, so that a topic says what its values were.
    Raises ``TypeError`` for a value that is no scalar, as ``None`` and a list are.
    """
    # Each event names its topic, most of them with one segment or two: joining a generator takes three times as long.
    name = ""
    for segment in segments:
        name += segment if isinstance(segment, str) else _encoded(segment)
    return name


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
    # What most ids are needs no look at each of its characters.
    if text.isascii() and text.isalnum():
        return text
    return quote(text, safe="").replace(".", "%2E").replace("~", "%7E")
