"""``python -m subsgen publish``: one event, to a bus or to the endpoint of ``create_publish_app``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from .bus import EventBusConfig, named_url
from .publisher import Publisher

__all__ = ["TOKEN", "Wanted", "run"]

TOKEN: Final = "SUBSGEN_PUBLISH_TOKEN"
"""The environment variable with the token: arguments of commands can be seen by every user of a machine."""
_TIMEOUT: Final = 30.0

PUBLISHED, REFUSED, LOST = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is published, and whereto."""

    url: str
    topic: str
    payload: bytes
    attributes: Mapping[str, str] | None
    token: str
    """Of an endpoint; empty for a bus."""
    schema: str
    """The SDL of those who serve; empty for an endpoint, which has its own."""

    @classmethod
    def of_arguments(cls, given: argparse.Namespace) -> Wanted:
        """Reads the command's arguments and the environment. Raises ``ValueError`` that says what is wrong."""
        url = named_url(given.url)
        parts = urlsplit(url)
        token = schema = ""
        if parts.scheme in ("http", "https") and parts.hostname is not None:
            _ = parts.port  # raises ValueError where it is no port
            token = _token()
        else:
            schema = _schema(url, given.schema)
        text: bytes = sys.stdin.buffer.read() if given.payload == "-" else given.payload.encode()
        try:
            msgspec.json.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ValueError(f"PAYLOAD is JSON (a string has quotes of its own): {error}") from None
        attributes = dict(_attribute(pair) for pair in given.attribute)
        return cls(url, given.topic, text, attributes or None, token, schema)

    def publisher(self) -> Publisher:
        """Connects. Raises ``ValueError`` for a schema or a bus that cannot be used."""
        if self.schema:
            return Publisher(EventBusConfig.from_url(self.url), schema=self.schema)
        return Publisher(self.url, self.token, timeout=_TIMEOUT)


def _token() -> str:
    token = os.environ.get(TOKEN, "")
    if not token.isascii() or not token.isprintable() or not token:
        raise ValueError(f"the environment variable {TOKEN} holds the token that the endpoint was made with, and it is missing here")
    return token


def _schema(url: str, given: str | None) -> str:
    try:
        bus = EventBusConfig.from_url(url)
    except ValueError as error:
        raise ValueError(f"URL: it is that of an endpoint, http:// or https://, or of a bus: {error}") from None
    if bus.bus_type == "memory":
        raise ValueError("URL: the memory bus is of one process; post to an endpoint of create_publish_app")
    if given is None:
        raise ValueError("a bus needs --schema: a file with the schema of those who serve, or the folder of their generated package")
    path = Path(given)
    try:
        return (path / "schema.graphql" if path.is_dir() else path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"--schema: {error}") from None


def _attribute(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not name or not equals:
        raise ValueError(f"--attribute is NAME=VALUE, and this is {pair!r}")
    return name, value


def run(wanted: Wanted) -> int:
    """Publishes, prints the event's cursor, and returns the exit status."""
    try:
        with wanted.publisher() as publisher:
            cursor = publisher.publish_event_blocking(wanted.topic, wanted.payload, wanted.attributes)
    except (ValueError, PermissionError) as error:
        return _failed(REFUSED, str(error))
    except OSError as error:
        return _failed(LOST, f"cannot publish: {error}")
    sys.stdout.write(cursor + "\n")
    return PUBLISHED


def _failed(status: int, message: str) -> int:
    # A server's text gives a terminal no orders.
    sys.stderr.write("error: " + "".join(letter if letter.isprintable() else "?" for letter in message) + "\n")
    return status
