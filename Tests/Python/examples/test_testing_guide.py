"""Tests are written as docs/guide/testing.md says."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from blocks import blocks

from examples import generate

GUIDE = blocks("docs/guide/testing.md")
FILES = {block.file: block.text for block in GUIDE if block.file}
[SCRIPT] = [block.text for block in GUIDE if not block.file]
TYPED = ("test_chat.py", "test_time.py", "gen/resolvers/message_added.py")
PLUGIN = "subsgen.pytest_plugin"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project as the guide has it."""
    assert set(FILES) == {"schema.graphql", "pyproject.toml", *TYPED}
    (tmp_path / "schema.graphql").write_text(FILES["schema.graphql"], "utf-8")
    generate(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-W", "error", *arguments], cwd=project, capture_output=True, text=True)


def pytest_of(project: Path) -> subprocess.CompletedProcess[str]:
    # A name that pytest knows already from the package's entry point is not loaded again. Some versions of pytest-asyncio warn where
    # the scope is not said.
    return run(project, "-m", "pytest", "-q", "-p", PLUGIN, "-o", "asyncio_default_fixture_loop_scope=function")


def test_the_tests_of_the_guide_pass(project: Path) -> None:
    result = pytest_of(project)
    assert "5 passed" in result.stdout, result.stdout + result.stderr


def test_they_fail_where_the_resolver_does_something_else(project: Path) -> None:
    resolver = project / TYPED[-1]
    resolver.write_text(resolver.read_text("utf-8").replace('startswith("/")', 'startswith("hello")'), "utf-8")
    result = pytest_of(project)
    assert "2 failed, 3 passed" in result.stdout, result.stdout + result.stderr
    assert "AssertionError: subscription ($room: ID!, $author: String) { messageAdded" in result.stdout


def test_the_script_of_the_guide_runs(project: Path) -> None:
    result = run(project, "-X", "dev", "-c", SCRIPT)
    assert (result.returncode, result.stderr) == (0, "")


def test_type_checkers_accept_them(project: Path) -> None:
    (project / "script.py").write_text(SCRIPT, "utf-8")
    result = run(project, "-m", "mypy", "--strict", "script.py", *TYPED)
    assert result.returncode == 0, result.stdout


def test_who_names_no_package_is_told_what_to_do(project: Path) -> None:
    configuration = project / "pyproject.toml"
    configuration.write_text(configuration.read_text("utf-8").replace('subsgen_package = "gen"\n', ""), "utf-8")
    assert 'set subsgen_package = "gen"' in pytest_of(project).stdout


def test_pytest_finds_the_plugin_by_itself() -> None:
    """The entry point has the module's name, so that `-p` does not load it twice."""
    declared = (Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8")
    assert f'[project.entry-points.pytest11]\n"{PLUGIN}" = "{PLUGIN}"\n' in declared
    installed = {entry.value for entry in metadata.entry_points(group="pytest11")}
    assert "pytest_asyncio.plugin" in installed
