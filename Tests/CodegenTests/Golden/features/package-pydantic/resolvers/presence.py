"""Yours: subsgen leaves this file alone once you have edited it."""

from __future__ import annotations

from subsgen import Skip, passthrough

from ..types import PresenceArgs, User


# The native runtime answers. Where there is something to decide, remove @passthrough
# and write the body.
@passthrough
async def resolve(event: list[User], args: PresenceArgs) -> list[User] | Skip:
    """Who is in a room: a list, which does not say of which room it is."""
    return event
