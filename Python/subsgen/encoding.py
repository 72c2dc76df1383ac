"""Values as JSON text: rightly, or not at all, and then with the place of what has no form there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any, Final, TypeAlias, cast
from uuid import UUID

import msgspec

__all__ = ["json_text"]

Path: TypeAlias = tuple[str | int, ...]


def json_text(given: object, lower: Callable[[Any], Any]) -> bytes:
    """The JSON text of a value in UTF-8. ``lower`` makes of generated classes what they are in JSON.

    Raises ``TypeError`` for a type that has no form in JSON, and ``ValueError`` for a number that is none, for half of a surrogate pair
    and for what holds itself. Both say where it is.
    """
    try:
        value = lower(given)
    except RecursionError:
        # It says where, as far as classes go that are as they are in JSON.
        _blame(given)
        raise
    try:
        text = _encoder.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        _blame(value)
        raise
    # The encoder writes null for a float that is no number, and a Decimal that is none as a word: who has neither need not be looked at.
    if (b"null" in text or b'NaN"' in text or b'Infinity"' in text) and _may_hold_no_number(value):
        for path, leaf in _leaves(value, ()):
            if _is_no_number(leaf):
                raise ValueError(f"JSON has no {leaf}, which {_place(path)}")
    return text


def _plain(value: object) -> object:
    """What the encoder does not know, as what it knows."""
    if isinstance(value, Mapping):
        return dict(cast("Mapping[object, object]", value))
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(_unsupported(value))


_encoder: Final = msgspec.json.Encoder(enc_hook=_plain)


def _unsupported(value: object) -> str:
    return f"an event cannot hold a {type(value).__module__}.{type(value).__qualname__}"


_REMEDY: Final = (
    "give a payload class, a dict, a list, a str, a number, a bool, None, an enum, a datetime, a date, a time, a timedelta, a UUID "
    "or a Decimal"
)

_INNOCENT: Final = frozenset((str, int, bool, type(None), msgspec.UnsetType, datetime, date, time, timedelta, UUID))


def _may_hold_no_number(value: Any) -> bool:
    """False where no part is a number that JSON lacks. Most events with null in them need no longer look, which costs ten times this."""
    kind = value.__class__
    if kind in _INNOCENT:
        return False
    if kind is dict:
        return any(map(_may_hold_no_number, value.values()))
    if kind in (list, tuple, set, frozenset):
        return any(map(_may_hold_no_number, value))
    if issubclass(kind, Enum):
        return _may_hold_no_number(value.value)
    if issubclass(kind, msgspec.Struct):
        return any(_may_hold_no_number(getattr(value, name)) for name in kind.__struct_fields__)
    return kind is not float or not isfinite(value)


def _blame(value: object) -> None:
    """Raises an error that says where the part is that cannot be written."""
    for path, leaf in _leaves(value, ()):
        try:
            _encoder.encode(leaf)
        except UnicodeEncodeError as error:
            raise ValueError(f"UTF-8 has no half of a surrogate pair, as in {leaf!r}, which {_place(path)}") from error
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise TypeError(f"{_unsupported(leaf)}, which {_place(path)}; {_REMEDY}") from error


def _leaves(value: Any, path: Path, within: tuple[int, ...] = ()) -> Iterator[tuple[Path, Any]]:
    """The parts of a value that have no parts, and the keys of dicts, each with its path. Raises ``ValueError`` for what holds itself."""
    while isinstance(value, Enum):
        value = value.value
    if isinstance(value, (str, int, float)) or value is None:
        yield path, value
        return
    parts = _parts(value)
    if parts is None:
        yield path, value
        return
    if id(value) in within:
        raise ValueError(f"JSON has no {type(value).__name__} that holds itself, which {_place(path)}")
    within = (*within, id(value))
    for name, part in parts:
        if isinstance(name, (str, int)):
            yield from _leaves(part, (*path, name), within)
        else:
            # Other keys are written as the encoder does; whether it can, it says.
            yield path, {name: None} if _is_no_key(name) else name
            yield from _leaves(part, (*path, str(name)), within)
        if isinstance(name, str):
            yield path, name


def _is_no_key(name: object) -> bool:
    try:
        _encoder.encode({name: 0})
    except (TypeError, ValueError):
        return True
    return False


def _parts(value: Any) -> Iterator[tuple[Any, Any]] | None:
    if isinstance(value, Mapping):
        return iter(cast("Mapping[object, object]", value).items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return iter(enumerate(cast("list[Any]", value)))
    if isinstance(value, msgspec.Struct):
        names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
        parts = ((name, getattr(value, attribute)) for name, attribute in names)
        return (part for part in parts if part[1] is not msgspec.UNSET)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value) if hasattr(value, field.name))
    return None


def _is_no_number(value: object) -> bool:
    return (isinstance(value, float) and not isfinite(value)) or (isinstance(value, Decimal) and not value.is_finite())


def _place(path: Path) -> str:
    """``is at author.scores[2]``."""
    if not path:
        return "is the whole of it"
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f"is at {text.removeprefix('.')}"
