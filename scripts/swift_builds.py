"""Where Swift is compiled that depends on this package: in its own debug build, so that the runtime is compiled once."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SCRATCH: Final = Path(__file__).resolve().parent.parent / ".build"
SHARED: Final = ("--scratch-path", str(SCRATCH))
"""Options of ``swift build``, which are all it may have: with another flag for the compiler everything is compiled again."""
