"""Subscriptions without a socket: what the tests of managers and resolvers pull."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from chat import MESSAGE, registry, resolver_module
from serving import within
from subsgen import SubscriptionManager, SubscriptionPayload


@asynccontextmanager
async def subscribed(manager: SubscriptionManager, query: str = MESSAGE, claims: Any = None, **variables: Any) -> AsyncGenerator[str]:
    id = await manager.create_subscription(SubscriptionPayload(query, variables=variables), claims=claims)
    yield id
    await manager.complete_subscription(id)
    await manager.close()
    assert manager.get_metrics()["subscriptions"] == 0


async def result(manager: SubscriptionManager, id: str) -> Any:
    """The next result, waited for."""
    body = await within(manager.get_next_event(id))
    assert body is not None
    return msgspec.json.decode(body)


def serving(resolve: Any, **functions: Any) -> SubscriptionManager:
    """A manager whose field `message` has a resolver."""
    return SubscriptionManager(registry=registry(message=resolver_module(resolve=resolve, **functions)))
