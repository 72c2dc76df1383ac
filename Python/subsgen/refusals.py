"""What is told of clients that may not connect: a count of each, and a log that no attacker can flood."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal

from .log import logger

if TYPE_CHECKING:
    from ._native import Executor
    from .resolvers import ConnectionInfo

__all__ = ["Refusals", "Rule"]

Rule = Literal["origin", "address", "user", "authentication"]
"""By what a client was refused."""

_INTERVAL: Final = 1.0
"""Seconds between two records of a rule."""


class Refusals:
    """Belongs to a runtime; may be used on several event loops."""

    def __init__(self, executor: Executor, clock: Callable[[], float] = time.monotonic) -> None:
        self._executor = executor
        self._clock = clock
        self._lock = threading.Lock()
        """Guards what was told last of each rule, and how much was left out since."""
        self._told: dict[Rule, tuple[float, int]] = {}

    def tell(self, rule: Rule, connection: ConnectionInfo, why: object, level: int = logging.INFO) -> None:
        """Counts a refusal, and logs one of each rule in a second; the next says how many were left out.

        The record's attributes ``rule``, ``connection`` (its id) and ``address`` are for who collects logs. ``why`` holds no token.
        """
        self._executor.count_refusal(rule)
        now = self._clock()
        with self._lock:
            told, left_out = self._told.get(rule, (None, 0))
            if told is not None and now < told + _INTERVAL:
                self._told[rule] = (told, left_out + 1)
                return
            self._told[rule] = (now, 0)
        more = f" (and {left_out} more like this, not told)" if left_out else ""
        address = None if connection.address is None else connection.address[0]
        logger.log(level, "a client was refused: %s%s", why, more, extra={"rule": rule, "connection": connection.id, "address": address})
