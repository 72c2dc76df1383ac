"""Where events come from."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

__all__ = ["BusType", "EventBusConfig", "named_url"]

BusType = Literal["memory", "redis", "postgresql"]

_REDIS = ("redis", "unix", "redis+unix", "redis+sentinel")


@dataclass(frozen=True, slots=True)
class EventBusConfig:
    """Which event bus to use. Make one with ``memory()`` or ``from_url()``."""

    bus_type: BusType
    """``memory``, ``redis`` or ``postgresql``."""
    url: str | None = field(default=None, repr=False)
    """The address of the bus, where it has one. It may have a password, so that ``repr`` leaves it out."""
    consumer_group: str | None = None
    """Redis: the group of the handlers of ``manager.on_event`` that name none. Subscribers get every event all the same."""

    history_events: int = 0
    """Memory: how many events are kept, of all topics together, for clients that come back."""
    history_bytes: int = 64 << 20
    """Memory: how many bytes those may take, about."""
    history_seconds: int = 600
    """Memory: how old they may be."""

    @classmethod
    def memory(cls, *, history_events: int = 0, history_bytes: int = 64 << 20, history_seconds: int = 600) -> EventBusConfig:
        """Events are published and delivered in this process. So many of the newest are kept for clients that resume; by default none.

        Raises ``ValueError`` for a bound that is negative, or is none.
        """
        if history_events < 0:
            raise ValueError(f"history_events is a number of events, 0 for none, and this is {history_events}")
        if history_bytes < 1 or history_seconds < 1:
            raise ValueError(f"history_bytes and history_seconds are greater than zero, not {history_bytes} and {history_seconds}")
        return cls("memory", history_events=history_events, history_bytes=history_bytes, history_seconds=history_seconds)

    @classmethod
    def redis(cls, url: str, consumer_group: str | None = None) -> EventBusConfig:
        """Events go through the Redis server of a URL: ``redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`` or ``unix:///PATH``; or
        through the primary that sentinels watch, ``redis+sentinel://HOST:PORT,HOST:PORT/PRIMARY``.

        The page of the Redis bus has the options that a URL takes. Raises ``ValueError`` for another URL; what is wrong with one in detail
        is said where the bus is used.
        """
        scheme = urlsplit(url).scheme
        if scheme == "rediss":
            raise ValueError(
                "rediss:// is Redis over TLS, which subsgen cannot do yet: use redis:// through a tunnel such as stunnel or a sidecar, "
                "or a Unix socket"
            )
        if scheme not in _REDIS:
            raise ValueError(f"a Redis URL begins with redis://, unix:// or redis+sentinel://, and this one with {scheme or 'no scheme'}")
        if consumer_group is not None and not consumer_group:
            raise ValueError("a consumer group's name is not empty")
        return cls("redis", url, consumer_group)

    @classmethod
    def postgresql(cls, conninfo: str) -> EventBusConfig:
        """Events go through the PostgreSQL database of a URL or a libpq connection string such as ``host=localhost dbname=app``.

        Raises ``ValueError`` for what is neither.
        """
        if urlsplit(conninfo).scheme not in ("postgresql", "postgres") and "=" not in conninfo:
            raise ValueError(f"a PostgreSQL address is postgresql://... or key=value pairs, and this is {conninfo!r}")
        return cls("postgresql", conninfo)

    @classmethod
    def from_url(cls, url: str) -> EventBusConfig:
        """The bus of a URL: ``memory://``; of Redis ``redis://...``, ``unix:///...`` or ``redis+sentinel://...``; ``postgresql://...`` or
        ``postgres://...``.

        Raises ``ValueError`` for another one.
        """
        scheme = urlsplit(url).scheme
        if scheme == "memory":
            return cls.memory()
        if scheme in _REDIS or scheme == "rediss":
            return cls.redis(url)
        if scheme in ("postgresql", "postgres"):
            return cls.postgresql(url)
        raise ValueError(f"an event bus is memory://, redis://, unix:// or postgresql://, and this URL begins with {scheme or 'no scheme'}")


def named_url(given: str) -> str:
    """The URL of a command's argument, which ``env:NAME`` takes from the environment. Raises ``ValueError`` where it is not there."""
    if not given.startswith("env:"):
        return given
    url = os.environ.get(given[4:], "")
    if not url:
        raise ValueError(f"URL: the environment has no variable {given[4:]!r}")
    return url
