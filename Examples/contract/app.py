"""The benchmark's contract: subscriptions at /graphql, and /burst, which publishes as many events as it is asked for.

`Examples/contract/serve PORT` starts it.
"""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Literal

from fastapi import FastAPI, Query

from gen import create_manager, topics
from gen.types import Message, Tick, User
from subsgen import ID, EventBusConfig, create_subscription_app

EVENTS_A_TURN = 16
"""After so many events the event loop turns once, so that they are sent; the servers that this one is compared with do the same."""

manager = create_manager(EventBusConfig.memory())
app = create_subscription_app(FastAPI(title="subsgen benchmark contract"), manager, path="/graphql")


@app.get("/burst")
async def burst(
    kind: Literal["tick", "room"],
    count: Annotated[int, Query(ge=1)],
    rooms: Annotated[int, Query(ge=1)] = 1,
    rate: Annotated[float, Query(ge=0)] = 0,
) -> str:
    """Publishes ``count`` ticks, or messages to ``rooms`` rooms by turns: ``rate`` of them a second, or all at once where it is 0."""
    began = time.monotonic()
    for number in range(count):
        await publish(kind, number, rooms)
        if rate:
            await asyncio.sleep(max(0.0, began + (number + 1) / rate - time.monotonic()))
        elif number % EVENTS_A_TURN == 0:
            await asyncio.sleep(0)
    return "ok"


async def publish(kind: Literal["tick", "room"], number: int, rooms: int) -> None:
    """Publishes one event that says when it was published."""
    ts = str(time.monotonic_ns())
    if kind == "tick":
        await topics.tick.publish(manager, Tick(n=number, ts=ts))
        return
    author = User(id=ID("7"), name="Ada")
    room = str(number % rooms)
    message = Message(id=ID(str(number)), room_id=ID(room), body="hello world, this is message", ts=ts, author=author)
    await topics.message.publish(manager, message)
