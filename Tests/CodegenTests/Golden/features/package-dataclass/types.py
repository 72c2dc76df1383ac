"""What events, inputs and arguments are.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as _field
from typing import Any, TypeAlias

from subsgen import ID, UNSET, Int, OpenEnum, UnsetType
from subsgen.dataclasses import Payload

DateTime: TypeAlias = Any
"""A moment in time, as RFC 3339 writes it."""


class OrderBy(OpenEnum):
    NAME = "NAME"
    AGE = "AGE"


class Status(OpenEnum):
    ACTIVE = "ACTIVE"
    AWAY = "AWAY"
    """Not there."""
    GONE = "GONE"
    """Deprecated: Say AWAY."""
    continue_ = "continue"
    name_ = "name"
    value_2FA = "_2FA"


class Emoji(OpenEnum):
    HEART = "HEART"
    SMILE = "SMILE"


@dataclass(slots=True, kw_only=True)
class Message(Payload):
    """A message.
    He said "\"\"hi"\"\" and \\ went.
    """

    typename__ = "Message"
    id: ID
    room_id: ID
    body: str
    author: User | UnsetType = UNSET
    spam_score: float
    """Nobody but rules and resolvers sees it.

    In events only: clients do not see it.
    """
    sent_at: DateTime
    edited_at: DateTime | UnsetType | None = UNSET
    tags: list[str]
    matrix: list[list[Int] | None] | UnsetType | None = UNSET
    replies: list[Message] | UnsetType = UNSET
    parent: Message | UnsetType | None = UNSET
    readers: Int | UnsetType = UNSET
    """How many have read it.

    Clients get what ``field_resolvers/message_readers.py`` supplies.
    """
    old: str | UnsetType | None = UNSET
    """Deprecated: No longer supported"""


@dataclass(slots=True, kw_only=True)
class User(Payload):
    typename__ = "User"
    id: ID
    name: str
    status: Status | UnsetType | None = UNSET
    class_: str | UnsetType | None = UNSET
    list_: list[Int] | UnsetType | None = UNSET
    internal_id_: Int | UnsetType | None = _field(
        default=UNSET,
        metadata={"name": "_internalId"},
    )


@dataclass(slots=True, kw_only=True)
class Avatar(Payload):
    """No event holds one."""

    url: str
    alt: str | UnsetType | None = UNSET
    """Clients get what ``field_resolvers/avatar_alt.py`` supplies."""


@dataclass(slots=True, kw_only=True)
class Reaction(Payload):
    typename__ = "Reaction"
    room_id: ID
    emoji: Emoji
    message: Message | UnsetType = UNSET


@dataclass(slots=True, kw_only=True)
class Empty(Payload):
    pass


@dataclass(slots=True, kw_only=True)
class Internal(Payload):
    name: str
    """In events only: clients do not see it."""
    shown: Int | UnsetType | None = UNSET


@dataclass(slots=True, kw_only=True)
class Order(Payload):
    """In which order."""

    by: OrderBy
    descending: bool = False


@dataclass(slots=True, kw_only=True)
class AnythingFilter(Payload):
    """Which things."""

    author: ID | UnsetType | None = UNSET
    """Whose."""
    status: Status = Status.AWAY
    since: DateTime | None = "2026-01-01T00:00:00Z"
    nested: AnythingFilter | UnsetType | None = UNSET
    ids: list[ID]
    limit: Int = 10
    ratio: float | None = 1e-3
    text: str = 'say "x"'
    flag: bool | None = False
    nothing: Int | None = None
    required: str
    choice: Choice | UnsetType | None = UNSET


@dataclass(slots=True, kw_only=True)
class ChoiceById(Payload):
    id: ID


@dataclass(slots=True, kw_only=True)
class ChoiceByName(Payload):
    name: str


@dataclass(slots=True, kw_only=True)
class MessageAddedArgs(Payload):
    """The arguments of ``Subscription.messageAdded``."""

    room_id: ID


@dataclass(slots=True, kw_only=True)
class MessageRepeatedArgs(Payload):
    """The arguments of ``Subscription.messageRepeated``."""

    room_id: ID
    limit: Int | None = 3


@dataclass(slots=True, kw_only=True)
class PresenceArgs(Payload):
    """The arguments of ``Subscription.presence``."""

    room_id: ID


@dataclass(slots=True, kw_only=True)
class ReactionAddedArgs(Payload):
    """The arguments of ``Subscription.reactionAdded``."""

    room_id: ID
    emoji: Emoji


@dataclass(slots=True, kw_only=True)
class ByAuthorArgs(Payload):
    """The arguments of ``Subscription.byAuthor``."""

    author_id: ID


@dataclass(slots=True, kw_only=True)
class AnythingArgs(Payload):
    """The arguments of ``Subscription.anything``."""

    filter: AnythingFilter | UnsetType | None = UNSET


@dataclass(slots=True, kw_only=True)
class NodesArgs(Payload):
    """The arguments of ``Subscription.nodes``."""


@dataclass(slots=True, kw_only=True)
class CountdownArgs(Payload):
    """The arguments of ``Subscription.countdown``."""


@dataclass(slots=True, kw_only=True)
class ClockArgs(Payload):
    """The arguments of ``Subscription.clock``."""


@dataclass(slots=True, kw_only=True)
class ScoreArgs(Payload):
    """The arguments of ``Subscription.score``."""


@dataclass(slots=True, kw_only=True)
class StatusArgs(Payload):
    """The arguments of ``Subscription.status``."""


@dataclass(slots=True, kw_only=True)
class GreetingArgs(Payload):
    """The arguments of ``Subscription.greeting``."""

    undecided: list[str] | None


@dataclass(slots=True, kw_only=True)
class NothingArgs(Payload):
    """The arguments of ``Subscription.nothing``."""


@dataclass(slots=True, kw_only=True)
class InternalOnlyArgs(Payload):
    """The arguments of ``Subscription.internalOnly``."""


@dataclass(slots=True, kw_only=True)
class MessageExcerptArgs(Payload):
    """The arguments of ``Message.excerpt``."""

    length: Int | UnsetType | None = UNSET


@dataclass(slots=True, kw_only=True)
class MessageReadersArgs(Payload):
    """The arguments of ``Message.readers``."""


@dataclass(slots=True, kw_only=True)
class UserFriendsArgs(Payload):
    """The arguments of ``User.friends``."""

    order: Order
    first: Int = 10


@dataclass(slots=True, kw_only=True)
class UserAvatarArgs(Payload):
    """The arguments of ``User.avatar``."""

    size: Int | None = 64


@dataclass(slots=True, kw_only=True)
class AvatarAltArgs(Payload):
    """The arguments of ``Avatar.alt``."""


@dataclass(slots=True, kw_only=True)
class EmptyExcerptArgs(Payload):
    """The arguments of ``Empty.excerpt``."""

    length: Int | UnsetType | None = UNSET


Node: TypeAlias = Message | User


Anything: TypeAlias = Message | User | Reaction


Choice: TypeAlias = ChoiceById | ChoiceByName
"""Exactly one of the fields is given."""
