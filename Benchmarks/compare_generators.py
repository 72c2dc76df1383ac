#!/usr/bin/env python3
"""Generating Python from schemas and importing it, beside datamodel-code-generator in one run.

usage: Benchmarks/compare_generators.py [--rounds N] [--venv FOLDER] FILE...

Each schema is generated whole (`--all-types`); datamodel-code-generator makes pydantic classes of it. Generation is a process from start to
end, by the command of `make build`, into a folder that is empty, and once more where nothing changed. Imports are timed in new
interpreters: the first time, when Python compiles the package, and again. The two take turns; the table has each one's fastest time. Of
github.graphql, which defines two fields twice and has no subscriptions, both get it mended. datamodel-code-generator is installed into a
new environment, or used from the one in FOLDER. Build nothing meanwhile.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from real_schemas import without_duplicates  # noqa: E402

BIN = ROOT / ".venv" / "bin"

IMPORT = """
import sys, time
start = time.perf_counter()
exec(sys.argv[1])
print((time.perf_counter() - start) * 1000)
"""

Times = dict[str, float]


def timed(command: list[str | Path], cwd: Path) -> float:
    """The seconds of a command."""
    environment = os.environ | {"XDG_CACHE_HOME": str(cwd / "cache")}
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def imported(python: Path, statement: str, cwd: Path, first: bool = False) -> float:
    """The milliseconds of an import in a new interpreter, nan where it fails."""
    if first:
        for cache in list(cwd.rglob("__pycache__")):
            shutil.rmtree(cache)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    result = subprocess.run([python, "-c", IMPORT, statement], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        print(f"`{statement}` fails: {result.stderr.splitlines()[-1]}", file=sys.stderr)
        return float("nan")
    return float(result.stdout)


def classes(file: Path) -> int:
    """How many classes a module has."""
    return sum(isinstance(node, ast.ClassDef) for node in ast.parse(file.read_text(encoding="utf-8")).body)


def subsgen(schema: Path, folder: Path) -> Times:
    """One round of ours."""
    shutil.rmtree(folder / "gen", ignore_errors=True)
    command: list[str | Path] = [BIN / "subsgen", schema, "--all-types", "--out", "gen"]
    python = BIN / "python"
    manager = "import gen; gen.create_manager()"
    return {
        "generate": timed(command, folder) * 1000,
        "nothing changed": timed(command, folder) * 1000,
        "classes": classes(folder / "gen" / "types.py"),
        "import, first": imported(python, "import gen", folder, first=True),
        "import": imported(python, "import gen", folder),
        "its classes, first": imported(python, "import gen.types", folder, first=True),
        "its classes": imported(python, "import gen.types", folder),
        "a manager, first": imported(python, manager, folder, first=True),
        "a manager": imported(python, manager, folder),
    }


def peer(environment: Path) -> Callable[[Path, Path], Times]:
    """One round of datamodel-code-generator."""

    def measure(schema: Path, folder: Path) -> Times:
        options = ["--input-file-type", "graphql", "--output-model-type", "pydantic_v2.BaseModel"]
        command = [environment / "datamodel-codegen", "--input", schema, "--output", "models.py", *options]
        python = environment / "python"
        return {
            "generate": timed(command, folder) * 1000,
            "classes": classes(folder / "models.py"),
            "its classes, first": imported(python, "import models", folder, first=True),
            "its classes": imported(python, "import models", folder),
        }

    return measure


def installed(folder: Path) -> Path:
    """The programs of an environment with datamodel-code-generator, which is made where it is not there."""
    programs = folder / "bin"
    if not (programs / "datamodel-codegen").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([programs / "python", "-m", "pip", "install", "-q", "datamodel-code-generator[graphql]"], check=True)
    print(subprocess.run([programs / "datamodel-codegen", "--version"], check=True, capture_output=True, text=True).stdout.strip())
    return programs


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--venv", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        measured = {"subsgen": subsgen, "datamodel-code-generator": peer(installed(arguments.venv or scratch / "venv"))}
        for file in arguments.files:
            text = file.read_text(encoding="utf-8")
            schema = scratch / file.name
            # The peer knows no directives of ours.
            plain = without_duplicates(text).replace(' @filter(field: "id")', "") if file.stem == "github" else text
            schema.write_text(plain, encoding="utf-8")
            best: dict[str, Times] = {}
            for _ in range(arguments.rounds):
                for name, measure in measured.items():
                    folder = scratch / name / file.stem
                    folder.mkdir(parents=True, exist_ok=True)
                    times = measure(schema, folder)
                    known = best.setdefault(name, times)
                    best[name] = {key: min(known[key], times[key]) for key in times}
            print(f"\n{file.name}, milliseconds, fastest of {arguments.rounds} rounds")
            print(f"{'':<22}{'subsgen':>12}{'datamodel-code-generator':>28}")
            for key, ours in best["subsgen"].items():
                theirs = best["datamodel-code-generator"].get(key)
                other = "" if theirs is None else f"{theirs:.0f}" if key == "classes" else f"{theirs:.0f} ({theirs / ours:.1f} times)"
                print(f"{key:<22}{ours:>12.0f}{other:>28}")


if __name__ == "__main__":
    main()
