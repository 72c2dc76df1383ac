"""``subsgen serve --reload``: the application is started again whenever a Python file below the working directory changes.

The parent looks at the files, holds the port between one process and the next, and imports nothing of the application.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .lifecycle import until_a_signal
from .serving import ENDED
from .workers import GRACE, Children, how_it_ended

if TYPE_CHECKING:
    from .serving import Wanted
    from .workers import Child

__all__ = ["Reloader", "changed", "python_files"]

logger = logging.getLogger("subsgen.reloading")

_INTERVAL: Final = 0.3
"""Seconds from one look at the files to the next."""

Files = Mapping[Path, tuple[int, int]]
"""When files were written, and how large they are."""


def python_files(root: Path) -> Files:
    """The Python files below a folder. Hidden folders, virtual environments and compiled files are left out."""
    found: dict[Path, tuple[int, int]] = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".")
            and name not in ("__pycache__", "node_modules")
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        ]
        for name in names:
            if name.endswith(".py"):
                path = Path(folder, name)
                try:
                    status = path.stat()
                except OSError:  # it has just gone, or is a link to nowhere
                    continue
                found[path.relative_to(root)] = (status.st_mtime_ns, status.st_size)
    return found


def changed(before: Files, after: Files) -> list[Path]:
    """The files that are new, other or gone."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


class Reloader:
    """Keeps one process that serves what the files say."""

    def __init__(self, wanted: Wanted, root: Path, listening: int | None = None) -> None:
        """``listening`` is the descriptor of a socket that listens already, if there is one."""
        self._wanted = wanted
        self._children = Children(wanted, listening)
        self._root = root
        self._is_ending = False
        """Whether the process was asked to end."""
        self._patience = wanted.drain_timeout + GRACE

    async def run(self) -> int:
        """Serves until a signal, and returns the exit status."""
        with until_a_signal() as asked, self._children.renewing():
            asking = asyncio.create_task(asked.wait())
            try:
                while not asked.is_set():
                    files = await asyncio.to_thread(python_files, self._root)
                    child = await self._children.spawn()
                    self._is_ending = False
                    serving = asyncio.create_task(self._serve(child))
                    changing = asyncio.create_task(self._change(files))
                    await asyncio.wait([asking, changing], return_when=asyncio.FIRST_COMPLETED)
                    changing.cancel()
                    await self._end(serving)
            finally:
                asking.cancel()
                self._children.tell(signal.SIGKILL)  # by a second signal
        return ENDED

    async def _serve(self, child: Child) -> None:
        """Tells how the application fares, until it ends."""
        status = await self._children.listening(child)
        if status is None:
            logger.info("operations are served at %s", self._wanted.place)
            status = await self._children.ended(child)
        if not self._is_ending:
            logger.error("the application %s; it is started again when a file changes", how_it_ended(status))

    async def _change(self, files: Files) -> None:
        """Waits for a change of the files, and until they rest."""
        paths: list[Path] = []
        before = after = files
        while not paths or after != before:
            await asyncio.sleep(_INTERVAL)
            if paths:
                before = after
            after = await asyncio.to_thread(python_files, self._root)
            paths = changed(files, after)
        logger.info("changed: %s", ", ".join(map(str, paths)))

    async def _end(self, serving: asyncio.Task[None]) -> None:
        self._is_ending = True
        self._children.tell(signal.SIGTERM)
        _, late = await asyncio.wait([serving], timeout=self._patience)
        if late:
            self._children.tell(signal.SIGKILL)
            await serving
