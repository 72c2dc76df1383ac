"""``python -m subsgen doctor``: what is wrong with a set-up, and what to do."""

from __future__ import annotations

import errno
import platform
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from time import monotonic, sleep
from typing import Final, Literal

from ._version import RUNTIME_VERSION, __version__, require_runtime
from .bus import EventBusConfig

__all__ = ["Finding", "examine"]

OLDEST: Final = {
    "msgspec": "0.19",
    "fastapi": "0.118",
    "starlette": "0.41",
    "aiohttp": "3.10.11",
    "websockets": "14.2",
    "pydantic": "2.11",
    "prometheus-client": "0.20",
    "pyjwt": "2.10",
    "opentelemetry-api": "1.20",
}
"""The oldest version of each package that subsgen works with, as in pyproject.toml (a test compares them)."""

_SERVERS: Final = ("fastapi", "starlette", "aiohttp", "websockets")
_BUS_SECONDS: Final = 10
_BUS_REMEDY: Final = "Is it running, is that its address, and may this user use it? A firewall or a container's network may be between."
_REINSTALL: Final = "pip install --force-reinstall subsgen"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    kind: Literal["ok", "warning", "error"]
    text: str
    remedy: str = ""


def examine(*, package: str | None = None, port: int | None = None, bus_url: str | None = None) -> int:
    """Looks at everything, prints what it finds, and returns the exit status: 1 where something is broken."""
    findings = [interpreter(), extension(), command(), *packages(), uvicorn()]
    if package is not None:
        findings.append(generated(Path(package)))
    if port is not None:
        findings.append(free(port))
    if bus_url is not None:
        findings.append(bus(bus_url))
    shown = [finding for finding in findings if finding is not None]
    for finding in shown:
        sys.stdout.write(f"{finding.kind + ':':9}{finding.text}\n")
        if finding.remedy:
            sys.stdout.write(f"{'':9}{finding.remedy}\n")
    return 1 if any(finding.kind == "error" for finding in shown) else 0


def interpreter() -> Finding:
    """Whether this Python can load the extension at all."""
    here = f"{platform.python_implementation()} {platform.python_version()} on {sys.platform} {platform.machine()}"
    if sys.implementation.name != "cpython":
        return Finding("error", f"{here}: the native extension is for CPython.", "Make an environment with CPython 3.10 or newer.")
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return Finding(
            "error", f"{here}, built without the interpreter lock: the native extension needs it.", "Use the ordinary build of CPython."
        )
    return Finding("ok", f"{here}, {sys.executable}")


def extension(folder: Path = Path(__file__).parent) -> Finding:
    """Whether the native extension is there, for this platform, and of this version."""
    files = sorted(file.name for file in folder.glob("_native*") if file.suffix in (".so", ".pyd", ".dylib"))
    if not files:
        return Finding(
            "error",
            f"the native extension is missing in {folder}.",
            f"{_REINSTALL}; in a checkout of subsgen: make build. A folder that shadows the installed package may be the cause, too.",
        )
    # In a process of its own, since one for another platform may end the process that loads it.
    code = "import subsgen._native as native; print(native.__version__)"
    tried = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder.parent, check=False)
    if tried.returncode < 0:
        return Finding("error", f"loading {files[0]} ends the interpreter with signal {-tried.returncode}.", _REINSTALL)
    if tried.returncode != 0:
        reason = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
        remedy = f"{_REINSTALL} on this machine"
        if "GLIBC" in reason:
            remedy = "The wheel is for a newer Linux: use a newer distribution or image, or build from source."
        elif "ELF" in reason or "wrong" in reason:
            remedy = f"It is for another platform than {platform.machine()}: {remedy}."
        return Finding("error", f"{files[0]} cannot be loaded: {reason}", remedy)
    found = tried.stdout.strip()
    if found != __version__:
        return Finding("error", f"the native extension is of version {found}, and the Python package of {__version__}.", _REINSTALL)
    return Finding("ok", f"subsgen {__version__} with its native extension, in {folder}")


def command() -> Finding:
    """Whether the command that a shell finds belongs to this package."""
    path = shutil.which("subsgen")
    if path is None:
        return Finding(
            "warning",
            "the command subsgen is not on the PATH.",
            f"Activate the environment, or call {Path(sys.executable).parent / 'subsgen'}.",
        )
    try:
        version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        return Finding("error", f"{path} does not run: {error}", _REINSTALL)
    if version != __version__:
        return Finding(
            "warning",
            f"{path} is subsgen {version}, and this is {__version__}: what it generates may not fit.",
            "Activate this environment, so that its command comes first.",
        )
    return Finding("ok", f"the command {path}")


