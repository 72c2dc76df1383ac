"""Messages come in by HTTP and go out as subscriptions.

Run it with ``subsgen``, which writes the package ``gen`` from schema.graphql, and ``uvicorn app:app``.
"""

from __future__ import annotations

import os
import uuid

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from subsgen import ID, EventBusConfig, create_subscription_app

from gen import create_manager, topics
from gen.types import Message

manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")))


async def post_message(request: Request) -> Response:
    """Tells everybody who listens to the room."""
    room_id, text = request.path_params["room_id"], request.query_params.get("text")
    if text is None:
        return Response("a message has a text: ?text=Hello\n", 422)
    await topics.message_added.publish(manager, Message(id=ID(uuid.uuid4().hex), room_id=ID(room_id), text=text))
    return Response(status_code=204)


# The lifespan says goodbye to the clients when the server ends.
app = Starlette(routes=[Route("/rooms/{room_id}/messages", post_message, methods=["POST"])], lifespan=manager.lifespan)
create_subscription_app(app, manager, path="/graphql")
