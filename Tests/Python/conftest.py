"""Fixtures of the tests of the Python package."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from interpreters import MISSING
from postgres_server import postgres_server, run_sql
from redis_server import redis_server
from serving import ADAPTERS, Start
from subsgen import _native as native

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--adapters", help=f"of the tests that all adapters pass only those of these: {','.join(ADAPTERS)}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = config.getoption("--adapters")
    if chosen is None:
        return
    names = chosen.split(",")
    if unknown := set(names) - set(ADAPTERS):
        raise pytest.UsageError(f"--adapters: there is none of the name {', '.join(sorted(unknown))}; there are {', '.join(ADAPTERS)}")
    others: list[object] = [it for name, start in ADAPTERS.items() if name not in names for it in (name, start)]
    left_out = [item for item in items if _adapter_of(item) in others]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if _adapter_of(item) not in others]


def _adapter_of(item: pytest.Item) -> object:
    """The name of the adapter that a test is about, or what starts it."""
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return params.get("start", params.get("stage"))


@pytest.fixture(params=list(ADAPTERS))
def start(request: pytest.FixtureRequest) -> Start:
    """Each way to serve subscriptions: what a test demands of one, it demands of all."""
    return ADAPTERS[request.param]


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The URL of a Redis server of the test's own."""
    with redis_server() as socket:
        yield f"unix://{socket}"


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[str]:
    """The folder of a PostgreSQL server's socket."""
    with postgres_server() as folder:
        yield folder


_numbers = itertools.count()


@pytest.fixture
def database(postgres_folder: str) -> str:
    """The name of a new database of that server."""
    name = f"test{next(_numbers)}"
    run_sql(postgres_folder, f"create database {name}")
    return name


@pytest.fixture(params=["redis", "postgresql"])
def bus_url(request: pytest.FixtureRequest) -> str:
    """Each bus that processes share, with nothing in it."""
    if request.param == "redis":
        url: str = request.getfixturevalue("redis_url")
        return url
    folder, database = request.getfixturevalue("postgres_folder"), request.getfixturevalue("database")
    url = f"postgresql:///{database}?host={folder}&user=postgres"
    native.PostgresSchema(url).install()
    return url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what could not be tested here: nothing is left out in silence."""
    for version in MISSING:
        terminalreporter.write_line(f"NOT TESTED with Python {version}: it is not installed on this machine", yellow=True, bold=True)
    for report in terminalreporter.stats.get("skipped", []):
        terminalreporter.write_line(f"NOT TESTED: {report.nodeid}: {report.longrepr[2]}", yellow=True, bold=True)
