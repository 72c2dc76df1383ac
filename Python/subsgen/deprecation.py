"""PEP 702 for every Python that generated code runs on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

__all__ = ["deprecated"]

if TYPE_CHECKING:
    # Type checkers know it, whether it is installed or not.
    from typing_extensions import deprecated
elif sys.version_info >= (3, 13):
    from warnings import deprecated
else:
    Decorated = TypeVar("Decorated")

    def deprecated(message: str, /, *, category: None = None) -> Callable[[Decorated], Decorated]:
        """Leaves what it decorates as it is, but for a note of the message."""

        def decorate(decorated: Decorated) -> Decorated:
            decorated.__deprecated__ = message
            return decorated

        return decorate
