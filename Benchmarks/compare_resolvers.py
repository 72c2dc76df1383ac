#!/usr/bin/env python3
"""What resolvers in Swift gain, in an extension that `subsgen build` makes, beside the same in Python on the extension of the wheel.

usage: Benchmarks/compare_resolvers.py [--rounds N]     after `make build` and Examples/contract/build

A hundred events are published, then pulled by one subscriber, and so on. The two take turns in processes of their own; the table has the
least processor time of an event.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
COMMAND = ROOT / ".venv" / "bin" / "subsgen"
SCRATCH = ROOT / "Examples" / "contract" / "built" / "gen" / "swift" / ".build"
"""Where Examples/contract/build has compiled the runtime."""

TEXT = "The quick brown fox jumps over the lazy dog. " * 23
BURST = 100
BURSTS = {"light": 100, "heavy": 20}


def light(event: Any, args: Any) -> Any:
    event.sum += 1
    return event


def heavy(event: Any, args: Any) -> Any:
    total = 2_166_136_261
    for byte in event.text.encode():
        total = ((total ^ byte) * 16_777_619) & 0xFFFF_FFFF
    event.sum = total & 0x7FFF_FFFF
    return event


async def measure(language: str) -> dict[str, float]:
    """Microseconds of the processor for an event of each kind, with ``gen`` on the path."""
    package = import_module("gen")
    manager = package.create_manager()
    if language == "python":
        types = import_module("gen.types")
        for name, resolve in (("light", light), ("heavy", heavy)):
            arguments = getattr(types, f"{name.title()}Args")
            manager.register_resolver(name, resolve, event_type=types.Document, arguments_type=arguments)
    else:
        from subsgen import _native

        assert _native.application_schema is not None
    from subsgen import SubscriptionPayload

    costs: dict[str, float] = {}
    result: bytes | None = None
    for kind in ("light", "heavy"):
        subscription = await manager.create_subscription(SubscriptionPayload(f"subscription {{ {kind} {{ sum text }} }}"))
        event = json.dumps({"sum": 1, "text": TEXT}).encode()
        began = time.process_time()
        for _ in range(BURSTS[kind]):
            for _ in range(BURST):
                await manager.publish_event(kind, event)
            for _ in range(BURST):
                result = await manager.get_next_event(subscription)
        costs[kind] = (time.process_time() - began) / BURSTS[kind] / BURST * 1e6
        assert result is not None
        assert json.loads(result)["data"][kind]["sum"] == (2 if kind == "light" else 496_555_152), result
        await manager.complete_subscription(subscription)
    await manager.close()
    return costs


def packages(folder: Path) -> dict[str, Path]:
    """The generated package twice: with the extension and without."""
    run("generate", HERE / "resolvers" / "schema.graphql", "--out", "gen", cwd=folder)
    shutil.copytree(folder / "gen", folder / "python" / "gen")
    shutil.copy(HERE / "resolvers" / "Resolvers.swift", folder / "gen" / "swift" / "Sources" / "SubscriptionExtension")
    run("build", "gen", "--scratch-path", SCRATCH, cwd=folder)
    return {"python": folder / "python", "swift": folder}


def run(*arguments: str | Path, cwd: Path) -> None:
    subprocess.run([COMMAND, *arguments], cwd=cwd, env={**os.environ, "SUBSGEN_SWIFT_PACKAGE": str(ROOT)}, check=True, stdout=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare resolvers in Swift and in Python.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--measure", choices=["python", "swift"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        sys.path.insert(0, os.getcwd())
        print(json.dumps(asyncio.run(measure(arguments.measure))))
        return
    with tempfile.TemporaryDirectory() as name:
        folders = packages(Path(name))
        best: dict[tuple[str, str], float] = {}
        for _ in range(arguments.rounds):
            for language, folder in folders.items():
                command = [sys.executable, __file__, "--measure", language]
                said = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
                for kind, cost in json.loads(said).items():
                    best[kind, language] = min(cost, best.get((kind, language), cost))
    for kind in ("light", "heavy"):
        python, swift = best[kind, "python"], best[kind, "swift"]
        print(f"{kind}: {python:7.1f} us in Python, {swift:7.1f} us in Swift: {python / swift:.1f} times")


if __name__ == "__main__":
    main()
