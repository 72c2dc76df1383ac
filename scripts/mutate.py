#!/usr/bin/env python3
"""Tries whether the tests notice when a check is gone: changes the sources that keep to the rules of security, one by one.

usage: scripts/mutate.py [--list] [--jobs N] [FILE...]     the files of FILES, where none is named

Each change (scripts/mutants.py) is compiled in, all in one build of a copy in .build-mutants, and tried with the suites of
Tests/RuntimeTests/Security first, then with those of the whole runtime. A change that no test notices survives. Exits 1 where more than
5 % do, or where one has no reason in Tests/RuntimeTests/Security/survivors.txt: a paragraph with the file and the change, the line, why.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mutants import Mutant, Mutation, support

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / ".build-mutants"
RUNTIME = Path("Sources/Runtime")
SUITES = ROOT / "Tests/RuntimeTests/Security"
REASONS = SUITES / "survivors.txt"
ALLOWED = 0.05
# They look for what nobody thought of, so that most changes need not wait for them.
SLOW = ("SecurityOracleTests", "NegativeMatrixTests")

# A test has failed, whatever the others do. An issue that is known to a test is none.
_ISSUE = re.compile(r" recorded an issue( with| at)")

# What keeps to rules of security; folders stand for their files.
FILES = ("Security",)

MANIFEST = """// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "mutants",
    targets: [
        .target(name: "SDLParser"),
        .target(name: "GraphQLSchema", dependencies: ["SDLParser"], path: "Sources/Schema"),
        .target(name: "SubsgenRuntime", dependencies: ["SDLParser", "GraphQLSchema"], path: "Sources/Runtime"),
        .testTarget(name: "RuntimeTests", dependencies: ["SubsgenRuntime"], exclude: ["JSON/Reference", "Security/survivors.txt"]),
    ],
    swiftLanguageModes: [.v6]
)
"""


@dataclass(frozen=True)
class Change:
    """A mutant of one of the files."""

    file: Path
    mutant: Mutant

    @property
    def key(self) -> tuple[str, str, str]:
        """What a reason names it by: without the line's number, which changes."""
        return self.file.name, self.mutant.what, self.mutant.text

    def __str__(self) -> str:
        return f"{self.file}:{self.mutant.line}: {self.mutant.what}\n    {self.mutant.text}"


def main() -> None:
    """Tries all changes and tells of those that survive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--list", action="store_true", help="print the changes and try none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    files = [file.resolve().relative_to(ROOT) for file in arguments.files] or sources()
    if arguments.list:
        for change in mutated(files, frozenset(), write=False):
            print(change)
        return
    changes = build(files)
    bundle = COPY / ".build/debug/mutantsPackageTests.xctest"
    print(f"{len(changes)} changes of {len(files)} files", flush=True)
    survivors = changes
    for suites in (security_suites(slow=False), security_suites(slow=True), "^RuntimeTests"):
        survivors = tried(survivors, bundle, suites, arguments.jobs)
        print(f"{len(survivors)} are not noticed", flush=True)
    sys.exit(report(changes, survivors, whole=not arguments.files))


def sources() -> list[Path]:
    """The files of FILES, from the project's root."""
    found: list[Path] = []
    for name in FILES:
        path = ROOT / RUNTIME / name
        found += sorted(path.glob("*.swift")) if path.is_dir() else [path]
    return [path.relative_to(ROOT) for path in found]


# Building


def build(files: Iterable[Path]) -> list[Change]:
    """Compiles the changes in; returns those that compile."""
    changed = {COPY / file for file in files} | {COPY / RUNTIME / "Mutants.swift"}
    for folder in ("Sources/SDLParser", "Sources/Schema", "Sources/Runtime", "Tests/RuntimeTests", "Tests/Protocol"):
        synchronise(ROOT / folder, COPY / folder, changed)
    put(COPY / "Package.swift", MANIFEST)
    # What did not compile the last time, where nothing has changed since.
    known = COPY / f"impossible-{digest(files)}.txt"
    left_out = frozenset(int(number) for number in known.read_text().split()) if known.exists() else frozenset[int]()
    while True:
        changes = mutated(files, left_out)
        command = ["swift", "build", "--build-tests", "--package-path", str(COPY)]
        built = subprocess.run(command, capture_output=True, text=True, check=False)
        if built.returncode == 0:
            break
        more = impossible(changes, built.stdout + built.stderr)
        if not more:
            errors = "\n".join(sorted({line for line in (built.stdout + built.stderr).split("\n") if ": error:" in line}))
            sys.exit(f"{errors}\nerror: the copy does not compile, and no change is to blame")
        left_out |= more
        put(known, " ".join(map(str, sorted(left_out))))
    if left_out:
        print(f"{len(left_out)} changes do not compile and are left out", flush=True)
    return changes


def mutated(files: Iterable[Path], left_out: frozenset[int], *, write: bool = True) -> list[Change]:
    """All changes of some files, but for some; writes them into the copy."""
    changes: list[Change] = []
    declarations: list[str] = []
    following = 1
    for file in files:
        mutation = Mutation((ROOT / file).read_text(), following, left_out)
        result = mutation.result()
        following = mutation.next
        changes += [Change(file, mutant) for mutant in result.mutants]
        declarations.append(result.declarations)
        if write:
            put(COPY / file, result.text)
    if write:
        put(COPY / RUNTIME / "Mutants.swift", support(declarations))
    return changes


