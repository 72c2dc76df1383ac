"""Joins the resolvers to the runtime.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from subsgen import FieldBinding, Int, Registry, schema_text

from . import types
from .resolvers import tick

if TYPE_CHECKING:
    from . import contracts

registry: Final = Registry(
    module=__name__,
    sdl=schema_text(__name__),
    fields=(
        FieldBinding(
            name="tick",
            event_type=Int,
            arguments_type=types.TickArgs,
            module=tick,
        ),
    ),
)

if TYPE_CHECKING:
    _tick: contracts.TickResolver = tick
