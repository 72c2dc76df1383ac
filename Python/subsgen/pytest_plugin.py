"""Fixtures for the tests of users, which pytest finds by itself where subsgen is installed.

Set ``subsgen_package`` in pytest's configuration to the generated package, or define a fixture ``subsgen_manager`` of your own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from .manager import SubscriptionManager
    from .testing import TestClient

__all__ = ["Connect"]


class Connect(Protocol):
    """``subsgen_client(claims=...)``: a ``TestClient`` of ``subsgen_manager``, by the arguments that it takes."""

    def __call__(self, **options: Any) -> TestClient: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tells pytest of ``subsgen_package``."""
    parser.addini("subsgen_package", "the generated package whose manager the fixture subsgen_manager makes", default="")


@pytest.fixture
def subsgen_manager(request: pytest.FixtureRequest) -> SubscriptionManager:
    """A new manager of the package that ``subsgen_package`` names, on the memory bus."""
    name = str(request.config.getini("subsgen_package"))
    if not name:
        raise pytest.UsageError(
            'subsgen_manager does not know your package: set subsgen_package = "gen" in pytest\'s configuration, '
            "or define a fixture subsgen_manager that returns your manager"
        )
    manager: SubscriptionManager = import_module(name).create_manager()
    return manager


@pytest.fixture
def subsgen_client(subsgen_manager: SubscriptionManager) -> Connect:
    """Makes clients of ``subsgen_manager``: ``async with subsgen_client(claims={"sub": "ada"}) as client:``."""
    from .testing import TestClient

    def connect(**options: Any) -> TestClient:
        return TestClient(subsgen_manager, **options)

    return connect
