"""Makes events, and whatever else generated classes are, of which a test says only what it is about."""

from __future__ import annotations

import datetime
import decimal
import types
import uuid
from collections.abc import Callable, Iterable, Mapping
from enum import EnumMeta
from typing import Annotated, Any, Final, TypeVar, Union, cast, get_args, get_origin

from msgspec import NODEFAULT, UNSET, UnsetType

from ..shapes import Attribute, is_payload, shape_of

__all__ = ["build", "build_list"]

Built = TypeVar("Built")

_NOON: Final = datetime.datetime(2025, 1, 1, 12, tzinfo=datetime.timezone.utc)

_PLAIN: Final[dict[Any, Callable[[int], Any]]] = {
    bool: lambda _: False,
    int: lambda number: number,
    float: float,
    decimal.Decimal: decimal.Decimal,
    uuid.UUID: lambda number: uuid.UUID(int=number),
    datetime.datetime: lambda number: _NOON + datetime.timedelta(seconds=number - 1),
    datetime.date: lambda number: _NOON.date() + datetime.timedelta(days=number - 1),
    datetime.time: lambda number: (_NOON + datetime.timedelta(seconds=number - 1)).time(),
    datetime.timedelta: lambda number: datetime.timedelta(seconds=number),
}
"""The values of types that are not made of others, by the number of what they are in."""


def build(kind: type[Built], /, **attributes: Any) -> Built:
    """An instance of a generated class, of any style: ``build(Message, text="hello")``.

    Attributes that must be there and are not given have plausible values, the same at every call. So have objects that the schema wants
    to be there, except inside of themselves; what may be null or absent is absent. An object may be given as a dict of its own attributes:
    ``build(Message, author={"name": "Ada"})``.

    Raises ``TypeError`` for an attribute that the class lacks, for one of whose type nothing is plausible, and for a class that was
    not generated.
    """
    return cast("Built", _built(kind, 1, attributes, ()))


def build_list(kind: type[Built], count: int, /, **attributes: Any) -> list[Built]:
    """So many instances, whose IDs, texts and numbers differ."""
    return [cast("Built", _built(kind, number, attributes, ())) for number in range(1, count + 1)]


def _built(kind: Any, number: int, given: Mapping[str, Any], within: tuple[Any, ...]) -> Any:
    if not is_payload(kind):
        name = getattr(kind, "__name__", repr(kind))
        raise TypeError(f"build makes instances of generated classes, and {name} is none; of an interface or a union, name the type")
    attributes = {attribute.name: attribute for attribute in shape_of(kind).attributes}
    for name in given:
        if name not in attributes:
            raise TypeError(f"{kind.__name__} has no attribute {name!r}; it has {', '.join(attributes)}")
    values: dict[str, Any] = {}
    for name, attribute in attributes.items():
        if name in given:
            values[name] = _given(attribute, number, given[name], (*within, kind))
        elif attribute.default is NODEFAULT or _is_wanted(attribute, (*within, kind)):
            try:
                values[name] = _value(attribute.type, name, number, (*within, kind))
            except TypeError as error:
                raise TypeError(f"{kind.__name__}.{name}: {error}") from None
    return kind(**values)


def _given(attribute: Attribute, number: int, value: Any, within: tuple[Any, ...]) -> Any:
    classes = [part for part in _alternatives(attribute.type) if is_payload(part)]
    if len(classes) == 1 and isinstance(value, dict):
        return _built(classes[0], number, cast("dict[str, Any]", value), within)
    return cast("object", value)


def _is_wanted(attribute: Attribute, within: tuple[Any, ...]) -> bool:
    """Whether an attribute may be left out, and clients want it all the same: an object or objects that may not be null."""
    parts = _alternatives(attribute.type)
    if attribute.default is not UNSET or type(None) in parts:
        return False
    if any(get_origin(part) is list for part in parts):
        return all(_holds_payloads(part) for part in parts if part is not UnsetType)
    classes = [part for part in parts if is_payload(part)]
    # In itself it would never end; and of a union, the first will do.
    return bool(classes) and classes[0] not in within


def _holds_payloads(part: Any) -> bool:
    return get_origin(part) is list and any(is_payload(item) or _holds_payloads(item) for item in _alternatives(get_args(part)[0]))


def _value(annotation: Any, name: str, number: int, within: tuple[Any, ...]) -> Any:
    parts = [part for part in _alternatives(annotation) if part is not UnsetType]
    if type(None) in parts:
        return None
    return _present(parts[0], name, number, within)


def _present(part: Any, name: str, number: int, within: tuple[Any, ...]) -> Any:
    if get_origin(part) is list:
        return []
    if part is Any:
        raise TypeError("nothing is known of its type; give it")
    if is_payload(part):
        if part in within:
            raise TypeError(f"a {part.__name__} cannot be made that has another in itself without end; give it")
        return _built(part, number, {}, within)
    if isinstance(part, EnumMeta):
        return next(iter(cast("Iterable[Any]", part)))
    # NewType: of IDs, and of scalars of the user's.
    is_id = getattr(part, "__name__", "") == "ID"
    while (base := getattr(part, "__supertype__", None)) is not None:
        part = base
    if part is str:
        return str(number) if is_id else f"{name} {number}"
    if (make := _PLAIN.get(part)) is not None:
        return make(number)
    raise TypeError(f"nothing is plausible for {getattr(part, '__name__', part)}; give it")


def _alternatives(annotation: Any) -> list[Any]:
    """The types of a union, without what libraries annotate them with; else the type itself."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _alternatives(get_args(annotation)[0])
    if origin is Union or origin is types.UnionType:
        return [part for alternative in get_args(annotation) for part in _alternatives(alternative)]
    return [annotation]