def impossible(changes: list[Change], output: str) -> frozenset[int]:
    """The changes that a compiler's errors are about."""
    found: set[int] = set()
    for name, line in {(match[1], int(match[2])) for match in re.finditer(r"([\w+]+\.swift):(\d+):\d+: error:", output)}:
        if name == "Mutants.swift":
            numbers = (COPY / RUNTIME / name).read_text().split("\n")[line - 1]
            found |= {int(number) for number in re.findall(r"Mutants\.active == (\d+)", numbers)}
            continue
        of_file = [change.mutant for change in changes if change.file.name == name]
        on_line = [mutant for mutant in of_file if mutant.line == line == mutant.last_line]
        around = [mutant for mutant in of_file if mutant.line <= line <= mutant.last_line]
        innermost = max((mutant.line for mutant in around), default=0)
        # A value without which another place does not compile is set before it.
        before = [mutant for mutant in of_file if line - 12 <= mutant.line < line]
        suspects = (
            [mutant for mutant in on_line if mutant.what == "it is taken away"],
            on_line,
            [mutant for mutant in before if mutant.what == "it is taken away"],
            before,
            [mutant for mutant in around if mutant.line == innermost],
        )
        found |= {mutant.number for mutant in next((some for some in suspects if some), list[Mutant]())}
    return frozenset(found)


def digest(files: Iterable[Path]) -> str:
    """Of what the numbers of changes depend on."""
    sources = [ROOT / file for file in files] + [ROOT / "scripts" / "mutants.py"]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]


def synchronise(source: Path, copy: Path, but: set[Path]) -> None:
    """Makes a folder what another one is, and touches no file that is equal, and none of some."""
    wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    for path in [path for path in copy.rglob("*") if path.is_file()] if copy.exists() else []:
        if path.relative_to(copy) not in wanted and path not in but:
            path.unlink()
    for path in wanted:
        target = copy / path
        if target not in but and (not target.exists() or target.read_bytes() != (source / path).read_bytes()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / path, target)


def put(path: Path, text: str) -> None:
    """Writes a file where it is another."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


# Trying


def security_suites(*, slow: bool) -> str:
    """What selects the suites of Tests/RuntimeTests/Security: those that try everything, or the others."""
    every = [name for path in sorted(SUITES.glob("*.swift")) for name in re.findall(r"^struct (\w+)", path.read_text(), re.MULTILINE)]
    names = [name for name in every if (name in SLOW) == slow]
    return rf"^RuntimeTests\.({'|'.join(names)})/"


def tried(changes: list[Change], bundle: Path, suites: str, jobs: int) -> list[Change]:
    """Those of some changes that some suites do not notice."""
    if not changes:
        return []
    began = time.monotonic()
    if passes(bundle, suites, 0, 600) is not True:
        sys.exit("error: the suites fail without any change")
    limit = 10 + 10 * jobs * (time.monotonic() - began)
    with ThreadPoolExecutor(jobs) as pool:
        results = [pool.submit(passes, bundle, suites, change.mutant.number, limit) for change in changes]
        survivors: list[Change] = []
        for change, result in zip(changes, results, strict=True):
            if result.result():
                survivors.append(change)
                print(f"  not noticed: {change}", flush=True)
        return survivors


def passes(bundle: Path, suites: str, number: int, limit: float) -> bool:
    """Whether suites pass with a change. Who needs longer than the limit does not; who has failed once need not go on."""
    command = [str(bundle), "--testing-library", "swift-testing", "--filter", suites, "--skip", "SoakTests"]
    # A crash need not be looked into; who looks into it would keep the pipe open.
    environment = {"SECURITY_TRIPLES": "1500", **os.environ, "MUTANT": str(number), "SWIFT_BACKTRACE": "enable=no"}
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    assert process.stdout is not None
    watch = threading.Timer(limit, end, [process])
    watch.start()
    last = ""
    for line in process.stdout:
        last = line.strip() or last
        if number != 0 and _ISSUE.search(line):
            end(process)
            break
    process.stdout.close()
    code = process.wait()
    watch.cancel()
    if number == 0:
        print(last, flush=True)
    return code == 0 and re.search(r"Test run with [1-9]\d* tests? .*passed", last) is not None


def end(process: subprocess.Popen[str]) -> None:
    """Ends a process with all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


# Telling


def report(changes: list[Change], survivors: list[Change], *, whole: bool) -> int:
    """Prints what survived, and returns 1 where it may not."""
    reasons = read_reasons()
    without = [change for change in survivors if change.key not in reasons]
    for change in without:
        print(f"{change}\n    survives, and survivors.txt does not say why\n")
    share = len(survivors) / max(len(changes), 1)
    print(f"{len(survivors)} of {len(changes)} survive: {100 * share:.1f} %, of which {len(survivors) - len(without)} with a reason")
    known = {change.key for change in survivors}
    stale = sorted(key for key in reasons if whole and key not in known)
    for file, what, text in stale:
        print(f"{file}: {what}\n    {text}\n    has a reason in survivors.txt and does not survive")
    return 1 if without or stale or share > ALLOWED else 0


def read_reasons() -> dict[tuple[str, str, str], str]:
    """Why changes may survive."""
    reasons: dict[tuple[str, str, str], str] = {}
    text = REASONS.read_text() if REASONS.exists() else ""
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in paragraph.strip().split("\n") if not line.startswith("#")]
        if len(lines) > 2 and ": " in lines[0]:
            file, what = lines[0].split(": ", 1)
            reasons[(file, what, lines[1])] = " ".join(lines[2:])
    return reasons


if __name__ == "__main__":
    main()
