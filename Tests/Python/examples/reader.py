"""Does what the reader of a page does, in an empty folder: writes its files, runs its commands and its Python.

The blocks are taken in their order (blocks.py has what comments say of them). One below a file's name is that file. Of the others, those
of `sh` are run by bash in the folder, and those of `python` by one interpreter for the page, which takes `await` outside of functions. A
schema has its package, `gen`, at once. Port 8000 is any that is free.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from blocks import ROOT, Block, blocks

PATIENCE = 30.0
"""Seconds after which what a block does has failed. Nothing that passes takes so long."""


class PageError(Exception):
    """A page is not true. The message says where, and what came instead."""


class Terminal:
    """A program that goes on while the reader reads on."""

    def __init__(self, command: str, folder: Path, environment: dict[str, str], output: Path) -> None:
        self._output = output
        with output.open("wb") as file:
            # In a session of its own, which ends as a whole.
            self.process = subprocess.Popen(
                ["bash", "-euc", command], cwd=folder, env=environment, stdout=file, stderr=file, start_new_session=True
            )

    @property
    def text(self) -> str:
        """What it has printed."""
        return self._output.read_text("utf-8")

    def runs_on(self, seconds: float = 0.02) -> bool:
        """Whether it still runs after some time."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def end(self) -> None:
        """Ends it, as Ctrl-C in its terminal does, and whatever is left of its session."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        # What bash runs in the background does not hear of Ctrl-C.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Reader:
    """Plays a page. As a context manager it ends what the page has started."""

    def __init__(self, document: str, folder: Path) -> None:
        self.document = document
        self.blocks = blocks(document)
        self.folder = folder / "project"
        self.folder.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.terminals: list[Terminal] = []
        self._server: Terminal | None = None
        self._interpreter: subprocess.Popen[str] | None = None
        self._outputs = folder
        self._printed = ""
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "COVERAGE_"))}
        path = f"{Path(sys.executable).parent}:{variables['PATH']}"
        # uvicorn reads its options from such variables, too.
        self._environment = {**variables, "PATH": path, "UVICORN_PORT": str(self.port), "PYTHONUNBUFFERED": "1"}

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end_terminals()
        if self._interpreter is not None:
            assert self._interpreter.stdin is not None
            assert self._interpreter.stdout is not None
            self._interpreter.stdin.close()
            self._interpreter.stdout.close()
            self._interpreter.wait(PATIENCE)

    def read(self, until: int | None = None) -> None:
        """Plays the blocks up to that of a number, or all. Raises ``PageError`` for the first that is not true."""
        for block in self.blocks[:until]:
            self.play(block)

    def play(self, block: Block) -> None:
        """Does what a block says. Raises ``PageError``."""
        mark, _, rest = block.mark.partition(": ")
        if block.language == "page":
            self._go_on_from(block.text)
        elif mark == "not run":
            return
        elif mark == "prints":
            if self.of_here(block.text).strip() != self._printed.strip():
                raise self.error(block, f"the block above prints\n{self._printed}")
        elif block.file:
            self.write(block)
        elif block.language == "python":
            self._interpret(block)
        elif block.language == "sh":
            if mark == "serves":
                self._serve(block)
            elif mark == "listens":
                self._start(block)
            elif mark == "until a listener prints":
                self._until(block, self.of_here(rest))
            else:
                self._printed = self._run(block, self.of_here(block.text))

    def write(self, block: Block) -> None:
        """Writes the file of a block; a schema has its package at once."""
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.of_here(block.text), "utf-8")
        if path.name == "schema.graphql":
            self._run(block, f"cd {path.parent} && subsgen schema.graphql --out gen")

    def of_here(self, text: str) -> str:
        """A text with the port of this reader."""
        return re.sub(r"\b8000\b", str(self.port), text)

    def error(self, block: Block, reason: str) -> PageError:
        said = "".join(f"\n--- a terminal says\n{terminal.text}" for terminal in self.terminals if terminal.text)
        return PageError(
            f"{self.document}:{block.line}: {reason}{said}\n"
            "Every block of Python and shell in the documentation is run (Tests/Python/examples/reader.py says how). "
            "Where one cannot be, a line above it says why: <!-- not run: WHY -->"
        )

    def _go_on_from(self, page: str) -> None:
        for block in blocks(f"docs/{page}"):
            if block.file:
                self.write(block)

    def _run(self, block: Block, command: str) -> str:
        """What a command prints. What it leaves in the background ends with it."""
        # Into a file: what stays in the background would keep a pipe open.
        output = self._outputs / f"output-{block.line}"
        terminal = Terminal(f"set -o pipefail\n{command}", self.folder, self._environment, output)
        try:
            status = terminal.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            reason = f"the command does not end; <!-- serves --> and <!-- listens --> are for those\n{terminal.text}"
            raise self.error(block, reason) from None
        finally:
            terminal.end()
        if status != 0:
            raise self.error(block, f"the command ended with {status}\n{terminal.text}")
        return terminal.text

    def _start(self, block: Block) -> Terminal:
        """Starts the last line of a block, after those above it have ended."""
        *before, last = self.of_here(block.text).splitlines()
        if before:
            self._run(block, "\n".join(before))
        terminal = Terminal(last, self.folder, self._environment, self._outputs / f"terminal-{block.line}")
        self.terminals.append(terminal)
        return terminal

    def _serve(self, block: Block) -> None:
        # Who listened to the server before has nobody to listen to.
        self._end_terminals()
        self._server = self._start(block)
        while self._server.runs_on():
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
        raise self.error(block, "the server ended before it listened")

    def _end_terminals(self) -> None:
        for terminal in reversed(self.terminals):  # clients before their server, which waits for them
            terminal.end()
        self.terminals = []

    def _until(self, block: Block, wanted: str) -> None:
        """Runs a block until a listener prints a text, since nobody hears what is published before he has subscribed."""
        listeners = [terminal for terminal in self.terminals if terminal is not self._server]
        for _ in range(int(PATIENCE / 0.1)):
            self._run(block, self.of_here(block.text))
            for _ in range(5):
                if any(wanted in terminal.text for terminal in listeners):
                    return
                if not all(terminal.runs_on() for terminal in listeners):
                    raise self.error(block, "what listens has ended")
        raise self.error(block, f"nobody prints {wanted!r}")

    def _interpret(self, block: Block) -> None:
        if self._interpreter is None:
            self._interpreter = subprocess.Popen(
                [sys.executable, "-X", "dev", Path(__file__).with_name("interpreter.py")],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        requests, answers = self._interpreter.stdin, self._interpreter.stdout
        assert requests is not None
        assert answers is not None
        request = {"text": self.of_here(block.text), "page": str(ROOT / self.document), "line": block.line}
        requests.write(json.dumps(request) + "\n")
        requests.flush()
        if not select.select([answers], [], [], PATIENCE)[0]:
            self._interpreter.kill()
            raise self.error(block, "the block does not end")
        if not (answer := answers.readline()):
            raise self.error(block, "the interpreter has ended")
        outcome = json.loads(answer)
        self._printed = outcome["printed"]
        if outcome["failure"]:
            raise self.error(block, outcome["failure"])
