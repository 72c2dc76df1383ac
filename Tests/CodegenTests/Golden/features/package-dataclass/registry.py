"""Joins the resolvers to the runtime.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from subsgen import FieldBinding, Int, PayloadFieldBinding, Registry, schema_text

from . import types
from .resolvers import (
    anything,
    by_author,
    clock,
    countdown,
    greeting,
    internal_only,
    message_added,
    message_repeated,
    nodes,
    nothing,
    presence,
    reaction_added,
    score,
    status,
)

if TYPE_CHECKING:
    from . import contracts
    from .field_resolvers import (
        avatar_alt,
        empty_excerpt,
        message_excerpt,
        message_readers,
        user_avatar,
        user_friends,
    )

registry: Final = Registry(
    module=__name__,
    sdl=schema_text(__name__),
    fields=(
        FieldBinding(
            name="messageAdded",
            event_type=types.Message,
            arguments_type=types.MessageAddedArgs,
            module=message_added,
        ),
        FieldBinding(
            name="messageRepeated",
            event_type=types.Message,
            arguments_type=types.MessageRepeatedArgs,
            module=message_repeated,
        ),
        FieldBinding(
            name="presence",
            event_type=list[types.User],
            arguments_type=types.PresenceArgs,
            module=presence,
        ),
        FieldBinding(
            name="reactionAdded",
            event_type=types.Reaction,
            arguments_type=types.ReactionAddedArgs,
            module=reaction_added,
        ),
        FieldBinding(
            name="byAuthor",
            event_type=types.Reaction,
            arguments_type=types.ByAuthorArgs,
            module=by_author,
        ),
        FieldBinding(
            name="anything",
            event_type=types.Anything | None,
            arguments_type=types.AnythingArgs,
            module=anything,
        ),
        FieldBinding(
            name="nodes",
            event_type=list[types.Node | None] | None,
            arguments_type=types.NodesArgs,
            module=nodes,
        ),
        FieldBinding(
            name="countdown",
            event_type=Int | None,
            arguments_type=types.CountdownArgs,
            module=countdown,
        ),
        FieldBinding(
            name="clock",
            event_type=types.DateTime,
            arguments_type=types.ClockArgs,
            module=clock,
        ),
        FieldBinding(
            name="score",
            event_type=float | None,
            arguments_type=types.ScoreArgs,
            module=score,
        ),
        FieldBinding(
            name="status",
            event_type=types.Status,
            arguments_type=types.StatusArgs,
            module=status,
        ),
        FieldBinding(
            name="greeting",
            event_type=str,
            arguments_type=types.GreetingArgs,
            module=greeting,
        ),
        FieldBinding(
            name="nothing",
            event_type=types.Empty | None,
            arguments_type=types.NothingArgs,
            module=nothing,
        ),
        FieldBinding(
            name="internalOnly",
            event_type=types.Internal | None,
            arguments_type=types.InternalOnlyArgs,
            module=internal_only,
        ),
    ),
    payload_fields=(
        PayloadFieldBinding(
            type_name="Message",
            name="excerpt",
            parent_type=types.Message,
            arguments_type=types.MessageExcerptArgs,
            value_type=str,
            module=f"{__package__}.field_resolvers.message_excerpt",
        ),
        PayloadFieldBinding(
            type_name="Message",
            name="readers",
            parent_type=types.Message,
            arguments_type=types.MessageReadersArgs,
            value_type=Int,
            module=f"{__package__}.field_resolvers.message_readers",
        ),
        PayloadFieldBinding(
            type_name="User",
            name="friends",
            parent_type=types.User,
            arguments_type=types.UserFriendsArgs,
            value_type=list[types.User],
            module=f"{__package__}.field_resolvers.user_friends",
        ),
        PayloadFieldBinding(
            type_name="User",
            name="avatar",
            parent_type=types.User,
            arguments_type=types.UserAvatarArgs,
            value_type=types.Avatar | None,
            module=f"{__package__}.field_resolvers.user_avatar",
        ),
        PayloadFieldBinding(
            type_name="Avatar",
            name="alt",
            parent_type=types.Avatar,
            arguments_type=types.AvatarAltArgs,
            value_type=str | None,
            module=f"{__package__}.field_resolvers.avatar_alt",
        ),
        PayloadFieldBinding(
            type_name="Empty",
            name="excerpt",
            parent_type=types.Empty,
            arguments_type=types.EmptyExcerptArgs,
            value_type=str | None,
            module=f"{__package__}.field_resolvers.empty_excerpt",
        ),
    ),
)

if TYPE_CHECKING:
    _message_added: contracts.MessageAddedResolver = message_added
    _message_repeated: contracts.MessageRepeatedResolver = message_repeated
    _presence: contracts.PresenceResolver = presence
    _reaction_added: contracts.ReactionAddedResolver = reaction_added
    _by_author: contracts.ByAuthorResolver = by_author
    _anything: contracts.AnythingResolver = anything
    _nodes: contracts.NodesResolver = nodes
    _countdown: contracts.CountdownResolver = countdown
    _clock: contracts.ClockResolver = clock
    _score: contracts.ScoreResolver = score
    _status: contracts.StatusResolver = status
    _greeting: contracts.GreetingResolver = greeting
    _nothing: contracts.NothingResolver = nothing
    _internal_only: contracts.InternalOnlyResolver = internal_only
    _message_excerpt: contracts.MessageExcerptResolver = message_excerpt
    _message_readers: contracts.MessageReadersResolver = message_readers
    _user_friends: contracts.UserFriendsResolver = user_friends
    _user_avatar: contracts.UserAvatarResolver = user_avatar
    _avatar_alt: contracts.AvatarAltResolver = avatar_alt
    _empty_excerpt: contracts.EmptyExcerptResolver = empty_excerpt
