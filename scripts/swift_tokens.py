"""Swift source as tokens: as far as scripts/mutants.py needs to know it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "number", "string", "operator", "open", "close", "mark"]

_SPACE = re.compile(r"\s+|//[^\n]*")
_WORD = re.compile(r"[#@$]?[^\W\d]\w*|\$\d+|`\w+`")
_NUMBER = re.compile(r"\d[\w_]*(\.\d[\w_]*)?")
_OPERATOR = re.compile(r"[/=\-+!*%<>&|^~?]+|\.\.[.<]")


@dataclass(frozen=True)
class Token:
    """A piece of a source; space and comments are none."""

    kind: Kind
    text: str
    start: int
    """Where it begins in the source."""

    @property
    def end(self) -> int:
        """Where what follows it begins."""
        return self.start + len(self.text)


def tokens(source: str) -> list[Token]:
    """The tokens of a source in their order. A string is one, with all that is interpolated in it."""
    found: list[Token] = []
    at = 0
    while at < len(source):
        if space := _SPACE.match(source, at):
            at = space.end()
        elif source.startswith("/*", at):
            at = _end_of_comment(source, at)
        else:
            found.append(_token(source, at))
            at = found[-1].end
    return found


def _token(source: str, at: int) -> Token:
    if source[at] == '"' or re.match(r'#+"', source[at:]):
        return Token("string", source[at : _end_of_string(source, at)], at)
    if word := _WORD.match(source, at):
        return Token("word", word[0], at)
    if number := _NUMBER.match(source, at):
        return Token("number", number[0], at)
    if operator := _OPERATOR.match(source, at):
        return Token("operator", operator[0], at)
    kind: Kind = "open" if source[at] in "([{" else "close" if source[at] in ")]}" else "mark"
    return Token(kind, source[at], at)


def _end_of_comment(source: str, at: int) -> int:
    """Swift's block comments nest."""
    depth = 0
    while at < len(source):
        if source.startswith("/*", at):
            depth, at = depth + 1, at + 2
        elif source.startswith("*/", at):
            depth, at = depth - 1, at + 2
            if depth == 0:
                break
        else:
            at += 1
    return at


def _end_of_string(source: str, at: int) -> int:
    hashes = re.match("#*", source[at:])
    raw = hashes[0] if hashes else ""
    at += len(raw)
    quotes = '"""' if source.startswith('"""', at) else '"'
    at += len(quotes)
    while at < len(source):
        if source.startswith(quotes + raw, at):
            return at + len(quotes + raw)
        if source.startswith("\\" + raw, at):
            at += 1 + len(raw)
            at = _end_of_interpolation(source, at) if source.startswith("(", at) else at + 1
        else:
            at += 1
    return at


def _end_of_interpolation(source: str, at: int) -> int:
    depth = 0
    while at < len(source):
        if source[at] == '"' or re.match(r'#+"', source[at:]):
            at = _end_of_string(source, at)
            continue
        depth += {"(": 1, ")": -1}.get(source[at], 0)
        at += 1
        if depth == 0:
            break
    return at
