"""``python -m subsgen serve``: what it serves, in how many processes, and what it says of what it cannot."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from serve_command import APPLICATION, TICK, serve
from serving import Server, client, within


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "application.py").write_text(APPLICATION)
    return tmp_path


async def process(port: int) -> int:
    """The worker to which the system gives a new connection."""
    async with httpx.AsyncClient(trust_env=False, timeout=20) as visitor:
        answer = await visitor.get(f"http://127.0.0.1:{port}/process")
    return int(answer.text)


async def both(port: int, *but: int) -> set[int]:
    """Two workers that serve."""
    seen: set[int] = set()
    while len(seen) < 2:
        seen |= {await process(port)} - set(but)
    return seen


def refused(folder: Path, *arguments: str) -> tuple[int, str]:
    command = (sys.executable, "-m", "subsgen", "serve", *arguments)
    run = subprocess.run(command, cwd=folder, env=os.environ | {"BUS": "memory://"}, capture_output=True, text=True)
    return run.returncode, run.stderr


async def test_a_manager_is_served_until_a_signal(folder: Path) -> None:
    async with serve(folder, "memory://", "application:make", "--app", "application:app", "--port", "0", "--path", "/events") as serving:
        server = Server(int((await serving.says(r"served at http://127.0.0.1:(\d+)/events\n"))[1]))
        server.url = server.url.replace("/graphql", "/events")
        async with client(server) as peer:
            await peer.initialise()
            await peer.subscribe("s", TICK)
            serving.process.send_signal(signal.SIGTERM)
            assert await peer.receive() == {"id": "s", "type": "complete"}
            assert await peer.closing() == (1001, "Going away")
        assert await within(serving.process.wait()) == 0


async def test_workers_share_a_port_and_a_bus_and_one_that_dies_is_replaced(folder: Path, bus_url: str) -> None:
    arguments = ("application:manager", "--app", "application:app", "--port", "0", "--workers", "2")
    async with serve(folder, bus_url, *arguments) as serving:
        port = int((await serving.says(r"2 workers serve at 127.0.0.1, port (\d+)\n"))[1])

        before = await within(both(port))
        async with client(Server(port)) as one, client(Server(port)) as other, httpx.AsyncClient(trust_env=False) as visitor:
            for peer in (one, other):
                await peer.initialise()
                await peer.subscribe("s", TICK)
            await visitor.get(f"http://127.0.0.1:{port}/publish")
            for peer in (one, other):
                assert (await peer.receive())["payload"] == {"data": {"tick": 1}}
        dead = before.pop()
        os.kill(dead, signal.SIGKILL)
        await serving.says(rf"worker \d \(process {dead}\) was ended by SIGKILL; another takes its place")
        after = await within(both(port, dead))
        assert before < after
        async with client(Server(port)) as last:
            await last.initialise()
            await last.subscribe("s", TICK)
            serving.process.send_signal(signal.SIGTERM)
            assert await last.receive() == {"id": "s", "type": "complete"}
            assert await last.closing() == (1001, "Going away")
        assert await within(serving.process.wait()) == 0
        for number in after:
            with pytest.raises(ProcessLookupError):
                os.kill(number, 0)


async def test_workers_go_with_their_parent(folder: Path, redis_url: str) -> None:
    async with serve(folder, redis_url, "application:manager", "--port", "0", "--workers", "2") as serving:
        port = int((await serving.says(r"2 workers serve at 127.0.0.1, port (\d+)\n"))[1])
        async with client(Server(port)) as peer:
            await peer.initialise()
            await peer.subscribe("s", TICK)
            serving.process.kill()
            assert await peer.receive() == {"id": "s", "type": "complete"}
            assert await peer.closing() == (1001, "Going away")


async def test_who_dies_at_once_is_started_again_later_and_later(folder: Path, redis_url: str) -> None:
    broken = folder / "broken"
    (folder / "fails.py").write_text(
        f"import os, pathlib\nfrom application import app, manager\nif pathlib.Path({str(broken)!r}).exists(): os._exit(7)\n"
    )
    arguments = ("fails:manager", "--app", "fails:app", "--port", "0", "--workers", "2")
    async with serve(folder, redis_url, *arguments) as serving:
        port = int((await serving.says(r"2 workers serve at 127.0.0.1, port (\d+)\n"))[1])
        broken.touch()
        dead = await process(port)
        os.kill(dead, signal.SIGKILL)
        await serving.says(r"ended with exit status 7; another takes its place in 0.5 s")
        await serving.says(r"ended with exit status 7; another takes its place in 1 s")
        broken.unlink()
        await within(both(port, dead))


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["application:manager", "--workers", "2"], 2, "workers are processes, and meet on Redis or PostgreSQL only"),
        (["application"], 2, "MANAGER is a module, a colon and a name in it, as app:manager is, and not 'application'"),
        (["aplication:manager"], 2, "there is no module 'aplication' in "),
        (["application:manger"], 2, "the module application has no 'manger'; its managers are manager"),
        (["application:app"], 2, "is a fastapi.applications.FastAPI, and no SubscriptionManager; give it as --app application:app"),
        (["application:manager", "--app", "application:__name__"], 2, "application:__name__ is a builtins.str, and no ASGI application"),
        (["application:manager", "--workers", "0"], 2, "--workers is at least 1, and not 0"),
        (["application:manager", "--reload", "--workers", "2"], 2, "--reload is for development, with one process: leave out --workers"),
        (["application:manager", "--port", "70000"], 2, "--port is from 0, which takes one that is free, to 65535"),
        (["application:manager", "--path", "graphql"], 2, "--path begins with a slash"),
        (["application:manager", "--drain-timeout", "0"], 2, "--drain-timeout is greater than zero"),
        (["application:manager", "--proxy-protocol"], 2, "believed of trusted proxies only: name them by --trusted-proxies"),
        (["application:manager", "--trusted-proxies", "10.0.0.0/8,localhost"], 2, "and unix, with commas between, and not 'localhost'"),
    ],
)
def test_what_cannot_be_served_is_said_with_what_mends_it(folder: Path, arguments: list[str], status: int, sentence: str) -> None:
    returned, said = refused(folder, *arguments)
    assert sentence in said
    assert returned == status
    assert "Traceback" not in said


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_is_told(folder: Path, workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, said = refused(folder, "application:manager", "--port", str(taken.getsockname()[1]), "--workers", workers)
    assert (status, "listen at" in said and "in use" in said) == (3, True)
