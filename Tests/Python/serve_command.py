"""``python -m subsgen serve`` as a process, and an application for it to serve."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from serving import PATIENCE, within

SDL = "type Query { ok: Boolean } type Subscription { tick: Int! }"
TICK = "subscription { tick }"
APPLICATION = f"""
import os
from fastapi import FastAPI
from subsgen import EventBusConfig, SubscriptionManager

manager = SubscriptionManager(EventBusConfig.from_url(os.environ["BUS"]), schema={SDL!r})
app = FastAPI()

def make():
    return manager

@app.get("/process")
async def process() -> int:
    return os.getpid()

@app.get("/publish")
async def publish() -> None:
    await manager.publish_event("tick", "1")
"""


class Serving:
    """The command, which serves."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""

    async def says(self, pattern: str, patience: float = PATIENCE) -> re.Match[str]:
        """Waits for a line of standard error; so many seconds for each."""
        assert self.process.stderr is not None
        while (match := re.search(pattern, self.said)) is None:
            line = await asyncio.wait_for(self.process.stderr.readline(), patience)
            assert line, f"the command ended: {self.said}"
            self.said += line.decode()
        return match


@asynccontextmanager
async def serve(folder: Path, bus: str, *arguments: str, output: int | None = None) -> AsyncGenerator[Serving]:
    command = (sys.executable, "-m", "subsgen", "serve", *arguments)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=os.environ | {"BUS": bus}, stdout=output, stderr=subprocess.PIPE
    )
    try:
        yield Serving(process)
    finally:
        if process.returncode is None:
            process.terminate()
        await within(process.communicate())
