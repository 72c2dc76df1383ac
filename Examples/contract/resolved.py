"""The benchmark's contract with a resolver in Python for each event.

`Examples/contract/serve PORT --resolved` starts it: this measures what a resolver costs.
"""

from __future__ import annotations

from app import app, manager
from gen.types import Message, MessageArgs, Tick, TickArgs

__all__ = ["app", "manager"]


def tick(event: Tick, args: TickArgs) -> Tick:
    """Answers with an event of its own."""
    return Tick(n=event.n, ts=event.ts)


def message(event: Message, args: MessageArgs) -> Message:
    """Answers with the event, changed."""
    event.body = event.body.capitalize()
    return event


manager.register_resolver("tick", tick, event_type=Tick, arguments_type=TickArgs)
manager.register_resolver("message", message, event_type=Message, arguments_type=MessageArgs)
