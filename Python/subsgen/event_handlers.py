"""``manager.on_event``: functions that handle events for a group of processes, each event in one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from .auth import takes
from .calling import Invoke
from .coercion import event_decoder
from .resolvers import ConnectionInfo

if TYPE_CHECKING:
    from ._native import Executor, LoopPort, ResolverCall

__all__ = ["EventHandler", "ReceivedEvent"]


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """What a handler of ``manager.on_event`` may know of the event that it is called with."""

    topic: str
    """The topic that it was published to."""
    cursor: str
    """Its place in the bus: the same at each attempt, so that a handler can tell whether it has done its work before."""
    attempt: int
    """The how manieth time it is handled, from 1."""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    """What its publisher gave along with it."""


class EventHandler:
    """A function of ``manager.on_event``, as the runner of functions calls it."""

    def __init__(
        self, topic: str, group: str, function: Callable[..., Any], *, event_type: Any, seconds: int, attempts: int, in_flight: int
    ) -> None:
        """Raises ``TypeError`` for a function that cannot be called so, ``ValueError`` for numbers below one."""
        self._takes_received = takes(function, 2)
        if not self._takes_received and not takes(function, 1):
            raise TypeError("a handler is called as handler(event) or handler(event, received), and does not take that")
        for name, number in (("seconds", seconds), ("attempts", attempts), ("in_flight", in_flight)):
            if type(number) is not int or number < 1:
                raise ValueError(f"{name} of on_event is a whole number greater than zero, and this is {number!r}")
        if not group:
            raise ValueError("a consumer group's name is not empty")
        self.name = f"{topic}, group {group}"
        """What the runtime and the log know it by."""
        self._topic = topic
        self._group = group
        self._function = function
        self._decode = event_decoder(event_type)
        self._numbers = (seconds, attempts, in_flight)

    def set(self, executor: Executor, port: LoopPort | None) -> None:
        """Lets its calls come out of a port; without one this process handles nothing.

        Raises ``ValueError`` for a topic that no field reads, and a bus that has no groups.
        """
        executor.set_handler(self.name, self._topic, self._group, *self._numbers, port)

    def function(self, call: ResolverCall) -> Callable[..., Any]:
        """The function that is asked for."""
        return self._function

    def call(self, call: ResolverCall, connection: ConnectionInfo | None, invoke: Invoke) -> Any:
        """What the handler returns: an awaitable where it is ``async def``."""
        event = self._decode(call.event)
        if not self._takes_received:
            return invoke(self._function, event)
        return invoke(self._function, event, msgspec.json.decode(call.arguments, type=ReceivedEvent))

    def encode(self, call: ResolverCall, value: object) -> bytes:
        """Whatever a handler returns, it has handled the event."""
        return b"true"
