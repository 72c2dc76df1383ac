"""Publishes an order and prints what a subscriber gets."""

import asyncio
import os

from subsgen import ID, EventBusConfig, SubscriptionPayload

from .gen import create_manager, topics
from .gen.types import Order


async def main() -> None:
    """One subscription, two orders, one result."""
    manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")))
    subscription = await manager.create_subscription(SubscriptionPayload('subscription { orderPlaced(shop: "north") { id total } }'))
    await topics.order_placed.publish(manager, Order(id=ID("1"), shop="south", total=5))
    await topics.order_placed.publish(manager, Order(id=ID("2"), shop="north", total=7))
    result = await manager.get_next_event(subscription)
    print(result.decode() if result else "nothing")
    await manager.close()


asyncio.run(main())
