"""The page that browsers get at the endpoint: a schema to explore, an editor, and what is subscribed to, live."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from . import _native

__all__ = ["HEADERS", "page"]

HEADERS: Final[Mapping[str, str]] = MappingProxyType(dict(_native.explorer_headers))
"""The headers to serve a page with."""


def page(path: str = "", *, title: str = "GraphQL") -> str:
    """The page for the endpoint at ``path``, which may be relative to where the page is served; by default it is the same address."""
    return _native.explorer_page(path, title)
