"""Puts the native parts into the wheel: the extension module beside the package, the command among its scripts."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NativeBuildHook(BuildHookInterface):
    """Builds what is native and names the platforms that the wheel is for."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if shutil.which("swift") is None:
            raise RuntimeError(
                "subsgen is built by Swift 6.2 or later, and there is no `swift` on PATH. Install it (swift.org/install), "
                "or install a wheel, which needs none."
            )
        subprocess.run([root / "scripts" / "native"], check=True)
        native = root / ".build" / "native"
        build_data["pure_python"] = False
        build_data["tag"] = f"cp310-abi3-{platform_tag(native)}"
        build_data["force_include"][str(native / "_native.abi3.so")] = "subsgen/_native.abi3.so"
        build_data["shared_scripts"][str(native / "subsgen")] = "subsgen"
        for licence in (root / ".build" / "checkouts").glob("*/LICENSE*"):
            build_data["extra_metadata"][str(licence)] = f"licenses/{licence.parent.name}/{licence.name}"
        licence = root / ".build" / "tomlplusplus-LICENSE"
        licence.write_text(licence_of_toml_plus_plus(root / ".build" / "checkouts" / "TOMLKit"), encoding="utf-8")
        build_data["extra_metadata"][str(licence)] = "licenses/tomlplusplus/LICENSE"


def licence_of_toml_plus_plus(toml_kit: Path) -> str:
    """The licence of toml++, which TOMLKit carries as one header with the licence at its top."""
    header = (toml_kit / "Sources" / "CTOML" / "Sources" / "toml.hpp").read_text(encoding="utf-8")
    comment = header[: header.index("#ifndef")]
    lines = comment[comment.index("// MIT License") : comment.rindex("//---")].splitlines()
    return "".join(f"{line.removeprefix('//').removeprefix(' ')}\n" for line in lines).rstrip("\n") + "\n"


def platform_tag(native: Path) -> str:
    """The oldest platform that has every version of glibc's symbols that the files ask for (PEP 600)."""
    symbols = subprocess.run(["objdump", "-T", *native.iterdir()], check=True, capture_output=True, text=True).stdout
    minor = max(int(version) for version in re.findall(r"GLIBC_2\.(\d+)", symbols))
    machine = subprocess.run(["uname", "-m"], check=True, capture_output=True, text=True).stdout.strip()
    return f"manylinux_2_{minor}_{machine}"