def packages() -> Iterator[Finding]:
    """Packages that are missing or too old."""
    found = {name: version for name in OLDEST if (version := _installed(name)) is not None}
    for name, version in found.items():
        if _parts(version) < _parts(OLDEST[name]):
            yield Finding("error", f"{name} {version} is too old.", f"pip install '{name}>={OLDEST[name]}'")
        else:
            yield Finding("ok", f"{name} {version}")
    if "msgspec" not in found:
        yield Finding("error", "msgspec is missing, which subsgen needs.", f"pip install 'msgspec>={OLDEST['msgspec']}'")
    if not any(name in found for name in _SERVERS):
        yield Finding(
            "warning",
            f"no server that subsgen has an adapter for is installed ({', '.join(_SERVERS)}).",
            "pip install 'subsgen[fastapi]', for example; a server of your own takes CustomServerWebSocketAdapter.",
        )


def uvicorn() -> Finding | None:
    """Whether uvicorn, where it is installed, can serve WebSockets."""
    version = _installed("uvicorn")
    if version is None:
        return None
    if _installed("websockets") is None and _installed("wsproto") is None:
        return Finding(
            "error",
            f"uvicorn {version} has no library for WebSockets: it refuses every client that wants to subscribe.",
            "pip install 'uvicorn[standard]'",
        )
    return Finding("ok", f"uvicorn {version}, with WebSockets")


def generated(folder: Path) -> Finding:
    """Whether a generated package fits this version."""
    try:
        text = (folder / "__init__.py").read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return Finding("error", f"{folder} is no package: {error}", "Generate it: subsgen SCHEMA --out FOLDER")
    made_for = re.search(r"require_runtime\((\d+)\)", text)
    if made_for is None:
        return Finding("error", f"{folder} is no package that subsgen generated.", "Generate it: subsgen SCHEMA --out FOLDER")
    try:
        require_runtime(int(made_for[1]))
    except ImportError as error:
        what, _, remedy = str(error).partition(". ")
        return Finding("error", f"{folder}: {what}.", remedy)
    return Finding("ok", f"{folder} was generated for version {RUNTIME_VERSION} of the runtime, which is this one's")


def free(port: int) -> Finding:
    """Whether a server can listen on a port."""
    if not 0 < port < 1 << 16:
        return Finding("error", f"{port} is no port.", "Ports are 1 to 65535.")
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return Finding(
                "error", f"port {port} is taken by another process.", f"See which one: ss -ltnp 'sport = :{port}'; or take another port."
            )
        if error.errno == errno.EACCES:
            return Finding("error", f"this user may not listen on port {port}.", "Take a port from 1024 on.")
        return Finding("error", f"nobody can listen on port {port}: {error.strerror}")
    return Finding("ok", f"port {port} is free")


def bus(url: str) -> Finding:
    """Whether the bus of a URL can be reached and used, as a manager does it."""
    # Without what is secret, and without options.
    where = re.sub(r"//[^/]*@", "//", url.partition("?")[0])
    try:
        # What they need may be what is missing.
        from .options import RuntimeOptions
        from .runtime import make_executor

        config = EventBusConfig.from_url(url)
        executor = make_executor("type Query { none: Boolean } type Subscription { none: Boolean }", config, RuntimeOptions())
    except (ImportError, ValueError) as error:
        return Finding(
            "error", f"the bus {where} cannot be used: {error}", "The page of the bus in the documentation says how its URL is written."
        )
    began = monotonic()
    while not executor.bus_works:
        for message, kind, *_ in executor.take_log():
            if kind == "busDisconnected":
                # What is wrong begins with the address.
                return Finding("error", f"the bus cannot be used: {message.partition(': ')[2]}", _BUS_REMEDY)
        if monotonic() - began > _BUS_SECONDS:
            return Finding("error", f"the bus {where} does not answer.", _BUS_REMEDY)
        sleep(0.01)
    return Finding("ok", f"the bus {where}" + (", whose events stay in one process" if config.bus_type == "memory" else " is connected"))


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _parts(version: str) -> tuple[int, ...]:
    """The numbers of a release, for comparing: 2.11.0rc1 is taken for 2.11.0."""
    release = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(number) for number in release[0].split(".")) if release else ()
