"""Where events come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

__all__ = ["BusType", "EventBusConfig"]

BusType = Literal["memory", "redis", "postgresql"]


@dataclass(frozen=True, slots=True)
class EventBusConfig:
    """Which event bus to use. Make one with ``memory()`` or ``from_url()``."""

    bus_type: BusType
    """``memory``, ``redis`` or ``postgresql``."""
    url: str | None = None
    """The address of the bus, where it has one."""
    consumer_group: str | None = None
    """Redis: the group whose members share the events among them."""

    @classmethod
    def memory(cls) -> EventBusConfig:
        """Events are published and delivered in this process."""
        return cls("memory")

    @classmethod
    def redis(cls, url: str, consumer_group: str | None = None) -> EventBusConfig:
        """Events go through the Redis server of a URL such as ``redis://localhost:6379``. Raises ``ValueError`` for another."""
        if urlsplit(url).scheme not in ("redis", "rediss"):
            raise ValueError(f"a Redis URL begins with redis:// or rediss://, and this is {url!r}")
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
        """The bus of a URL: ``memory://``, ``redis://...``, ``rediss://...``, ``postgresql://...`` or ``postgres://...``.

        Raises ``ValueError`` for another.
        """
        scheme = urlsplit(url).scheme
        if scheme == "memory":
            return cls.memory()
        if scheme in ("redis", "rediss"):
            return cls.redis(url)
        if scheme in ("postgresql", "postgres"):
            return cls.postgresql(url)
        raise ValueError(f"an event bus is memory://, redis://, rediss:// or postgresql://, and this is {url!r}")
