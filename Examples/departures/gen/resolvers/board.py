"""The board: what a passenger sees of a stop, and of which lines."""

from __future__ import annotations

from subsgen import Context, Skip
from timetable import timetable

from ..types import BoardArgs, Departure


async def resolve(event: list[Departure], args: BoardArgs) -> list[Departure] | Skip:
    """What has changed, of the lines that were asked for. It is called once for all who asked for the same."""
    return of_lines(event, args) or Skip()


async def initial(args: BoardArgs, context: Context) -> list[Departure]:
    """The whole board, also if it is empty. Whoever connects again gets it anew, so that nothing that was missed is missing."""
    return of_lines(timetable.at(args.stop), args)


def of_lines(departures: list[Departure], args: BoardArgs) -> list[Departure]:
    """Of all lines, where none are named."""
    return [one for one in departures if not args.lines or one.line in args.lines]
