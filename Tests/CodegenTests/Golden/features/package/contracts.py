"""What the resolver modules define. Type checkers hold them to it in registry.py.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from subsgen import Int, Resolve

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
