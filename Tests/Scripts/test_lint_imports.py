"""`scripts/lint_imports.py` finds every import that no arrow allows, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lint_imports import check_generated, check_python, check_swift, python_imports, swift_imports

ROOT = Path(__file__).resolve().parents[2]


def write(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "lint_imports.py"), *arguments], capture_output=True, text=True, check=False
    )


def test_this_project_obeys_its_own_arrows() -> None:
    result = run(str(ROOT))
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("path", "imported"),
    [
        ("Sources/SDLParser/Parser.swift", "Foundation"),
        ("Sources/Schema/Schema.swift", "Codegen"),
        ("Sources/Codegen/Pipeline.swift", "SubsgenRuntime"),
        ("Sources/Runtime/Bus.swift", "CPython"),
        ("Sources/subsgen/main.swift", "SubsgenRuntime"),
        ("Templates/Templates.swift", "SDLParser"),
        ("Tests/SDLParserTests/ParserTests.swift", "GraphQLSchema"),
    ],
)
def test_a_forbidden_swift_import_is_found_with_its_line(tmp_path: Path, path: str, imported: str) -> None:
    write(tmp_path, path, f"// A file.\n\nimport {imported}\n")
    [violation] = check_swift(tmp_path)
    assert (violation.path, violation.line) == (tmp_path / path, 3)
    assert f"import of {imported};" in violation.message


def test_the_arrows_of_the_map_are_allowed(tmp_path: Path) -> None:
    write(tmp_path, "Sources/Schema/Schema.swift", "import SDLParser\n")
    write(tmp_path, "Sources/PythonModule/Module.swift", "import CPython\nimport SubsgenRuntime\n")
    write(tmp_path, "Tests/SchemaTests/SchemaTests.swift", "@testable import GraphQLSchema\nimport SDLParser\nimport Testing\n")
    assert list(check_swift(tmp_path)) == []


def test_a_module_without_a_rule_is_found(tmp_path: Path) -> None:
    write(tmp_path, "Sources/Helpers/Helpers.swift", "")
    [violation] = check_swift(tmp_path)
    assert "no rule" in violation.message


def test_tests_of_no_module_are_found(tmp_path: Path) -> None:
    write(tmp_path, "Tests/OtherTests/OtherTests.swift", "")
    [violation] = check_swift(tmp_path)
    assert "tests of no module" in violation.message


@pytest.mark.parametrize(
    "statement",
    [
        "import Foundation",
        "    import Foundation",
        "@testable import Foundation",
        "@_exported import Foundation",
        "@_spi(Testing) public import Foundation",
        "internal import Foundation",
        "import struct Foundation.Data",
        "import Foundation.NSObject",
        "/* why */ import Foundation",
    ],
)
def test_every_form_of_a_swift_import_is_read(statement: str) -> None:
    assert list(swift_imports(statement)) == [(1, "Foundation")]


@pytest.mark.parametrize(
    "text",
    [
        "// import Foundation",
        "/* /* nested */\nimport Foundation\n*/",
        'let text = """\nimport Foundation\n"""',
        'let text = #"""\n"""\nimport Foundation\n"""#',
        'let quote = "\\""; let text = """\n\\(name("""\n)\n"""))\nimport Foundation\n"""',
        "let important = imports",
    ],
)
def test_text_that_only_looks_like_a_swift_import_is_not_one(text: str) -> None:
    assert list(swift_imports(text)) == []


def test_code_after_strings_and_comments_is_read() -> None:
    source = 'let a = "\\(f("x"))" // "\nlet b = "/*"\nlet c = #"\\"#\nimport Foundation\n'
    assert list(swift_imports(source)) == [(4, "Foundation")]


def test_python_imports_are_read_wherever_they_stand() -> None:
    source = "import os.path\nfrom . import near\nfrom ..far import thing\ndef f():\n    from json import loads\n"
    assert list(python_imports(source, "example.py")) == [(1, "os.path"), (5, "json")]


def test_frameworks_are_imported_by_their_adapters_alone(tmp_path: Path) -> None:
    write(tmp_path, "Python/subsgen/manager.py", "import msgspec\nimport asyncio\nfrom fastapi import APIRouter\n")
    write(tmp_path, "Python/subsgen/asgi.py", "from fastapi import APIRouter\nfrom starlette import websockets\nimport uvicorn\n")
    found = {(violation.path.name, violation.line) for violation in check_python(tmp_path)}
    assert found == {("manager.py", 3), ("asgi.py", 3)}


def test_an_example_uses_only_what_is_public(tmp_path: Path) -> None:
    write(tmp_path, "Examples/chat/app.py", "import subsgen\nimport fastapi\nfrom subsgen._native import Executor\n")
    [violation] = check_python(tmp_path)
    assert violation.line == 3


def test_a_generated_package_imports_only_its_runtime(tmp_path: Path) -> None:
    package = tmp_path / "gen"
    write(package, "registry.py", "import subsgen\nimport typing\nfrom gen.types import Message\nfrom . import topics\n")
    write(package, "types.py", "import msgspec\n")
    write(package, "swift/Sources/Payloads.swift", "import SubsgenRuntime\nimport Foundation\n")
    write(package, "swift/Package.swift", "import PackageDescription\n")
    write(package, "swift/Sources/SubscriptionExtension/Extension.swift", "import PythonModule\nimport CPython\n")
    found = {(violation.path.name, violation.line) for violation in check_generated(package)}
    assert found == {("types.py", 1), ("Payloads.swift", 2), ("Extension.swift", 2)}


def test_the_command_names_file_and_line_and_exits_1(tmp_path: Path) -> None:
    write(tmp_path, "Package.swift", "")
    write(tmp_path, "Sources/SDLParser/Lexer.swift", "import Foundation\n")
    result = run(str(tmp_path))
    assert result.returncode == 1
    assert "Sources/SDLParser/Lexer.swift:1: error: import of Foundation" in result.stderr


@pytest.mark.parametrize("arguments", [["{}"], ["--generated", "{}"]])
def test_a_folder_that_is_neither_project_nor_package_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    result = run(*(argument.format(tmp_path) for argument in arguments))
    assert result.returncode == 2
    assert str(tmp_path) in result.stderr
