"""The package's loggers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._native import Executor

__all__ = ["audit", "logger", "write_log"]

logger = logging.getLogger("subsgen")
audit = logging.getLogger("subsgen.audit")
"""Takes the records of denials."""


def write_log(executor: Executor) -> None:
    """Logs what the native runtime did by itself: it calls nothing of Python, so somebody comes for it."""
    for sentence, kind, field, rule, user, connection, topic, left_out in executor.take_log():
        extra = {
            "kind": kind,
            "field": field,
            "rule": rule,
            "user_id": user,
            "connection_id": connection,
            "topic": topic,
            "left_out": left_out,
        }
        if rule is None:
            logger.warning("%s", sentence, extra=extra)
        else:
            audit.info("%s", sentence, extra=extra)
