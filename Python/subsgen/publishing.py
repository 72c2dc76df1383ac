"""``python -m subsgen publish``: one event, to the endpoint of ``create_publish_app``."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import msgspec

from .publisher import Endpoint

__all__ = ["TOKEN", "Posted", "run"]

TOKEN: Final = "SUBSGEN_PUBLISH_TOKEN"
"""The environment variable with the token: arguments of commands can be seen by every user of a machine."""
_TIMEOUT: Final = 30.0

PUBLISHED, REFUSED, LOST = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Posted:
    """What is sent, and whereto."""

    url: str
    body: bytes
    token: str

    @classmethod
    def of_arguments(cls, given: argparse.Namespace) -> Posted:
        """Reads the command's arguments and the environment. Raises ``ValueError`` that says what is wrong."""
        url: str = given.url
        parts = urlsplit(url)
        if parts.scheme in ("redis", "rediss", "postgresql", "postgres"):
            raise ValueError(f"URL: publishing to {parts.scheme}:// is not possible yet; post to an endpoint of create_publish_app")
        if parts.scheme not in ("http", "https") or parts.hostname is None:
            raise ValueError(f"URL: it begins with http:// or https://, and this is {url!r}")
        _ = parts.port  # raises ValueError where it is no port
        token = os.environ.get(TOKEN, "")
        if not token.isascii() or not token.isprintable() or not token:
            raise ValueError(f"the environment variable {TOKEN} holds the token that the endpoint was made with, and it is missing here")
        text: bytes = sys.stdin.buffer.read() if given.payload == "-" else given.payload.encode()
        try:
            msgspec.json.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ValueError(f"PAYLOAD is JSON (a string has quotes of its own): {error}") from None
        request: dict[str, object] = {"topic": given.topic, "payload": msgspec.Raw(text)}
        if given.attribute:
            request["attributes"] = dict(_attribute(pair) for pair in given.attribute)
        return cls(url, msgspec.json.encode(request), token)


def _attribute(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not name or not equals:
        raise ValueError(f"--attribute is NAME=VALUE, and this is {pair!r}")
    return name, value


def run(posted: Posted) -> int:
    """Publishes, prints the event's cursor, and returns the exit status."""
    endpoint = Endpoint(posted.url, posted.token, _TIMEOUT)
    try:
        status, answer = endpoint.post(posted.body)
    except OSError as error:
        return _failed(LOST, f"cannot publish to {posted.url}: {error}")
    finally:
        endpoint.close()
    if status != 200 or not answer.cursor:
        return _failed(REFUSED, f"{posted.url} answered with HTTP {status}: {answer.error}")
    sys.stdout.write(answer.cursor + "\n")
    return PUBLISHED


def _failed(status: int, message: str) -> int:
    # A server's text gives a terminal no orders.
    sys.stderr.write("error: " + "".join(letter if letter.isprintable() else "?" for letter in message) + "\n")
    return status
