"""The benchmark's contract: subscriptions at /graphql, and /burst, which publishes as many events as it is asked for.

`Examples/contract/serve PORT` starts it.
"""

from __future__ import annotations

import os
import time

from fastapi import FastAPI

from bursts import Kind, add_burst
from gen import create_manager, topics
from gen.types import Message, Tick, User
from subsgen import ID, EventBusConfig, create_subscription_app

manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")))
app = create_subscription_app(FastAPI(title="subsgen benchmark contract"), manager, path="/graphql")


async def publish(kind: Kind, number: int, rooms: int) -> None:
    """Publishes one event that says when it was published."""
    ts = str(time.monotonic_ns())
    if kind == "tick":
        await topics.tick.publish(manager, Tick(n=number, ts=ts))
        return
    author = User(id=ID("7"), name="Ada")
    room = str(number % rooms)
    message = Message(id=ID(str(number)), room_id=ID(room), body="hello world, this is message", ts=ts, author=author)
    await topics.message.publish(manager, message)


add_burst(app, publish)
