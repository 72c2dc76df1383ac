"""Where the results of a subscription go that ``python -m subsgen subscribe`` prints, and how it ends."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import msgspec

__all__ = ["COMPLETED", "LOST", "READER_GONE", "REFUSED", "TOO_FEW", "Ended", "Lost", "Results", "messages", "printable"]

COMPLETED, REFUSED, LOST, TOO_FEW, READER_GONE = 0, 1, 3, 4, 128 + signal.SIGPIPE


class Ended(Exception):
    """Nothing more comes. ``status`` is the command's, and the message is for standard error."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(message)
        self.status = status


class Lost(Exception):
    """The connection is gone, or never came to be, for a reason that may pass."""


class _Extensions(msgspec.Struct):
    cursor: str | None = None


class _Result(msgspec.Struct):
    extensions: _Extensions | None = None


class Results:
    """Where results go: standard output."""

    def __init__(self, count: int | None) -> None:
        self._left = count
        self._indent = 2 if sys.stdout.isatty() else -1
        self.cursor: str | None = None
        """Where the last one stands, by which a server lets the subscription go on; None where it does not say."""

    def add(self, payload: bytes) -> None:
        """Prints a result. Raises ``Ended`` after the last that is wanted, and where nobody reads them any more."""
        try:
            extensions = msgspec.json.decode(payload, type=_Result).extensions
        except msgspec.MsgspecError:
            extensions = None  # Another server may say other things there.
        if extensions is not None and extensions.cursor is not None:
            self.cursor = extensions.cursor
        # Laid out anew from the server's own bytes, so that numbers keep all their digits.
        line = msgspec.json.format(payload, indent=self._indent) + b"\n"
        try:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # What is still buffered would fail again when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise Ended(READER_GONE) from None
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                raise Ended(COMPLETED)


def messages(errors: bytes) -> str:
    """The messages of GraphQL errors, or the text where it has none."""
    try:
        text = "; ".join(str(error["message"]) for error in msgspec.json.decode(errors, type=list[dict[str, Any]]))
    except (msgspec.MsgspecError, KeyError):
        text = errors.decode(errors="replace")
    return printable(text)


def printable(text: str) -> str:
    """A server's text, which gives a terminal no orders."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
