"""The completions of shells, as the command prints them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import generating

SHELLS = {"bash": ["-n"], "zsh": ["-n"], "fish": ["--no-execute"]}
"""How each reads a script without running it."""


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
