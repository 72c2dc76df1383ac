"""``subsgen serve --reload``: files that change, and applications that do not start."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest

from serve_command import APPLICATION, TICK, serve
from serving import Server, client
from subsgen.reloading import changed, python_files

VALUE = """
@app.get("/value")
async def value() -> str:
    return {value!r}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "application.py").write_text(APPLICATION + VALUE.format(value="first"))
    return tmp_path


async def value(port: int) -> str:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as visitor:
        return str((await visitor.get(f"http://127.0.0.1:{port}/value")).json())


async def test_the_application_is_started_again_at_the_same_port_when_a_file_changes(folder: Path) -> None:
    arguments = ("application:manager", "--app", "application:app", "--port", "0", "--reload")
    async with serve(folder, "memory://", *arguments) as serving:
        port = int((await serving.says(r"served at 127.0.0.1, port (\d+)\n"))[1])
        assert await value(port) == "first"
        async with client(Server(port)) as peer:
            await peer.initialise()
            await peer.subscribe("s", TICK)
            (folder / "application.py").write_text(APPLICATION + VALUE.format(value="the second"))
            assert await peer.receive() == {"id": "s", "type": "complete"}
            assert await peer.closing() == (1001, "Going away")
        await serving.says(r"changed: application\.py\n(?:.*\n)*.*served at 127.0.0.1, port \d+\n")
        assert await value(port) == "the second"


async def test_an_application_that_does_not_start_is_waited_for(folder: Path) -> None:
    mended = (folder / "application.py").read_text()
    (folder / "application.py").write_text("raise RuntimeError('on purpose')\n")
    arguments = ("application:manager", "--app", "application:app", "--port", "0", "--reload")
    async with serve(folder, "memory://", *arguments) as serving:
        await serving.says("RuntimeError: on purpose\n")
        await serving.says("the application ended with exit status 1; it is started again when a file changes\n")
        # What it imports may be what was missing.
        (folder / "other.py").write_text("x = 1\n")
        await serving.says(r"changed: other\.py\n")
        (folder / "application.py").write_text(mended)
        port = int((await serving.says(r"served at 127.0.0.1, port (\d+)\n"))[1])
        assert await value(port) == "first"


def test_what_is_looked_at(tmp_path: Path) -> None:
    for name in ("a.py", "package/b.py", "package/__pycache__/c.py", ".hidden/d.py", "env/pyvenv.cfg", "env/lib/e.py", "note.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    before = python_files(tmp_path)
    assert set(before) == {Path("a.py"), Path("package/b.py")}
    (tmp_path / "a.py").unlink()
    (tmp_path / "new.py").write_text("")
    os.utime(tmp_path / "package/b.py", ns=(1, 1))
    assert changed(before, python_files(tmp_path)) == [Path("a.py"), Path("new.py"), Path("package/b.py")]
