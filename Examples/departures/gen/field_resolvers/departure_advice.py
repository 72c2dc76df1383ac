"""Advice: the part of a departure that is in no event, because nobody publishes it."""

from __future__ import annotations

from timetable import timetable

from ..types import Departure, DepartureAdviceArgs


async def resolve(parents: list[Departure], args: DepartureAdviceArgs) -> list[str | None]:
    """Called once for an event, for all the departures in it, and only where somebody selected the field."""
    return [advice(parent) for parent in parents]


def advice(departure: Departure) -> str | None:
    other = timetable.instead_of(departure)
    if other is None:
        return None
    late = f", {other.delay} min late" if other.delay else ""
    return f"Take line {other.line} at {other.due}{late}, platform {other.platform}"
