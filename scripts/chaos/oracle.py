"""What must hold, whatever broke: a direct reading of what publishers were told and what clients got."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

__all__ = ["Event", "Ledger", "Outcome", "Received", "place", "violations"]


class Event(NamedTuple):
    """Which of a publication's events it is."""

    publication: str
    number: int


class Received(NamedTuple):
    """An event as a client got it."""

    cursor: str
    event: Event


class Outcome(Enum):
    """What is known of an event that was published."""

    UNKNOWN = "unknown"
    """Its publisher was told nothing, or that it may have been published: it may come, once."""
    TAKEN = "taken"
    REFUSED = "refused"
    """Its publisher was told that it was not published: it must not come."""


@dataclass
class Ledger:
    """What became of the events of one topic, by what their publishers were told."""

    outcomes: dict[Event, Outcome] = field(default_factory=dict[Event, Outcome])
    cursors: dict[Event, str] = field(default_factory=dict[Event, str])

    def attempt(self, publication: str, numbers: Iterable[int]) -> None:
        """Somebody begins to publish these, in this order."""
        for number in numbers:
            self.outcomes[Event(publication, number)] = Outcome.UNKNOWN

    def taken(self, event: Event, cursor: str) -> None:
        self.outcomes[event] = Outcome.TAKEN
        self.cursors[event] = cursor

    def refused(self, event: Event, *, surely: bool) -> None:
        self.outcomes[event] = Outcome.REFUSED if surely else Outcome.UNKNOWN

    def settle(self) -> None:
        """Forgets what everybody has been given. What is unknown may still come: it was on its way when its publisher died."""
        self.outcomes = {event: outcome for event, outcome in self.outcomes.items() if outcome is not Outcome.TAKEN}
        self.cursors = {}

    def count(self, outcome: Outcome) -> int:
        return sum(1 for other in self.outcomes.values() if other is outcome)


def place(cursor: str) -> tuple[str, int]:
    """The history and partition of a cursor, and its place there. Clients may not look into one; whoever checks the order must."""
    version, epoch, partition, sequence = cursor.split(".")
    return f"{version}.{epoch}.{partition}", int(sequence, 16)


def violations(ledger: Ledger, clients: Mapping[str, Sequence[Received]], newcomers: Collection[str] = ()) -> list[str]:
    """What is wrong with what the clients of a topic got; nothing where all is well.

    `newcomers` were told that events are gone, and began anew: they have the end of what the others have.
    """
    wrong: list[str] = []
    first = max(clients, key=lambda name: (name not in newcomers, len(clients[name])))
    for name, got in clients.items():
        wrong += [f"{name}: {text}" for text in _alone(ledger, got, is_whole=name not in newcomers)]
        expected = clients[first][len(clients[first]) - len(got) :] if name in newcomers else clients[first]
        if list(got) != list(expected):
            at = next(
                (index for index, pair in enumerate(zip(got, expected, strict=False)) if pair[0] != pair[1]), min(len(got), len(expected))
            )
            wrong.append(f"{name} differs from {first} from its event {at} on; they have {len(got)} and {len(clients[first])}")
    return wrong


def _alone(ledger: Ledger, got: Sequence[Received], *, is_whole: bool) -> list[str]:
    wrong: list[str] = []
    seen: dict[Event, str] = {}
    last_of: dict[str, int] = defaultdict(lambda: -1)
    history, last = "", -1
    for cursor, event in got:
        outcome = ledger.outcomes.get(event)
        if outcome is None:
            wrong.append(f"{event} at {cursor} was published to another topic, or by nobody, or came in an earlier round")
        elif outcome is Outcome.REFUSED:
            wrong.append(f"{event} at {cursor} came, and its publisher was told that it was not published")
        if event in seen:
            wrong.append(f"{event} came twice, at {seen[event]} and {cursor}")
        seen[event] = cursor
        if ledger.cursors.get(event, cursor) != cursor:
            wrong.append(f"{event} came at {cursor}, and its publisher was told {ledger.cursors[event]}")
        if event.number <= last_of[event.publication]:
            wrong.append(f"{event} came behind number {last_of[event.publication]} of its publication")
        last_of[event.publication] = event.number
        its_history, its_place = place(cursor)
        if its_history == history and its_place <= last:
            wrong.append(f"{event} at {cursor} came behind the place {last:x}")
        history, last = its_history, its_place
    missing = [event for event, outcome in ledger.outcomes.items() if outcome is Outcome.TAKEN and event not in seen]
    if missing and is_whole:
        shown = ", ".join(f"{event.publication}:{event.number} at {ledger.cursors[event]}" for event in missing[:5])
        wrong.append(f"{len(missing)} events are lost: {shown}{', ...' if len(missing) > 5 else ''}")
    return wrong
