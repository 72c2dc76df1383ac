"""Templates of the user's in the place of subsgen's."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import generating
from generating import ROOT, TICK, contents, generate

PAGE = (ROOT / "docs" / "reference" / "templates.md").read_text(encoding="utf-8")
TEMPLATES = sorted((ROOT / "Templates").glob("*.mustache"))


def fails(folder: Path, name: str, text: bytes) -> tuple[int, str]:
    """What is said of a template that is wrong, for which nothing is written."""
    (folder / "schema.graphql").write_text(TICK)
    (folder / "mine").mkdir()
    (folder / "mine" / name).write_bytes(text)
    result = generating.subsgen("schema.graphql", "--out", "gen", "--templates", "mine", cwd=folder)
    assert not (folder / "gen").exists()
    return result.returncode, result.stderr.splitlines()[0]


def test_a_template_takes_the_place_of_the_one_of_its_name(tmp_path: Path) -> None:
    plain = contents(generate(tmp_path, TICK, name="plain"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / ".hidden").write_text("no template")
    own = (ROOT / "Templates" / "py_types.mustache").read_text().replace('"""What', '"""Ours: what')
    (tmp_path / "mine" / "py_types.mustache").write_text(own)
    (tmp_path / "subsgen.toml").write_text('templates = "mine"\n')
    changed = contents(generate(tmp_path, TICK, "--depfile", "gen.d", name="changed"))
    assert changed.pop("types.py") == plain.pop("types.py").replace(b'"""What', b'"""Ours: what')
    del changed["manifest.json"], plain["manifest.json"]
    assert changed == plain
    assert "  mine/py_types.mustache" in (tmp_path / "gen.d").read_text()


def test_copies_of_all_templates_change_nothing(tmp_path: Path) -> None:
    sdl = (generating.GOLDEN / "features" / "schema.graphql").read_text()
    plain = contents(generate(tmp_path, sdl, name="plain"))
    shutil.copytree(ROOT / "Templates", tmp_path / "mine", ignore=shutil.ignore_patterns("*.swift"))
    assert contents(generate(tmp_path, sdl, "--templates", "mine", name="copied")) == plain


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("py_type.mustache", b"", 'error: mine/py_type.mustache is the name of no template. Did you mean "py_types"?'),
        ("notes.txt", b"", "error: mine/notes.txt is the name of no template."),
        ("py_types.mustache", b"{{nothing}}", "error: template mine/py_types.mustache asks for nothing, which it is not given."),
        ("py_types.mustache", b"{{#imports}}", "error: template mine/py_types.mustache is broken: "),
        (
            "py_types.mustache",
            b"{{> py_init}}",
            "error: template mine/py_types.mustache includes another template, which templates may not.",
        ),
        ("py_types.mustache", b"\xff", "error: mine/py_types.mustache is not UTF-8."),
    ],
)
def test_mistakes_are_told_of_the_file(tmp_path: Path, name: str, text: bytes, message: str) -> None:
    status, error = fails(tmp_path, name, text)
    assert status == 2
    assert error.startswith(message)


def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text(TICK)
    result = generating.subsgen("schema.graphql", "--out", "gen", "--templates", "missing", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (3, "error: cannot read missing: No such file or directory.\n")


def test_the_page_lists_every_template_with_the_names_that_it_is_given() -> None:
    rows = dict(re.findall(r"^\| `(\w+\.mustache)` \| [^|]* \| (.*) \|$", PAGE, flags=re.M))
    assert list(rows) == [path.name for path in TEMPLATES]
    for path in TEMPLATES:
        used = set(re.findall(r"\{\{[#^]?(\w+)\}\}", path.read_text()))
        listed = {name for names in re.findall(r"`([\w.]+)`", rows[path.name]) for name in names.split(".")}
        assert listed == used, path.name
