"""The conversations of Tests/Protocol, which hold Swift's sessions and Python's adapters to the same protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "Protocol"
SDL = (FOLDER / "schema.graphql").read_text("utf-8")


@dataclass
class Step:
    line: str
    """What the client or the host does, as it stands in the file."""
    frames: list[str] = field(default_factory=list[str])
    """The text frames that the client gets from it."""
    close: str | None = None
    """The close frame, where there is one: its code and its reason."""
    heard: list[str] = field(default_factory=list[str])
    """What the host hears."""


@dataclass
class Conversation:
    requirement: str
    steps: list[Step] = field(default_factory=list[Step])

    def does(self, line: str) -> bool:
        """Whether a step is this one."""
        return any(step.line == line for step in self.steps)


def conversations() -> list[Conversation]:
    """Every conversation of every file."""
    return [conversation for path in sorted(FOLDER.glob("*.txt")) for conversation in _parse(path.read_text("utf-8"))]


def _parse(text: str) -> list[Conversation]:
    found: list[Conversation] = []
    for line in filter(None, text.split("\n")):
        mark, _, rest = line.partition(" ")
        if mark == "#":
            found.append(Conversation(rest))
        elif mark in (">", ">>", "!"):
            found[-1].steps.append(Step(line))
        elif mark == "<" and rest.startswith("close "):
            found[-1].steps[-1].close = rest.removeprefix("close ")
        elif mark == "<":
            found[-1].steps[-1].frames.append(rest)
        elif mark == "*":
            found[-1].steps[-1].heard.append(rest)
        else:
            raise ValueError(f"{line!r} is no line of a conversation")
    return found
