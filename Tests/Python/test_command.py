"""The command: what it says and how it exits."""

from __future__ import annotations

from pathlib import Path

import pytest

import generating
import subsgen
from generating import TICK, contents


@pytest.mark.parametrize(
    ("content", "status", "messages"),
    [
        pytest.param(b"", 3, ["error: schema.graphql is empty."], id="an empty file"),
        pytest.param(b" \n\t\r\n", 3, ["error: schema.graphql is empty."], id="a file of white space"),
        pytest.param(b"type \xff", 3, ["schema.graphql:1:6: error: Syntax Error: Invalid UTF-8"], id="a file that is not UTF-8"),
        pytest.param(
            b"type Subscription { a: }\n\ntype A { b: 1 }\n",
            1,
            ["schema.graphql:1:24: error: Syntax Error: Expected Name, found '}'.", "schema.graphql:3:13: error: Syntax Error"],
            id="syntax errors",
        ),
        pytest.param(
            b"type Query { a: Foo } type Subscription { b: Bar }",
            1,
            ['schema.graphql:1:17: error: Unknown type "Foo".', 'schema.graphql:1:46: error: Unknown type "Bar".', "^^^"],
            id="unknown types",
        ),
        pytest.param(b"type Query { a: Int }", 1, ["The schema has no subscription root type"], id="nothing to subscribe to"),
    ],
)
def test_bad_schemas_are_explained_and_nothing_is_written(tmp_path: Path, content: bytes, status: int, messages: list[str]) -> None:
    (tmp_path / "schema.graphql").write_bytes(content)
    result = generating.subsgen("schema.graphql", "--out", "gen", cwd=tmp_path)
    assert result.returncode == status
    assert result.stdout == ""
    for message in messages:
        assert message in result.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "schema.graphql"]


@pytest.mark.parametrize(
    ("name", "reason"), [("missing.graphql", "No such file or directory"), (".", "the folder has no *.graphql, *.gql, *.graphqls")]
)
def test_input_that_cannot_be_read(tmp_path: Path, name: str, reason: str) -> None:
    result = generating.subsgen(name, "--out", "gen", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (3, f"error: cannot read {name}: {reason}.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("out", ["taken", "taken/gen", "/proc/subsgen"])
def test_output_that_cannot_be_written(tmp_path: Path, out: str) -> None:
    (tmp_path / "schema.graphql").write_text(TICK)
    (tmp_path / "taken").write_text("a file")
    result = generating.subsgen("schema.graphql", "--out", out, cwd=tmp_path)
    assert result.returncode == 4
    assert result.stderr.startswith(f"error: cannot write {out}: ")
    assert (tmp_path / "taken").read_text() == "a file"


@pytest.mark.parametrize("arguments", [[], ["schema.graphql"], ["--out", "gen"], ["schema.graphql", "--out", "gen", "--unknown"]])
def test_wrong_use(tmp_path: Path, arguments: list[str]) -> None:
    result = generating.subsgen(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.lower().startswith("error: ")
    assert result.stdout == ""


def test_an_argument_that_selects_nothing_is_a_warning_and_an_error_under_strict(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text("type Query { a: Int } type Subscription { a(x: Int): Int }")
    strict = generating.subsgen("schema.graphql", "--out", "gen", "--strict", cwd=tmp_path)
    assert strict.returncode == 1
    assert 'schema.graphql:1:45: error: Argument "a(x:)" selects no events' in strict.stderr
    assert not (tmp_path / "gen").exists()
    lenient = generating.subsgen("schema.graphql", "--out", "gen", cwd=tmp_path)
    assert lenient.returncode == 0
    assert 'schema.graphql:1:45: warning: Argument "a(x:)" selects no events' in lenient.stderr


def test_several_files_make_one_schema(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_text("type Query { ok: Int } type Subscription { tick: Tick! }")
    (tmp_path / "b.graphql").write_text("type Tick { n: Int! } extend type Subscription { tock: Tick! }")
    result = generating.subsgen("a.graphql", "b.graphql", "--out", "gen", cwd=tmp_path)
    assert result.returncode == 0
    assert {"resolvers/tick.py", "resolvers/tock.py"} <= contents(tmp_path / "gen").keys()


def test_folders_and_patterns_make_one_schema(tmp_path: Path) -> None:
    (tmp_path / "schema" / "deep").mkdir(parents=True)
    (tmp_path / "schema" / "deep" / "a.graphql").write_text(TICK)
    (tmp_path / "more.gql").write_text("extend type Subscription { tock: Int! }")
    assert generating.subsgen("schema/", "*.gql", "--out", "gen", cwd=tmp_path).returncode == 0
    assert {"resolvers/tick.py", "resolvers/tock.py"} <= contents(tmp_path / "gen").keys()
    # Of what it wrote it reads nothing.
    again = generating.subsgen(".", "--out", "gen", cwd=tmp_path)
    assert (again.returncode, again.stdout[:15]) == (0, "gen: up to date")


def test_mistakes_name_the_file_that_they_are_in(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_text("type Query { ok: Int }")
    (tmp_path / "b.graphql").write_text("type Subscription { tick: Tick! }")
    result = generating.subsgen("a.graphql", "b.graphql", "--out", "gen", cwd=tmp_path)
    assert result.stderr.startswith('b.graphql:1:27: error: Unknown type "Tick".')


def test_version_help_and_directives() -> None:
    assert generating.subsgen("--version").stdout == f"{subsgen.__version__}\n"
    assert "subsgen schema.graphql --out gen/" in generating.subsgen("--help").stdout
    directives = generating.subsgen("directives")
    assert (directives.returncode, directives.stderr) == (0, "")
    assert "directive @topic(name: String!, event: String) on FIELD_DEFINITION" in directives.stdout
