"""What the resolver modules define. Type checkers hold them to it in registry.py.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from subsgen import Int, Resolve

    from . import types


class TickResolver(Protocol):
    """``resolvers/tick.py``, for ``Subscription.tick``."""

    @property
    def resolve(self) -> Resolve[Int, types.TickArgs]: ...
