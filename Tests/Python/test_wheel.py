"""The wheel as a user gets it: one file for every interpreter, and nothing of Swift needed to run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import subsgen
from interpreters import FOUND

ROOT = Path(__file__).resolve().parents[2]

USE = """
import asyncio, importlib.metadata, sys
import subsgen, subsgen.explorer
from subsgen import _native

async def main():
    # Modules are compiled here, at their first import: how long that takes is no matter.
    asyncio.get_running_loop().slow_callback_duration = 60
    manager = subsgen.SubscriptionManager(schema="type Subscription { tick: Int! }")
    id = await manager.create_subscription(subsgen.SubscriptionPayload("subscription { tick }"))
    waiting = asyncio.create_task(manager.get_next_event(id))
    await asyncio.sleep(0)
    await manager.publish_event("tick", 7)
    assert await waiting == b'{"data":{"tick":7}}'
    await manager.close()

asyncio.run(main())
assert importlib.metadata.version("subsgen") == subsgen.__version__ == _native.__version__
assert "<title>GraphQL</title>" in subsgen.explorer.page() and "const module_app = " in subsgen.explorer.page()
assert "fastapi" not in sys.modules and "starlette" not in sys.modules, "the package needs no framework"
print("works")
"""


def wheel() -> Path:
    [file] = (ROOT / "dist").glob("subsgen-*.whl")
    return file


@pytest.mark.parametrize("version", FOUND)
def test_the_wheel_works_on_every_interpreter_that_is_here(version: str, tmp_path: Path) -> None:
    # Binary packages only: what a user without a compiler gets.
    chosen = ["--python-version", version, "--only-binary=:all:", "--target", str(tmp_path)]
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", *chosen, str(wheel())], check=True)
    command = [FOUND[version], "-X", "dev", "-W", "error", "-c", USE]
    result = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "works\n", "")


def test_the_wheel_says_where_it_runs_and_holds_the_licences_of_what_is_in_it() -> None:
    assert re.fullmatch(r"subsgen-[\d.]+-cp310-abi3-manylinux_2_\d+_\w+\.whl", wheel().name)
    names = zipfile.ZipFile(wheel()).namelist()
    assert {"subsgen/_native.abi3.so", "subsgen/_native.pyi", "subsgen/py.typed"} <= set(names)
    # The page for browsers is in the extension.
    assert "subsgen/explorer.py" in names
    assert [name for name in names if name.endswith((".js", ".css", ".html"))] == []
    assert any(name.endswith(".data/scripts/subsgen") for name in names)
    assert any("argument-parser" in name for name in names)
    assert any("tomlplusplus" in name for name in names)


def test_the_wheel_asks_for_nothing_newer_than_its_tag_says(tmp_path: Path) -> None:
    files = [name for name in zipfile.ZipFile(wheel()).namelist() if name.endswith((".so", ".data/scripts/subsgen"))]
    assert len(files) == 2
    zipfile.ZipFile(wheel()).extractall(tmp_path, files)
    told = subprocess.run(["objdump", "-T", *files], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    # Red Hat Enterprise Linux 9 has 2.34, and a libstdc++ that is older than what Swift's libraries were compiled with.
    assert max(int(minor) for minor in re.findall(r"GLIBC_2\.(\d+)", told)) <= 34
    assert "manylinux_2_34" in wheel().name
    assert "GLIBCXX" not in told


def test_every_extra_is_there_and_all_is_all_of_them() -> None:
    metadata = next(name for name in zipfile.ZipFile(wheel()).namelist() if name.endswith(".dist-info/METADATA"))
    lines = zipfile.ZipFile(wheel()).read(metadata).decode().splitlines()
    extras = {line.removeprefix("Provides-Extra: ") for line in lines if line.startswith("Provides-Extra: ")}
    assert {"fastapi", "starlette", "jwt", "redis", "postgres", "all"} <= extras
    required = [tuple(line.removeprefix("Requires-Dist: ").split("; extra == ")) for line in lines if "; extra == " in line]
    everything = {requirement for requirement, extra in required if extra == "'all'"}
    assert everything == {requirement for requirement, extra in required if extra != "'all'"} != set()


def test_the_command_is_the_native_one_and_runs_without_swift() -> None:
    command = Path(sys.executable).parent / "subsgen"
    assert command.read_bytes().startswith(b"\x7fELF")
    result = subprocess.run([str(command), "--help"], env={}, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert "USAGE: subsgen" in result.stdout
    said = subprocess.run([str(command), "--version"], env={}, capture_output=True, text=True, check=True).stdout
    assert said.split()[-1] == subsgen.__version__


def test_nothing_in_the_wheel_says_where_it_was_built() -> None:
    archive = zipfile.ZipFile(wheel())
    assert [name for name in archive.namelist() if os.fsencode(ROOT) in archive.read(name)] == []


def test_the_extension_exports_its_entry_alone() -> None:
    from subsgen import _native

    symbols = subprocess.run(["nm", "-D", "--defined-only", str(_native.__file__)], check=True, capture_output=True, text=True).stdout
    assert [line.split()[2] for line in symbols.splitlines() if line.split()[1] in "TDBR"] == ["PyInit__native"]
