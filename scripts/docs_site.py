"""What the site of the documentation needs beside mkdocs.yml: MkDocs calls these functions while it builds."""

from __future__ import annotations

import logging
import re
from pathlib import Path, PurePosixPath
from typing import Any, cast

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
# Under this logger a warning counts for a strict build.
log = logging.getLogger("mkdocs.hooks.docs_site")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Puts all pages of a folder where the navigation says ``Decisions: decisions/*``, so that a new one needs no line there."""
    decisions = sorted(f"decisions/{path.name}" for path in (ROOT / "docs" / "decisions").glob("*.md"))
    sections = cast("list[dict[str, Any]]", config["nav"])
    for section in sections:
        if section.get("Decisions") == "decisions/*":
            section["Decisions"] = decisions
    return config


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Takes out what is said to the tests alone, and leads links to what is in the repository and not in the site there."""
    folder = PurePosixPath("docs", page.file.src_uri).parent

    def link(found: re.Match[str]) -> str:
        before, target, after = found.groups()
        path = ROOT / folder / target
        if not path.resolve().is_relative_to(ROOT) or path.resolve().is_relative_to(ROOT / "docs"):
            return found[0]  # what is wrong with it MkDocs says
        if not path.exists():
            log.warning("docs/%s: there is no %s to link to", page.file.src_uri, target)
            return found[0]
        kind = "tree" if path.is_dir() else "blob"
        return f"{before}{config.extra['repository']}/{kind}/main/{path.resolve().relative_to(ROOT).as_posix()}{after}"

    visible = re.sub(r"^<!--.*?-->\n", "", markdown, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(\]\()(\.\./[^)#\s]*)(#[^)\s]*\)|\))", link, visible)
