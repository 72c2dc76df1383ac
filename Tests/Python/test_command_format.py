"""``subsgen format``: files in canonical layout, with their comments (SDLParserTests has the layout itself)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generating import command, subsgen

UNFORMATTED = "# The root.\ntype Query{a:Int # of a\nb:Int}"
FORMATTED = "# The root.\ntype Query {\n  a: Int # of a\n  b: Int\n}\n"
WRONG = "type Query { a Int }\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.graphql").write_text(UNFORMATTED)
    (tmp_path / "b.graphql").write_text(FORMATTED)
    return tmp_path


def test_files_are_rewritten_with_their_comments_and_only_where_they_change(folder: Path) -> None:
    before = (folder / "b.graphql").stat()
    result = subsgen("format", ".", cwd=folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "a.graphql formatted.\n"
    assert (folder / "a.graphql").read_text() == FORMATTED
    after = (folder / "b.graphql").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert sorted(path.name for path in folder.iterdir()) == ["a.graphql", "b.graphql"]
    again = subsgen("format", ".", cwd=folder)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_check_writes_nothing_and_names_what_is_not_formatted(folder: Path) -> None:
    result = subsgen("format", "a.graphql", "b.graphql", "--check", cwd=folder)
    assert (result.returncode, result.stdout) == (1, "a.graphql is not formatted.\n")
    assert (folder / "a.graphql").read_text() == UNFORMATTED
    assert subsgen("format", "b.graphql", "--check", cwd=folder).returncode == 0


def test_standard_input_goes_to_standard_output() -> None:
    result = subprocess.run([command(), "format", "--stdin"], input=UNFORMATTED, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, FORMATTED, "")
    checked = subprocess.run([command(), "format", "--stdin", "--check"], input=FORMATTED, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_a_file_with_syntax_errors_stays_as_it_is_and_the_others_are_formatted(folder: Path) -> None:
    (folder / "wrong.graphql").write_text(WRONG)
    result = subsgen("format", "wrong.graphql", "a.graphql", cwd=folder)
    assert result.returncode == 1
    assert "wrong.graphql:1:16: error: Syntax Error: Expected ':', found Name 'Int'. [SG0006]" in result.stderr
    assert (folder / "wrong.graphql").read_text() == WRONG
    assert (folder / "a.graphql").read_text() == FORMATTED
    piped = subprocess.run([command(), "format", "--stdin"], input=WRONG, capture_output=True, text=True, check=False)
    assert (piped.returncode, piped.stdout) == (1, "")
    assert "standard input:1:16: error" in piped.stderr


def test_a_file_keeps_its_permissions_and_a_link_its_target(folder: Path) -> None:
    (folder / "a.graphql").chmod(0o640)
    (folder / "link.graphql").symlink_to("a.graphql")
    assert subsgen("format", "link.graphql", cwd=folder).returncode == 0
    assert (folder / "link.graphql").is_symlink()
    assert (folder / "a.graphql").read_text() == FORMATTED
    assert (folder / "a.graphql").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("arguments", [["format", "a.graphql", "--stdin"], ["format", "--unknown"]])
def test_wrong_use_is_told(folder: Path, arguments: list[str]) -> None:
    result = subsgen(*arguments, cwd=folder)
    assert result.returncode == 2
    assert arguments[-1] in result.stderr


def test_a_missing_file_is_told(folder: Path) -> None:
    result = subsgen("format", "missing.graphql", cwd=folder)
    assert result.returncode == 3
    assert "missing.graphql" in result.stderr
