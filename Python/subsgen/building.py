"""Generates a package while the Python project that it belongs to is built: what the build hooks share."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

__all__ = ["GeneratedPackage", "GenerationError", "generate"]


class GenerationError(Exception):
    """The package was not generated. What is wrong with the schema, the command has said already."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status
        """The command's exit status, where the command ended with one."""


@dataclass(frozen=True)
class GeneratedPackage:
    """A package as it stands on disk. Paths are relative to the project, with slashes."""

    folder: PurePosixPath
    files: tuple[PurePosixPath, ...]
    """What belongs into a wheel: all that subsgen wrote but for the Swift package."""
    inputs: tuple[PurePosixPath, ...]
    """The schema and the configuration, as far as they are in the project."""


def generate(project: Path) -> GeneratedPackage:
    """Runs the command as a user would in the project's folder, so that its configuration says what to generate and where.

    What the command has to say goes where the build's own output goes. Raises ``GenerationError``.
    """
    with tempfile.TemporaryDirectory() as folder:
        depfile = Path(folder, "depfile")
        run = subprocess.run([_command(), "--depfile", depfile], cwd=project, check=False)
        if run.returncode != 0:
            raise GenerationError(f"subsgen ended with status {run.returncode}; what it said stands above", run.returncode)
        target, prerequisites = _read(depfile.read_text("utf-8"))
    manifest = project / target
    package = _inside(project, manifest.parent)
    if package is None:
        raise GenerationError(f"{manifest.parent} is outside of the project; name a folder inside as `out` in [tool.subsgen]")
    names = sorted(["manifest.json", *json.loads(manifest.read_bytes())["files"]])
    files = tuple(package / name for name in names if not name.startswith("swift/"))
    inputs = (_inside(project, project / path) for path in prerequisites)
    return GeneratedPackage(package, files, tuple(path for path in inputs if path is not None and not path.is_relative_to(package)))


def _inside(project: Path, path: Path) -> PurePosixPath | None:
    """A path as seen from the project; None where it leads out of it."""
    try:
        return PurePosixPath(path.resolve().relative_to(project.resolve()).as_posix())
    except ValueError:
        return None


def _command() -> Path:
    """The command of this very installation. In an isolated build its folder need not be on the path, nor beside the interpreter."""
    try:
        for file in distribution("subsgen").files or ():
            if file.name == "subsgen" and file.parent.name == "bin":
                return Path(str(file.locate()))
    except PackageNotFoundError:
        pass
    raise GenerationError("the package subsgen is installed without its command; install the wheel")


def _read(depfile: str) -> tuple[str, list[str]]:
    """The target and the prerequisites of a dependency file's first rule; the command writes each on a line of its own."""
    rule = depfile.split("\n\n", maxsplit=1)[0].removesuffix("\n")
    target, *prerequisites = (re.sub(r"\\([ \t#:])|\$(\$)", r"\1\2", line) for line in rule.split(" \\\n  "))
    return target.removesuffix(":"), prerequisites
