"""How generated classes of every style are told: their attributes, their names in JSON, and how one is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Generic, NamedTuple, TypeVar, cast, get_args, get_origin

__all__ = ["TYPENAME", "Attribute", "Scalar", "Shape", "camel_case", "is_payload", "scalar_of", "shape_of"]

Value = TypeVar("Value")

TYPENAME: Final = "typename__"
"""The attribute of dataclasses and models that holds ``__typename``, a name that Python would mangle."""


class Conversions:
    """What msgspec does not read and write as it is: classes that are no structs, and scalars with a ``parse`` of their own."""

    exist: ClassVar[bool] = False
    """Whether there are any in this process. Where there are none, nobody need look at every class and every value."""


class Scalar(Generic[Value]):
    """How the values of a custom scalar come from JSON and become JSON. It stands in the ``Annotated`` of the scalar's alias."""

    def __init__(self, *, parse: Callable[[Any], Value], serialise: Callable[[Value], Any]) -> None:
        self.parse = parse
        """Of what the JSON is made of, the value. Raises ``ValueError`` or ``TypeError`` for what is none."""
        self.serialise = serialise
        """Of the value, what JSON is made of."""
        Conversions.exist = True

    # pydantic asks for these; no other style does.

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        # In Python the value is there already; JSON is parsed.
        value = core_schema.is_instance_schema(source) if isinstance(source, type) else handler(source)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_plain_validator_function(self.parse),
            python_schema=value,
            serialization=core_schema.plain_serializer_function_ser_schema(self.serialise, when_used="json"),
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Whatever JSON it is, the schema does not say."""
        return {}


class Attribute(NamedTuple):
    """An attribute of a class."""

    name: str
    wire: str
    """The name in JSON, which is the schema's."""
    type: Any
    default: Any
    """``msgspec.NODEFAULT`` where the attribute is required."""


class Shape(NamedTuple):
    """A generated class, whatever its style."""

    attributes: list[Attribute]
    tag: str | None
    """The name in the schema of a type that belongs to an interface or union, which is its ``__typename``."""
    make: Callable[[dict[str, Any]], Any]
    """Makes an instance of its attributes' values, which are right already. It gets all of them by their names."""


def is_payload(kind: Any) -> bool:
    """Whether something is a generated class. What else users make of msgspec, dataclasses or pydantic is left as it is."""
    return isinstance(kind, type) and hasattr(kind, "__subsgen_shape__")


@cache
def shape_of(kind: type) -> Shape:
    """The shape of a generated class."""
    return cast("Shape", cast("Any", kind).__subsgen_shape__())


def scalar_of(annotation: Any) -> Scalar[Any] | None:
    """The custom scalar that an annotation is, if it is one."""
    if get_origin(annotation) is not Annotated:
        return None
    extras: list[Scalar[Any]] = [extra for extra in get_args(annotation)[1:] if isinstance(extra, Scalar)]
    return extras[0] if extras else None


def camel_case(name: str) -> str:
    """An attribute's name in JSON where nothing else is said, as msgspec's ``rename="camel"`` makes it."""
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
