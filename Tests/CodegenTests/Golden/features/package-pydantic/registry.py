"""Joins the resolvers to the runtime.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from subsgen import FieldModule, PayloadFieldModule, Registry, schema_text

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

registry: Final = Registry(
    module=__name__,
    sdl=schema_text(__name__),
    fields=(
        FieldModule(
            name="messageAdded",
            event_type="types.Message",
            arguments_type="types.MessageAddedArgs",
            module=f"{__package__}.resolvers.message_added",
            stub="0d34c14b5922c83502a18274f213f19c",
        ),
        FieldModule(
            name="messageRepeated",
            event_type="types.Message",
            arguments_type="types.MessageRepeatedArgs",
            module=f"{__package__}.resolvers.message_repeated",
            stub="1da07413bb8823ded3d1b7f818f7916a",
        ),
        FieldModule(
            name="presence",
            event_type="list[types.User]",
            arguments_type="types.PresenceArgs",
            module=f"{__package__}.resolvers.presence",
            stub="7fb2ce12d15c53187e163329419eb1e5",
        ),
        FieldModule(
            name="reactionAdded",
            event_type="types.Reaction",
            arguments_type="types.ReactionAddedArgs",
            module=f"{__package__}.resolvers.reaction_added",
            stub="d5648b2265caf898a9a62118217c1c1f",
        ),
        FieldModule(
            name="byAuthor",
            event_type="types.Reaction",
            arguments_type="types.ByAuthorArgs",
            module=f"{__package__}.resolvers.by_author",
            stub="84a5e214a62d6922a1c2bd1bc225705a",
        ),
        FieldModule(
            name="anything",
            event_type="types.Anything | None",
            arguments_type="types.AnythingArgs",
            module=f"{__package__}.resolvers.anything",
            stub="4bb677c8d59c8c6df8ab64fb79868ef9",
        ),
        FieldModule(
            name="nodes",
            event_type="list[types.Node | None] | None",
            arguments_type="types.NodesArgs",
            module=f"{__package__}.resolvers.nodes",
            stub="49169463f20e816b65d63b5f7bf7cba6",
        ),
        FieldModule(
            name="countdown",
            event_type="Int | None",
            arguments_type="types.CountdownArgs",
            module=f"{__package__}.resolvers.countdown",
            stub="5626b373f58523c05e3df930cc2e9419",
        ),
        FieldModule(
            name="clock",
            event_type="types.DateTime",
            arguments_type="types.ClockArgs",
            module=f"{__package__}.resolvers.clock",
            stub="ec73a9d273c18402bf79085a6c6b5986",
        ),
        FieldModule(
            name="score",
            event_type="float | None",
            arguments_type="types.ScoreArgs",
            module=f"{__package__}.resolvers.score",
            stub="f77b6ae698a20edf5fa3c96ac88d65c9",
        ),
        FieldModule(
            name="status",
            event_type="types.Status",
            arguments_type="types.StatusArgs",
            module=f"{__package__}.resolvers.status",
            stub="848d08b33c02f4c240f612a2c142374c",
        ),
        FieldModule(
            name="greeting",
            event_type="str",
            arguments_type="types.GreetingArgs",
            module=f"{__package__}.resolvers.greeting",
            stub="718cbfc7cca660149c0ac10b65c1df18",
        ),
        FieldModule(
            name="nothing",
            event_type="types.Empty | None",
            arguments_type="types.NothingArgs",
            module=f"{__package__}.resolvers.nothing",
            stub="e48d13cea9cbcbc6bf53a8314413f529",
        ),
        FieldModule(
            name="internalOnly",
            event_type="types.Internal | None",
            arguments_type="types.InternalOnlyArgs",
            module=f"{__package__}.resolvers.internal_only",
            stub="4e48748db296bf9098a8f642f982ca95",
        ),
    ),
    payload_fields=(
        PayloadFieldModule(
            type_name="Message",
            name="excerpt",
            parent_type="types.Message",
            arguments_type="types.MessageExcerptArgs",
            value_type="str",
            module=f"{__package__}.field_resolvers.message_excerpt",
            stub="4c98bb1a32a772f9e94640cd773af4f9",
        ),
        PayloadFieldModule(
            type_name="Message",
            name="readers",
            parent_type="types.Message",
            arguments_type="types.MessageReadersArgs",
            value_type="Int",
            module=f"{__package__}.field_resolvers.message_readers",
            stub="6cb962d35ad2d055edf7f2fdd24be2c5",
        ),
        PayloadFieldModule(
            type_name="User",
            name="friends",
            parent_type="types.User",
            arguments_type="types.UserFriendsArgs",
            value_type="list[types.User]",
            module=f"{__package__}.field_resolvers.user_friends",
            stub="52bbc0a95ac4d8c025736a2cd73d9ad6",
        ),
        PayloadFieldModule(
            type_name="User",
            name="avatar",
            parent_type="types.User",
            arguments_type="types.UserAvatarArgs",
            value_type="types.Avatar | None",
            module=f"{__package__}.field_resolvers.user_avatar",
            stub="0212a8e2230de4b9ab87845caffe55dc",
        ),
        PayloadFieldModule(
            type_name="Avatar",
            name="alt",
            parent_type="types.Avatar",
            arguments_type="types.AvatarAltArgs",
            value_type="str | None",
            module=f"{__package__}.field_resolvers.avatar_alt",
            stub="b17d12dc0f7f1227439d51601c914757",
        ),
        PayloadFieldModule(
            type_name="Empty",
            name="excerpt",
            parent_type="types.Empty",
            arguments_type="types.EmptyExcerptArgs",
            value_type="str | None",
            module=f"{__package__}.field_resolvers.empty_excerpt",
            stub="931f4e850e2a646c6a1073bc6538ef60",
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
