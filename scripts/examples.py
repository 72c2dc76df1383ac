#!/usr/bin/env python3
"""Generates the packages of the examples and runs their applications; `make serve` does it.

usage: scripts/examples.py [--port PORT] [EXAMPLE]
"""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import NamedTuple, NoReturn

EXAMPLES = Path(__file__).resolve().parent.parent / "Examples"
AUCTION = EXAMPLES / "auction"
CHAT = EXAMPLES / "chat"
CONTRACT = EXAMPLES / "contract"
DEPARTURES = EXAMPLES / "departures"

TO_SERVE = {
    "auction": "bid in two windows, and enter with the code that follows to sell",
    "chat": "open it in two windows",
    "departures": "announce a delay at its desk",
}
"""The examples that `make serve` runs, and what to do there."""


class AppError(Exception):
    """The application does not run; the text says why."""


class Running(NamedTuple):
    """The application, listening."""

    address: str
    """``http://127.0.0.1:`` and its port."""
    process: subprocess.Popen[str]


def generate(example: Path, schema: str = "schema.graphql", package: str = "gen") -> None:
    """Writes a package of an example's as a user would. Raises ``AppError`` with what the generator said."""
    command = Path(sys.executable).with_name("subsgen")
    if not command.is_file():
        raise AppError(f"{command} is missing: run `make build` first")
    # Relative to the example, so that messages name the files as its reader sees them.
    run = subprocess.run([command, schema, "--out", package], cwd=example, text=True, capture_output=True)
    if run.returncode != 0:
        raise AppError(f"`subsgen {schema} --out {package}` ended with {run.returncode}:\n{run.stderr.strip()}")


@contextmanager
def running(example: Path, port: int = 0, module: str = "app", *, native: bool = False) -> Generator[Running, None, None]:
    """Runs the application of a module of an example's until the block ends, on uvicorn or natively. Port 0 is any free one. Raises
    ``AppError``."""
    # The auction has a server of its own.
    server = ["app.py"] if example == AUCTION else ["-m", "uvicorn", f"{module}:app", "--no-access-log"]
    if native:
        server = ["-m", "subsgen", "serve", f"{module}:manager", "--app", f"{module}:app"]
    command = [sys.executable, *server, "--port", str(port)]
    # In a session of its own: Ctrl-C is for the one who runs it, and ends it once and not twice.
    with subprocess.Popen(command, cwd=example, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr is not None
        speech = iter(process.stderr.readline, "")
        rest = Thread(target=_pass_on, args=(speech,))
        try:
            address = _address(speech)
            rest.start()
            yield Running(address, process)
        finally:
            _end(process)
            if rest.ident is not None:
                rest.join()


def _end(server: subprocess.Popen[str]) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _address(speech: Iterator[str]) -> str:
    """Where the server listens, by its own word."""
    said: list[str] = []
    for line in speech:
        said.append(line)
        if (match := re.search(r"(?:[Rr]unning on|served at) (http://[^/\s]+)", line)) is not None:
            return match[1]
    raise AppError(f"the application ended before it listened:\n{''.join(said).strip()}")


def _pass_on(speech: Iterator[str]) -> None:
    """Lets warnings and errors be seen."""
    for line in speech:
        if not line.startswith("INFO:"):
            sys.stderr.write(line)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run an example.")
    parser.add_argument("example", nargs="?", default="chat", choices=TO_SERVE, metavar="EXAMPLE", help=" or ".join(TO_SERVE))
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    example: str = arguments.example
    port: int = arguments.port
    try:
        generate(EXAMPLES / example)
        signal.signal(signal.SIGTERM, _interrupt)
        with running(EXAMPLES / example, port) as app:
            print(f"The example is at {app.address} - {TO_SERVE[example]}. Ctrl-C ends it.", flush=True)
            return app.process.wait()
    except AppError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
        return 0


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
