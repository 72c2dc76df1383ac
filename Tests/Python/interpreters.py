"""The interpreters of this machine for which the package is made."""

from __future__ import annotations

import shutil
from pathlib import Path

WANTED = ("3.10", "3.11", "3.12", "3.13")


def _found(version: str) -> str | None:
    # A pyenv keeps what it does not put on the path; its shims on the path may lead to nothing.
    versions = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    return str(versions[-1]) if versions else shutil.which(f"python{version}")


FOUND = {version: path for version in WANTED if (path := _found(version)) is not None}
MISSING = [version for version in WANTED if version not in FOUND]
