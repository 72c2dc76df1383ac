"""Whether there are spans, and what an event is published with."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._native import Executor
    from .opentelemetry import Tracing

__all__ = ["Publishing", "find_tracing"]


class Publishing:
    """An event on its way to the bus: ``with tracing.publishing(...) as event``. Of this one no span tells."""

    __slots__ = ("attributes",)

    def __init__(self, attributes: dict[str, str] | None) -> None:
        self.attributes = attributes
        """What travels with it."""

    def published(self, cursor: str) -> str:
        """The bus has it."""
        return cursor

    def __enter__(self) -> Publishing:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """It is published, or was refused."""


def find_tracing(is_wanted: bool, executor: Executor | None = None) -> Tracing | None:
    """Who makes the spans of a runtime or a publisher; None where nobody wants them, or opentelemetry-api is not installed."""
    if not is_wanted:
        return None
    try:
        from .opentelemetry import Tracing
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] == "opentelemetry":
            return None
        raise
    return Tracing(executor)
