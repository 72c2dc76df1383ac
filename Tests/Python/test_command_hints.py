"""What the command says to somebody who meant something else."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import generating
from generating import TICK
from interpreters import FOUND

COMMANDS = [
    "audit",
    "build",
    "completions",
    "diff",
    "directives",
    "doctor",
    "explain",
    "format",
    "generate",
    "init",
    "introspect",
    "persist",
    "postgres",
    "publish",
    "serve",
    "subscribe",
    "validate",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "chat.graphql").write_text(TICK)
    (tmp_path / "schema.graphql").write_text(TICK)
    return tmp_path


def run(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """The status of the command and the lines that it says on standard error."""
    result = generating.subsgen(*arguments, cwd=folder)
    return result.returncode, result.stderr.splitlines()


# MARK: Names that are not there


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("shcema.graphql", "schema.graphql"),
        ("schema.gql", "schema.graphql"),
        ("schemas/chta.graphql", "schemas/chat.graphql"),
        ("shemas/chat.graphql", "schemas/chat.graphql"),
        ("schemas/chat", "schemas/chat.graphql"),
    ],
)
@pytest.mark.parametrize("command", [["--out", "gen"], ["introspect"]], ids=["generate", "introspect"])
def test_a_path_that_is_not_there_is_answered_with_near_ones(folder: Path, command: list[str], named: str, meant: str) -> None:
    status, lines = run(folder, *command, named)
    assert status == 3
    assert lines[0] == f"error: cannot read {named}: No such file or directory."
    assert lines[1].startswith('hint: Did you mean "')
    assert f'"{meant}"' in lines[1]


@pytest.mark.parametrize("named", ["missing.graphql", "missing/a.graphql", "", "schema.graphql/x"])
def test_where_nothing_is_near_nothing_is_suggested(folder: Path, named: str) -> None:
    status, lines = run(folder, named, "--out", "gen")
    assert status == 3
    assert not [line for line in lines if line.startswith("hint: Did you mean")]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["valdate", "schema.graphql"], "validate"),
        (["valdate", "schema.graphql", "--operations", "a.graphql"], "validate"),
        (["fromat", "--check"], "format"),
        (["introspct"], "introspect"),
        (["directive"], "directives"),
        (["hlep"], "help"),
    ],
)
def test_a_misspelt_command_is_answered_with_near_ones(folder: Path, words: list[str], meant: str) -> None:
    status, lines = run(folder, *words)
    assert (status, lines[0]) == (2, f"error: there is no command and no schema called {words[0]}.")
    assert f'"subsgen {meant}"' in lines[1]


def test_what_is_there_is_no_misspelt_command(folder: Path) -> None:
    (folder / "formats").mkdir()
    (folder / "formats" / "a.graphql").write_text(TICK)
    assert run(folder, "formats", "--out", "gen") == (0, [])


def test_a_word_that_is_near_to_nothing_is_a_path(folder: Path) -> None:
    assert run(folder, "frobnicate", "--out", "gen") == (3, ["error: cannot read frobnicate: No such file or directory."])


# MARK: What is missing


def test_who_gives_no_arguments_is_told_how_to_begin(folder: Path) -> None:
    status, lines = run(folder)
    assert (status, lines[0]) == (2, "error: no schema is named, neither here nor in a configuration.")
    assert "`subsgen schema.graphql --out gen`" in lines[1]
    assert "subsgen --help" in lines[1]
    status, lines = run(folder, "schemas")
    assert (status, lines[0]) == (2, "error: no folder is named for the package, neither here nor in a configuration.")
    assert "`subsgen schemas --out gen`" in lines[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_examples(command: str) -> None:
    result = generating.subsgen(command, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert re.search(rf"^examples?:\n  .*subsgen {'' if command == 'generate' else command}", result.stdout, re.MULTILINE)


def test_the_help_lists_every_command_but_those_of_the_project_itself() -> None:
    result = generating.subsgen("--help").stdout
    listed = re.findall(r"^  ([a-z-]+)(?: \(default\))?  ", result[result.index("SUBCOMMANDS:") :], re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


# MARK: Commands of Python's


def test_a_command_of_python_runs_in_the_one_beside_and_keeps_its_status(folder: Path) -> None:
    (folder / "subsgen").mkdir()
    (folder / "subsgen" / "__init__.py").write_text("raise SystemExit('this is not the package')")
    result = generating.subsgen("publish", "ftp://a", "t", "{}", cwd=folder)
    assert result.returncode == 2
    assert result.stderr.startswith("usage: subsgen publish ")
    assert result.stderr.endswith("and this URL begins with ftp\n")


def test_without_a_python_that_has_the_package_a_command_of_its_own_says_so(folder: Path) -> None:
    alone = folder / "subsgen"
    alone.write_bytes(generating.command().read_bytes())
    alone.chmod(0o755)
    result = subprocess.run([alone, "doctor"], capture_output=True, text=True, check=False, env={"PATH": str(folder)})
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr == (
        "error: subsgen doctor runs in Python, and no python3 that has the package subsgen was found.\n"
        "hint: Install it where python3 finds it (pip install subsgen), or activate the environment that has it.\n"
    )


# MARK: Packages that Python cannot import


@pytest.mark.parametrize(
    ("out", "problem", "better"),
    [
        ("my-gen", 'Python code cannot import my-gen: "my-gen" has a dash in it.', "my_gen"),
        ("class", '"class" is a keyword of Python.', "class_"),
        ("2gen", '"2gen" begins with a digit.', "gen_2gen"),
        ("my.gen", '"my.gen" is no name in Python.', "my_gen"),
        ("types", '"types" hides the module of that name in Python\'s standard library.', "types_gen"),
        ("json/", '"json" hides the module of that name in Python\'s standard library.', "json_gen"),
        ("subsgen", '"subsgen" hides the package subsgen, which the generated code imports.', "gen"),
        ("src/my-gen", 'Python code cannot import src/my-gen: "my-gen" has a dash in it.', "src/my_gen"),
    ],
)
def test_a_name_that_python_cannot_import_is_warned_of(folder: Path, out: str, problem: str, better: str) -> None:
    for options in (["--dry-run"], []):
        status, lines = run(folder, "schema.graphql", "--out", out, *options)
        assert (status, len(lines)) == (0, 2)
        assert lines[0].startswith("warning: ")
        assert lines[0].endswith(problem)
        assert lines[1] == f"hint: Write it elsewhere, such as --out {better}."
    assert run(folder, "schema.graphql", "--out", better) == (0, [])


def test_a_package_in_a_package_may_have_the_name_of_a_standard_module(folder: Path) -> None:
    (folder / "app").mkdir()
    (folder / "app" / "__init__.py").touch()
    assert run(folder, "schema.graphql", "--out", "app/types") == (0, [])
    assert len(run(folder, "schema.graphql", "--out", "app/class")[1]) == 2


@pytest.mark.parametrize("out", ["gen", "generated_v2", "_gen", "match", "typen", "généré"])
def test_a_name_that_python_can_import_is_not_warned_of(folder: Path, out: str) -> None:
    assert run(folder, "schema.graphql", "--out", out) == (0, [])


def test_the_folder_itself_is_judged_by_its_name(folder: Path) -> None:
    inner = folder / "my-app"
    inner.mkdir()
    (inner / "schema.graphql").write_text(TICK)
    assert '"my-app" has a dash in it' in run(inner, "schema.graphql", "--out", ".")[1][0]


@pytest.mark.parametrize("version", list(FOUND))
def test_all_standard_modules_are_known(version: str) -> None:
    source = (generating.ROOT / "Sources/subsgen/Hints/PythonImportName.swift").read_text()
    known = set(re.findall(r'"(\w+)"', source[source.index("standardLibrary: Set") :]))
    script = "import sys; print(*(name for name in sys.stdlib_module_names if not name.startswith('_')))"
    names = subprocess.run([FOUND[version], "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert len(names) > 100
    assert set(names) <= known


# MARK: Saying less


def test_quiet_says_only_what_is_wrong(folder: Path) -> None:
    result = generating.subsgen("schema.graphql", "--out", "gen", "--quiet", cwd=folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    (folder / "schema.graphql").write_text("type Query { a: Int } type Subscription { a(x: Int): Int }")
    result = generating.subsgen("schema.graphql", "--out", "gen", "-q", cwd=folder)
    assert (result.returncode, result.stdout) == (0, "")
    assert "selects no events" in result.stderr
