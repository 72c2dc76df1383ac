#!/usr/bin/env python3
"""Who may import whom: checks the arrows of docs/architecture.md in Swift and Python.

usage: scripts/lint_imports.py [ROOT]            the whole project
       scripts/lint_imports.py --generated DIR   a package that `subsgen` wrote, its swift/ included

Prints one line for each forbidden import, with file and line, and exits 1 if there is any.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SwiftRule:
    """What the Swift files under `folder`, which make up `module`, may import; everything else is forbidden."""

    module: str
    folder: str
    imports: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Violation:
    """An import that no arrow allows."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: error: {self.message}"


def _rule(module: str, folder: str, *imports: str) -> SwiftRule:
    return SwiftRule(module, folder, frozenset(imports))


# The toolchain's own modules are arrows too: no Foundation anywhere, since it would be linked into every application.
SWIFT_MODULES = (
    _rule("SDLParser", "Sources/SDLParser"),
    _rule("GraphQLSchema", "Sources/Schema", "SDLParser"),
    _rule("Templates", "Templates"),
    _rule("Codegen", "Sources/Codegen", "SDLParser", "GraphQLSchema", "Templates"),
    _rule("SubsgenRuntime", "Sources/Runtime", "SDLParser", "GraphQLSchema", "Synchronization", "Glibc"),
    _rule("SubsgenLogging", "Sources/Logging", "SubsgenRuntime", "Logging"),
    _rule("CEventFD", "Sources/CEventFD"),
    _rule("RemoteBus", "Sources/RemoteBus", "SubsgenRuntime", "CEventFD", "Synchronization", "Glibc"),
    _rule("CHiredis", "Sources/CHiredis"),
    _rule("SubsgenRedis", "Sources/RuntimeRedis", "RemoteBus", "SubsgenRuntime", "CHiredis", "Synchronization", "Glibc"),
    _rule("SubsgenPostgres", "Sources/RuntimePostgres", "RemoteBus", "SubsgenRuntime", "Synchronization", "Glibc"),
    _rule("CExplorer", "Sources/CExplorer"),
    _rule(
        "SubsgenServer",
        "Sources/Server",
        "CExplorer",
        "SDLParser",
        "SubsgenRuntime",
        "NIOCore",
        "NIOPosix",
        "NIOHTTP1",
        "NIOSSL",
        "Dispatch",
        "Synchronization",
        "Glibc",
    ),
    _rule("CPython", "Sources/CPython"),
    _rule(
        "PythonModule",
        "Sources/PythonModule",
        "SubsgenRuntime",
        "SubsgenRedis",
        "SubsgenPostgres",
        "SubsgenServer",
        "CPython",
        "Synchronization",
        "Glibc",
    ),
    _rule("NativeExtension", "Sources/NativeExtension", "PythonModule"),
    _rule("subsgen", "Sources/subsgen", "Codegen", "GraphQLSchema", "SDLParser", "ArgumentParser", "TOMLKit", "Glibc"),
)

# What any test may import besides the module that it tests and the modules that this one may import.
SWIFT_TESTING = frozenset(
    {
        "Testing",
        "Foundation",
        "Glibc",
        "Synchronization",
        "InMemoryLogging",
        "NIOEmbedded",
        "NIOTLS",
        "BusConformance",
        "ChildProcesses",
        "ProtocolConversations",
    }
)

# The third-party modules of the Python package. Web frameworks and build systems belong to the file of their adapters alone.
PYTHON_PACKAGE = frozenset({"msgspec", "typing_extensions"})
PYTHON_FRAMEWORKS = {
    "aiohttp.py": frozenset({"aiohttp"}),
    "asgi.py": frozenset({"fastapi", "starlette"}),
    "fastapi_routes.py": frozenset({"fastapi"}),
    "auth_jwt.py": frozenset({"jwt", "cryptography"}),
    "auth_keys.py": frozenset({"jwt", "cryptography"}),
    "opentelemetry.py": frozenset({"opentelemetry"}),
    "pydantic.py": frozenset({"pydantic", "pydantic_core"}),
    "shapes.py": frozenset({"pydantic_core"}),
    "hatch.py": frozenset({"hatchling"}),
    "setuptools.py": frozenset({"setuptools"}),
    "metrics.py": frozenset({"prometheus_client"}),
    "pytest_plugin.py": frozenset({"pytest"}),
    "subscribing_socket.py": frozenset({"websockets"}),
    "websockets.py": frozenset({"websockets"}),
}

