"""Fixtures of the tests of the Python package."""

from __future__ import annotations

import pytest

from serving import ADAPTERS, Start


@pytest.fixture(params=list(ADAPTERS))
def start(request: pytest.FixtureRequest) -> Start:
    """Each way to serve subscriptions: what a test demands of one, it demands of all."""
    return ADAPTERS[request.param]
