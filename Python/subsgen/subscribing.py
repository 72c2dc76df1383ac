"""``python -m subsgen subscribe``: the events of a subscription on standard output."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import msgspec

from .results import COMPLETED, LOST, TOO_FEW, Ended, Lost, Results

__all__ = ["Wanted", "run"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
"""Seconds between attempts to connect again; each attempt doubles what is waited at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for."""

    url: str
    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None
    headers: Sequence[tuple[str, str]] = ()
    payload: Mapping[str, Any] | None = None
    count: int | None = None
    timeout: float | None = None
    reconnect: bool = False
    resume: bool = False

    @classmethod
    def of_arguments(cls, given: argparse.Namespace) -> Wanted:
        """Reads the command's arguments. Raises ``ValueError`` that says which one is wrong."""
        address: str = given.url
        parts = urlsplit(address)
        if parts.scheme not in ("ws", "wss", "http", "https") or parts.hostname is None:
            raise ValueError(f"URL: it begins with ws://, wss://, http:// or https://, and this is {address!r}")
        if not address.isascii() or not address.isprintable() or " " in address:
            raise ValueError(f"URL: what is no ASCII, and spaces, are percent-encoded, and this is {address!r}")
        _ = parts.port  # raises ValueError where it is no port
        if parts.scheme in ("http", "https") and given.payload is not None:
            raise ValueError("--payload is that of connection_init, which an event stream has not: give a --header")
        if given.count is not None and given.count < 1:
            raise ValueError(f"--count is at least 1, and this is {given.count}")
        if given.timeout is not None and not given.timeout > 0:
            raise ValueError(f"--timeout is more than 0 seconds, and this is {given.timeout}")
        return cls(
            url=address,
            query=sys.stdin.read() if given.query == "-" else given.query,
            variables=_json_object("--variables", given.variables),
            operation_name=given.operation,
            headers=[_header(text) for text in given.header],
            payload=_json_object("--payload", given.payload),
            count=given.count,
            timeout=given.timeout,
            reconnect=given.reconnect or given.resume,
            resume=given.resume,
        )

    def request(self, cursor: str | None) -> dict[str, Any]:
        """What the server is asked for; where it is to go on, after what stands at the cursor."""
        extensions: dict[str, Any] | None = None
        if self.resume:
            extensions = {"resume": True} if cursor is None else {"after": cursor}
        request = {"query": self.query, "operationName": self.operation_name, "variables": self.variables, "extensions": extensions}
        return {key: value for key, value in request.items() if value is not None}


def _json_object(option: str, text: str | None) -> Mapping[str, Any] | None:
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ValueError(f"{option} is a JSON object: {error}") from None


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not text.isprintable():
        raise ValueError(f"--header is 'Name: value', and this is {text!r}")
    return name.strip(), value.strip()


def run(wanted: Wanted) -> int:
    """Subscribes, prints until it ends, and returns the exit status. Ctrl-C ends the process by that signal, so that scripts stop, too."""
    if wanted.url.startswith("ws"):
        try:
            import_module("websockets.asyncio.client")
        except ImportError:
            _say("error: subscribing needs websockets 14.2 or newer: pip install 'subsgen[websockets]'")
            return LOST
    try:
        asyncio.run(_within(wanted))
    except Ended as end:
        if str(end):
            _say(f"error: {end}")
        return end.status
    except (KeyboardInterrupt, asyncio.CancelledError):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    return COMPLETED


async def _within(wanted: Wanted) -> None:
    # The handler of asyncio.run itself does not wake a loop that is just falling asleep: Ctrl-C would wait for the next message then. Where
    # a shell has it ignored, it stays so.
    if (this := asyncio.current_task()) is not None and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, this.cancel)
    attempts = asyncio.create_task(_attempts(wanted))
    try:
        await asyncio.wait([attempts], timeout=wanted.timeout)
    finally:
        # More than once: before Python 3.12 `wait_for` forgets a cancellation that comes in the same turn as what it waits for.
        while not attempts.done():
            attempts.cancel()
            await asyncio.wait([attempts], timeout=0.1)
    if not attempts.cancelled():
        attempts.result()
    elif wanted.count is None:
        raise Ended(COMPLETED)
    else:
        raise Ended(TOO_FEW, f"there were less than {wanted.count} results in {wanted.timeout:g} seconds")


async def _attempts(wanted: Wanted) -> None:
    if wanted.url.startswith("ws"):
        from .subscribing_socket import connection
    else:
        from .subscribing_stream import connection
    results = Results(wanted.count)
    longest = _FIRST_PAUSE
    while True:
        acknowledged = asyncio.Event()
        try:
            await connection(wanted, results, acknowledged)
        except Lost as lost:
            if not wanted.reconnect:
                raise Ended(LOST, str(lost)) from None
            longest = _FIRST_PAUSE if acknowledged.is_set() else min(longest * 2, _LONGEST_PAUSE)
            # At random, so that not all clients of a server that starts again come at once.
            pause = random.uniform(longest / 2, longest)
            missed = (
                "; the server gives no cursors, so that events in between are missed" if wanted.resume and results.cursor is None else ""
            )
            _say(f"{lost}; connecting again in {pause:.1f} s{missed}")
            await asyncio.sleep(pause)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
