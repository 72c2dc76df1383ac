"""``python -m subsgen postgres init``: what the PostgreSQL bus has in its database."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial

from .bus import EventBusConfig, named_url

__all__ = ["command"]

DONE, FAILED = 0, 1


def command(given: argparse.Namespace) -> Callable[[], int]:
    """What the command's arguments ask for. Raises ``ValueError`` that says what is wrong with them."""
    if given.print:
        return print_script
    if given.url is None:
        raise ValueError("URL: which database? postgresql://USER:PASSWORD@HOST/DATABASE, or env:NAME for that of an environment variable")
    return partial(init, EventBusConfig.postgresql(named_url(given.url)))


def print_script() -> int:
    """Prints the SQL that makes the schema."""
    from . import _native

    sys.stdout.write(_native.postgres_script)
    return DONE


def init(bus: EventBusConfig) -> int:
    """Brings the schema up to date, says what was done, and returns the exit status."""
    from . import _native

    assert bus.url is not None
    try:
        before, after = _native.PostgresSchema(bus.url).install()
    except (ValueError, ConnectionError) as error:
        sys.stderr.write(f"error: {error}\n")
        return FAILED
    if before == after:
        sys.stdout.write(f"The schema subsgen is up to date: version {after}.\n")
    elif before == 0:
        sys.stdout.write(f"The schema subsgen was made: version {after}.\n")
    else:
        sys.stdout.write(f"The schema subsgen was brought from version {before} to {after}.\n")
    return DONE
