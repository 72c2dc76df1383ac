#!/usr/bin/env python3
"""Generates the packages of real schemas and tries everything on them that a user would.

usage: scripts/real_schemas.py FOLDER [--swift]

Each schema in FOLDER that is sound is generated twice, once with --all-types. ruff, mypy --strict and pyright in strict mode read the
packages, and every Python from 3.10 to 3.13 that is found imports them; with --swift the Swift packages are compiled, which takes minutes.
`make schemas` calls it, after the build. Exits 1 if anything failed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

REFUSED = {
    "github": [
        '"EnterpriseOwnerInfo.repositoryDeployKeySetting" can only be defined once',
        '"EnterpriseOwnerInfo.repositoryDeployKeySettingOrganizations" can only be defined once',
    ],
    "swapi": ["The schema has no subscription root type"],
}
"""The schemas that have mistakes as published, and what must be said of them."""

IMPORT = """
import importlib, sys, time, msgspec, subsgen
start = time.perf_counter()
package = importlib.import_module(sys.argv[1])
taken = time.perf_counter() - start
for binding in importlib.import_module(sys.argv[1] + ".registry").registry.fields:
    msgspec.json.Decoder(binding.event_type)
    msgspec.json.Decoder(binding.arguments_type)
package.create_manager()
print(f"imported in {taken * 1000:.0f} ms")
"""


class Failed(Exception):
    """A command that did not do what it should."""


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
        run(target / "bin" / "python", "-m", "pip", "install", "-q", wheels[-1], cwd=folder)
        made.append(target / "bin" / "python")
    if not made:
        raise Failed("no Python from 3.10 to 3.13 was found")
    return made


def check(package: Path, interpreters: Sequence[Path], has_swift: bool) -> Iterator[str]:
    """Tries a package; gives a word for each thing that went well."""
    folder = package.parent
    run(BIN / "ruff", "check", "--isolated", "--target-version", "py310", package, cwd=folder)
    run(BIN / "ruff", "format", "--isolated", "--check", package, cwd=folder)
    yield "ruff"
    run(BIN / "mypy", "--strict", "--config-file=", "--python-version", "3.10", package.name, cwd=folder)
    yield "mypy"
    settings = '{"include": ["%s"], "typeCheckingMode": "strict", "pythonVersion": "3.10", "reportMissingModuleSource": false}'
    (folder / "pyrightconfig.json").write_text(settings % package.name)
    run(BIN / "pyright", "--pythonpath", BIN / "python", "--project", folder, cwd=folder)
    yield "pyright"
    for python in interpreters:
        version = run(python, "--version", cwd=folder).stdout.split()[-1]
        yield f"{version} {run(python, '-W', 'error', '-c', IMPORT, package.name, cwd=folder).stdout.strip()}"
    if has_swift:
        start = time.monotonic()
        environment = {**os.environ, "SUBSGEN_SWIFT_PACKAGE": str(ROOT)}
        # The folder of scripts/test-generated-swift, where the runtime is compiled already.
        scratch = ROOT / ".build" / "generated" / "build"
        run(
            *("swift", "build", "--package-path", package / "swift", "--scratch-path", scratch, "-Xswiftc", "-warnings-as-errors"),
            cwd=folder,
            env=environment,
        )
        yield f"Swift compiled in {time.monotonic() - start:.0f} s"


def main() -> int:
    parser = argparse.ArgumentParser(description="Try the packages of real schemas.")
    parser.add_argument("schemas", type=Path, metavar="FOLDER")
    parser.add_argument("--swift", action="store_true", help="compile the Swift packages too")
    arguments = parser.parse_args()
    schemas = sorted(arguments.schemas.resolve().glob("*.graphql"))
    if not schemas:
        print(f"error: there are no schemas in {arguments.schemas}", file=sys.stderr)
        return 2
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        interpreters = environments(folder)
        for schema in schemas:
            for options in ([], ["--all-types"]):
                title = " ".join([schema.name, *options])
                package = folder / f"{schema.stem}{len(options)}"
                try:
                    refusals = REFUSED.get(schema.stem)
                    start = time.monotonic()
                    result = run(BIN / "subsgen", schema, "--out", package, *options, cwd=folder, status=1 if refusals else 0)
                    print(f"{title}: {'refused' if refusals else 'generated'} in {time.monotonic() - start:.2f} s", flush=True)
                    for refusal in refusals or []:
                        if refusal not in result.stderr:
                            raise Failed(f"nothing says: {refusal}")
                    if refusals is None:
                        for word in check(package, interpreters, arguments.swift):
                            print(f"  {word}", flush=True)
                except Failed as failure:
                    print(f"error: {title}: {failure}", file=sys.stderr)
                    failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
