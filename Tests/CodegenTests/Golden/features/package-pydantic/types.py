"""What events, inputs and arguments are.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from subsgen import ID, UNSET, OpenEnum
from subsgen.pydantic import BY_TYPENAME, Int, Payload, UnsetType
from subsgen.pydantic import field as _field

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


class Message(Payload):
    """A message.
    He said "\"\"hi"\"\" and \\ went.
    """

    typename__: Literal["Message"] = _field(
        default="Message",
        validation_alias="__typename",
        serialization_alias="__typename",
    )
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


class User(Payload):
    typename__: Literal["User"] = _field(
        default="User",
        validation_alias="__typename",
        serialization_alias="__typename",
    )
    id: ID
    name: str
    status: Status | UnsetType | None = UNSET
    class_: str | UnsetType | None = UNSET
    list_: list[Int] | UnsetType | None = UNSET
    internal_id_: Int | UnsetType | None = _field(
        default=UNSET,
        validation_alias="_internalId",
        serialization_alias="_internalId",
    )


class Avatar(Payload):
    """No event holds one."""

    url: str
    alt: str | UnsetType | None = UNSET
    """Clients get what ``field_resolvers/avatar_alt.py`` supplies."""


class Reaction(Payload):
    typename__: Literal["Reaction"] = _field(
        default="Reaction",
        validation_alias="__typename",
        serialization_alias="__typename",
    )
    room_id: ID
    emoji: Emoji
    message: Message | UnsetType = UNSET


class Empty(Payload):
    pass


class Internal(Payload):
    name: str
    """In events only: clients do not see it."""
    shown: Int | UnsetType | None = UNSET


class Order(Payload):
    """In which order."""

    by: OrderBy
    descending: bool = False


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


class ChoiceById(Payload):
    id: ID


class ChoiceByName(Payload):
    name: str


class MessageAddedArgs(Payload):
    """The arguments of ``Subscription.messageAdded``."""

    room_id: ID


class MessageRepeatedArgs(Payload):
    """The arguments of ``Subscription.messageRepeated``."""

    room_id: ID
    limit: Int | None = 3


class PresenceArgs(Payload):
    """The arguments of ``Subscription.presence``."""

    room_id: ID


class ReactionAddedArgs(Payload):
    """The arguments of ``Subscription.reactionAdded``."""

    room_id: ID
    emoji: Emoji


class ByAuthorArgs(Payload):
    """The arguments of ``Subscription.byAuthor``."""

    author_id: ID


class AnythingArgs(Payload):
    """The arguments of ``Subscription.anything``."""

    filter: AnythingFilter | UnsetType | None = UNSET


class NodesArgs(Payload):
    """The arguments of ``Subscription.nodes``."""


class CountdownArgs(Payload):
    """The arguments of ``Subscription.countdown``."""


class ClockArgs(Payload):
    """The arguments of ``Subscription.clock``."""


class ScoreArgs(Payload):
    """The arguments of ``Subscription.score``."""


class StatusArgs(Payload):
    """The arguments of ``Subscription.status``."""


class GreetingArgs(Payload):
    """The arguments of ``Subscription.greeting``."""

    undecided: list[str] | None


class NothingArgs(Payload):
    """The arguments of ``Subscription.nothing``."""


class InternalOnlyArgs(Payload):
    """The arguments of ``Subscription.internalOnly``."""


class MessageExcerptArgs(Payload):
    """The arguments of ``Message.excerpt``."""

    length: Int | UnsetType | None = UNSET


class MessageReadersArgs(Payload):
    """The arguments of ``Message.readers``."""


class UserFriendsArgs(Payload):
    """The arguments of ``User.friends``."""

    order: Order
    first: Int = 10


class UserAvatarArgs(Payload):
    """The arguments of ``User.avatar``."""

    size: Int | None = 64


class AvatarAltArgs(Payload):
    """The arguments of ``Avatar.alt``."""


class EmptyExcerptArgs(Payload):
    """The arguments of ``Empty.excerpt``."""

    length: Int | UnsetType | None = UNSET


Node: TypeAlias = Annotated[Message | User, BY_TYPENAME]


Anything: TypeAlias = Annotated[Message | User | Reaction, BY_TYPENAME]


Choice: TypeAlias = ChoiceById | ChoiceByName
"""Exactly one of the fields is given."""
