"""GET /burst, which publishes as many events as it is asked for, as every server of the benchmark has it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import FastAPI, Query

EVENTS_A_TURN = 16
"""After so many events the event loop turns once, so that they are sent; the servers that this one is compared with do the same."""

Kind = Literal["tick", "room"]


def add_burst(app: FastAPI, publish: Callable[[Kind, int, int], Awaitable[None]]) -> None:
    """Adds the route. ``publish`` publishes the event of a kind, number and number of rooms."""

    async def burst(
        kind: Kind,
        count: Annotated[int, Query(ge=1)],
        rooms: Annotated[int, Query(ge=1)] = 1,
        rate: Annotated[float, Query(ge=0)] = 0,
    ) -> str:
        """Publishes ``count`` ticks, or messages to ``rooms`` rooms by turns: ``rate`` of them a second, or all at once where it is 0."""
        began = time.monotonic()
        for number in range(count):
            await publish(kind, number, rooms)
            if rate:
                await asyncio.sleep(max(0.0, began + (number + 1) / rate - time.monotonic()))
            elif number % EVENTS_A_TURN == 0:
                await asyncio.sleep(0)
        return "ok"

    app.get("/burst")(burst)
