"""The command, and packages that it writes."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "Tests" / "CodegenTests" / "Golden"
TICK = "type Query { ok: Int } type Subscription { tick: Int! }"
"""A small schema, and one with a field more."""
TICK_AND_TOCK = "type Query { ok: Int } type Subscription { tick: Int! tock: Int! }"


def command() -> Path:
    """The installed command, else the one of the debug build."""
    for path in (Path(sys.executable).with_name("subsgen"), ROOT / ".build" / "debug" / "subsgen"):
        if path.is_file():
            return path
    raise FileNotFoundError("no subsgen to test: run `make build`, or `swift build --product subsgen`")


def subsgen(*arguments: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    return subprocess.run([command(), *arguments], capture_output=True, text=True, check=False, cwd=cwd, env=env)


def generate(folder: Path, sdl: str, *options: str, name: str = "gen") -> Path:
    """Writes the package of a schema into a folder, in which its schema is ``schema.graphql``."""
    (folder / "schema.graphql").write_text(sdl, encoding="utf-8")
    result = subsgen("schema.graphql", "--out", name, *options, cwd=folder)
    assert result.returncode == 0, result.stderr
    return folder / name


@contextmanager
def imported(package: Path) -> Generator[ModuleType]:
    """A package as a module, for as long as the block runs."""
    sys.path.insert(0, str(package.parent))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(package.name)
    finally:
        sys.path.remove(str(package.parent))
        for module in [name for name in sys.modules if name == package.name or name.startswith(package.name + ".")]:
            del sys.modules[module]


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their paths."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
