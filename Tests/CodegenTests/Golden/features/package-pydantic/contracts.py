"""What the resolver modules define. Type checkers hold them to it in registry.py.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from subsgen import Int, Resolve, ResolveField

    from . import types


class MessageAddedResolver(Protocol):
    """``resolvers/message_added.py``, for ``Subscription.messageAdded``."""

    @property
    def resolve(self) -> Resolve[types.Message, types.MessageAddedArgs]: ...


class MessageRepeatedResolver(Protocol):
    """``resolvers/message_repeated.py``, for ``Subscription.messageRepeated``."""

    @property
    def resolve(self) -> Resolve[types.Message, types.MessageRepeatedArgs]: ...


class PresenceResolver(Protocol):
    """``resolvers/presence.py``, for ``Subscription.presence``."""

    @property
    def resolve(self) -> Resolve[list[types.User], types.PresenceArgs]: ...


class ReactionAddedResolver(Protocol):
    """``resolvers/reaction_added.py``, for ``Subscription.reactionAdded``."""

    @property
    def resolve(self) -> Resolve[types.Reaction, types.ReactionAddedArgs]: ...


class ByAuthorResolver(Protocol):
    """``resolvers/by_author.py``, for ``Subscription.byAuthor``."""

    @property
    def resolve(self) -> Resolve[types.Reaction, types.ByAuthorArgs]: ...


class AnythingResolver(Protocol):
    """``resolvers/anything.py``, for ``Subscription.anything``."""

    @property
    def resolve(self) -> Resolve[types.Anything | None, types.AnythingArgs]: ...


class NodesResolver(Protocol):
    """``resolvers/nodes.py``, for ``Subscription.nodes``."""

    @property
    def resolve(self) -> Resolve[list[types.Node | None] | None, types.NodesArgs]: ...


class CountdownResolver(Protocol):
    """``resolvers/countdown.py``, for ``Subscription.countdown``."""

    @property
    def resolve(self) -> Resolve[Int | None, types.CountdownArgs]: ...


class ClockResolver(Protocol):
    """``resolvers/clock.py``, for ``Subscription.clock``."""

    @property
    def resolve(self) -> Resolve[types.DateTime, types.ClockArgs]: ...


class ScoreResolver(Protocol):
    """``resolvers/score.py``, for ``Subscription.score``."""

    @property
    def resolve(self) -> Resolve[float | None, types.ScoreArgs]: ...


class StatusResolver(Protocol):
    """``resolvers/status.py``, for ``Subscription.status``."""

    @property
    def resolve(self) -> Resolve[types.Status, types.StatusArgs]: ...


class GreetingResolver(Protocol):
    """``resolvers/greeting.py``, for ``Subscription.greeting``."""

    @property
    def resolve(self) -> Resolve[str, types.GreetingArgs]: ...


class NothingResolver(Protocol):
    """``resolvers/nothing.py``, for ``Subscription.nothing``."""

    @property
    def resolve(self) -> Resolve[types.Empty | None, types.NothingArgs]: ...


class InternalOnlyResolver(Protocol):
    """``resolvers/internal_only.py``, for ``Subscription.internalOnly``."""

    @property
    def resolve(self) -> Resolve[types.Internal | None, types.InternalOnlyArgs]: ...


class MessageExcerptResolver(Protocol):
    """``field_resolvers/message_excerpt.py``, for ``Message.excerpt``."""

    @property
    def resolve(self) -> ResolveField[types.Message, types.MessageExcerptArgs, str]: ...


class MessageReadersResolver(Protocol):
    """``field_resolvers/message_readers.py``, for ``Message.readers``."""

    @property
    def resolve(self) -> ResolveField[types.Message, types.MessageReadersArgs, Int]: ...


class UserFriendsResolver(Protocol):
    """``field_resolvers/user_friends.py``, for ``User.friends``."""

    @property
    def resolve(
        self,
    ) -> ResolveField[types.User, types.UserFriendsArgs, list[types.User]]: ...


class UserAvatarResolver(Protocol):
    """``field_resolvers/user_avatar.py``, for ``User.avatar``."""

    @property
    def resolve(
        self,
    ) -> ResolveField[types.User, types.UserAvatarArgs, types.Avatar | None]: ...


class AvatarAltResolver(Protocol):
    """``field_resolvers/avatar_alt.py``, for ``Avatar.alt``."""

    @property
    def resolve(
        self,
    ) -> ResolveField[types.Avatar, types.AvatarAltArgs, str | None]: ...


class EmptyExcerptResolver(Protocol):
    """``field_resolvers/empty_excerpt.py``, for ``Empty.excerpt``."""

    @property
    def resolve(
        self,
    ) -> ResolveField[types.Empty, types.EmptyExcerptArgs, str | None]: ...
