"""A PostgreSQL server of the tests' own; without one installed (`scripts/packages buses`) they fail."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path:
    """The folder of the server's programs: Debian has them where no path leads."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    assert versions, "PostgreSQL is missing: run `scripts/packages buses`"
    return versions[-1].parent


def _as_nobody_special(*words: str | Path) -> list[str]:
    """The server refuses to be run by root."""
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
    return [*user, *map(str, words)]


@contextmanager
def postgres_server(*settings: str) -> Generator[str]:
    """The folder of its Unix socket; the superuser is postgres. `settings` are the server's own: `fsync=on`."""
    # The path of a socket is short.
    with tempfile.TemporaryDirectory(prefix="subsgen-postgres-", ignore_cleanup_errors=True) as folder:
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = Path(folder, "data")
        options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        subprocess.run(_as_nobody_special(programs() / "initdb", "-D", data, *options), check=True, capture_output=True, cwd=folder)
        command = _as_nobody_special(programs() / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off")
        for setting in settings:
            command += ["-c", setting]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=folder) as server:
            assert server.stderr is not None
            assert any("ready to accept connections" in line for line in server.stderr), "PostgreSQL did not start"
            try:
                yield folder
            finally:
                server.kill()


def run_sql(folder: str, sql: str, database: str = "postgres") -> str:
    """What psql prints, without heads and alignment."""
    psql = ["psql", "-h", folder, "-U", "postgres", "-d", database, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", sql]
    return subprocess.run(psql, check=True, capture_output=True, text=True).stdout.strip()
