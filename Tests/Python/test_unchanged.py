"""Runs that find nothing changed: they take a short way, and nobody can tell but by the time."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import generating
from generating import contents

SDL = """
type Query { ok: Boolean }
type Subscription { messageAdded(roomId: ID!, unclear: Int): Message! tick: Int! }
type Message { id: ID! roomId: ID! }
"""
TEMPLATE = (generating.ROOT / "Templates" / "py_resolvers_init.mustache").read_text()

OPTIONS: list[list[str]] = [
    [],
    ["--all-types"],
    ["--strict"],
    ["--quiet"],
    ["--force"],
    ["--templates", "mine"],
    ["--config", "other.toml"],
]


class Workplace:
    """A folder with a schema and its package, and the cache of its user."""

    def __init__(self, folder: Path, has_cache: bool = True) -> None:
        self.folder = folder
        self.package = folder / "gen"
        self.has_cache = has_cache
        self.cache = folder.parent / f"{folder.name}-cache"
        (folder / "mine").mkdir(parents=True)
        (folder / "mine" / "py_resolvers_init.mustache").write_text(TEMPLATE)
        (folder / "schema.graphql").write_text(SDL)
        (folder / "other.toml").write_text("")

    def run(self, *options: str, command: Path | None = None) -> tuple[int, str, str]:
        """What a run says, with its status."""
        if not self.has_cache:
            shutil.rmtree(self.cache, ignore_errors=True)
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.cache)}
        words: list[str | Path] = [command or generating.command(), "schema.graphql", "--out", "gen", *options]
        result = subprocess.run(words, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        return result.returncode, result.stdout, result.stderr

    def record(self) -> Path:
        [file] = (self.cache / "subsgen").iterdir()
        return file


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path / "work")


def times(folder: Path) -> dict[Path, tuple[int, int]]:
    """When each file was last written, and which file it is."""
    return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in sorted(folder.rglob("*"))}


def test_it_says_what_a_whole_run_says_and_touches_nothing(workplace: Workplace) -> None:
    status, _, warnings = workplace.run()
    assert status == 0
    assert "unclear" in warnings
    before = times(workplace.package)
    assert workplace.run() == (0, f"gen: up to date, {len(contents(workplace.package)) - 1} files.\n", warnings)
    assert times(workplace.package) == before


def test_it_is_the_short_way(workplace: Workplace) -> None:
    workplace.run()
    record = workplace.record()
    record.write_text(record.read_text().replace("unclear", "as the record has it"))
    assert "as the record has it" in workplace.run()[2]


def test_what_is_kept_and_what_is_orphaned_is_told_each_time(workplace: Workplace) -> None:
    workplace.run()
    for name in ("tick", "message_added"):
        stub = workplace.package / "resolvers" / f"{name}.py"
        stub.write_text(stub.read_text() + "# edited\n")
    schema = workplace.folder / "schema.graphql"
    schema.write_text(schema.read_text().replace("tick: Int!", ""))
    workplace.run()
    whole = workplace.run("--quiet")
    short = workplace.run("--quiet")
    assert whole == short
    assert "resolvers/tick.py answers no field" in short[2]
    assert "1 kept as you edited them" in workplace.run()[1]


def test_another_command_does_the_work_again(workplace: Workplace, tmp_path: Path) -> None:
    # Of the same version: what its developers build, or a wheel of another build.
    workplace.run()
    record = workplace.record()
    record.write_text(record.read_text().replace("unclear", "as the record has it"))
    other = Path(shutil.copy(generating.command(), tmp_path / "subsgen"))
    assert "as the record has it" not in workplace.run(command=other)[2]


@pytest.mark.parametrize("broken", [b"", b"\xff", b"subsgen run 1\n", b"subsgen run 1\n\n\n-1\n9999999999999999999\n"])
def test_a_broken_record_is_none(workplace: Workplace, broken: bytes) -> None:
    workplace.run()
    expected = workplace.run()
    record = workplace.record()
    whole = record.read_bytes()
    for text in [broken, whole[: len(whole) // 2], whole + b"\xff"]:
        record.write_bytes(text)
        assert workplace.run() == expected


def test_without_a_cache_every_run_is_a_whole_one(workplace: Workplace) -> None:
    workplace.cache.write_text("no folder")
    workplace.run()
    assert workplace.run()[0] == 0


def test_a_dependency_file_is_written_again_where_it_is_gone(workplace: Workplace) -> None:
    file = workplace.folder / "gen.d"
    workplace.run("--depfile", "gen.d")
    file.unlink()
    workplace.run("--depfile", "gen.d")
    assert file.is_file()


# MARK: Whatever happens


def _edit_schema(workplace: Workplace, rng: random.Random) -> None:
    field = rng.choice(["a: Int", "b(id: ID!): Message", "tick: Int!", "messageAdded(unclear: Int): Message!"])
    (workplace.folder / "schema.graphql").write_text(SDL.replace("tick: Int!", field) if rng.random() < 0.7 else SDL)


def _edit_file(workplace: Workplace, rng: random.Random) -> None:
    paths = sorted(path for path in workplace.package.rglob("*") if path.is_file())
    if paths:
        path = rng.choice(paths)
        data = path.read_bytes()
        # The time says nothing of it.
        status = path.stat()
        path.write_bytes(rng.choice([data + b"#", data[:-1], data.swapcase()]))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _edit_stub(workplace: Workplace, rng: random.Random) -> None:
    paths = sorted(path for path in (workplace.package / "resolvers").glob("*.py") if path.is_file())
    if paths:
        path = rng.choice(paths)
        path.write_text(path.read_text() + rng.choice(["# edited\n", "\n\ndef on_subscribe(args, context): ...\n"]))


def _remove(workplace: Workplace, rng: random.Random) -> None:
    paths = sorted(path for path in workplace.package.rglob("*") if path.is_file())
    if paths:
        rng.choice(paths).unlink()


def _link(workplace: Workplace, rng: random.Random) -> None:
    paths = sorted(path for path in workplace.package.rglob("*") if path.is_file())
    if paths:
        path = rng.choice(paths)
        path.unlink()
        path.symlink_to("elsewhere")


def _configure(workplace: Workplace, rng: random.Random) -> None:
    file = workplace.folder / rng.choice(["subsgen.toml", "other.toml"])
    file.write_text(rng.choice(["", "all-types = true\n", "strict = true\n"]))


def _template(workplace: Workplace, rng: random.Random) -> None:
    (workplace.folder / "mine" / "py_resolvers_init.mustache").write_text(
        TEMPLATE.replace("yours", rng.choice(["ours", "theirs", "yours"]))
    )


def _start_again(workplace: Workplace, rng: random.Random) -> None:
    shutil.rmtree(workplace.package, ignore_errors=True)


CHANGES: list[Callable[[Workplace, random.Random], None]] = [
    *(_edit_schema, _edit_file, _edit_stub, _edit_stub, _remove, _link, _configure, _template, _start_again),
]


def test_whatever_changes_a_run_does_what_it_would_do_without_a_record(tmp_path: Path) -> None:
    seed = int(os.environ.get("SUBSGEN_SEED", "0")) or random.randrange(1, 2**32)
    for case in range(4):
        rng = random.Random(f"{seed} {case}")
        pair = [Workplace(tmp_path / f"{case}-{name}" / "work", has_cache=name == "cache") for name in ("cache", "none")]
        for _ in range(25):
            changes = rng.choices(CHANGES, k=rng.choice([0, 0, 1, 1, 2]))
            options = rng.choice(OPTIONS) if rng.random() < 0.4 else []
            state = rng.getrandbits(32)
            for workplace in pair:
                for number, change in enumerate(changes):
                    change(workplace, random.Random(state + number))
            with_record, without = (workplace.run(*options) for workplace in pair)
            assert with_record == without, f"SUBSGEN_SEED={seed}: {[change.__name__ for change in changes]}"
            assert contents(pair[0].package) == contents(pair[1].package), f"SUBSGEN_SEED={seed}"
