"""The code blocks of a document, so that a test can do what its reader does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]


class Block(NamedTuple):
    """A block between two fences."""

    file: str
    """The name that stands alone on the line above it, in backquotes; empty where there is none."""
    language: str
    text: str


def blocks(document: str) -> list[Block]:
    """The blocks of a Markdown document, whose path is relative to the project's root."""
    found = re.findall(r"^(?:`([^`\s]+)`\n\n)?```(\w+)\n(.*?)^```$", (ROOT / document).read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [Block(*groups) for groups in found]
