"""A typed publisher for every topic: ``await topics.NAME.publish(manager, event)``.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from subsgen import (
    ID,
    Arg,
    EventPublisher,
    Int,
    deprecated,
    encode_value,
    present,
    topic_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from . import types


class MessageAddedTopic:
    """The topic ``chat.{roomId}``.

    It feeds ``Subscription.messageAdded``, ``Subscription.messageRepeated``.
    """

    def name(self, room_id: ID) -> str:
        """The topic's name."""
        return topic_name("chat.", Arg(room_id))

    async def publish(
        self,
        manager: EventPublisher,
        event: types.Message,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name(event.room_id)
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher, *, room_id: ID) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name(room_id))


class PresenceTopic:
    """The topic ``presence.{roomId}``, which feeds ``Subscription.presence``."""

    def name(self, room_id: ID) -> str:
        """The topic's name."""
        return topic_name("presence.", Arg(room_id))

    async def publish(
        self,
        manager: EventPublisher,
        event: list[types.User],
        *,
        room_id: ID,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name(room_id)
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher, *, room_id: ID) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name(room_id))


class ReactionAddedTopic:
    """The topic ``reactions.{roomId}:{emoji}``.

    It feeds ``Subscription.reactionAdded``.
    """

    def name(self, room_id: ID, emoji: types.Emoji) -> str:
        """The topic's name."""
        return topic_name("reactions.", Arg(room_id), ":", Arg(emoji))

    @deprecated("Use `messageAdded`.", category=None)
    async def publish(
        self,
        manager: EventPublisher,
        event: types.Reaction,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name(event.room_id, event.emoji)
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(
        self,
        manager: EventPublisher,
        *,
        room_id: ID,
        emoji: types.Emoji,
    ) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name(room_id, emoji))


class ByAuthorTopic:
    """The topic ``authors.{authorId}``, which feeds ``Subscription.byAuthor``."""

    def name(self, author_id: ID) -> str:
        """The topic's name."""
        return topic_name("authors.", Arg(author_id))

    async def publish(
        self,
        manager: EventPublisher,
        event: types.Reaction,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name(present(present(event.message).author).id)
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher, *, author_id: ID) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name(author_id))


class AnythingTopic:
    """The topic ``anything``, which feeds ``Subscription.anything``."""

    def name(self) -> str:
        """The topic's name."""
        return topic_name("anything")

    async def publish(
        self,
        manager: EventPublisher,
        event: types.Anything | None,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name()
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name())


class NodesTopic:
    """The topic ``nodes``, which feeds ``Subscription.nodes``."""

    def name(self) -> str:
        """The topic's name."""
        return topic_name("nodes")

    async def publish(
        self,
        manager: EventPublisher,
        event: list[types.Node | None] | None,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name()
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name())


class CountdownTopic:
    """The topic ``countdown``, which feeds ``Subscription.countdown``."""

    def name(self) -> str:
        """The topic's name."""
        return topic_name("countdown")

    async def publish(
        self,
        manager: EventPublisher,
        event: Int | None,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name()
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name())


class ClockTopic:
    """The topic ``clock``, which feeds ``Subscription.clock``."""

    def name(self) -> str:
        """The topic's name."""
        return topic_name("clock")

    async def publish(
        self,
        manager: EventPublisher,
        event: types.DateTime,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name()
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name())


class ScoreTopic:
    """The topic ``score``, which feeds ``Subscription.score``."""

    def name(self) -> str:
        """The topic's name."""
        return topic_name("score")

    async def publish(
        self,
        manager: EventPublisher,
        event: float | None,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name()
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name())


class StatusTopic:
    """The topic ``status``, which feeds ``Subscription.status``."""

    def name(self) -> str:
        """The topic's name."""
        return topic_name("status")

    async def publish(
        self,
        manager: EventPublisher,
        event: types.Status,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name()
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name())


class GreetingTopic:
    """The topic ``greeting``, which feeds ``Subscription.greeting``."""

    def name(self) -> str:
        """The topic's name."""
        return topic_name("greeting")

    async def publish(
        self,
        manager: EventPublisher,
        event: str,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name()
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name())


class NothingTopic:
    """The topic ``nothing``, which feeds ``Subscription.nothing``."""

    def name(self) -> str:
        """The topic's name."""
        return topic_name("nothing")

    async def publish(
        self,
        manager: EventPublisher,
        event: types.Empty | None,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name()
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name())


class InternalOnlyTopic:
    """The topic ``internalOnly``, which feeds ``Subscription.internalOnly``."""

    def name(self) -> str:
        """The topic's name."""
        return topic_name("internalOnly")

    async def publish(
        self,
        manager: EventPublisher,
        event: types.Internal | None,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name()
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name())


message_added: Final = MessageAddedTopic()
message_repeated: Final = message_added
presence: Final = PresenceTopic()
reaction_added: Final = ReactionAddedTopic()
by_author: Final = ByAuthorTopic()
anything: Final = AnythingTopic()
nodes: Final = NodesTopic()
countdown: Final = CountdownTopic()
clock: Final = ClockTopic()
score: Final = ScoreTopic()
status: Final = StatusTopic()
greeting: Final = GreetingTopic()
nothing: Final = NothingTopic()
internal_only: Final = InternalOnlyTopic()
