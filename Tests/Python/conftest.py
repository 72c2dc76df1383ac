"""Fixtures of the tests of the Python package."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from interpreters import MISSING
from redis_server import redis_server
from serving import ADAPTERS, Start

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))


@pytest.fixture(params=list(ADAPTERS))
def start(request: pytest.FixtureRequest) -> Start:
    """Each way to serve subscriptions: what a test demands of one, it demands of all."""
    return ADAPTERS[request.param]


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The URL of a Redis server of the test's own."""
    with redis_server() as socket:
        yield f"unix://{socket}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what could not be tested here: nothing is left out in silence."""
    for version in MISSING:
        terminalreporter.write_line(f"NOT TESTED with Python {version}: it is not installed on this machine", yellow=True, bold=True)
