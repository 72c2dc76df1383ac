#!/usr/bin/env python3
"""Reading schemas, beside peers in one run.

usage: Benchmarks/compare_schemas.py [--rounds N] FILE...

For each schema: parsing, and parsing with building and validation, by subsgen, gqlparser (Go; where Debian's golang-go and
golang-github-vektah-gqlparser-dev are installed) and graphql-core (where this Python has it). The peers take turns, so that a drift of the
machine hits all alike; the table has each one's fastest time. Build nothing meanwhile.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
GO_SOURCES = Path("/usr/share/gocode/src/github.com/vektah/gqlparser")

Times = dict[str, float]


def subsgen() -> Callable[[str], Times]:
    """Builds our own benchmark for release."""
    subprocess.run(["swift", "build", "-c", "release", "--package-path", HERE], check=True, stdout=sys.stderr)
    binary = HERE / ".build/release/benchmarks"

    def measure(path: str) -> Times:
        return json.loads(subprocess.run([binary, "times", path], check=True, capture_output=True, text=True).stdout)

    return measure


def peers(folder: Path) -> dict[str, Callable[[str], Times]]:
    """Those that are installed; says which are not."""
    found: dict[str, Callable[[str], Times]] = {}
    if shutil.which("go") and GO_SOURCES.is_dir():
        binary = folder / "gqlparser"
        environment = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(folder / "cache")}
        subprocess.run(["go", "build", "-o", binary, HERE / "peers/gqlparser.go"], check=True, env=environment)
        found["gqlparser"] = lambda path: run([binary, path])
    else:
        print("not measured: gqlparser (apt-get install golang-go golang-github-vektah-gqlparser-dev)", file=sys.stderr)
    if importlib.util.find_spec("graphql"):
        found["graphql-core"] = lambda path: run([sys.executable, HERE / "peers/graphql_core.py", path])
    else:
        print("not measured: graphql-core (pip install graphql-core)", file=sys.stderr)
    return found


def run(command: list[str | Path]) -> Times:
    """What a peer measured."""
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = {"subsgen": subsgen(), **peers(Path(folder))}
        for path in arguments.files:
            size = Path(path).stat().st_size / 1e6
            best: dict[str, Times] = {}
            for _ in range(arguments.rounds):
                for name, measure in measured.items():
                    times = measure(path)
                    known = best.setdefault(name, times)
                    best[name] = {key: min(known[key], times[key]) for key in times}
            print(f"\n{path}: {size:.2f} MB, fastest of {arguments.rounds} rounds")
            print(f"{'':<14}{'parse ms':>10}{'MB/s':>8}{'subsgen is':>12}{'load ms':>10}{'subsgen is':>12}")
            ours = best["subsgen"]
            for name, times in best.items():
                parse, load = times["parse"], times["load"]
                parsing = f"{parse:>10.2f}{size / parse * 1000:>8.0f}{parse / ours['parse']:>11.1f}x"
                print(f"{name:<14}{parsing}{load:>10.2f}{load / ours['load']:>11.1f}x")


if __name__ == "__main__":
    main()
