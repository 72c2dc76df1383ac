"""The schema that the tests serve, and what a generated package would hold for it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from subsgen import FieldBinding, Payload, Registry, passthrough

SDL = """
type Query { version: String }
type Author { id: ID! name: String! }
type Message { id: ID! roomId: ID! text: String! author: Author likes: Int }
type Subscription {
  "Its topic has the argument in its name."
  messageAdded(roomId: ID!): Message! @topic(name: "chat.{roomId}")
  "Its argument selects events of one topic."
  message(roomId: ID): Message
  tick: Int!
}
"""

MESSAGE_ADDED = "subscription ($room: ID!) { messageAdded(roomId: $room) { id text } }"
MESSAGE = "subscription ($room: ID) { message(roomId: $room) { id text } }"


class Author(Payload, kw_only=True):
    id: str
    name: str


class Message(Payload, kw_only=True, rename="camel"):
    id: str
    room_id: str
    text: str
    author: Author | None = None
    likes: int | None = None


class RoomArguments(Payload, kw_only=True, rename="camel"):
    room_id: str | None = None


class NoArguments(Payload, kw_only=True):
    pass


def message(id: int | str, room: str = "1", text: str = "hello") -> dict[str, Any]:
    """An event of the fields that give messages."""
    return {"id": str(id), "roomId": room, "text": text}


@passthrough
async def answered_natively(event: Any, args: Any) -> Any:
    return event


def resolver_module(**functions: Callable[..., Any]) -> ModuleType:
    """A resolver module of these functions."""
    module = ModuleType("resolvers.example")
    for name, function in {"resolve": answered_natively, **functions}.items():
        setattr(module, name, function)
    return module


def registry(**modules: ModuleType) -> Registry:
    """The registry of a package that was generated for the schema. Fields are given by the schema's names."""
    types: dict[str, tuple[Any, type[Payload]]] = {
        "messageAdded": (Message, RoomArguments),
        "message": (Message | None, RoomArguments),
        "tick": (int, NoArguments),
    }
    return Registry(
        sdl=SDL,
        fields=[FieldBinding(name, *types[name], modules.get(name) or resolver_module()) for name in types],
    )
