"""Resolvers in Swift in an application in Python: the example, built as its reader builds it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from examples import EXAMPLES
from swift_builds import SHARED

ROOT = EXAMPLES.parent
COMMAND = Path(sys.executable).with_name("subsgen")
EXTENSION = "_native.abi3.so"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example, generated and built, not optimised."""
    folder = tmp_path_factory.mktemp("extension") / "swift-resolvers"
    ignored = shutil.ignore_patterns(".build", "__pycache__", EXTENSION)
    shutil.copytree(EXAMPLES / "swift-resolvers", folder, ignore=ignored)
    generated = subsgen("schema.graphql", "--out", "gen", cwd=folder)
    assert (generated.returncode, generated.stderr) == (0, "")
    built = subsgen("build", "gen", "--debug", *SHARED, cwd=folder, SUBSGEN_SWIFT_PACKAGE=str(ROOT))
    assert built.returncode == 0, built.stdout + built.stderr
    assert built.stdout.endswith(f"gen/{EXTENSION}: built; create_manager loads it.\n")
    return folder


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    """A copy of the project, to change something in."""
    return shutil.copytree(project, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__"))


def subsgen(*arguments: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=cwd, env={**os.environ, **variables}, capture_output=True, text=True, check=False)


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs Python in a process of its own, since a process has one native module."""
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def last_line_of_failure(code: str, cwd: Path) -> str:
    result = python("-c", code, cwd=cwd)
    assert result.returncode == 1
    return result.stderr.splitlines()[-1]


def test_the_resolvers_in_swift_answer_what_python_publishes(project: Path) -> None:
    result = python("-W", "error", "app.py", cwd=project)
    assert (result.stdout, result.stderr) == (
        '{"data":{"orderPlaced":{"id":"1","total":7}}}\n{"data":{"orderPlaced":{"id":"2","total":100}}}\n',
        "",
    )


def test_without_its_extension_the_application_runs_without_the_resolvers(copy: Path) -> None:
    (copy / "gen" / EXTENSION).unlink()
    assert python("app.py", cwd=copy).stdout.startswith('{"data":{"orderPlaced":{"id":"0","total":0}}}\n')


def test_the_extension_has_one_name_to_the_outside_and_needs_no_libpython(project: Path) -> None:
    symbols = subprocess.run(["nm", "-D", "--defined-only", project / "gen" / EXTENSION], check=True, capture_output=True, text=True)
    assert [line.split()[2] for line in symbols.stdout.splitlines() if line.split()[1] in "TDBR"] == ["PyInit__native"]
    needed = subprocess.run(["objdump", "-p", project / "gen" / EXTENSION], check=True, capture_output=True, text=True).stdout
    assert "libpython" not in needed


def test_managers_of_one_package_share_its_extension_with_those_of_other_schemas(project: Path) -> None:
    code = """
import gen, subsgen
gen.create_manager(), gen.create_manager()
subsgen.SubscriptionManager(schema="type Subscription { tick: Int! }")
"""
    assert python("-c", code, cwd=project).stderr == ""


def test_a_second_native_module_is_an_import_error(project: Path) -> None:
    code = """
import gen, subsgen
subsgen.SubscriptionManager(schema="type Subscription { tick: Int! }")
gen.create_manager()
"""
    said = last_line_of_failure(code, project)
    assert said.startswith("ImportError: ")
    assert said.endswith("already; make the manager of gen before any other")
    assert "a process has one: create_manager loads it" in last_line_of_failure("import gen._native", project)


def test_an_extension_of_another_schema_is_an_import_error(copy: Path) -> None:
    schema = copy / "schema.graphql"
    schema.write_text(schema.read_text().replace("shop: String!\n", "shop: String!\n  note: String\n"))
    assert subsgen("schema.graphql", "--out", "gen", cwd=copy).returncode == 0
    said = last_line_of_failure("import gen; gen.create_manager()", copy)
    assert said.startswith("ImportError: ")
    assert said.endswith("was built for another schema than that of gen; run `subsgen build` again, or remove the file")


def test_an_extension_of_another_version_is_an_import_error(project: Path) -> None:
    code = """
import gen, subsgen.extension
subsgen.extension.__version__ = "9.9"
gen.create_manager()
"""
    assert "was built for subsgen 0." in last_line_of_failure(code, project)


def test_a_field_has_one_resolver(copy: Path) -> None:
    resolver = copy / "gen" / "resolvers" / "order_placed.py"
    resolver.write_text("def resolve(event, args):\n    return event\n")
    assert 'the field "orderPlaced" has a resolver in Swift' in last_line_of_failure("import gen; gen.create_manager()", copy)


def test_without_swift_or_a_package_it_is_said_what_is_missing(tmp_path: Path) -> None:
    missing = subsgen("build", "gen", cwd=tmp_path)
    assert (missing.returncode, missing.stdout) == (3, "")
    assert missing.stderr.startswith("error: there is no generated package in gen: gen/swift/Package.swift is missing.\n")
    shutil.copy(EXAMPLES / "swift-resolvers" / "schema.graphql", tmp_path)
    assert subsgen("schema.graphql", "--out", "gen", cwd=tmp_path).returncode == 0
    missing = subsgen("build", "gen", cwd=tmp_path, PATH=str(tmp_path))
    assert (missing.returncode, missing.stdout) == (3, "")
    assert missing.stderr.startswith("error: cannot run swift: No such file or directory.\nhint: Install Swift ")
    assert not (tmp_path / "gen" / EXTENSION).exists()


def test_code_that_does_not_compile_leaves_the_old_extension(copy: Path) -> None:
    resolvers = copy / "gen" / "swift" / "Sources" / "SubscriptionExtension" / "Resolvers.swift"
    resolvers.write_text("struct Resolvers {}\n")
    before = (copy / "gen" / EXTENSION).stat().st_mtime_ns
    result = subsgen("build", "gen", "--debug", *SHARED, cwd=copy, SUBSGEN_SWIFT_PACKAGE=str(ROOT))
    assert result.returncode == 1
    assert "Resolvers" in result.stdout + result.stderr
    assert result.stderr.endswith("error: swift build ended with status 1; what it said stands above.\n")
    assert (copy / "gen" / EXTENSION).stat().st_mtime_ns == before
