"""The checkers that generated Python passes: ruff with every rule but the published exceptions, mypy and pyright at their strictest."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

DOCUMENTATION = Path(__file__).resolve().parent.parent / "docs" / "reference" / "generated-python.md"


class Found(AssertionError):
    """A checker found something."""


def tool(name: str, *arguments: str | Path, cwd: Path) -> None:
    """Runs a checker, which must find nothing."""
    result = subprocess.run([sys.executable, "-m", name, *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise Found(f"{name} {' '.join(map(str, arguments))}\n{result.stdout}{result.stderr}")


def ruff_settings(package: str) -> str:
    """The published exceptions as a ruff.toml beside a package."""
    text = DOCUMENTATION.read_text(encoding="utf-8")
    published = re.search(r"```toml\n\[tool\.ruff\.(lint\.per-file-ignores\]\n.*?)```", text, re.DOTALL)
    if published is None:
        raise ValueError(f"{DOCUMENTATION} publishes no exceptions")
    return '[lint]\nselect = ["ALL"]\n\n[' + published[1].replace('"gen/', f'"{package}/')


def ruff(package: Path, *others: Path) -> None:
    """Every rule, for the oldest Python and for a new one, and the format; of packages in one folder, as in the other checkers."""
    folder, names = package.parent, _names(package, *others)
    (folder / "ruff.toml").write_text(ruff_settings("*" if others else package.name), encoding="utf-8")
    for version in ("py310", "py314"):
        tool("ruff", "check", "--config", "ruff.toml", "--target-version", version, *names, cwd=folder)
    tool("ruff", "format", "--isolated", "--diff", *names, cwd=folder)


def mypy(package: Path, *others: Path) -> None:
    tool("mypy", "--strict", "--config-file=", "--python-version", "3.10", *_names(package, *others), cwd=package.parent)


def pyright(package: Path, *others: Path) -> None:
    settings: dict[str, object] = {"typeCheckingMode": "strict", "pythonVersion": "3.10", "reportMissingModuleSource": False}
    settings["include"] = _names(package, *others)
    (package.parent / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    tool("pyright", "--pythonpath", sys.executable, "--project", package.parent, cwd=package.parent)


def _names(*packages: Path) -> list[str]:
    return [package.name for package in packages]
