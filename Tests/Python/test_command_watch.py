"""``subsgen --watch``: when it runs, what it says, and how it ends. Tests wait for its lines, and for nothing else."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import shutil
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import generating
from generating import TICK, TICK_AND_TOCK
from serving import within

WRONG = "type Query { ok: Int } type Subscription { tick: Tock! }"
QUEUE = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
"""How many pieces of news the system keeps for one who does not take them."""
RUN = re.compile(r"\d\d:\d\d:\d\d (.*) \(\d+ ms\)\n")


class Watch:
    """A command that watches."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> str:
        """The next line of standard output."""
        assert self.process.stdout is not None
        return (await within(self.process.stdout.readline())).decode()

    async def run(self) -> str:
        """What the next line says, which is that of a run."""
        line = await self.line()
        match = RUN.fullmatch(line)
        assert match, f"no line of a run: {line!r}"
        return match[1]

    async def problem(self) -> str:
        """The next line of standard error."""
        assert self.process.stderr is not None
        return (await within(self.process.stderr.readline())).decode()

    async def end(self, by: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """Ends it; its status and what it had not yet said."""
        self.process.send_signal(by)
        output, errors = await within(self.process.communicate())
        assert self.process.returncode is not None
        return self.process.returncode, output.decode(), errors.decode()


@asynccontextmanager
async def watching(folder: Path, *arguments: str, first: str = "gen: ") -> AsyncGenerator[Watch]:
    """A command that watches, and has run once."""
    process = await asyncio.create_subprocess_exec(
        generating.command(), *arguments, "--watch", cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    watch = Watch(process)
    try:
        assert (await watch.run()).startswith(first)
        assert (await watch.line()).endswith("Ctrl-C ends.\n")
        yield watch
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schema.graphql").write_text(TICK)
    return tmp_path


def replace(path: Path, text: str) -> None:
    """Writes as editors do: another file, which takes the place."""
    other = path.with_name(f".{path.name}.swp")
    other.write_text(text)
    other.rename(path)


# MARK: When it runs


async def test_it_writes_the_package_and_writes_it_again_when_the_schema_changes(folder: Path) -> None:
    async with watching(folder, "schema.graphql", "--out", "gen") as watch:
        assert (folder / "gen/resolvers/tick.py").exists()
        (folder / "schema.graphql").write_text(TICK_AND_TOCK)
        assert " written" in await watch.run()
        assert (folder / "gen/resolvers/tock.py").exists()
        (folder / "schema.graphql").write_text(TICK)
        assert " removed" in await watch.run()
        assert not (folder / "gen/resolvers/tock.py").exists()
        assert await watch.end() == (-signal.SIGINT, "Ended.\n", "")


async def test_a_file_that_an_editor_replaces_is_watched_on(folder: Path) -> None:
    schema = folder / "schema.graphql"
    async with watching(folder, "schema.graphql", "--out", "gen") as watch:
        for text in (TICK_AND_TOCK, TICK, TICK_AND_TOCK):
            replace(schema, text)
            assert " written" in await watch.run()
        # As vim does where it keeps a copy.
        schema.rename(folder / "schema.graphql~")
        schema.write_text(TICK)
        while " removed" not in await watch.run():
            pass


async def test_what_changes_nothing_needs_no_run(folder: Path) -> None:
    async with watching(folder, "schema.graphql", "--out", "gen") as watch:
        (folder / "schema.graphql").touch()
        (folder / "notes.txt").write_text("mine")
        (folder / "gen/resolvers/__pycache__").mkdir()
        (folder / "gen/resolvers/__pycache__/tick.pyc").write_bytes(b"")
        replace(folder / "schema.graphql", TICK)
        replace(folder / "schema.graphql", TICK_AND_TOCK)
        assert " written" in await watch.run()
        assert (await watch.end())[1] == "Ended.\n"


@pytest.mark.parametrize("named", ["api", "api/**/*.graphql", "ap?/*.graphql"])
async def test_new_files_and_files_that_go_away_count_in_folders_and_patterns(tmp_path: Path, named: str) -> None:
    api = tmp_path / "api"
    api.mkdir()
    (api / "a.graphql").write_text(TICK)
    async with watching(tmp_path, named, "--out", "gen") as watch:
        (api / "b.graphql").write_text("extend type Subscription { tock: Int! }")
        assert " written" in await watch.run()
        assert (tmp_path / "gen/resolvers/tock.py").exists()
        (api / "b.graphql").unlink()
        assert " removed" in await watch.run()
        (api / "notes.txt").write_text("mine")
        assert (await watch.end())[1] == "Ended.\n"


@pytest.mark.parametrize("named", ["api", "api/**/*.graphql"])
async def test_new_folders_count_with_what_is_in_them(tmp_path: Path, named: str) -> None:
    api = tmp_path / "api"
    api.mkdir()
    (api / "a.graphql").write_text(TICK)
    async with watching(tmp_path, named, "--out", "gen") as watch:
        (api / "deep" / "deeper").mkdir(parents=True)
        (api / "deep" / "deeper" / "b.graphql").write_text("extend type Subscription { tock: Int! }")
        assert " written" in await watch.run()
        (api / "deep" / "deeper" / "b.graphql").write_text("extend type Subscription { tuck: Int! }")
        assert " written" in await watch.run()
        assert (tmp_path / "gen/resolvers/tuck.py").exists()


async def test_a_folder_that_is_deleted_and_made_anew_is_watched_on(tmp_path: Path) -> None:
    api = tmp_path / "project" / "api"
    api.mkdir(parents=True)
    (api / "a.graphql").write_text(TICK)
    async with watching(tmp_path, "project/api", "--out", "gen") as watch:
        for text in (TICK_AND_TOCK, TICK):
            shutil.rmtree(tmp_path / "project")
            assert await watch.run() == "failed; waiting for a change"
            assert await watch.problem() == "error: cannot read project/api: No such file or directory.\n"
            api.mkdir(parents=True)
            (api / "a.graphql").write_text(text)
            while not (await watch.run()).startswith("mended; "):
                pass
        assert not (tmp_path / "gen/resolvers/tock.py").exists()


async def test_a_folder_that_is_swapped_for_another_is_watched_on(tmp_path: Path) -> None:
    for name, text in (("api", TICK), ("next", TICK_AND_TOCK)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.graphql").write_text(text)
    async with watching(tmp_path, "api", "--out", "gen") as watch:
        (tmp_path / "api").rename(tmp_path / "before")
        (tmp_path / "next").rename(tmp_path / "api")
        while not (tmp_path / "gen/resolvers/tock.py").exists():
            await watch.run()
        (tmp_path / "before/a.graphql").write_text(WRONG)
        (tmp_path / "api/a.graphql").write_text(TICK)
        assert " removed" in await watch.run()


async def test_where_links_lead_is_watched(tmp_path: Path) -> None:
    for version, text in (("v1", TICK), ("v2", TICK_AND_TOCK)):
        (tmp_path / version).mkdir()
        (tmp_path / version / "schema.graphql").write_text(text)
    (tmp_path / "current").symlink_to("v1")
    (tmp_path / "schema.graphql").symlink_to("current/schema.graphql")
    async with watching(tmp_path, "schema.graphql", "--out", "gen") as watch:
        (tmp_path / "other").symlink_to("v2")
        (tmp_path / "other").rename(tmp_path / "current")
        assert " written" in await watch.run()
        (tmp_path / "v2/schema.graphql").write_text(TICK)
        assert " removed" in await watch.run()


async def test_the_configuration_is_watched_also_where_there_was_none(folder: Path) -> None:
    async with watching(folder, "schema.graphql", "--out", "gen") as watch:
        (folder / "subsgen.toml").write_text("directives.'Subscription.tick' = '@topic(name: \"ticks\")'\n")
        assert " written" in await watch.run()
        (folder / "subsgen.toml").write_text("nonsense")
        assert await watch.run() == "failed; waiting for a change"
        assert (await watch.problem()).startswith("subsgen.toml:1:")
        (folder / "subsgen.toml").unlink()
        assert (await watch.run()).startswith("mended; gen: ")


async def test_the_configuration_may_name_another_schema_and_another_folder(folder: Path) -> None:
    (folder / "other.graphql").write_text(TICK_AND_TOCK)
    (folder / "subsgen.toml").write_text("schema = 'schema.graphql'\nout = 'gen'\n")
    async with watching(folder) as watch:
        (folder / "subsgen.toml").write_text("schema = 'other.graphql'\nout = 'other'\n")
        assert (await watch.run()).startswith("other: ")
        (folder / "schema.graphql").write_text(WRONG)
        (folder / "other.graphql").write_text(TICK)
        assert " removed" in await watch.run()


async def test_templates_are_watched(folder: Path) -> None:
    templates = folder / "templates"
    templates.mkdir()
    async with watching(folder, "schema.graphql", "--out", "gen", "--templates", "templates") as watch:
        (templates / "py_resolvers_init.mustache").write_text('"""Mine."""\n')
        assert "1 written" in await watch.run()
        assert (folder / "gen/resolvers/__init__.py").read_text() == '"""Mine."""\n'


async def test_what_resolvers_say_is_watched_and_what_a_run_writes_is_no_news(folder: Path) -> None:
    async with watching(folder, "schema.graphql", "--out", "gen") as watch:
        stub = folder / "gen/resolvers/tick.py"
        stub.write_text(stub.read_text() + "\n\ndef on_subscribe(args, context):\n    pass\n")
        assert "1 kept as you edited them" in await watch.run()
        (folder / "schema.graphql").write_text(TICK_AND_TOCK)
        assert " written" in await watch.run()
        assert (await watch.end())[1] == "Ended.\n"


async def test_a_package_that_somebody_deletes_is_written_again(folder: Path) -> None:
    async with watching(folder, "schema.graphql", "--out", "gen") as watch:
        (folder / "gen/types.py").unlink()
        assert (await watch.run()).startswith("gen: 1 written")
        shutil.rmtree(folder / "gen")
        while not (folder / "gen/manifest.json").exists() or not (folder / "gen/types.py").exists():
            await watch.run()


async def test_a_generated_file_that_is_edited_is_refused_until_the_edit_is_taken_back(folder: Path) -> None:
    async with watching(folder, "schema.graphql", "--out", "gen") as watch:
        original = (folder / "gen/types.py").read_text()
        (folder / "gen/types.py").write_text("# mine\n")
        assert await watch.run() == "failed; waiting for a change"
        assert await watch.problem() == "error: gen/types.py was edited by hand, or is not subsgen's.\n"
        (folder / "gen/types.py").write_text(original)
        assert (await watch.run()).startswith("mended; gen: up to date")


async def test_a_burst_of_changes_is_seen_in_its_last_state(folder: Path) -> None:
    (folder / "last.graphql").write_text("")
    async with watching(folder, ".", "--out", "gen", first="failed") as watch:
        for number in range(500):
            (folder / f"part{number}.graphql").write_text(f"extend type Subscription {{ field{number}: Int! }}")
        (folder / "last.graphql").write_text("extend type Subscription { last: Int! }")
        while not (folder / "gen/resolvers/last.py").exists():
            await watch.run()
        assert len(list((folder / "gen/resolvers").glob("field*.py"))) == 500


async def test_more_news_than_the_system_keeps_are_no_loss(folder: Path) -> None:
    async with watching(folder, "*.graphql", "--out", "gen") as watch:
        watch.process.send_signal(signal.SIGSTOP)
        for number in range(QUEUE // 2 + 1):
            file = folder / f"{number % 2}.txt"
            file.touch()
            file.unlink()
        (folder / "schema.graphql").write_text(TICK_AND_TOCK)
        watch.process.send_signal(signal.SIGCONT)
        assert " written" in await watch.run()
        assert (folder / "gen/resolvers/tock.py").exists()
        (folder / "schema.graphql").write_text(TICK)
        assert " removed" in await watch.run()


async def test_the_dependency_file_follows(folder: Path) -> None:
    async with watching(folder, "*.graphql", "--out", "gen", "--depfile", "gen.d") as watch:
        (folder / "more.graphql").write_text("extend type Subscription { tock: Int! }")
        await watch.run()
        assert "more.graphql" in (folder / "gen.d").read_text()
        assert (await watch.end())[1] == "Ended.\n"


# MARK: What it says


async def test_it_goes_on_after_mistakes_says_them_once_and_says_when_they_are_mended(folder: Path) -> None:
    (folder / "schema.graphql").write_text(WRONG)
    async with watching(folder, "schema.graphql", "--out", "gen", first="failed; waiting for a change") as watch:
        assert (await watch.problem()).startswith('schema.graphql:1:50: error: Unknown type "Tock".')
        (folder / "schema.graphql").write_text(WRONG + "\n")
        assert await watch.run() == "failed as before; waiting for a change"
        (folder / "schema.graphql").write_text(WRONG.replace("Tock", "Tuck"))
        assert await watch.run() == "failed; waiting for a change"
        (folder / "schema.graphql").write_text(TICK)
        assert (await watch.run()).startswith("mended; gen: ")
        (folder / "schema.graphql").write_text(TICK_AND_TOCK)
        assert (await watch.run()).startswith("gen: ")
        _, output, errors = await watch.end()
        assert output == "Ended.\n"
        assert errors.count('Unknown type "Tock"') == 0
        assert errors.count('Unknown type "Tuck"') == 1


async def test_a_schema_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    async with watching(tmp_path, "api/schema.graphql", "--out", "gen", first="failed") as watch:
        (tmp_path / "api").mkdir()
        (tmp_path / "api/schema.graphql").write_text(TICK)
        while not (await watch.run()).startswith("mended; gen: "):
            pass


async def test_warnings_are_said_when_they_are_new(folder: Path) -> None:
    undecided = "type Query { ok: Int } type Subscription { tick(x: Int): Int! }"
    (folder / "schema.graphql").write_text(undecided)
    async with watching(folder, "schema.graphql", "--out", "gen") as watch:
        (folder / "schema.graphql").write_text(undecided + "\n# the same\n")
        await watch.run()
        _, _, errors = await watch.end()
        assert errors.count("selects no events") == 1


async def test_quiet_says_only_what_is_wrong(folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        generating.command(), "schema.graphql", "--out", "gen", "--watch", "--quiet", cwd=folder,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    watch = Watch(process)
    (folder / "schema.graphql").write_text(WRONG)
    assert 'Unknown type "Tock"' in await watch.problem()
    _, output, _ = await watch.end(signal.SIGTERM)
    assert output == ""


async def test_a_terminal_sees_colours_unless_it_cannot_or_its_user_does_not_want_them(folder: Path) -> None:
    (folder / "schema.graphql").write_text(WRONG)
    for environment, coloured in (({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"TERM": "xterm", "NO_COLOR": "1"}, False)):
        terminal, end = pty.openpty()
        process = await asyncio.create_subprocess_exec(
            generating.command(), "schema.graphql", "--out", "gen", "--watch", cwd=folder, stdout=end, stderr=end,
            env={**{key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}, **environment},
        )  # fmt: skip
        os.close(end)
        text = ""
        while "Ctrl-C ends." not in text:
            text += (await within(asyncio.to_thread(os.read, terminal, 4096))).decode()
        process.terminate()
        await within(process.wait())
        os.close(terminal)
        assert ("\x1b[31mfailed\x1b[0m" in text) is coloured
        assert ("\x1b" in text) is coloured


# MARK: How it ends


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("text", [TICK, WRONG])
async def test_it_dies_of_the_signal_that_ends_it_and_leaves_a_whole_package(folder: Path, by: signal.Signals, text: str) -> None:
    (folder / "schema.graphql").write_text(text)
    async with watching(folder, "schema.graphql", "--out", "gen", first="gen" if text == TICK else "failed") as watch:
        status, output, _ = await watch.end(by)
        assert (status, output) == (-by, "Ended.\n")
    (folder / "schema.graphql").write_text(TICK)
    assert generating.subsgen("schema.graphql", "--out", "gen", cwd=folder).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["schema.graphql"],
        ["--out", "gen"],
        ["schema.graphql", "--out", "gen", "--check"],
        ["schema.graphql", "--out", "gen", "--directive", "x"],
    ],
)
def test_wrong_use_ends_it_at_once(folder: Path, arguments: list[str]) -> None:
    result = generating.subsgen(*arguments, "--watch", cwd=folder)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.lower().startswith("error: ")
    assert not (folder / "gen").exists()
