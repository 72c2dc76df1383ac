"""What the first ten minutes say beside their blocks, which test_pages.py plays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from blocks import Block, blocks
from reader import Reader, Terminal

PAGE = "docs/guide/first-ten-minutes.md"
FILES = {block.file: block.text for block in blocks(PAGE) if block.file}
RESOLVER = "gen/resolvers/message_added.py"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Somebody who has written the files of the first four steps, and started nothing yet."""
    with Reader(PAGE, tmp_path) as reader:
        assert set(FILES) == {"schema.graphql", "app.py", "listen.py", RESOLVER}
        for block in reader.blocks:
            if block.file and block.file != RESOLVER:
                reader.write(block)
        yield reader


def block(reader: Reader, language: str, beginning: str) -> Block:
    """The block of the page that begins so."""
    [found] = [block for block in reader.blocks if block.language == language and block.text.startswith(beginning)]
    return found


def write_resolver(reader: Reader) -> None:
    [resolver] = [block for block in reader.blocks if block.file == RESOLVER]
    reader.write(resolver)


def post(reader: Reader, author: str, text: str, room: str = "lobby") -> None:
    """Posts as the guide's command does."""
    response = httpx.post(f"{reader.address}/rooms/{room}/messages", params={"author": author, "text": text})
    assert response.status_code == 200


def listen(reader: Reader, *more: str) -> Terminal:
    """Runs the application and the client as the guide says, until what is posted arrives."""
    reader.play(block(reader, "sh", "uvicorn"))
    client = block(reader, "sh", "python listen.py")
    reader.play(client._replace(text=" ".join([client.text.strip(), *more]) + "\n"))
    terminal = reader.terminals[-1]
    while "first" not in terminal.text:
        post(reader, "Grace", "first")
        assert terminal.runs_on(), terminal.text
    return terminal


def heard(terminal: Terminal) -> list[str]:
    """What the client has printed when it prints `Grace: last`, without what `listen` posted."""
    while "Grace: last\n" not in terminal.text:
        assert terminal.runs_on(), terminal.text
    return [line for line in terminal.text.splitlines() if line not in ("Grace: first", "Grace: last")]


def test_the_client_hears_its_room_only(reader: Reader) -> None:
    terminal = listen(reader)
    post(reader, "Ada", "Elsewhere", room="music")
    post(reader, "Ada", "Hello")
    post(reader, "Grace", "last")
    assert heard(terminal) == ["Ada: Hello"]


def test_with_a_name_it_hears_that_member_only(reader: Reader) -> None:
    terminal = listen(reader, "Grace")
    post(reader, "Ada", "Hello")
    post(reader, "Grace", "A moth!")
    post(reader, "Grace", "last")
    assert heard(terminal) == ["Grace: A moth!"]


def test_the_resolver_skips_commands_and_changes_words(reader: Reader) -> None:
    write_resolver(reader)
    terminal = listen(reader)
    post(reader, "Ada", "/leave")
    post(reader, "Ada", "That damn relay")
    post(reader, "Grace", "last")
    assert heard(terminal) == ["Ada: That **** relay"]


def test_its_other_functions_fit_the_schema(reader: Reader) -> None:
    functions = block(reader, "python", "async def authorize").text
    imports = FILES[RESOLVER].replace("import Skip", "import Context, Skip")
    (reader.folder / RESOLVER).write_text(f"{imports}\n\nnewest: dict[str, Message] = {{}}\n\n\n{functions}", "utf-8")
    generate(reader)
    contracts = (reader.folder / "gen" / "contracts.py").read_text("utf-8")
    assert "def authorize(" in contracts
    assert "def initial(" in contracts


def test_a_change_of_the_schema_leaves_the_resolver_alone(reader: Reader) -> None:
    write_resolver(reader)
    schema = FILES["schema.graphql"].replace("  text: String!\n", "  text: String!\n  sentAt: String!\n")
    (reader.folder / "schema.graphql").write_text(schema, "utf-8")
    check = ["subsgen", "schema.graphql", "--out", "gen", "--check"]
    assert run(reader, *check).returncode == 1
    generate(reader)
    assert run(reader, *check).returncode == 0
    assert "    sent_at: str" in (reader.folder / "gen" / "types.py").read_text("utf-8")
    assert (reader.folder / RESOLVER).read_text("utf-8") == FILES[RESOLVER]
    mypy = run(reader, "python", "-m", "mypy", "--strict", "app.py", "gen")
    assert 'app.py:15: error: Missing named argument "sent_at" for "Message"  [call-arg]' in mypy.stdout
    assert "Found 1 error in 1 file" in mypy.stdout


def generate(reader: Reader) -> None:
    reader.play(block(reader, "sh", "subsgen"))


def run(reader: Reader, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program of the tests' own environment, in the reader's folder."""
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    return subprocess.run(command, cwd=reader.folder, capture_output=True, text=True, check=False)
