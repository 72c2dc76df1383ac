"""What the examples that are projects of their own have in common: tests, and pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page

PLUGIN = "subsgen.pytest_plugin"


class Complaints(list[str]):
    """What the console of a page complains about, from now on."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.append(str(error)))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.append(message.text)


def own_tests(example: Path) -> None:
    """Runs the tests of an example as its reader does, and holds them to warnings, too."""
    # A name that pytest knows already from the package's entry point is not loaded again.
    command = [sys.executable, "-X", "dev", "-W", "error", "-m", "pytest", "-q", "-p", PLUGIN, "-p", "no:cacheprovider"]
    run = subprocess.run(command, cwd=example, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
