"""Presence: a subscription to a room's presence is a visit to that room."""

from presence import attendance
from subsgen import Context, Skip, passthrough

from ..types import Presence, PresenceChangedArgs


@passthrough
async def resolve(event: Presence, args: PresenceChangedArgs) -> Presence | Skip:
    """Somebody came into a room or left it."""
    return event


async def on_subscribe(args: PresenceChangedArgs, context: Context) -> None:
    """Called once the subscription takes events, so that its own client hears of the visit as well."""
    await attendance.enter(args.room_id, visit(context), context.claims["name"])


async def on_unsubscribe(args: PresenceChangedArgs, context: Context) -> None:
    """Called however the subscription ended, also when the socket just vanished."""
    await attendance.leave(args.room_id, visit(context))


def visit(context: Context) -> str:
    """A name for the subscription that no other one has: its id is unique within its connection."""
    connection = "" if context.connection is None else context.connection.id
    return f"{connection}/{context.subscription_id}"
