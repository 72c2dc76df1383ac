#!/usr/bin/env python3
"""Tries a wheel as a user does: `scripts/try_wheel.py dist/subsgen-*.whl python3.10 python3.13`.

Each interpreter gets an environment of its own, without Swift on its path, in which the wheel is installed, generates a package, serves it
through uvicorn and subscribes to it. Needs the index of packages.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from pathlib import Path

SCHEMA = "type Query { ok: Boolean }\ntype Subscription { tick: Int! }\n"
APPLICATION = """
import asyncio
from contextlib import asynccontextmanager

from gen import create_manager
from starlette.applications import Starlette
from subsgen import create_subscription_app

manager = create_manager()


async def tick():
    number = 0
    while True:
        await asyncio.sleep(0.01)
        await manager.publish_event("tick", number := number + 1)


@asynccontextmanager
async def lifespan(app):
    async with manager.lifespan(app):
        ticking = asyncio.create_task(tick())
        print("up", flush=True)
        yield
        ticking.cancel()


app = create_subscription_app(Starlette(lifespan=lifespan), manager)
"""


def attempt(interpreter: str, wheel: Path, folder: Path) -> str:
    """What was seen. Raises ``CalledProcessError`` where a step fails."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home())}

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=300)
        return done.stdout

    run(interpreter, "-m", "venv", "venv")
    bin = folder / "venv" / "bin"
    run(f"{bin}/pip", "install", "-q", "--disable-pip-version-check", f"{wheel.resolve()}[starlette]", "uvicorn", "websockets")
    version = run(f"{bin}/subsgen", "--version").strip()
    (folder / "schema.graphql").write_text(SCHEMA, "utf-8")
    (folder / "app.py").write_text(APPLICATION, "utf-8")
    run(f"{bin}/subsgen", "schema.graphql", "--out", "gen")
    # It listens before the application starts, so that who connects then waits.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [f"{bin}/python", "-m", "uvicorn", "app:app", "--fd", str(listener.fileno()), "--log-level", "warning"]
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, pass_fds=[listener.fileno()])
        try:
            assert server.stdout is not None
            if server.stdout.readline() != "up\n":
                raise subprocess.CalledProcessError(server.wait(), command)
            url = f"ws://127.0.0.1:{listener.getsockname()[1]}/graphql"
            subscribe = [f"{bin}/python", "-m", "subsgen", "subscribe", url, "subscription { tick }"]
            client = subprocess.Popen(subscribe, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
            try:
                assert client.stdout is not None
                event = client.stdout.readline().strip()
                if '"tick"' not in event:
                    raise subprocess.CalledProcessError(client.wait(), subscribe)
            finally:
                client.terminate()
                client.communicate()
        finally:
            server.terminate()
            server.communicate()
    return f"{version}, {event}"


def main() -> int:
    _, *arguments = sys.argv
    if len(arguments) < 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    failed = 0
    wheel, *interpreters = arguments
    for interpreter in interpreters:
        with tempfile.TemporaryDirectory() as folder:
            try:
                print(f"{interpreter}: {attempt(interpreter, Path(wheel), Path(folder))}", flush=True)
            except subprocess.CalledProcessError as error:
                failed += 1
                print(f"{interpreter}: {' '.join(map(str, error.cmd))} failed with {error.returncode}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