# What a generated package may import besides the standard library and itself.
GENERATED_PYTHON = frozenset({"subsgen", "subsgen.dataclasses", "subsgen.pydantic"})
GENERATED_SWIFT = frozenset({"SubsgenRuntime"})
# What `subsgen build` makes a Python extension of.
GENERATED_EXTENSION = frozenset({"PythonModule", "SubsgenRuntime", "SubscriptionSchema"})

_SWIFT_IMPORT = re.compile(
    r"^[ \t]*(?:@\w+(?:\([^)]*\))?[ \t]+)*(?:(?:public|package|internal|fileprivate|private)[ \t]+)?"
    r"import[ \t]+(?:(?:struct|class|enum|protocol|typealias|func|var|let|actor|macro)[ \t]+)?`?(\w+)",
    re.MULTILINE,
)
# A nested block comment is matched by hand below; strings are matched here so that no comment starts inside one.
_SWIFT_TRIVIA = re.compile(
    r'(?P<line>//[^\n]*)|(?P<block>/\*)|(?P<hashes>#*)(?:(?P<text>""")|(?P<quote>"))',
)


def swift_code(source: str) -> str:
    """The source with the content of comments and string literals blanked out; its lines stay where they are."""
    kept: list[str] = []
    position = 0
    while match := _SWIFT_TRIVIA.search(source, position):
        kept.append(source[position : match.start()])
        end = _trivia_end(source, match)
        kept.append("\n" * source.count("\n", match.start(), end))
        position = end
    kept.append(source[position:])
    return "".join(kept)


def _trivia_end(source: str, opening: re.Match[str]) -> int:
    if opening["line"] is not None:
        return opening.end()
    if opening["block"] is not None:
        depth, position = 1, opening.end()
        while depth > 0:
            edge = re.compile(r"/\*|\*/").search(source, position)
            if edge is None:
                return len(source)
            depth += 1 if edge[0] == "/*" else -1
            position = edge.end()
        return position
    hashes = opening["hashes"]
    quotes = opening["text"] or opening["quote"]
    stops = "" if opening["text"] else r"|(?P<broken>\n)"
    token = re.compile(rf"\\{hashes}(?P<escape>.)|(?P<closing>{quotes}{hashes}){stops}", re.DOTALL)
    position = opening.end()
    while match := token.search(source, position):
        if match["escape"] == "(":
            position = _interpolation_end(source, match.end())
        elif match["escape"] is not None:
            position = match.end()
        else:
            return match.end() if match["closing"] else match.start()
    return len(source)


def _interpolation_end(source: str, position: int) -> int:
    """The place after the parenthesis that closes an interpolation, past the strings inside it."""
    depth = 1
    token = re.compile(_SWIFT_TRIVIA.pattern + r"|(?P<open>\()|(?P<close>\))")
    while depth > 0:
        match = token.search(source, position)
        if match is None:
            return len(source)
        if match["open"]:
            depth, position = depth + 1, match.end()
        elif match["close"]:
            depth, position = depth - 1, match.end()
        else:
            position = _trivia_end(source, match)
    return position


def swift_imports(source: str) -> Iterator[tuple[int, str]]:
    """Each import of a Swift file: its line and the module's name."""
    code = swift_code(source)
    for match in _SWIFT_IMPORT.finditer(code):
        yield code.count("\n", 0, match.start(1)) + 1, match[1]


