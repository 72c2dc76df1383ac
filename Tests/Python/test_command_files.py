"""What the command does to the files of a package: it keeps what is a developer's, and writes nothing twice."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import generating
from generating import TICK, TICK_AND_TOCK, contents, generate


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
