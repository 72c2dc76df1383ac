"""A redis-server of a test's own; without one installed (`scripts/packages buses`) the test fails."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def redis_server(*options: str) -> Generator[str]:
    """The path of its Unix socket. `options` are the server's own."""
    # The path of a socket is short.
    with tempfile.TemporaryDirectory(prefix="subsgen-redis-") as folder:
        socket = Path(folder, "redis.sock")
        command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--dir", folder, "--save", "", "--logfile", "", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            assert any("ready to accept connections" in line for line in server.stdout), "redis-server did not start"
            try:
                yield str(socket)
            finally:
                server.kill()
