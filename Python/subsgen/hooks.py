"""Runs the ``on_subscribe`` and ``on_unsubscribe`` of a connection's subscriptions."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from .calling import Caller
from .log import logger
from .resolvers import Context
from .resolving import FieldResolver

__all__ = ["HookSequence"]


@dataclass(frozen=True, slots=True)
class _Subscribed:
    field: FieldResolver
    arguments: Any
    context: Context


class HookSequence:
    """Calls hooks one after another, in the order in which the subscriptions began and ended.

    Each subscription's ``on_subscribe`` is called once, and its ``on_unsubscribe`` once after that one has returned, whatever ends the
    subscription. A hook that raises is logged, and so is one that takes too long, which is not waited for. Hooks do not hold up events.
    """

    def __init__(self, background: set[asyncio.Task[None]], caller: Caller) -> None:
        self._background = background
        self._caller = caller
        self._subscribed: dict[int, _Subscribed] = {}
        self._waiting: deque[tuple[str, Callable[..., Any], _Subscribed]] = deque()
        self._task: asyncio.Task[None] | None = None

    def began(self, handle: int, field: FieldResolver, arguments: bytes, context: Context) -> None:
        """A subscription began."""
        lifecycle = field.lifecycle
        if lifecycle.on_subscribe is None and lifecycle.on_unsubscribe is None:
            return
        try:
            decoded = lifecycle.decode_arguments(arguments)
        except msgspec.ValidationError:
            logger.exception('the arguments of "%s" do not fit its hooks, which are not called', field.name)
            return
        subscribed = self._subscribed[handle] = _Subscribed(field, decoded, context)
        self._call("on_subscribe", lifecycle.on_subscribe, subscribed)

    def ended(self, handle: int) -> None:
        """A subscription ended."""
        subscribed = self._subscribed.pop(handle, None)
        if subscribed is not None:
            self._call("on_unsubscribe", subscribed.field.lifecycle.on_unsubscribe, subscribed)

    def all_ended(self) -> None:
        """The connection ended, and with it every subscription that had not."""
        for handle in list(self._subscribed):
            self.ended(handle)

    async def finished(self) -> None:
        """Waits for the hooks that were called for so far. They go on when the one who waits is cancelled."""
        while self._task is not None:
            await asyncio.shield(self._task)

    def _call(self, name: str, hook: Callable[..., Any] | None, subscribed: _Subscribed) -> None:
        if hook is None:
            return
        self._waiting.append((name, hook, subscribed))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
            self._background.add(self._task)
            self._task.add_done_callback(self._background.discard)

    async def _run(self) -> None:
        try:
            while self._waiting:
                name, hook, subscribed = self._waiting.popleft()
                try:
                    await self._caller.limited(f'{name} of "{subscribed.field.name}"', hook, subscribed.arguments, subscribed.context)
                except (Exception, asyncio.CancelledError):
                    # What the hook waited for may be cancelled; the hooks behind it are called all the same.
                    logger.exception('%s of "%s" failed', name, subscribed.field.name)
        finally:
            self._task = None
