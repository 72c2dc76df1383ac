"""Payload classes of the style ``dataclass``."""

from __future__ import annotations

import dataclasses
from typing import Any, get_type_hints

from msgspec import NODEFAULT

from .shapes import TYPENAME, Attribute, Conversions, Shape, camel_case

Conversions.exist = True

__all__ = ["Payload"]


class Payload:
    """The base of every generated dataclass.

    A field that the event does not hold is ``UNSET`` and is left out when the payload is written; ``None`` is written as ``null``. An
    attribute's name in JSON is its name in camelCase, or what its field's metadata has as ``name``.
    """

    __slots__ = ()

    @classmethod
    def __subsgen_shape__(cls: Any) -> Shape:
        hints = get_type_hints(cls, include_extras=True)
        attributes = [
            Attribute(
                field.name,
                field.metadata.get("name") or camel_case(field.name),
                hints[field.name],
                NODEFAULT if field.default is dataclasses.MISSING else field.default,
            )
            for field in dataclasses.fields(cls)
        ]

        def make(values: dict[str, Any]) -> Any:
            return cls(**values)

        return Shape(attributes, getattr(cls, TYPENAME, None), make)
