"""The package's logger."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._native import Executor

__all__ = ["logger", "write_log"]

logger = logging.getLogger("subsgen")


def write_log(executor: Executor) -> None:
    """Logs what the native runtime did by itself: it calls nothing of Python, so somebody comes for it."""
    for sentence in executor.take_log():
        logger.warning("%s", sentence)
