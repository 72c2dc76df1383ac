"""Which connections may be opened: by the browser's origin, and by how many their address and their user have."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .payload import encode_value

if TYPE_CHECKING:
    from .options import RuntimeOptions
    from .refusals import Rule
    from .resolvers import ConnectionInfo

__all__ = ["Admission", "NotAdmitted", "Place", "check_origins", "network"]

_PORTS: Final = {"http": 80, "https": 443}


def check_origins(origins: Sequence[str] | None) -> None:
    """Raises ``ValueError`` for what no browser calls an origin."""
    if isinstance(origins, str):
        raise ValueError(f'allowed_origins is a list: ["{origins}"]')
    for origin in origins or ():
        parts = urlsplit(origin)
        if origin not in ("*", "null") and (not parts.netloc or origin.lower() != f"{parts.scheme}://{parts.netloc}".lower()):
            raise ValueError(f'an origin is a scheme, a host and perhaps a port, as "https://app.example.com" is, and {origin!r} is not')


class NotAdmitted(Exception):
    """A connection may not be opened. Its message is for the log; the client learns the status and the reason."""

    def __init__(self, rule: Rule, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.rule: Rule = rule
        self.status = status
        """What HTTP calls it."""
        self.reason = reason


class Admission:
    """Counts the connections of a manager, which may be on several event loops."""

    def __init__(self, options: RuntimeOptions) -> None:
        self._origins = options.allowed_origins
        self._per_address = options.connections_per_address
        self._per_user = options.connections_per_user
        from . import _native

        self.addresses = _native.AddressCounts(options.connections_per_address)
        """The native server counts by it, too."""
        self._lock = threading.Lock()
        """Guards the count of users."""
        self._users: Counter[str] = Counter()

    def enter(self, connection: ConnectionInfo) -> Place:
        """A place for a connection, which it keeps until it is freed. Raises ``NotAdmitted``."""
        self.require_origin(connection)
        address = None if connection.address is None else self.addresses.network(connection.address[0])
        if address is not None and not self.addresses.take(address):
            message = f"{address} has {self._per_address} connections, as many as connections_per_address allows"
            raise NotAdmitted("address", 429, "Too many connections", message)
        return Place(self, address)

    def require_origin(self, connection: ConnectionInfo) -> None:
        """Raises ``NotAdmitted`` where a browser asks for a page that may not."""
        origin = connection.headers.get("origin")
        if origin is not None and not _allows(self._origins, origin, connection.headers.get("host"), connection.scheme):
            raise NotAdmitted("origin", 403, "Forbidden", f"the origin {origin!r} is not allowed; allowed_origins names those that are")

    def take_user(self, user: str) -> bool:
        """Counts one more connection of a user. False where it has as many as it may have."""
        with self._lock:
            if self._users[user] >= self._per_user:
                return False
            self._users[user] += 1
            return True

    def free_user(self, user: str) -> None:
        """Counts one less."""
        with self._lock:
            self._users[user] -= 1
            if self._users[user] == 0:
                del self._users[user]


class Place:
    """One connection among those of its address, and once it is known, of its user."""

    def __init__(self, admission: Admission, address: str | None) -> None:
        self._admission = admission
        self._address = address
        self._user: str | None = None
        self._freed = False

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_: object) -> None:
        self.free()

    def belongs_to(self, claims: Mapping[str, Any] | None) -> bool:
        """Counts the connection as one of the user whom claims name, and no longer as another's.

        False where that user has as many as it may have: then nothing has changed. False, too, when the place was freed.
        """
        if self._freed:
            return False
        user = _user(claims)
        if user == self._user:
            return True
        if user is not None and not self._admission.take_user(user):
            return False
        self._leave_user()
        self._user = user
        return True

    def free(self) -> None:
        """Gives the place to others. Once is enough; a second time does nothing."""
        self._freed = True
        self._leave_user()
        if self._address is not None:
            self._admission.addresses.give_back(self._address)
            self._address = None

    def _leave_user(self) -> None:
        if self._user is not None:
            self._admission.free_user(self._user)
            self._user = None


def _user(claims: Mapping[str, Any] | None) -> str | None:
    """Who it is, as the native runtime's ``Claims.userID`` reads it."""
    for name in ("user_id", "sub"):
        value = None if claims is None else claims.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return encode_value(value).decode()
    return None


def network(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits, which a single client has whole."""
    from . import _native

    return _native.AddressCounts(1).network(address)


def _allows(allowed: Sequence[str] | None, origin: str, host: str | None, scheme: str | None) -> bool:
    if allowed is None:
        return _same_host(origin, host, scheme)
    return "*" in allowed or origin.lower() in (entry.lower() for entry in allowed)


def _same_host(origin: str, host: str | None, scheme: str | None) -> bool:
    """Whether a page comes from the host that it connects to. The scheme is left out where a proxy may hide it."""
    if host is None:
        return False
    try:
        page, server = urlsplit(origin), urlsplit(f"//{host}")
        port = _PORTS.get(page.scheme)
        if port is None or scheme not in (None, page.scheme) or page.hostname is None or page.hostname != server.hostname:
            return False
        # A server that names no port is asked at that of the page's scheme.
        return (page.port or port) == (server.port or port)
    except ValueError:  # a port that is no number
        return False
