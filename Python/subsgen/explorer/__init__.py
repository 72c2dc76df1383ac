"""The page that browsers get at the endpoint: a schema to explore, an editor, and what is subscribed to, live.

One HTML file that loads nothing: its policy lets in its own script and style, by their digests, and connections to its own server.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

__all__ = ["HEADERS", "page"]

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "content-type": "text/html; charset=utf-8",
        # What a page cannot say of itself; the rest of its policy stands in it.
        "content-security-policy": "frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "no-cache",
        "vary": "accept",
    }
)
"""The headers to serve a page with."""

_IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function\*?|class|const|let) (\w+))", re.MULTILINE)


def page(path: str = "", *, title: str = "GraphQL") -> str:
    """The page for the endpoint at ``path``, which may be relative to where the page is served; by default it is the same address."""
    style, script = _text("explorer.css"), _script()
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; img-src data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    parts = {"endpoint": html.escape(path), "policy": policy, "title": html.escape(title), "style": style, "script": script}
    return re.sub(r"\{\{(\w+)\}\}", lambda name: parts[name[1]], _text("explorer.html"))


@cache
def _script() -> str:
    """The modules as one, so that a page needs no second request: each is a function's body, after those that it imports from."""
    done: dict[str, str] = {}

    def add(name: str) -> None:
        if name in done:
            return
        source = _text(f"{name}.js")
        for _, other in _IMPORT.findall(source):
            add(other)
        body = _IMPORT.sub(r"const { \1 } = module_\2;", source)
        exported = ", ".join(name for _, name in _EXPORT.findall(body))
        body = _EXPORT.sub(r"\1", body)
        done[name] = f"const module_{name} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();\n"

    add("app")
    return "\n" + "\n".join(done.values())


@cache
def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
