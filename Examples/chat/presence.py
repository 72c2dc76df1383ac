"""Who is in which room. It knows nothing of GraphQL: gen/resolvers/presence_changed.py tells it who comes and goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

__all__ = ["Attendance", "attendance"]

Announce = Callable[[str, list[str]], Awaitable[None]]
"""Gets a room and the names of everybody in it."""


class Attendance:
    """The visits to every room. A member with two windows open makes two visits and has one name."""

    def __init__(self) -> None:
        self._rooms: dict[str, dict[str, str]] = {}
        self._announce: Announce | None = None

    def announce_with(self, announce: Announce) -> None:
        """From now on ``announce`` is called whenever somebody comes or goes."""
        self._announce = announce

    def names(self, room: str) -> list[str]:
        """The names of everybody in a room, each once, in alphabetical order."""
        return sorted(set(self._rooms.get(room, {}).values()), key=str.casefold)

    async def enter(self, room: str, visit: str, name: str) -> None:
        """Somebody came. ``visit`` is unique to this visit."""
        self._rooms.setdefault(room, {})[visit] = name
        await self._changed(room)

    async def leave(self, room: str, visit: str) -> None:
        """A visit is over."""
        visits = self._rooms.get(room, {})
        visits.pop(visit, None)
        if not visits:
            self._rooms.pop(room, None)
        await self._changed(room)

    async def _changed(self, room: str) -> None:
        if self._announce is not None:
            await self._announce(room, self.names(room))


attendance = Attendance()
