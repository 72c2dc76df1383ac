"""Joins the resolvers to the runtime.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from subsgen import FieldBinding, Int, Registry

from . import types
from .resolvers import tick

if TYPE_CHECKING:
    from . import contracts

registry: Final = Registry(
    generated_for=1,
    sdl=Path(__file__).with_name("schema.graphql").read_text(encoding="utf-8"),
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