def python_imports(source: str, filename: str) -> Iterator[tuple[int, str]]:
    """Each absolute import of a Python file: its line and the dotted name."""
    for node in ast.walk(ast.parse(source, filename)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            yield node.lineno, node.module


def check_swift(root: Path) -> Iterator[Violation]:
    """Every forbidden import of the Swift modules and of their tests, and every module that no rule names."""
    known = {rule.folder for rule in SWIFT_MODULES}
    for folder in sorted(path for path in root.glob("Sources/*") if path.is_dir()):
        if str(folder.relative_to(root)) not in known:
            yield Violation(folder, 1, "a module that no rule of scripts/lint_imports.py names")
    for rule in SWIFT_MODULES:
        for path in sorted((root / rule.folder).rglob("*.swift")):
            yield from _check_file(path, rule.imports, f"{rule.module} may import {_listed(rule.imports)}")
    tests = {f"Tests/{Path(rule.folder).name}Tests": rule for rule in SWIFT_MODULES}
    for folder in sorted(path for path in root.glob("Tests/*Tests") if path.is_dir()):
        tested = tests.get(str(folder.relative_to(root)))
        if tested is None:
            yield Violation(folder, 1, "tests of no module; a folder of tests is called after its module's folder")
            continue
        allowed = tested.imports | {tested.module} | SWIFT_TESTING
        for path in sorted(folder.rglob("*.swift")):
            yield from _check_file(path, allowed, f"the tests of {tested.module} may import {_listed(allowed)}")


def _check_file(path: Path, allowed: frozenset[str], rule: str) -> Iterator[Violation]:
    for line, module in swift_imports(path.read_text(encoding="utf-8")):
        if module not in allowed:
            yield Violation(path, line, f"import of {module}; {rule}")


def check_python(root: Path) -> Iterator[Violation]:
    """Every forbidden import of the Python package and of the examples."""
    package = root / "Python" / "subsgen"
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.pyi")]):
        allowed = PYTHON_PACKAGE | PYTHON_FRAMEWORKS.get(path.name, frozenset())
        for line, name in _foreign_imports(path, {"subsgen"}):
            if name.split(".")[0] not in allowed:
                yield Violation(
                    path, line, f"import of {name}; the package may import {_listed(PYTHON_PACKAGE)}, an adapter its frameworks"
                )
    for path in sorted((root / "Examples").rglob("*.py")):
        for line, name in python_imports(path.read_text(encoding="utf-8"), str(path)):
            if name.startswith("subsgen.") and any(part.startswith("_") for part in name.split(".")):
                yield Violation(path, line, f"import of {name}; an example uses what a user may use")


def check_generated(package: Path) -> Iterator[Violation]:
    """Every forbidden import of a generated package: Python imports `subsgen` alone, Swift SubsgenRuntime alone, but for the extension."""
    for path in sorted(package.rglob("*.py")):
        for line, name in _foreign_imports(path, {package.name}):
            if name not in GENERATED_PYTHON:
                yield Violation(path, line, f"import of {name}; generated Python imports subsgen alone")
    for path in sorted((package / "swift").rglob("*.swift")):
        if "SubscriptionExtension" in path.parts:
            yield from _check_file(path, GENERATED_EXTENSION, f"the extension may import {_listed(GENERATED_EXTENSION)}")
        elif path.name != "Package.swift":
            yield from _check_file(path, GENERATED_SWIFT, "generated Swift imports SubsgenRuntime alone")


def _foreign_imports(path: Path, own: set[str]) -> Iterator[tuple[int, str]]:
    for line, name in python_imports(path.read_text(encoding="utf-8"), str(path)):
        top = name.split(".")[0]
        if top not in sys.stdlib_module_names and top not in own:
            yield line, name


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def main() -> int:
    parser = argparse.ArgumentParser(description="Check who imports whom.")
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--generated", type=Path, metavar="DIR", help="check a generated package instead")
    arguments = parser.parse_args()
    root: Path = arguments.root
    generated: Path | None = arguments.generated
    if generated is not None:
        if not (generated / "registry.py").is_file():
            print(f"error: {generated} is no generated package: it has no registry.py", file=sys.stderr)
            return 2
        violations = list(check_generated(generated))
    else:
        if not (root / "Package.swift").is_file():
            print(f"error: {root} is not the project's root: it has no Package.swift", file=sys.stderr)
            return 2
        violations = [*check_swift(root), *check_python(root)]
    for violation in violations:
        print(violation, file=sys.stderr)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
