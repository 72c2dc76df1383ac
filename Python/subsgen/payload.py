"""Payload classes: what events, inputs and arguments are in Python."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType, field

__all__ = ["UNSET", "Event", "Payload", "UnsetType", "encode", "field"]

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

    ``bytes`` and ``str`` are taken as JSON text already. A datetime is written by RFC 3339, a UUID and a Decimal as a string,
    an enum by its value, which in generated enums is the name in the schema. Raises ``TypeError`` for what has no such form.
    """
    if isinstance(event, bytes):
        return event
    if isinstance(event, str):
        return event.encode()
    return _encoder.encode(event)


def encode_value(value: object) -> bytes:
    """The JSON text of a value in which a ``str`` is a string and not JSON text, such as what a resolver returns."""
    return _encoder.encode(value)
