"""Publishes orders and prints what a subscriber gets of them: what the resolvers in Swift make of each."""

import asyncio
import os

from gen import create_manager, topics
from gen.types import Order
from subsgen import ID, EventBusConfig, SubscriptionPayload


async def main() -> None:
    """One subscription, three orders, two results."""
    manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")))
    subscription = await manager.create_subscription(SubscriptionPayload('subscription { orderPlaced(shop: "north") { id total } }'))
    for number, total in enumerate((0, 7, 110)):
        await topics.order_placed.publish(manager, Order(id=ID(str(number)), shop="north", total=total))
    for _ in range(2):
        result = await manager.get_next_event(subscription)
        print(result.decode() if result else "nothing")
    await manager.close()


asyncio.run(main())
