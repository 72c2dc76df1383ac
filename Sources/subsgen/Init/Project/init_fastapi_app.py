"""Messages come in by HTTP and go out as subscriptions.

Run it with ``subsgen``, which writes the package ``gen`` from schema.graphql, and ``uvicorn app:app``.
"""

from __future__ import annotations

import os
import uuid

from fastapi import FastAPI
from subsgen import ID, EventBusConfig, create_subscription_app

from gen import create_manager, topics
from gen.types import Message

manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")))

# The lifespan says goodbye to the clients when the server ends.
app = FastAPI(lifespan=manager.lifespan)
create_subscription_app(app, manager, path="/graphql")


@app.post("/rooms/{room_id}/messages", status_code=204)
async def post_message(room_id: str, text: str) -> None:
    """Tells everybody who listens to the room."""
    await topics.message_added.publish(manager, Message(id=ID(uuid.uuid4().hex), room_id=ID(room_id), text=text))
