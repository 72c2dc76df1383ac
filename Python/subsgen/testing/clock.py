"""A clock that a test turns."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .._native import Executor, Server

__all__ = ["ManualClock"]

_NANOSECONDS: Final = 1_000_000_000


class _Timer:
    def __init__(self, due: int, number: int, function: Callable[[], object]) -> None:
        self.due = due
        self._number = number
        self.function: Callable[[], object] | None = function

    def __lt__(self, other: _Timer) -> bool:
        # Of two that are due together, the older one comes first.
        return (self.due, self._number) < (other.due, other._number)

    def cancel(self) -> None:
        self.function = None


class ManualClock:
    """A clock that stands still until ``advance``: ``create_manager(options=RuntimeOptions(clock=clock))``.

    Rate limits, the expiry of claims, ``connection_init_timeout``, pings and pongs, the age of what the memory bus keeps, and the
    time limits of fields' functions, of ``execute``, of ``policies`` and of ``auth_handler`` go by it. Several managers may have the same
    one; they are used on one event loop then.
    """

    def __init__(self, time: float = 1_735_732_800.0) -> None:
        """It shows ``time``, seconds since 1970: noon of 2025-01-01, in UTC, where nothing else is said."""
        self._started = round(time * _NANOSECONDS)
        if self._started <= 0:
            raise ValueError(f"a ManualClock shows a time after 1970, and {time!r} is none")
        self._now = self._started
        self._timers: list[_Timer] = []
        self._count = 0
        self._driven: list[Executor | Server] = []

    def time(self) -> float:
        """What it shows, in seconds since 1970: for the ``exp`` of claims."""
        return self._now / _NANOSECONDS

    def advance(self, seconds: float) -> None:
        """Lets time pass, and does what is due meanwhile, in its order.

        What that sets in motion goes on when the event loop turns: read on with ``events.next()``, or ``await client.settle()`` before the
        next step. Raises ``ValueError`` where time would go back.
        """
        if seconds < 0:
            raise ValueError(f"time does not go back, and {seconds!r} is negative")
        until = self._now + round(seconds * _NANOSECONDS)
        while self._timers and self._timers[0].due <= until:
            timer = heappop(self._timers)
            self._turn_to(timer.due)
            if timer.function is not None:
                timer.function()
        self._turn_to(until)

    def call_later(self, seconds: float, function: Callable[..., object], *arguments: object) -> _Timer:
        """Calls a function when so much time has passed. What it returns has ``cancel``."""
        self._count += 1
        timer = _Timer(self._now + max(0, round(seconds * _NANOSECONDS)), self._count, lambda: function(*arguments))
        heappush(self._timers, timer)
        return timer

    def start(self) -> int:
        """Nanoseconds since 1970, from which a new runtime counts."""
        return self._now

    def drive(self, driven: Executor | Server) -> None:
        """Turns the runtime of a manager, too, or a native server. Managers that were made with the clock do it themselves."""
        self._driven.append(driven)

    def release(self, driven: Executor | Server) -> None:
        """Turns it no more: it is at its end."""
        self._driven.remove(driven)

    def _turn_to(self, instant: int) -> None:
        passed, self._now = instant - self._now, instant
        if passed:
            for driven in self._driven:
                driven.turn_clock(passed)
