"""A chat: messages come in by HTTP and go out as subscriptions. The page in static/ shows both.

Run it with `make serve`, or by hand: `subsgen schema.graphql --out gen`, then `uvicorn app:app`.
"""

from __future__ import annotations

import os
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path as FilePath
from typing import Annotated, Any

import msgspec
from fastapi import FastAPI, Path, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, StringConstraints

from gen import create_manager, topics
from gen.types import Member, Message, Presence
from presence import attendance
from subsgen import ID, EventBusConfig, create_subscription_app

PAGE = FilePath(__file__).parent / "static"

RoomId = Annotated[str, Path(pattern="^[a-z0-9-]{1,40}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class NewMessage(BaseModel):
    """What a client posts."""

    model_config = ConfigDict(extra="forbid")

    author: Name
    text: Text


def display_name(payload: Mapping[str, Any] | None) -> dict[str, str]:
    """The auth_handler: this example asks for no more than a name. An application that has users checks a token here."""
    name = (payload or {}).get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 40:
        raise PermissionError("connection_init carries a name of 1 to 40 characters")
    return {"name": name.strip()}


manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")), auth_handler=display_name)
recent: deque[Message] = deque(maxlen=1000)
"""The newest messages of all rooms, for those who come later. An application that must not lose them has a database."""


async def announce(room: str, names: list[str]) -> None:
    """Tells a room who is in it."""
    await topics.presence_changed.publish(manager, Presence(room_id=ID(room), members=[Member(name=name) for name in names]))


attendance.announce_with(announce)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
    yield
    await manager.close()


app = FastAPI(title="subsgen chat", lifespan=lifespan)
create_subscription_app(app, manager, path="/graphql")


@app.post("/rooms/{room_id}/messages", status_code=201)
async def post_message(room_id: RoomId, new: NewMessage) -> Response:
    """Posts a message: every subscriber of the room gets it."""
    message = Message(
        id=ID(uuid.uuid4().hex),
        room_id=ID(room_id),
        author=Member(name=new.author),
        text=new.text,
        sent_at=datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
    )
    recent.append(message)
    await topics.message_added.publish(manager, message)
    return json_response(message, 201)


@app.get("/rooms/{room_id}/messages")
async def recent_messages(room_id: RoomId) -> Response:
    """The newest messages of a room, the oldest of them first."""
    return json_response([message for message in recent if message.room_id == room_id][-50:])


def json_response(value: Message | list[Message], status: int = 200) -> Response:
    """Payload classes are msgspec structs, which msgspec writes and pydantic does not know."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


# Last, because it takes every path that nothing above took.
app.mount("/", StaticFiles(directory=PAGE, html=True))
