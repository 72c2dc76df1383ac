"""``subsgen init``: the projects that it makes do what their READMEs say, beginning with running."""

from __future__ import annotations

import asyncio
import os
import re
import select
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

import generating
import serving
import subsgen
from generating import contents
from serving import Server

PYTHON = ("fastapi", "starlette", "custom")
SERVERS = (*PYTHON, "swift")
FILES = {".gitignore", "README.md", "app.py", "listen.py", "pyproject.toml", "requirements.txt", "schema.graphql", "test_app.py"}


def environment() -> dict[str, str]:
    """That of a shell in which the package under test is installed."""
    own = str(Path(subsgen.__file__).parents[1])
    # Where it is not installed, mypy is told where it stands.
    more = {} if "site-packages" in own else {"MYPYPATH": own, "PYTHONPATH": own}
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONWARNINGS", "PYTHONDEVMODE", "MYPYPATH")}
    return {**kept, **more}


@pytest.fixture(params=PYTHON)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A project in Python, made and generated."""
    assert generating.subsgen("init", request.param, "--server", request.param, cwd=tmp_path).returncode == 0
    folder: Path = tmp_path / request.param
    assert (generating.subsgen(cwd=folder).returncode, contents(folder).keys() & FILES) == (0, FILES)
    return folder


def run(folder: Path, *arguments: str) -> str:
    """What a program of Python says, which must end well."""
    result = subprocess.run([sys.executable, "-m", *arguments], cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@contextmanager
def started(folder: Path) -> Generator[str]:
    """The project's server, started as its README says but on a port that is free; its host and port."""
    program, argument = start_command(folder)
    module = ["-m", "uvicorn", argument, "--port", "0"] if program == "uvicorn" else [argument, "0"]
    with subprocess.Popen(
        [sys.executable, *module], cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        said: list[str] = []
        try:
            for line in process.stdout:
                said.append(line)
                if up := re.search(r"(?:running|Listening) on http://(\S+)", line):
                    yield up[1]
                    break
            else:
                pytest.fail("the server ended: " + "".join(said))
        finally:
            process.terminate()


def start_command(folder: Path) -> list[str]:
    """The last of the commands in the README."""
    return shlex.split(commands(folder)[-1])


def commands(folder: Path) -> list[str]:
    """The commands that the README lists first."""
    block = re.search(r"```sh\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    assert block
    return block[1].splitlines()


def post(folder: Path, address: str, room: str, text: str) -> None:
    """Posts a message as the README says."""
    command = next(line for line in (folder / "README.md").read_text().splitlines() if line.startswith("curl "))
    arguments = shlex.split(command)
    url = arguments[-1].replace("127.0.0.1:8000", address).replace("lobby", room).replace("Hello", text)
    with urllib.request.urlopen(urllib.request.Request(url, method="POST" if "POST" in arguments else "GET")) as answer:
        assert answer.status < 300


# MARK: What runs


def test_the_types_of_a_project_are_right(project: Path) -> None:
    assert run(project, "mypy", ".").startswith("Success: ")


def test_a_project_passes_its_own_test(project: Path) -> None:
    assert "1 passed" in run(project, "pytest", "-W", "error", "-p", "no:asyncio")


def test_a_project_is_formatted(project: Path) -> None:
    assert run(project, "ruff", "check", "--select", "E,F,W,I,B,UP,RUF,SIM", "--line-length", "140", ".") == "All checks passed!\n"
    run(project, "ruff", "format", "--check", "--line-length", "140", ".")
    assert generating.subsgen("format", "--check", cwd=project).returncode == 0


async def test_clients_of_a_project_hear_their_room(project: Path) -> None:
    with started(project) as address:
        async with serving.client(Server(int(address.rpartition(":")[2]))) as client:
            await client.initialise()
            await client.subscribe("1", "subscription ($room: ID!) { messageAdded(roomId: $room) { roomId text } }", room="lobby")
            await asyncio.to_thread(post, project, address, "attic", "Nobody")
            await asyncio.to_thread(post, project, address, "lobby", "Hello")
            message = {"roomId": "lobby", "text": "Hello"}
            assert await client.receive() == {"id": "1", "type": "next", "payload": {"data": {"messageAdded": message}}}


def test_the_client_of_a_project_prints_what_it_hears(project: Path) -> None:
    with started(project) as address:
        command = [sys.executable, "listen.py", "lobby", f"ws://{address}/graphql"]
        with subprocess.Popen(command, cwd=project, env=environment(), stdout=subprocess.PIPE, text=True) as client:
            assert client.stdout is not None
            try:
                # Until the client has subscribed, nobody hears what is posted.
                while not select.select([client.stdout], [], [], 0.05)[0]:
                    assert client.poll() is None, "the client ended"
                    post(project, address, "lobby", "Hello")
                assert client.stdout.readline() == "Hello\n"
            finally:
                client.terminate()


def test_what_a_project_needs_is_in_its_requirements(project: Path) -> None:
    imported = set(re.findall(r"^(?:from|import) (\w+)", "".join(path.read_text() for path in project.glob("*.py")), re.MULTILINE))
    # An extra of subsgen's is called after the package that it brings.
    required = set(re.findall(r"^\w+|(?<=subsgen\[)\w+", (project / "requirements.txt").read_text(), re.MULTILINE))
    assert imported - {"app", "gen", *sys.stdlib_module_names} <= required


# MARK: What it says


@pytest.mark.parametrize("server", SERVERS)
def test_it_says_what_it_wrote_and_what_to_type_next(tmp_path: Path, server: str) -> None:
    result = generating.subsgen("init", "my chat's", "--server", server, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    folder = tmp_path / "my chat's"
    first, *rest = result.stdout.splitlines()
    assert first == f"my chat's: {len(contents(folder))} files written: {', '.join(sorted(contents(folder), key=str.encode))}."
    typed = [line.strip() for line in rest if line.startswith("  ")]
    assert typed == ["cd 'my chat'\\''s'", *commands(folder)]
    assert (folder / "README.md").read_text().startswith("# my chat's\n")
    assert "{{" not in "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


def test_here_is_where_it_makes_a_project_on_fastapi_if_nothing_else_is_said(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    result = generating.subsgen("init", cwd=here)
    assert result.returncode == 0
    assert "cd " not in result.stdout
    assert contents(here).keys() == FILES
    assert (here / "README.md").read_text().startswith("# here\n\nGraphQL subscriptions on FastAPI")
    other = tmp_path / "other"
    quiet = generating.subsgen("init", other, "--quiet", cwd=tmp_path)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    assert contents(other).keys() == FILES


# MARK: What it leaves alone


@pytest.mark.parametrize("taken", ["app.py", "README.md", "schema.graphql"])
def test_where_a_file_is_there_nothing_is_written(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("mine")
    (tmp_path / "test_app.py").symlink_to("nowhere")
    result = generating.subsgen("init", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (5, "")
    assert result.stderr.splitlines() == [
        f"error: ./{taken} is there already.",
        "error: ./test_app.py is there already.",
        "hint: Nothing was written. Name another folder, as in `subsgen init chat`, or move the files away.",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [taken, "test_app.py"]


def test_what_is_there_besides_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("mine")
    (tmp_path / ".git").mkdir()
    assert generating.subsgen("init", "--server", "swift", cwd=tmp_path).returncode == 0
    assert (tmp_path / "LICENSE").read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    result = generating.subsgen("init", "taken", cwd=tmp_path)
    assert result.returncode == 4
    assert result.stderr.startswith("error: cannot write taken: ")
    swift = tmp_path / "swift"
    swift.mkdir()
    (swift / "Sources").write_text("a file")
    result = generating.subsgen("init", "swift", "--server", "swift", cwd=tmp_path)
    assert result.returncode == 4
    assert result.stderr.startswith("error: cannot write swift/Sources")
    assert contents(swift).keys() == {"Sources"}


@pytest.mark.parametrize("arguments", [["--server", "django"], ["a", "b"], [""]])
def test_wrong_use_is_told(tmp_path: Path, arguments: list[str]) -> None:
    result = generating.subsgen("init", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")
    assert list(tmp_path.iterdir()) == []
