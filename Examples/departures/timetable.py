"""What goes from where, and how it goes today. It knows nothing of subscriptions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from gen.types import Departure, State
from subsgen import ID

__all__ = ["Timetable", "expected", "timetable"]


def expected(departure: Departure) -> int:
    """When it goes, in minutes since midnight."""
    hours, minutes = departure.due.split(":")
    return int(hours) * 60 + int(minutes) + departure.delay


class Timetable:
    """The departures of a day."""

    def __init__(self, departures: Iterable[Departure]) -> None:
        self._planned = {departure.id: departure for departure in departures}
        self._today = dict(self._planned)

    def at(self, stop: str) -> list[Departure]:
        """What goes from a stop, in the order of the timetable."""
        return sorted((one for one in self._today.values() if one.stop == stop), key=lambda one: (one.due, one.line))

    def change(self, id: str, **attributes: Any) -> Departure:
        """Makes a departure go otherwise than before, and returns it. Raises ``KeyError`` where there is none of that id."""
        changed = self._today[ID(id)] = replace(self._today[ID(id)], **attributes)
        return changed

    def concerned(self, changed: Departure) -> list[Departure]:
        """A departure and all others to the same destination, for which it may be what to take instead."""
        return [one for one in self.at(changed.stop) if one.destination == changed.destination]

    def instead_of(self, departure: Departure) -> Departure | None:
        """What is there sooner for who waits for a departure that is late or does not go."""
        cancelled = departure.state is State.CANCELLED
        if not departure.delay and not cancelled:
            return None
        others = [
            one
            for one in self.concerned(departure)
            if one.id != departure.id
            and one.state is State.RUNNING
            and one.due >= departure.due
            and (cancelled or expected(one) < expected(departure))
        ]
        return min(others, key=expected, default=None)

    def reset(self) -> None:
        """Everything goes as planned again."""
        self._today = dict(self._planned)


def _departure(id: str, stop: str, line: str, destination: str, due: str, platform: str) -> Departure:
    return Departure(id=ID(id), stop=ID(stop), line=line, destination=destination, due=due, delay=0, platform=platform, state=State.RUNNING)


timetable = Timetable(
    [
        _departure("h1", "harbour", "4", "Old Town", "08:02", "A"),
        _departure("h2", "harbour", "7", "Airport", "08:05", "B"),
        _departure("h3", "harbour", "12", "Old Town", "08:09", "A"),
        _departure("h4", "harbour", "4", "Old Town", "08:17", "A"),
        _departure("h5", "harbour", "7", "Airport", "08:20", "B"),
        _departure("h6", "harbour", "F1", "Island", "08:30", "Pier 2"),
        _departure("o1", "old-town", "4", "Harbour", "08:00", "1"),
        _departure("o2", "old-town", "12", "Harbour", "08:08", "2"),
        _departure("o3", "old-town", "4", "Harbour", "08:15", "1"),
        _departure("o4", "old-town", "9", "Hospital", "08:21", "3"),
    ]
)
"""The example's own. An application that is none has a database."""
