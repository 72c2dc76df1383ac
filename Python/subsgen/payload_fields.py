"""The developer's functions for fields of payloads."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .resolvers import is_unfilled

if TYPE_CHECKING:
    from .registry import PayloadFieldBinding

__all__ = ["require_unfilled"]


def require_unfilled(binding: PayloadFieldBinding) -> None:
    """Raises ``TypeError`` for a module whose ``resolve`` somebody has written: this version calls none."""
    module = import_module(binding.module)
    resolve = getattr(module, "resolve", None)
    if not callable(resolve):
        raise TypeError(f'{module.__name__} defines no function "resolve"')
    if not is_unfilled(resolve):
        raise TypeError(f"{module.__name__} supplies {binding.type_name}.{binding.name}, which this version of subsgen does not call")
