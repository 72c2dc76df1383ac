"""The benchmark's contract with rules on every step (secured.graphql), for clients that say in `connection_init` what they may.

`Examples/contract/serve PORT --secured` starts it. Who believes clients that much has no security: this measures what the rules cost.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from bursts import Kind, add_burst
from secured_gen import create_manager, topics
from secured_gen.types import Message, Tick, User
from subsgen import ID, EventBusConfig, create_subscription_app

TENANT = ID("t1")


def claims(payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """What a client says of itself."""
    return payload or {}


manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")), auth_handler=claims)
app = create_subscription_app(FastAPI(title="subsgen benchmark contract, secured"), manager, path="/graphql")


async def publish(kind: Kind, number: int, rooms: int) -> None:
    """Publishes one event of the tenant."""
    ts = str(time.monotonic_ns())
    if kind == "tick":
        await topics.tick.publish(manager, Tick(n=number, ts=ts, tenant_id=TENANT))
        return
    author = User(id=ID("7"), name="Ada")
    room = str(number % rooms)
    message = Message(id=ID(str(number)), room_id=ID(room), body="hello world, this is message", ts=ts, author=author, tenant_id=TENANT)
    await topics.message.publish(manager, message)


add_burst(app, publish)
