"""A typed publisher for every topic: ``await topics.NAME.publish(manager, event)``.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from subsgen import EventPublisher, Int, encode_value, topic_name

if TYPE_CHECKING:
    from collections.abc import Mapping


class TickTopic:
    """The topic ``tick``, which feeds ``Subscription.tick``."""

    def name(self) -> str:
        """The topic's name."""
        return topic_name("tick")

    async def publish(
        self,
        manager: EventPublisher,
        event: Int,
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publishes an event and returns its cursor."""
        topic = self.name()
        return await manager.publish_event(topic, encode_value(event), attributes)

    async def complete(self, manager: EventPublisher) -> None:
        """Ends every subscription of the topic."""
        await manager.complete_topic(self.name())


tick: Final = TickTopic()
