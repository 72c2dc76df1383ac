"""Measures graphql-core on one schema: prints the fastest of 3 runs in milliseconds as JSON."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from graphql import build_ast_schema, parse, validate_schema


def fastest(work: Callable[[], object]) -> float:
    """Milliseconds of the fastest of three runs."""
    times: list[float] = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def load(text: str) -> None:
    """Parses, builds and validates."""
    validate_schema(build_ast_schema(parse(text), assume_valid_sdl=True))


text = Path(sys.argv[1]).read_text(encoding="utf-8")
json.dump({"parse": fastest(lambda: parse(text)), "load": fastest(lambda: load(text))}, sys.stdout)
