"""The first ten minutes go as the guide says."""

from __future__ import annotations

import select
import shlex
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from blocks import blocks

from examples import generate, running

GUIDE = blocks("docs/guide/first-ten-minutes.md")
FILES = {block.file: block.text for block in GUIDE if block.file}
COMMANDS = [block.text for block in GUIDE if block.language == "sh"]
[FUNCTIONS] = [block.text for block in GUIDE if not block.file and block.language == "python"]
"""What the resolver may hold besides."""
RESOLVER = "gen/resolvers/message_added.py"
ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder after the guide's third step."""
    assert set(FILES) == {"schema.graphql", "app.py", "listen.py", RESOLVER}
    for name in ("schema.graphql", "app.py", "listen.py"):
        (tmp_path / name).write_text(FILES[name], "utf-8")
    generate(tmp_path)
    return tmp_path


class Listener:
    """The guide's client, in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        assert process.stdout is not None
        self._lines = process.stdout
        self._address = address
        # Until the client has subscribed, nobody hears what is posted.
        while not select.select([self._lines], [], [], 0.05)[0]:
            assert process.poll() is None, "the client ended"
            self.post("Grace", "first")
        assert self.line() == "Grace: first"
        self.post("Grace", "last of the first")
        while self.line() != "Grace: last of the first":
            pass

    def post(self, author: str, text: str, room: str = "lobby") -> None:
        """Posts as the guide's command does."""
        response = httpx.post(f"{self._address}/rooms/{room}/messages", params={"author": author, "text": text})
        assert response.status_code == 200

    def line(self) -> str:
        """The next line that the client prints."""
        return self._lines.readline().rstrip("\n")


@contextmanager
def listening(project: Path, *more: str) -> Generator[Listener, None, None]:
    """Runs the application and the client, as the guide's fourth step does."""
    assert COMMANDS[:2] == ["subsgen schema.graphql --out gen\n", "uvicorn app:app\n"]
    python, *arguments = shlex.split(COMMANDS[2])
    assert python == "python"
    with running(project) as app:
        command = [sys.executable, *(argument.replace("127.0.0.1:8000", app.address[7:]) for argument in arguments), *more]
        with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as client:
            try:
                yield Listener(client, app.address)
            finally:
                client.terminate()


def test_the_client_hears_its_room_only(project: Path) -> None:
    *curl, url = shlex.split(COMMANDS[3])
    assert (len(COMMANDS), curl) == (4, ["curl", "-X", "POST"])
    assert url == f"{ADDRESS}/rooms/lobby/messages?author=Ada&text=Hello"
    with listening(project) as listener:
        listener.post("Ada", "Elsewhere", room="music")
        listener.post("Ada", "Hello")
        assert listener.line() == "Ada: Hello"


def test_with_a_name_it_hears_that_member_only(project: Path) -> None:
    with listening(project, "Grace") as listener:
        listener.post("Ada", "Hello")
        listener.post("Grace", "A moth!")
        assert listener.line() == "Grace: A moth!"


def test_the_resolver_skips_commands_and_changes_words(project: Path) -> None:
    (project / RESOLVER).write_text(FILES[RESOLVER], "utf-8")
    generate(project)
    with listening(project) as listener:
        listener.post("Ada", "/leave")
        listener.post("Ada", "That damn relay")
        assert listener.line() == "Ada: That **** relay"


def test_its_other_functions_fit_the_schema(project: Path) -> None:
    imports = FILES[RESOLVER].replace("import Skip", "import Context, Skip")
    (project / RESOLVER).write_text(f"{imports}\n\nnewest: dict[str, Message] = {{}}\n\n\n{FUNCTIONS}", "utf-8")
    generate(project)
    contracts = (project / "gen" / "contracts.py").read_text("utf-8")
    assert "def authorize(" in contracts
    assert "def initial(" in contracts


def test_a_change_of_the_schema_leaves_the_resolver_alone(project: Path) -> None:
    (project / RESOLVER).write_text(FILES[RESOLVER], "utf-8")
    schema = FILES["schema.graphql"].replace("  text: String!\n", "  text: String!\n  sentAt: String!\n")
    (project / "schema.graphql").write_text(schema, "utf-8")
    assert check(project).returncode == 1
    generate(project)
    assert check(project).returncode == 0
    assert "    sent_at: str" in (project / "gen" / "types.py").read_text("utf-8")
    assert (project / RESOLVER).read_text("utf-8") == FILES[RESOLVER]
    mypy = subprocess.run([sys.executable, "-m", "mypy", "--strict", "app.py", "gen"], cwd=project, capture_output=True, text=True)
    assert 'app.py:15: error: Missing named argument "sent_at" for "Message"  [call-arg]' in mypy.stdout
    assert "Found 1 error in 1 file" in mypy.stdout


def check(project: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command that the guide gives to continuous integration."""
    command = [str(Path(sys.executable).with_name("subsgen")), "schema.graphql", "--out", "gen", "--check"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True)
