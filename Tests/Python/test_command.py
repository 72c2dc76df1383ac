"""The command: what it says and how it exits, and what it does to the files of a package."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import generating
import subsgen
from generating import contents, generate

TICK = "type Query { ok: Int } type Subscription { tick: Int! }"
TICK_AND_TOCK = "type Query { ok: Int } type Subscription { tick: Int! tock: Int! }"


# MARK: What it says


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


# MARK: What it does to files


def test_what_a_killed_run_left_half_written_goes_away(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    left = [".types.py.subsgen-tmp", "resolvers/.gone.py.subsgen-tmp", "field_resolvers/.gone.py.subsgen-tmp", ".manifest.json.subsgen-tmp"]
    (package / "field_resolvers").mkdir()
    for name in [*left, ".notes.tmp"]:
        (package / name).write_text("half")
    generate(tmp_path, TICK_AND_TOCK)
    assert not any((package / name).exists() for name in left)
    assert not (package / "field_resolvers").exists()
    assert (package / ".notes.tmp").read_text() == "half"


def test_a_second_run_touches_nothing(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    before = {path: path.stat().st_mtime_ns for path in package.rglob("*")}
    result = generating.subsgen("schema.graphql", "--out", "gen", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("gen: up to date, ")
    assert {path: path.stat().st_mtime_ns for path in package.rglob("*")} == before


def test_the_same_bytes_from_anywhere(tmp_path: Path) -> None:
    sdl = (generating.GOLDEN / "features" / "schema.graphql").read_text()
    places = [
        # The schema and the folder as they are given, where the command runs, its locale, its time zone, and its umask.
        ("schema.graphql", "gen", ".", "C", "UTC", 0o022),
        ("../{}/schema.graphql", "../{}/gen/", ".", "tr_TR.UTF-8", "Pacific/Apia", 0o077),
        ("{}/{}/schema.graphql", "{}/{}/gen", "/", "C.UTF-8", "Asia/Kathmandu", 0),
        ("./schema.graphql", "../{}/./gen", ".", "ja_JP.SJIS", "", 0o002),
    ]
    written: list[dict[str, bytes]] = []
    for number, (schema, out, where, locale, zone, umask) in enumerate(places):
        folder = tmp_path / f"place{number}"
        folder.mkdir()
        (folder / "schema.graphql").write_text(sdl)
        names = [folder.name] if where == "." else [str(tmp_path), folder.name]
        environment = {**os.environ, "LC_ALL": locale, "LANG": locale, "TZ": zone, "HOME": str(folder)}
        result = subprocess.run(
            [generating.command(), schema.format(*names), "--out", out.format(*names)],
            cwd=folder / where, env=environment, umask=umask, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        written.append(contents(folder / "gen"))
    assert all(files == written[0] for files in written)
    assert not any(str(tmp_path).encode() in content for content in written[0].values())


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


def test_a_stub_that_a_formatter_changed_is_an_edited_one(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    stub = package / "resolvers" / "tick.py"
    formatted = stub.read_text().replace("    return event", "  return event")
    stub.write_text(formatted)
    check = generating.subsgen("schema.graphql", "--out", "gen", "--check", cwd=tmp_path)
    assert (check.returncode, check.stderr) == (0, "")
    generate(tmp_path, TICK.replace("Int!", "String!"))
    assert stub.read_text() == formatted


@pytest.mark.parametrize("name", ["resolvers", "field_resolvers", "swift", "types.py", "resolvers/tick.py"])
def test_a_link_out_of_the_package_is_not_followed(tmp_path: Path, name: str) -> None:
    package = generate(tmp_path, TICK)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("mine")
    target = package / name
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    target.symlink_to(elsewhere / "file" if "." in name else elsewhere)
    before = contents(elsewhere)
    # The schema changes, so that whatever is there would be written.
    (tmp_path / "schema.graphql").write_text("type Query { ok: Int } type Subscription { tick: T! } type T { id: ID! a(n: Int): Int }")
    for options in ([], ["--force"], ["--check"], ["--dry-run"], ["--clean"], ["--clean", "--force"]):
        generating.subsgen("schema.graphql", "--out", "gen", *options, cwd=tmp_path)
        assert contents(elsewhere) == before, options


def test_the_manifest_lists_all_that_was_written(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    manifest = json.loads((package / "manifest.json").read_text())
    assert manifest["files"].keys() | {"manifest.json"} == contents(package).keys()
    assert manifest["files"]["resolvers/tick.py"]["owner"] == "developer"


def test_an_edited_stub_is_kept_byte_for_byte_whatever_the_schema_does(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK_AND_TOCK)
    stub = package / "resolvers" / "tick.py"
    edited = stub.read_bytes().replace(b"return event", b"return event + 1 \t\r\n") + b"# \xff no UTF-8"
    stub.write_bytes(edited)
    for sdl in (TICK, TICK.replace("Int!", "String"), "type Query { ok: Int } type Subscription { tock: Int! }"):
        (tmp_path / "schema.graphql").write_text(sdl)
        result = generating.subsgen("schema.graphql", "--out", "gen", "--force", cwd=tmp_path)
        assert result.returncode == 0
        assert stub.read_bytes() == edited
    assert "warning: gen/resolvers/tick.py answers no field of the schema any more." in result.stderr
    assert b"tick" not in (package / "registry.py").read_bytes()


def test_untouched_stubs_follow_the_schema_and_go_away_with_it(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK_AND_TOCK)
    generate(tmp_path, TICK.replace("Int!", "String!"))
    assert "event: str" in (package / "resolvers" / "tick.py").read_text()
    assert not (package / "resolvers" / "tock.py").exists()


def test_without_a_manifest_every_stub_counts_as_edited(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    before = contents(package)
    (package / "manifest.json").unlink()
    result = generating.subsgen("schema.graphql", "--out", "gen", cwd=tmp_path)
    assert result.returncode == 0
    assert contents(package) == before

    (package / "manifest.json").unlink()
    (tmp_path / "schema.graphql").write_text(TICK.replace("Int!", "String!"))
    result = generating.subsgen("schema.graphql", "--out", "gen", cwd=tmp_path)
    assert result.returncode == 5
    assert contents(package) == {path: content for path, content in before.items() if path != "manifest.json"}


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    (package / "manifest.json").write_text("<<<<<<< HEAD\n")
    result = generating.subsgen("schema.graphql", "--out", "gen", cwd=tmp_path)
    assert result.returncode == 0
    assert result.stderr == "warning: gen/manifest.json is no manifest of subsgen, so that every file counts as edited.\n"


def test_a_generated_file_that_was_edited_is_refused_until_forced(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    original = contents(package)
    (package / "types.py").write_text("# mine\n")
    before = contents(package)
    result = generating.subsgen("schema.graphql", "--out", "gen", cwd=tmp_path)
    assert result.returncode == 5
    assert result.stderr.startswith("error: gen/types.py was edited by hand, or is not subsgen's.\n")
    assert contents(package) == before
    assert generating.subsgen("schema.graphql", "--out", "gen", "--force", cwd=tmp_path).returncode == 0
    assert contents(package) == original


def test_somebody_elses_files_are_refused(tmp_path: Path) -> None:
    package = tmp_path / "gen"
    package.mkdir()
    (package / "types.py").write_text("# mine\n")
    (tmp_path / "schema.graphql").write_text(TICK)
    assert generating.subsgen("schema.graphql", "--out", "gen", cwd=tmp_path).returncode == 5
    assert contents(package) == {"types.py": b"# mine\n"}


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


def test_bash_completes_options_by_the_printed_script(tmp_path: Path) -> None:
    script = tmp_path / "completions"
    script.write_text(generating.subsgen("completions", "bash").stdout)
    ask = f"""
    source {script}
    COMP_WORDS=(subsgen generate --str) COMP_CWORD=2 COMP_LINE='subsgen generate --str' COMP_POINT=22
    _subsgen subsgen --str generate
    printf '%s\n' "${{COMPREPLY[@]}}"
    """
    path = f"{generating.command().parent}:{os.environ['PATH']}"
    answer = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True, env={**os.environ, "PATH": path})
    assert answer.stdout.split() == ["--strict"]


SHELLS = {"bash": ["-n"], "zsh": ["-n"], "fish": ["--no-execute"]}
"""How each reads a script without running it."""


def shell(name: str) -> str:
    """A shell that has completions."""
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"{name} is missing: run `scripts/packages shells`")
    return path


@pytest.mark.parametrize("name", list(SHELLS))
def test_completions_are_there_for_every_shell_and_every_command(tmp_path: Path, name: str) -> None:
    result = generating.subsgen("completions", name)
    assert (result.returncode, result.stderr) == (0, "")
    for word in ("dry-run", "watch", "quiet", "init", "validate", "starlette", "sarif"):
        assert word in result.stdout
    script = tmp_path / "completions"
    script.write_text(result.stdout)
    assert subprocess.run([shell(name), *SHELLS[name], script], capture_output=True, text=True, check=True).stderr == ""


@pytest.mark.parametrize("command", ["doctor", "postgres", "publish", "serve", "subscribe"])
def test_shells_know_the_options_of_pythons_commands(command: str) -> None:
    shown = subprocess.run([sys.executable, "-m", "subsgen", command, "--help"], capture_output=True, text=True, check=True).stdout
    options = set(re.findall(r"^  (?:-\w(?: [^,]*)?, )?--([a-z-]+)", shown, re.MULTILINE)) - {"help"}
    script = generating.subsgen("completions", "fish").stdout
    completed = set(re.findall(rf"flags_or_options \"subsgen {command}\"[^\n]*? -l '([a-z-]+)'", script)) - {"help", "version"}
    assert completed == options != set()


def test_there_are_no_completions_for_another_shell() -> None:
    assert generating.subsgen("completions", "tcsh").returncode == 2


def test_fish_completes_by_the_printed_script(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").touch()
    ask = """
    subsgen completions fish | source
    complete -C "subsgen val"; echo /; complete -C "subsgen init --server "; echo /; complete -C "subsgen validate --for"
    """
    environment = {**os.environ, "PATH": f"{generating.command().parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    answer = subprocess.run([shell("fish"), "-c", ask], capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
    commands, servers, options = ([line.split("\t")[0] for line in part.split("\n") if line] for part in answer.stdout.split("/\n"))
    assert (commands, sorted(servers), options) == (["validate"], ["custom", "fastapi", "starlette", "swift"], ["--format"])


def test_nothing_is_written_through_links(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    elsewhere = tmp_path / "elsewhere"
    (package / "resolvers").rename(elsewhere)
    (package / "resolvers").symlink_to(elsewhere)
    (elsewhere / "tick.py").unlink()
    result = generating.subsgen("schema.graphql", "--out", "gen", "--force", cwd=tmp_path)
    assert result.returncode == 4
    assert "gen/resolvers" in result.stderr
    assert not (elsewhere / "tick.py").exists()

    (package / "resolvers").unlink()
    outside = tmp_path / "outside.py"
    outside.write_text("# mine\n")
    (package / "types.py").unlink()
    (package / "types.py").symlink_to(outside)
    assert generating.subsgen("schema.graphql", "--out", "gen", cwd=tmp_path).returncode == 5
    assert generating.subsgen("schema.graphql", "--out", "gen", "--force", cwd=tmp_path).returncode == 0
    assert outside.read_text() == "# mine\n"
    assert not (package / "types.py").is_symlink()


def test_two_runs_at_once_do_not_harm_each_other(tmp_path: Path) -> None:
    package = generate(tmp_path, TICK)
    (tmp_path / "other.graphql").write_text(TICK_AND_TOCK)
    runs = [
        subprocess.Popen(
            [generating.command(), name, "--out", "gen"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for name in ["schema.graphql", "other.graphql"] * 4
    ]
    for run in runs:
        _, errors = run.communicate()
        assert (run.returncode, errors) == (0, "")
    generate(tmp_path, TICK)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert contents(package) == contents(generate(fresh, TICK))
