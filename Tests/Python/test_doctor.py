"""`python -m subsgen doctor`: each broken set-up is a sentence and what to do."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from importlib import metadata
from pathlib import Path

import pytest

from generating import ROOT
from redis_server import redis_server
from subsgen import doctor
from subsgen.__main__ import main

GENERATED = "import subsgen\n\nsubsgen.require_runtime({version})\n"


def installed(monkeypatch: pytest.MonkeyPatch, **versions: str) -> None:
    """Pretends that these packages and no others are installed."""

    def version(name: str) -> str:
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(metadata, "version", version)


def test_nothing_is_broken_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "with its native extension" in shown
    assert "error:" not in shown


def test_what_is_broken_is_told_and_makes_the_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(tmp_path / "gen")]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[-2].startswith(f"error:   {tmp_path / 'gen'} is no package: ")
    assert shown[-1].strip() == "Generate it: subsgen SCHEMA --out FOLDER"


def test_the_oldest_versions_are_those_of_the_project() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    project = pyproject[: pyproject.index("[project.entry-points")]
    asked = dict(re.findall(r'"([a-z-]+)(?:\[\w+\])?>=([\d.]+)"', project.partition("[project]")[2]))
    assert {name: asked.get(name) for name in doctor.OLDEST} == doctor.OLDEST


def test_an_extension_that_is_missing(tmp_path: Path) -> None:
    finding = doctor.extension(tmp_path)
    assert (finding.kind, finding.text) == ("error", f"the native extension is missing in {tmp_path}.")
    assert "pip install --force-reinstall subsgen" in finding.remedy


def test_an_extension_that_is_none(tmp_path: Path) -> None:
    package = tmp_path / "subsgen"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "_native.abi3.so").write_bytes(b"MZ for another platform".ljust(4096))
    finding = doctor.extension(package)
    assert finding.kind == "error"
    assert finding.text.startswith("_native.abi3.so cannot be loaded: ImportError: ")
    assert "another platform" in finding.remedy


def test_an_extension_of_another_version(tmp_path: Path) -> None:
    package = tmp_path / "subsgen"
    (package / "_native").mkdir(parents=True)
    (package / "_native.abi3.so").touch()
    (package / "__init__.py").touch()
    (package / "_native" / "__init__.py").write_text("__version__ = '0.0.1'")
    finding = doctor.extension(package)
    assert finding.kind == "error"
    assert finding.text.startswith("the native extension is of version 0.0.1, and the Python package of ")


def test_packages_that_are_too_old_or_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, fastapi="0.99.1", starlette="0.41.3")
    assert [(finding.kind, finding.remedy) for finding in doctor.packages()] == [
        ("error", "pip install 'fastapi>=0.118'"),
        ("ok", ""),
        ("error", "pip install 'msgspec>=0.19'"),
    ]


def test_no_server_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, msgspec="0.19.0rc1")
    assert [finding.kind for finding in doctor.packages()] == ["ok", "warning"]


@pytest.mark.parametrize(("library", "kind"), [({}, "error"), ({"websockets": "13.0"}, "ok"), ({"wsproto": "1.2"}, "ok")])
def test_uvicorn_needs_a_library_for_websockets(monkeypatch: pytest.MonkeyPatch, library: dict[str, str], kind: str) -> None:
    installed(monkeypatch, uvicorn="0.30", **library)
    finding = doctor.uvicorn()
    assert finding is not None
    assert finding.kind == kind
    assert finding.remedy == ("pip install 'uvicorn[standard]'" if kind == "error" else "")


def test_a_command_that_is_not_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.command().kind == "warning"


def test_another_command_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "subsgen").write_text("#!/bin/sh\necho 0.0.1\n")
    (tmp_path / "subsgen").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.command().text.startswith(f"{tmp_path / 'subsgen'} is subsgen 0.0.1, and this is ")


@pytest.mark.parametrize(
    ("version", "kind", "remedy"),
    [
        (1, "ok", ""),
        (0, "error", "Generate it again: subsgen SCHEMA --out FOLDER"),
        (99, "error", "Install the newer subsgen: pip install"),
    ],
)
def test_a_package_generated_for_another_runtime(tmp_path: Path, version: int, kind: str, remedy: str) -> None:
    (tmp_path / "__init__.py").write_text(GENERATED.format(version=version))
    finding = doctor.generated(tmp_path)
    assert finding.kind == kind
    assert finding.remedy.startswith(remedy)


def test_a_package_that_somebody_else_wrote(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").touch()
    assert doctor.generated(tmp_path).text == f"{tmp_path} is no package that subsgen generated."


def test_a_port_that_is_taken_and_one_that_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        finding = doctor.free(port)
        assert (finding.kind, finding.text) == ("error", f"port {port} is taken by another process.")
    assert doctor.free(70000).text == "70000 is no port."


def test_a_bus_that_works_and_those_that_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert doctor.bus("memory://").kind == "ok"
    assert "begins with ftp" in doctor.bus("ftp://a").text
    missing = doctor.bus(f"unix://:secret@{tmp_path}/none.sock")
    assert (missing.kind, "No such file or directory" in missing.text, "secret" in missing.text) == ("error", True, False)
    with redis_server("--requirepass", "secret") as server:
        wrong = doctor.bus(f"unix://:wrong@{server}?prefix=shop")
        assert wrong.kind == "error"
        assert wrong.text.startswith(f"the bus cannot be used: unix://{server}")
        assert "refuses the user or the password" in wrong.text
        monkeypatch.setenv("SUBSGEN_BUS_URL", f"unix://:secret@{server}")
        assert main(["doctor"]) == 0
        assert capsys.readouterr().out.endswith(f"ok:      the bus unix://{server} is connected\n")
        assert main(["doctor", "--bus", "memory://"]) == 0
        assert capsys.readouterr().out.endswith("the bus memory://, whose events stay in one process\n")


def test_a_redis_that_is_too_old() -> None:
    """A server that says so: it answers every command but INFO with OK."""

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            # Whoever has seen enough resets the connection, also while it is read.
            with contextlib.suppress(OSError), connection, connection.makefile("rb") as commands:
                for line in commands:
                    if line.startswith(b"*"):
                        words = [commands.readline() and commands.readline() for _ in range(int(line[1:]))]
                        text = b"redis_version:6.2.14\r\nrun_id:1\r\n"
                        connection.sendall(b"$%d\r\n%s\r\n" % (len(text), text) if words[0] == b"INFO\r\n" else b"+OK\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        finding = doctor.bus(f"redis://127.0.0.1:{listener.getsockname()[1]}")
        listener.shutdown(socket.SHUT_RDWR)  # else it would go on accepting
        thread.join()
        assert finding.kind == "error"
        assert finding.text.endswith("/0: the server is Redis 6.2.14, and the bus needs Redis 7 or newer")
