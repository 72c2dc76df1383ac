#!/usr/bin/env python3
"""Compares the dispatch table of a schema's generated Swift with the one that the runtime derives from its SDL.

usage: scripts/tables.py [--count] SCHEMA...

Says whether the two are equal, and exits 1 where they are not. With --count they are compiled with optimisation, which takes minutes the
first time, and valgrind counts the instructions that each takes.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from swift_builds import SHARED

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ROOT / ".venv" / "bin" / "subsgen"

MANIFEST = """// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "tables",
    dependencies: [.package(name: "subsgen", path: "{root}")],
    targets: [
        .executableTarget(
            name: "tables",
            dependencies: [
                .product(name: "GraphQLSchema", package: "subsgen"), .product(name: "SDLParser", package: "subsgen"),
                .product(name: "SubsgenRuntime", package: "subsgen"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
"""

MAIN = """
import GraphQLSchema
import SDLParser
import SubsgenRuntime

let mode = CommandLine.arguments.dropFirst().first
switch mode {
case "nothing": break
case "generated": print(DispatchTable.generated.fields.count)
case "schema", "derived":
    let tree = Parser.parse(Source(name: "schema", text: SubscriptionExecutor.generatedSDL)).tree
    guard let schema = SchemaBuilder.build([tree]).schema else { fatalError("the schema has mistakes") }
    if mode == "derived" { print(SubscriptionModel.derive(from: schema).table?.fields.count ?? 0) }
default:
    let derived = try SubscriptionExecutor(bus: MemoryBus()).dispatchTable
    print(derived == DispatchTable.generated ? "equal" : "different", derived.fields.count, derived.suppliedFields.count)
}
"""


class Failed(Exception):
    """A command that did not do what it should; the text says what it said."""


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints."""
    result = subprocess.run(command, cwd=cwd, env={**os.environ, "SUBSGEN_SWIFT_PACKAGE": str(ROOT)}, capture_output=True, text=True)
    if result.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))} exited with {result.returncode}\n{(result.stdout + result.stderr)[-4000:]}")
    return result.stdout


class Tables:
    """The two tables of a generated package, in a program."""

    def __init__(self, package: Path, folder: Path, *options: str) -> None:
        """Compiles the program in ``folder``: the table and the SDL, without the payloads, which take long. Raises ``Failed``."""
        sources = folder / "Sources" / "tables"
        sources.mkdir(parents=True)
        for name in ("DispatchTable.swift", "Schema.swift"):
            shutil.copy(package / "swift" / "Sources" / "SubscriptionSchema" / name, sources)
        (sources / "main.swift").write_text(MAIN, "utf-8")
        (folder / "Package.swift").write_text(MANIFEST.format(root=ROOT), "utf-8")
        # For release in a folder of its own: the wheel is compiled with other flags.
        scratch = ("--scratch-path", str(ROOT / ".build" / "tables")) if options else SHARED
        build = ["swift", "build", *scratch, *options]
        run(*build, cwd=folder)
        self._program = Path(run(*build, "--show-bin-path", cwd=folder).strip()) / "tables"
        self._folder = folder

    def compare(self) -> str:
        """How many fields the two tables have. Raises ``Failed`` where they are not equal."""
        outcome, fields, supplied = run(self._program, cwd=self._folder).split()
        if outcome != "equal":
            raise Failed("the generated dispatch table is another than that of the SDL")
        return f"{fields} subscription fields, {supplied} supplied"

    def instructions(self, mode: str) -> int:
        """What a mode takes, without the start of the process."""
        return self._counted(mode) - self._counted("nothing")

    def _counted(self, mode: str) -> int:
        counts = self._folder / "counts"
        run("valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}", self._program, mode, cwd=self._folder)
        found = re.search(r"^summary: (\d+)", counts.read_text("utf-8"), re.MULTILINE)
        if found is None:
            raise Failed("valgrind wrote no summary")
        return int(found[1])


def report(schema: Path, folder: Path, options: Sequence[str]) -> str:
    """A line about a schema."""
    run(COMMAND, schema, "--out", folder / "gen", cwd=folder)
    tables = Tables(folder / "gen", folder / "tables", *options)
    line = f"{schema.name}: equal, {tables.compare()}"
    if not options:
        return line
    generated, read, derived = (tables.instructions(mode) for mode in ("generated", "schema", "derived"))
    return f"{line}; instructions: generated {generated:,}, derived {derived - read:,}, and {read:,} for the schema that it is derived from"


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare the dispatch tables of schemas.")
    parser.add_argument("schemas", type=Path, metavar="SCHEMA", nargs="+")
    parser.add_argument("--count", action="store_true", help="count instructions")
    arguments = parser.parse_args()
    failed = False
    for schema in arguments.schemas:
        with tempfile.TemporaryDirectory() as folder:
            try:
                print(report(schema.resolve(), Path(folder), ["--configuration", "release"] if arguments.count else []), flush=True)
            except Failed as failure:
                failed = True
                print(f"error: {schema.name}: {failure}", file=sys.stderr, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
