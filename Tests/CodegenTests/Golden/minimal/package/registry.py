"""Joins the resolvers to the runtime.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from subsgen import FieldModule, Registry, schema_text

if TYPE_CHECKING:
    from . import contracts
    from .resolvers import tick

registry: Final = Registry(
    module=__name__,
    sdl=schema_text(__name__),
    fields=(
        FieldModule(
            name="tick",
            event_type="Int",
            arguments_type="types.TickArgs",
            module=f"{__package__}.resolvers.tick",
            stub="b58c9dafa39d8466e26bbb3d2ab8dc89",
        ),
    ),
)

if TYPE_CHECKING:
    _tick: contracts.TickResolver = tick
