"""Follows the developer's ``source``: what it yields are the events of a field."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Final

from .resolvers import Skip

if TYPE_CHECKING:
    from ._native import ResolverCall

__all__ = ["Following"]

_EVENTS_A_TURN: Final = 64
"""After so many events a source lets the event loop turn, so that the outboxes are emptied: it may never wait by itself."""


class Following:
    """A source that runs for as long as somebody listens."""

    def __init__(self, call: ResolverCall, events: AsyncIterator[Any], encode: Callable[[object], bytes]) -> None:
        self._call = call
        self._events = events
        self._encode = encode
        self._room = asyncio.Event()

    def go_on(self) -> None:
        """The runtime has room for the next event."""
        self._room.set()

    async def run(self) -> None:
        """Gives each event to the runtime before it asks for the next. Raises what the source raises.

        Whatever ends it, a generator is closed when it returns.
        """
        count = 0
        try:
            async for event in self._events:
                if self._call.cancelled:
                    # It caught that it was cancelled, and goes on.
                    break
                if isinstance(event, Skip) or event is Skip:
                    continue
                # Cleared first: the room may come before this returns.
                self._room.clear()
                if not self._call.emit(self._encode(event)):
                    await self._room.wait()
                count += 1
                if count % _EVENTS_A_TURN == 0:
                    await asyncio.sleep(0)
        finally:
            close = getattr(self._events, "aclose", None)
            if close is not None:
                await close()
