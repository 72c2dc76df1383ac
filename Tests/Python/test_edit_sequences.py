"""Edits, schemas and runs of the real command in any order, some of them killed: not one edited byte is lost.

``EDIT_SEQUENCES=200 pytest Tests/Python/test_edit_sequences.py`` tries more. Tests/CodegenTests/Ownership/EditSequenceTests.swift does the
same in memory, thousands of times.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

import generating
from generating import contents

SEQUENCES = int(os.environ.get("EDIT_SEQUENCES", "8"))
STEPS = 14


class Project:
    """A folder with a schema, a package, and a developer."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.package = folder / "gen"
        self.random = random.Random(seed)
        self.mine: dict[str, bytes] = {}
        self.log = [f"seed {seed}"]
        self.options: list[str] = []
        # Nothing is known of earlier runs but what stands in the folder.
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
        self.change_schema()

    def step(self) -> None:
        """Does something."""
        does = [
            self.change_schema,
            self.edit,
            self.edit,
            self.add,
            self.delete,
            self.run,
            self.run,
            self.run,
            self.look,
            self.kill,
            self.kill,
            self.race,
        ]
        self.random.choice(does)()
        for path, content in self.mine.items():
            assert (self.package / path).read_bytes() == content, self.story(path)

    def story(self, path: str = "") -> str:
        """All that was done."""
        return "\n".join([path, *self.log])

    # MARK: The developer

    def change_schema(self) -> None:
        message = self.random.choice(["Message", "ChatMessage"])
        fields = [
            f"f{number}{self.random.choice(['', '(id: ID!)'])}: {self.random.choice(['Int!', message + '!', 'String', f'[{message}!]'])}"
            for number in range(4)
            if self.random.random() < 0.7
        ]
        supplied = " excerpt(length: Int!): String" if self.random.random() < 0.5 else ""
        sdl = f"type Query {{ ok: Int }} type Subscription {{ last: {message}! {' '.join(fields)} }} type {message} {{ id: ID!{supplied} }}"
        (self.folder / "schema.graphql").write_text(sdl + "\ntype Unused { a: Int }")
        self.options = self.random.choice([[], ["--all-types"]])
        self.log.append(f"{sdl} {self.options}")

    def write(self, path: str, content: bytes) -> None:
        target = self.package / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self.mine[path] = content
        self.log.append(f"edits {path}")

    def edit(self) -> None:
        paths = [path for path in self.files() if "resolvers/" in path or self.random.random() < 0.1]
        if paths:
            path = self.random.choice(paths)
            addition = b"\n# %d \xff\r\n\t'''" % len(self.log)
            self.write(path, (self.package / path).read_bytes() + addition)

    def add(self) -> None:
        path = self.random.choice(["notes.txt", "resolvers/helper.py", "resolvers/f2.py", "swift/Mine.swift"])
        if not (self.package / path).exists():
            self.write(path, b"# new %d" % len(self.log))

    def delete(self) -> None:
        if paths := self.files():
            path = self.random.choice(paths)
            (self.package / path).unlink()
            self.mine.pop(path, None)
            self.log.append(f"deletes {path}")

    def files(self) -> list[str]:
        return (
            [path for path in contents(self.package) if path != "manifest.json" and not path.endswith(".subsgen-tmp")]
            if self.package.exists()
            else []
        )

    # MARK: Runs

    def command(self, *arguments: str) -> list[str | Path]:
        return [generating.command(), "schema.graphql", "--out", "gen", *self.options, *arguments]

    def known(self) -> dict[str, dict[str, str]]:
        try:
            files: dict[str, dict[str, str]] = json.loads((self.package / "manifest.json").read_bytes())["files"]
        except FileNotFoundError:
            return {}
        return files

    def own(self) -> None:
        """What somebody wrote that is as subsgen would have it is subsgen's."""
        known = self.known()
        for path, content in list(self.mine.items()):
            if path in known and sha256(content).hexdigest() in known[path].values():
                del self.mine[path]

    def run(self) -> None:
        force = ["--force"] if self.random.random() < 0.2 else []
        before = contents(self.package) if self.package.exists() else {}
        result = subprocess.run(self.command(*force), cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        self.log.append(f"runs {force}: {result.returncode}")
        if result.returncode == 5:
            after = contents(self.package)
            assert after == before, self.story()
            assert all(f"gen/{path}" not in result.stderr or path in self.mine for path in after), self.story(result.stderr)
            return
        assert result.returncode in (0, 6), self.story(result.stderr)
        if force:
            known = self.known()
            for path in list(self.mine):
                if path in known and known[path]["owner"] == "generator":
                    assert sha256((self.package / path).read_bytes()).hexdigest() == known[path]["sha256"]
                    del self.mine[path]
                elif not (self.package / path).exists():
                    assert not path.startswith(("resolvers/", "field_resolvers/")) or path.endswith("__init__.py"), self.story(path)
                    del self.mine[path]
        self.own()
        self.check_finished()

    def check_finished(self) -> None:
        """After a run that ended, the manifest tells the truth, and another run has nothing to do."""
        known = self.known()
        now = contents(self.package)
        for path, entry in known.items():
            assert path in now, self.story(path)
            assert path in self.mine or entry == {"owner": entry["owner"], "sha256": sha256(now[path]).hexdigest()}, self.story(path)
        assert set(now) - set(known) - set(self.mine) == {"manifest.json"}, self.story()
        check = subprocess.run(self.command("--check"), cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        assert check.stdout in ("", "gen: up to date.\n"), self.story(check.stdout)

    def look(self) -> None:
        before = contents(self.folder)
        for option in ("--check", "--dry-run"):
            subprocess.run(self.command(option), cwd=self.folder, env=self.environment, capture_output=True, check=False)
        assert contents(self.folder) == before, self.story()
        self.log.append("looks")

    def kill(self) -> None:
        """Kills a run as soon as a file of it appears, if it takes that long."""
        name = self.random.choice(
            [".types.py.subsgen-tmp", ".registry.py.subsgen-tmp", "registry.py", "manifest.json", ".last.py.subsgen-tmp", "schema.graphql"]
        )
        folder = self.package / "resolvers" if name == ".last.py.subsgen-tmp" else self.package
        before = stamp(folder / name)
        process = subprocess.Popen(
            self.command(), cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while process.poll() is None and stamp(folder / name) == before:
            pass
        process.kill()
        self.log.append(f"is killed at {name}: {process.wait()}")
        self.own()
        for path, content in contents(self.package).items() if self.package.exists() else ():
            assert path.endswith((".subsgen-tmp", ".py", ".json", ".graphql", ".swift", ".typed", ".txt")), self.story(path)
            # Whole files only: each ends as it should, or is empty by intent.
            assert path in self.mine or path.endswith((".subsgen-tmp", "py.typed")) or content.endswith(b"\n"), self.story(path)

    def race(self) -> None:
        """Two runs at once."""
        processes = [
            subprocess.Popen(
                self.command(), cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        for process in processes:
            process.communicate()
        results = {process.returncode for process in processes}
        self.log.append(f"races: {results}")
        assert results <= {0, 5, 6}, self.story()
        if 5 not in results:
            self.own()
            self.check_finished()


def stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is written."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return (status.st_ino, status.st_mtime_ns)


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_not_one_edited_byte_is_lost(tmp_path: Path, seed: int) -> None:
    project = Project(tmp_path, seed)
    for _ in range(STEPS):
        project.step()
