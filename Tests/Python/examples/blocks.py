"""The code blocks of a document, so that a test can do what its reader does (reader.py).

Comments tell the tests what readers are told by the text. One stands in a line of its own, above a block or above the line with its file:

    <!-- not run: WHY -->              the block is shown and nothing else
    <!-- serves -->                    a server, which runs until the next one or the page's end
    <!-- listens -->                   a program that runs as long as the server, in a terminal of its own
    <!-- until a listener prints: X -->    run again and again until a line of such a terminal has X
    <!-- prints -->                    what the block above has printed
    <!-- goes on from PAGE -->         no block: the files of another page of docs are there already

A block inside of a comment is played as others are, and not shown; a mark may stand where the comment begins. The site
(scripts/docs_site.py) has none of these comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
MARKS = re.compile(r"not run: .+|serves|listens|until a listener prints: .+|prints|goes on from \S+")


class Block(NamedTuple):
    """A block between two fences."""

    file: str
    """The name that stands alone on the line above it, in backquotes; empty where there is none."""
    language: str
    """What stands at its first fence; ``page`` where the document goes on from another one, whose name is the text."""
    text: str
    mark: str
    """What a comment above it says."""
    line: int
    """The line of its first fence, from 1."""


def blocks(document: str) -> list[Block]:
    """The blocks of a Markdown document, whose path is relative to the project's root.

    Raises ``ValueError`` for a comment that says nothing.
    """
    return list(_blocks(document, enumerate((ROOT / document).read_text("utf-8").splitlines(), 1)))


def _blocks(document: str, lines: Iterator[tuple[int, str]]) -> Iterator[Block]:
    file = mark = ""
    for number, line in lines:
        if (fence := re.fullmatch(r"```(\w+)", line)) is not None:
            yield Block(file, fence[1], _until_fence(lines), mark, number)
            file = mark = ""
        elif (named := re.fullmatch(r"`([^`\s]+)`", line)) is not None:
            file = named[1]
        elif (comment := re.fullmatch(r"<!-- (.*) -->", line)) is not None:
            mark = comment[1]
            if MARKS.fullmatch(mark) is None:
                raise ValueError(f"{document}:{number}: {mark!r} is nothing that Tests/Python/examples/blocks.py knows")
            if mark.startswith("goes on from "):
                yield Block("", "page", mark.removeprefix("goes on from "), "", number)
                mark = ""
        elif line.startswith("<!--"):
            mark = opened if MARKS.fullmatch(opened := line.removeprefix("<!-- ")) else ""  # the beginning of a longer comment
        elif line and line != "-->":
            if mark:
                raise ValueError(f"{document}:{number}: there is no block below {mark!r}")
            file = ""


def _until_fence(lines: Iterator[tuple[int, str]]) -> str:
    """The lines up to a fence."""
    text = ""
    for _, line in lines:
        if line == "```":
            break
        text += line + "\n"
    return text
