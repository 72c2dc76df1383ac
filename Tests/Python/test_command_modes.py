"""The command's other modes: what it would do, what is out of date, what it takes away, and when make runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import generating
from generating import TICK, TICK_AND_TOCK, contents, generate


def test_check_agrees_after_a_formatter_and_a_sorter_of_imports(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["I", "UP", "F", "E4", "E7", "E9", "W"]\n')
    package = generate(tmp_path, (generating.GOLDEN / "features" / "schema.graphql").read_text(), "--all-types")
    before = contents(package)
    for arguments in (["format"], ["check", "--fix", "--unsafe-fixes"]):
        result = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "gen"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr
    assert contents(package) == before
    check = generating.subsgen("schema.graphql", "--out", "gen", "--all-types", "--check", cwd=tmp_path)
    assert (check.returncode, check.stdout) == (0, "gen: up to date.\n")


def test_check_lists_what_is_out_of_date_and_writes_nothing(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    assert generating.subsgen("schema.graphql", "--out", "gen", "--check", cwd=tmp_path).returncode == 0
    (package / "topics.py").write_text("# mine\n")
    (tmp_path / "schema.graphql").write_text(TICK.replace("tick: Int!", "tock: Int!"))
    before = contents(package)
    result = generating.subsgen("schema.graphql", "--out", "gen", "--check", cwd=tmp_path)
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert {"out of date: gen/types.py", "no longer needed: gen/resolvers/tick.py", "edited by hand: gen/topics.py"} <= set(lines)
    assert contents(package) == before


def test_check_prints_the_change_and_patch_makes_it(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK_AND_TOCK)
    (tmp_path / "schema.graphql").write_text(TICK.replace("Int!", "String! more: Boolean"))
    result = generating.subsgen("schema.graphql", "--out", "gen", "--check", cwd=tmp_path)
    assert result.returncode == 1
    assert "--- gen/resolvers/tock.py\n+++ /dev/null\n" in result.stdout
    assert "--- /dev/null\n+++ gen/resolvers/more.py\n" in result.stdout
    subprocess.run(["patch", "--quiet", "-p0", "-E"], input=result.stdout, text=True, check=True, cwd=tmp_path)
    patched = contents(package)
    generate(tmp_path, (tmp_path / "schema.graphql").read_text())
    written = contents(package)
    del patched["manifest.json"], written["manifest.json"]
    assert patched == written


def test_check_prints_what_was_edited_by_hand(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    with (package / "types.py").open("a") as file:
        file.write("mine = 1\n")
    result = generating.subsgen("schema.graphql", "--out", "gen", "--check", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (1, "edited by hand: gen/types.py\n")
    assert result.stdout.startswith("--- gen/types.py\n+++ gen/types.py\n@@ ")
    assert result.stdout.endswith("\n-mine = 1\n")


def test_dry_run_lists_what_would_happen_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text(TICK_AND_TOCK)
    result = generating.subsgen("schema.graphql", "--out", "gen", "--dry-run", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "would write: gen/resolvers/tick.py\n" in result.stdout
    assert not (tmp_path / "gen").exists()

    package = generate(tmp_path, TICK_AND_TOCK)
    stub = package / "resolvers" / "tick.py"
    stub.write_text(stub.read_text() + "# mine\n")
    before = contents(package)
    (tmp_path / "schema.graphql").write_text(TICK.replace("Int!", "String"))
    result = generating.subsgen("schema.graphql", "--out", "gen", "--dry-run", cwd=tmp_path)
    assert result.returncode == 0
    expected = {
        "would write: gen/types.py",
        "would remove: gen/resolvers/tock.py",
        "would keep, as you edited it: gen/resolvers/tick.py",
    }
    assert expected <= set(result.stdout.splitlines())
    assert contents(package) == before
    (package / "types.py").write_text("# mine\n")
    assert generating.subsgen("schema.graphql", "--out", "gen", "--dry-run", cwd=tmp_path).returncode == 5


def test_clean_removes_what_nobody_edited(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK_AND_TOCK)
    stub = package / "resolvers" / "tick.py"
    stub.write_text(stub.read_text() + "# mine\n")
    (package / "types.py").write_text("# mine\n")
    (package / "notes.txt").write_text("mine")
    result = generating.subsgen("--out", "gen", "--clean", cwd=tmp_path)
    assert result.returncode == 0
    assert result.stderr.splitlines() == [
        "warning: gen/resolvers/tick.py was edited by hand, so it stays.",
        "warning: gen/types.py was edited by hand, so it stays.",
    ]
    assert result.stdout.endswith(" removed, 2 kept.\n")
    assert contents(package).keys() == {"manifest.json", "notes.txt", "resolvers/tick.py", "types.py"}
    assert not (package / "swift").exists()

    # What stays is still known: taken back, it is subsgen's to remove.
    assert generating.subsgen("--out", "gen", "--clean", "--force", cwd=tmp_path).returncode == 0
    assert contents(package).keys() == {"manifest.json", "notes.txt", "resolvers/tick.py"}
    stub.write_text(stub.read_text().removesuffix("# mine\n"))
    assert generating.subsgen("--out", "gen", "--clean", cwd=tmp_path).returncode == 0
    assert contents(package).keys() == {"notes.txt"}


def test_clean_leaves_nothing_of_an_untouched_package_and_nothing_else_alone(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    assert generating.subsgen("--out", "gen", "--clean", cwd=tmp_path).returncode == 0
    assert not package.exists()
    result = generating.subsgen("--out", "gen", "--clean", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "gen: 0 removed, 0 kept.\n")
    package.mkdir()
    (package / "manifest.json").write_text("mine")
    (package / "types.py").write_text("mine")
    assert generating.subsgen("--out", "gen", "--clean", cwd=tmp_path).returncode == 0
    assert contents(package) == {"manifest.json": b"mine", "types.py": b"mine"}


def test_make_runs_it_again_when_an_input_changed_and_only_then(tmp_path: Path) -> None:
    schema = tmp_path / "my #1 schema$.graphql"
    schema.write_text(TICK)
    makefile = f"gen/manifest.json:\n\t{generating.command()} my*.graphql --out gen --depfile gen.d\n\ttouch $@\n-include gen.d\n"
    (tmp_path / "Makefile").write_text(makefile)

    def make() -> str:
        return subprocess.run(["make"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert " written" in make()
    assert "is up to date" in make()
    schema.write_text(TICK_AND_TOCK)
    later = (tmp_path / "gen" / "manifest.json").stat().st_mtime + 1
    os.utime(schema, (later, later))
    assert " written" in make()
    schema.rename(tmp_path / "my.graphql")
    assert "up to date, " in make()
    assert "my.graphql:" in (tmp_path / "gen.d").read_text()


@pytest.mark.parametrize("mode", ["--check", "--dry-run", "--clean"])
def test_modes_exclude_each_other_and_the_dependency_file(tmp_path: Path, mode: str) -> None:
    other = "--check" if mode == "--clean" else "--clean"
    for options in ([mode, other], [mode, "--depfile", "gen.d"]):
        result = generating.subsgen("schema.graphql", "--out", "gen", *options, cwd=tmp_path)
        assert (result.returncode, result.stdout) == (2, "")
    assert list(tmp_path.iterdir()) == []
