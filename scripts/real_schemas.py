#!/usr/bin/env python3
"""Generates the packages of real schemas and tries everything on them that a user would.

usage: scripts/real_schemas.py FOLDER [--swift] [--only WORD ...]

Each schema in FOLDER is generated in each style of classes, twice: with --all-types and without. ruff with every rule but the
published exceptions, `ruff format`, mypy --strict and pyright in strict mode read the packages, and every Python from 3.10 to 3.13
that is found imports them; with --swift the Swift packages are compiled, which takes minutes, and their dispatch tables compared with those
that the runtime derives. Of a schema that is refused as it is
published the refusal is checked, and what is left of it without its mistakes is generated. Two packages are tried at a time.
`make schemas` calls it, after the build. Exits 1 if anything failed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import checkers
import tables

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"


class Failed(Exception):
    """A command that did not do what it should."""


SWIFT = threading.Lock()
"""Held while Swift compiles: it takes all cores, and one folder holds what it compiled."""


def without_duplicates(sdl: str) -> str:
    """github.graphql without the second definitions of two fields, and with subscriptions, since it has none."""
    description = r'\n  """[^"]*"""\n  '
    fields = description + r"repositoryDeployKeySetting: .*?" + description + r"repositoryDeployKeySettingOrganizations\(.*?\n  \): \S+\n"
    found = list(re.finditer(fields, sdl, re.DOTALL))
    if len(found) != 2:
        raise Failed(f"the fields that github.graphql defines twice were found {len(found)} times")
    subscriptions = """
type Subscription {
  issueChanged(id: ID!): Issue!
  starred(starrable: ID! @filter(field: "id")): Starrable!
  timeline: [PullRequestTimelineItems!]
  reviewAdded(state: PullRequestReviewState): PullRequestReview
}
"""
    return sdl[: found[1].start()] + sdl[found[1].end() :] + subscriptions


@dataclass(frozen=True)
class Refusal:
    """A schema that has mistakes as published."""

    said: Sequence[str]
    mended: Callable[[str], str] | None = None


REFUSED = {
    "github": Refusal(
        [
            '"EnterpriseOwnerInfo.repositoryDeployKeySetting" can only be defined once',
            '"EnterpriseOwnerInfo.repositoryDeployKeySettingOrganizations" can only be defined once',
        ],
        without_duplicates,
    ),
    "swapi": Refusal(["The schema has no subscription root type"]),
}

IMPORT = """
import importlib, sys, time
start = time.perf_counter()
package = importlib.import_module(sys.argv[1])
imported = time.perf_counter() - start
package.create_manager()
served = time.perf_counter() - start
from subsgen.coercion import argument_decoder, event_decoder
registry = importlib.import_module(sys.argv[1] + ".registry").registry
fields = [field.loaded() for field in registry.fields]
payload_fields = [field.loaded() for field in registry.payload_fields]
for field in fields:
    event_decoder(field.event_type)
for field in payload_fields:
    event_decoder(field.parent_type)
    importlib.import_module(field.module)
for field in (*fields, *payload_fields):
    argument_decoder(field.arguments_type)
package.create_manager()
print(f"imported in {imported * 1000:.0f} ms, a manager in {served * 1000:.0f} ms, compiling included")
"""


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs a command that must end with a status."""
    result = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if result.returncode != status:
        output = (result.stdout + result.stderr)[-4000:]
        raise Failed(f"{' '.join(map(str, command))} exited with {result.returncode}, not {status}\n{output}")
    return result


def pythons() -> Iterator[Path]:
    """An interpreter of each version from 3.10 to 3.13 that is on the path or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(10, 14):
        found = shutil.which(f"python3.{minor}")
        candidates = sorted(pyenv.glob(f"3.{minor}.*/bin/python"))
        if candidates or found is not None:
            yield candidates[-1] if candidates else Path(str(found))


def environments(folder: Path) -> list[Path]:
    """The interpreter of an environment for each version of Python, with the wheel that the build made."""
    wheels = sorted((ROOT / "dist").glob("subsgen-*.whl"))
    if not wheels:
        raise Failed("there is no wheel in dist; run `make build`")
    made: list[Path] = []
    for python in pythons():
        target = folder / f"venv{len(made)}"
        run(python, "-m", "venv", target, cwd=folder)
        run(target / "bin" / "python", "-m", "pip", "install", "-q", f"{wheels[-1]}[pydantic]", cwd=folder)
        made.append(target / "bin" / "python")
    if not made:
        raise Failed("no Python from 3.10 to 3.13 was found")
    return made


@dataclass(frozen=True)
class Case:
    """A package to generate and to try."""

    schema: Path
    style: str
    is_whole: bool

    @property
    def title(self) -> str:
        return " ".join([self.schema.name, *self.options])

    @property
    def options(self) -> list[str]:
        return ["--style", self.style, *(["--all-types"] if self.is_whole else [])]


def styles() -> list[str]:
    """The styles that the command knows."""
    text = run(BIN / "subsgen", "generate", "--help", cwd=ROOT).stdout
    known = re.search(r"--style\b.*?\(values:\s+([^;)]*)", text, re.DOTALL)
    if known is None:
        raise Failed("`subsgen generate --help` names no styles")
    return [word.strip() for word in known[1].split(",")]


def check(case: Case, folder: Path, interpreters: Sequence[Path], has_swift: bool) -> Iterator[str]:
    """Tries a package; gives a word, with the seconds that it took, for each thing that went well."""
    package = folder / case.schema.stem
    steps: list[tuple[str, Callable[[], object]]] = [
        ("generated", lambda: run(BIN / "subsgen", case.schema, "--out", package, *case.options, cwd=folder)),
        ("ruff", lambda: checkers.ruff(package)),
        ("mypy", lambda: checkers.mypy(package)),
        ("pyright", lambda: checkers.pyright(package)),
    ]
    if has_swift:
        steps.append(("Swift", lambda: compile_swift(package)))
    for word, step in steps:
        start = time.monotonic()
        step()
        yield f"{word} {time.monotonic() - start:.1f} s"
    for python in interpreters:
        version = run(python, "--version", cwd=folder).stdout.split()[-1]
        yield f"{version} {run(python, '-W', 'error', '-c', IMPORT, package.name, cwd=folder).stdout.strip()}"


def compile_swift(package: Path) -> None:
    environment = {**os.environ, "SUBSGEN_SWIFT_PACKAGE": str(ROOT)}
    # One for all schemas, so that the runtime is compiled once.
    scratch = ROOT / ".build" / "schemas"
    options = ("--package-path", package / "swift", "--scratch-path", scratch, "-Xswiftc", "-warnings-as-errors")
    with SWIFT:
        run("swift", "build", *options, cwd=package.parent, env=environment)
        tables.Tables(package, package.parent / "tables").compare()


def refusals(schemas: Sequence[Path], folder: Path) -> Iterator[Path]:
    """The schemas to generate; those that have mistakes as published are refused first, and mended where that can be."""
    for schema in schemas:
        refusal = REFUSED.get(schema.stem)
        if refusal is None:
            yield schema
            continue
        result = run(BIN / "subsgen", schema, "--out", folder / "refused", cwd=folder, status=1)
        for said in refusal.said:
            if said not in result.stderr:
                raise Failed(f"of {schema.name} nothing says: {said}")
        print(f"{schema.name}: refused", flush=True)
        if refusal.mended is not None:
            mended = folder / schema.name
            mended.write_text(refusal.mended(schema.read_text(encoding="utf-8")), encoding="utf-8")
            yield mended


def attempt(case: Case, folder: Path, interpreters: Sequence[Path], has_swift: bool) -> bool:
    """Tries a package in a folder of its own, and says how it went."""
    folder.mkdir()
    words: list[str] = []
    try:
        for word in check(case, folder, interpreters, has_swift):
            words.append(word)
    except (Failed, checkers.Found, tables.Failed) as failure:
        print(f"error: {case.title}: {', '.join(words)}\n{str(failure)[:4000]}", file=sys.stderr, flush=True)
        return False
    finally:
        shutil.rmtree(folder)
    print(f"{case.title}: {', '.join(words)}", flush=True)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description="Try the packages of real schemas.")
    parser.add_argument("schemas", type=Path, metavar="FOLDER")
    parser.add_argument("--swift", action="store_true", help="compile the Swift packages too, once a schema")
    parser.add_argument("--only", metavar="WORD", nargs="+", default=[], help="try the packages whose titles have all of these words")
    arguments = parser.parse_args()
    schemas = sorted(arguments.schemas.resolve().glob("*.graphql"))
    if not schemas:
        print(f"error: there are no schemas in {arguments.schemas}", file=sys.stderr)
        return 2
    start = time.monotonic()
    known = styles()
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(max_workers=2) as pool:
        folder = Path(name)
        sound = list(refusals(schemas, folder))
        interpreters = environments(folder)
        cases = [Case(schema, style, is_whole) for schema in sound for is_whole in (False, True) for style in known]
        cases = [case for case in cases if all(word in case.title for word in arguments.only)]
        # What is written for Swift is the same in every style.
        tried = [
            pool.submit(attempt, case, folder / str(number), interpreters, arguments.swift and case.style == known[0])
            for number, case in enumerate(cases)
        ]
        failures = [future.result() for future in tried].count(False)
    print(f"{len(cases) - failures} of {len(cases)} packages are as they should be; {time.monotonic() - start:.0f} s", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
