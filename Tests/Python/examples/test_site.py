"""The documentation's site builds without a warning, every name has its place there, and links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import griffe
import pytest
from blocks import ROOT

MODULES = ("subsgen", "subsgen.aiohttp", "subsgen.testing", "subsgen.websockets")
"""The modules that applications import from. What is in the others is imported from the first one, or is a plugin's."""


def test_the_site_builds_and_no_link_is_broken(tmp_path: Path) -> None:
    """MkDocs counts as warnings links and anchors that lead nowhere, pages that stand in no menu, and names without a docstring's place."""
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", tmp_path],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    for html in tmp_path.rglob("*.html"):
        assert "goes on from guide/" not in html.read_text("utf-8"), "what is said to the tests alone is in the site"
    page = (tmp_path / "api" / "managers.html").read_text("utf-8")
    assert "Raises <code>ValueError</code> where the event is refused" in page
    assert not re.findall(r'<(?:script|link|img)[^>]*"https?://', page), "a page loads something from elsewhere"


def test_every_public_name_stands_once_in_the_api_reference() -> None:
    found = re.findall(r"^::: (\S+)$|^### .*\{ #(subsgen\.\S+) \}$", _api_pages(), re.MULTILINE)
    names = sorted(reference or heading for reference, heading in found)
    public = {f"{module}.{name}" for module in MODULES for name in import_module(module).__all__}
    plugin = {"subsgen.pytest_plugin.Connect", "subsgen.pytest_plugin.subsgen_client", "subsgen.pytest_plugin.subsgen_manager"}
    assert (public | plugin) - set(names) == set(), "give a new name its line `::: subsgen.NAME` on a page of docs/api"
    assert set(names) - (public | plugin) == set(), "what is not public has no line there"
    assert len(names) == len(set(names)), "a name stands on one page"


def test_what_stands_in_the_api_reference_has_a_docstring() -> None:
    """MkDocs leaves out what has none, without a word."""
    loader = griffe.GriffeLoader(search_paths=[ROOT / "Python"])
    loader.load("subsgen")
    loader.resolve_aliases()
    bare: list[str] = []
    for name in re.findall(r"^::: (\S+)$", _api_pages(), re.MULTILINE):
        found = loader.modules_collection[name]
        described = found.final_target if isinstance(found, griffe.Alias) else found
        if described.docstring is None:
            bare.append(name)
        if isinstance(described, griffe.Class):
            inherited = {member for base in described.mro() for member, of in base.members.items() if of.docstring is not None}
            attributes = {
                member for member, of in described.members.items() if of.is_public and not member.startswith("__") and of.docstring is None
            }
            bare += [f"{name}.{member}" for member in attributes - inherited]
    assert bare == []


def _api_pages() -> str:
    return "".join(path.read_text("utf-8") for path in (ROOT / "docs" / "api").glob("*.md"))


@pytest.mark.parametrize("document", ["README.md", "Examples/README.md"])
def test_links_of_a_page_that_is_not_in_the_site_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not target.startswith("https://")]
    assert targets
    for target in targets:
        path, _, anchor = target.partition("#")
        linked = (ROOT / document).parent / path
        assert linked.exists(), f"{document} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", linked.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}, target
