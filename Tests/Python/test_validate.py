"""``subsgen validate``: what it reads, what it reports in each format, and how it exits."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

import generating

SOUND = "type Query { ok: Int }\ntype Subscription { tick(n: Int @resolverArgument): Tick! }\ntype Tick { n: Int! secret: Int @internal }\n"


def validate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return generating.subsgen("validate", *arguments, cwd=folder)


def reports(folder: Path, *arguments: str, status: int = 1) -> list[dict[str, Any]]:
    result = validate(folder, *arguments, "--format", "json")
    assert (result.returncode, result.stderr) == (status, "")
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.graphql").write_text(text, encoding="utf-8")


# MARK: What is a mistake


@pytest.mark.parametrize("sdl", ["type Query { a: Int }", SOUND])
def test_a_sound_schema_needs_no_subscription_and_no_directive(tmp_path: Path, sdl: str) -> None:
    write(tmp_path, schema=sdl)
    result = validate(tmp_path, "schema.graphql")
    assert (result.returncode, result.stdout, result.stderr) == (0, "No mistakes in 1 file.\n", "")


def test_warnings_are_errors_only_under_strict(tmp_path: Path) -> None:
    write(tmp_path, schema="type Subscription { a(x: Int): Int }")
    lenient = validate(tmp_path, "schema.graphql")
    assert lenient.returncode == 0
    assert 'warning: Argument "a(x:)" selects no events' in lenient.stdout
    assert lenient.stdout.endswith("\n\n2 warnings in 1 file.\n")
    strict = validate(tmp_path, "schema.graphql", "--strict")
    assert strict.returncode == 1
    assert strict.stdout.endswith("\n\n2 errors in 1 file.\n")


def test_every_mistake_is_reported_once_in_the_order_of_the_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        a="type Query { a: Foo b(x: Tick): Int }\n",
        b="type Tick { n: Int n: Int }\nextend type Query { a: Int }\n",
        first="{ a }",
        second="{ a(",
    )
    found = reports(tmp_path, "b.graphql", "a.graphql", "--operations", "second.graphql", "first.graphql")
    assert [(report["file"], report["line"], report["column"], report["message"]) for report in found] == [
        ("b.graphql", 1, 20, 'Field "Tick.n" can only be defined once.'),
        ("b.graphql", 2, 21, 'Field "Query.a" can only be defined once.'),
        ("a.graphql", 1, 17, 'Unknown type "Foo".'),
        ("a.graphql", 1, 26, "The type of Query.b(x:) must be Input Type but got: Tick."),
        ("second.graphql", 1, 5, "Syntax Error: Expected Name, found <EOF>."),
    ]


def test_operations_are_judged_as_the_public_schema_sees_them(tmp_path: Path) -> None:
    write(tmp_path, schema=SOUND, one="subscription { tick { n nn } }", two="subscription { tick { secret } }")
    found = reports(tmp_path, "schema.graphql", "--operations", "one.graphql", "two.graphql")
    assert [(report["file"], report["code"], report["message"]) for report in found] == [
        ("one.graphql", "SG3014", 'Cannot query field "nn" on type "Tick". Did you mean "n"?'),
        ("two.graphql", "SG3014", 'Cannot query field "secret" on type "Tick".'),
    ]


# MARK: What it reads


def test_files_folders_and_patterns_make_one_schema(tmp_path: Path) -> None:
    nested = tmp_path / "schemas" / "deep" / "deeper"
    nested.mkdir(parents=True)
    (tmp_path / "root.graphql").write_text("type Query { a: A b: B c: C d: D }")
    (tmp_path / "schemas" / "a.graphql").write_text("type A { n: Int }")
    (tmp_path / "schemas" / "deep" / "b.gql").write_text("type B { n: Int }")
    (nested / "c.graphqls").write_text("type C { n: Int }")
    (tmp_path / "schemas" / "notes.txt").write_text("no schema")
    (tmp_path / "schemas" / ".hidden.graphql").write_text("no schema")
    (tmp_path / "d1.graphql").write_text("type D { n: Int }")
    (tmp_path / "schemas" / "circle").symlink_to(tmp_path / "schemas")
    patterns = ["./root.graphql", "**/*.g*ql", "schemas", "schemas/*/*/c.graphqls", "root.graphql"]
    for schema in (["root.graphql", "schemas/", "d?.graphql"], patterns):
        result = validate(tmp_path, *schema)
        assert (result.returncode, result.stdout, result.stderr) == (0, "No mistakes in 5 files.\n", "")


def test_what_subsgen_wrote_is_no_input(tmp_path: Path) -> None:
    generating.generate(tmp_path, SOUND)
    assert (tmp_path / "gen" / "schema.graphql").exists()
    assert validate(tmp_path, ".").stdout == "No mistakes in 1 file.\n"
    assert generating.subsgen(".", "--out", "gen", "--check", cwd=tmp_path).returncode == 0


def test_all_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, schema="type Query { a: Int }")
    (tmp_path / "empty").mkdir()
    result = validate(tmp_path, "missing.graphql", "schema.graphql", "*.gql", "empty")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        "error: no file matches *.gql.",
        "error: cannot read empty: the folder has no *.graphql, *.gql, *.graphqls.",
        "error: cannot read missing.graphql: No such file or directory.",
    ]
    assert validate(tmp_path, "schema.graphql", "--operations", "missing.graphql").returncode == 2


@pytest.mark.parametrize("arguments", [[], ["schema.graphql", "--format", "xml"], ["schema.graphql", "--unknown"]])
def test_wrong_use(tmp_path: Path, arguments: list[str]) -> None:
    write(tmp_path, schema="type Query { a: Int }")
    result = validate(tmp_path, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.lower().startswith("error: ")


# MARK: Formats


def test_text_has_code_frames_in_colour_on_a_terminal_only(tmp_path: Path) -> None:
    write(tmp_path, schema="type Query { a: Foo }")
    assert validate(tmp_path, "schema.graphql").stdout == (
        'schema.graphql:1:17: error: Unknown type "Foo". [SG1009]\n'
        "1 | type Query { a: Foo }\n  |                 ^^^\n\n1 error in 1 file.\n"
    )
    terminal, output = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
    subprocess.run([generating.command(), "validate", "schema.graphql"], cwd=tmp_path, stdout=output, env=environment, check=False)
    os.close(output)
    shown = os.read(terminal, 10_000)
    os.close(terminal)
    assert b"\x1b[1;31m" in shown


def test_json_has_every_place_and_what_is_related(tmp_path: Path) -> None:
    write(tmp_path, schema='"é" type Query {\n  a: Int\n  a: Int }')
    assert reports(tmp_path, "schema.graphql") == [
        {
            "file": "schema.graphql",
            "line": 3,
            "column": 3,
            "endLine": 3,
            "endColumn": 4,
            "severity": "error",
            "code": "SG1006",
            "message": 'Field "Query.a" can only be defined once.',
            "related": [
                {
                    "file": "schema.graphql",
                    "line": 2,
                    "column": 3,
                    "endLine": 2,
                    "endColumn": 4,
                    "message": '"Query.a" is first defined here.',
                }
            ],
        }
    ]
    write(tmp_path, schema="type Query { a: Int }")
    assert reports(tmp_path, "schema.graphql", status=0) == []


def test_json_is_json_whatever_the_documents_hold(tmp_path: Path) -> None:
    name = 'quo"te\\ and\ttab.graphql'
    (tmp_path / name).write_text('type Query { a(b: Int = "\\u2028\u2028\x07): Int }')
    found = reports(tmp_path, name)
    assert found
    assert all(report["file"] == name for report in found)


def test_sarif(tmp_path: Path) -> None:
    folder = tmp_path / "a b"
    folder.mkdir()
    write(folder, schema="type Query { a: Int a: Int }\ntype Subscription { b(x: Int): Int }")
    for schema, uri in (("a b/schema.graphql", "a%20b/schema.graphql"), (str(folder), (folder / "schema.graphql").as_uri())):
        result = validate(tmp_path, schema, "--format", "sarif")
        assert (result.returncode, result.stderr) == (1, "")
        log = json.loads(result.stdout)
        assert log["version"] == "2.1.0"
        [run] = log["runs"]
        assert run["columnKind"] == "unicodeCodePoints"
        assert run["tool"]["driver"]["name"] == "subsgen"
        assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {found["ruleId"] for found in run["results"]}
        [error] = run["results"]
        place = error["locations"][0]["physicalLocation"]
        assert (error["ruleId"], error["level"]) == ("SG1006", "error")
        assert error["message"] == {"text": 'Field "Query.a" can only be defined once.'}
        assert place == {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": 1, "startColumn": 21, "endLine": 1, "endColumn": 22},
        }
        assert error["relatedLocations"][0]["physicalLocation"]["region"]["startColumn"] == 14
        assert error["relatedLocations"][0]["message"]["text"]


def test_workflow_commands_of_github(tmp_path: Path) -> None:
    name = "50%, a:b.graphql"
    (tmp_path / name).write_text("type Query { a: Int b: Foo }\nunion U = Int")
    result = validate(tmp_path, name, "--format", "github")
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        '::error file=50%25%2C a%3Ab.graphql,line=1,col=24,endLine=1,endColumn=27,title=SG1009::Unknown type "Foo".',
        "::error file=50%25%2C a%3Ab.graphql,line=2,col=11,endLine=2,endColumn=14,title=SG1018::"
        "Union type U can only include Object types, it cannot include Int.",
    ]
