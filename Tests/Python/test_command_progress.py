"""How far long work is: shown to a person at a terminal, and to nobody else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

import generating

COUNT = 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A schema of many files, of which many files are made."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "schema.graphql").write_text("type Query { ok: Int } type Subscription { tick: Int! }")
    for number in range(COUNT):
        (tmp_path / "api" / f"{number:03}.graphql").write_text(f"extend type Subscription {{ field{number}: Int! }}\n")
    return tmp_path


def on_terminal(folder: Path, *arguments: str, **variables: str) -> str:
    """What a person sees of a command who has a terminal of 80 columns."""
    terminal, end = pty.openpty()
    own = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR", "TERM")}
    environment = {**own, "TERM": "xterm", "XDG_CACHE_HOME": str(folder / "cache"), **variables}
    process = subprocess.Popen([generating.command(), *arguments], cwd=folder, stdout=end, stderr=end, env=environment)
    os.close(end)
    said = b""
    try:
        while chunk := os.read(terminal, 1 << 16):
            said += chunk
    except OSError:
        # So a terminal says that nobody writes to it any more.
        pass
    os.close(terminal)
    assert process.wait() == 0, said
    return said.decode()


def left(said: str) -> list[str]:
    """The lines that stand on the screen in the end."""
    return [line.split("\r")[-1].replace("\x1b[K", "") for line in said.replace("\r\n", "\n").split("\n") if line]


def test_a_bar_is_shown_while_many_files_are_read_and_written_and_goes_away(folder: Path) -> None:
    said = on_terminal(folder, "api", "--out", "gen")
    assert re.search(rf"\rreading \[#+-+\] \d+/{COUNT + 1}\x1b\[K", said)
    assert f"\rreading [{'#' * 40}] {COUNT + 1}/{COUNT + 1}\x1b[K\r\x1b[K" in said
    assert re.search(r"\rwriting \[#+-+\] \d+/\d+\x1b\[K", said)
    assert re.search(r"\rwriting \[#{40}\] (\d+)/\1\x1b\[K\r\x1b\[K", said)
    assert [line for line in left(said) if line] == [line for line in left(said) if line.startswith("gen: ")]
    assert len(left(said)) == 1


@pytest.mark.parametrize("command", [["validate", "api"], ["format", "api", "--check"], ["introspect", "api", "--out", "schema.json"]])
def test_other_commands_show_it_too(folder: Path, command: list[str]) -> None:
    assert generating.subsgen("format", "api", cwd=folder).returncode == 0
    assert "\rreading [#" in on_terminal(folder, *command)
    assert ("\rformatting [#" in on_terminal(folder, *command)) is (command[0] == "format")


def test_with_no_color_it_has_none(folder: Path) -> None:
    said = on_terminal(folder, "api", "--out", "gen", NO_COLOR="1")
    assert "\rwriting [#" in said
    assert "\x1b" not in said.replace("\x1b[K", "")


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"TERM": "dumb"}])
def test_it_is_shown_neither_in_continuous_integration_nor_on_a_terminal_that_cannot(folder: Path, variables: dict[str, str]) -> None:
    said = on_terminal(folder, "api", "--out", "gen", **variables)
    assert said.startswith("gen: ")
    assert said.count("\n") == 1


def test_quiet_shows_nothing_on_a_terminal(folder: Path) -> None:
    assert on_terminal(folder, "api", "--out", "gen", "--quiet") == ""


def test_it_is_not_shown_for_little_work(folder: Path) -> None:
    said = on_terminal(folder, "api/schema.graphql", "--out", "gen")
    assert said.startswith("gen: ")


def test_it_is_not_shown_where_nobody_looks(folder: Path) -> None:
    result = generating.subsgen("api", "--out", "gen", cwd=folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert "\r" not in result.stdout
