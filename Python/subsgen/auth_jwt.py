"""Who a client is, by a JSON Web Token (RFC 7519)."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from .auth_keys import FetchedKeys, FixedKeys, Keys, checked_algorithms, key_of, keys_of_set, url_reader
from .resolvers import ConnectionInfo

__all__ = ["InvalidToken", "JWTAuth"]

_TOKEN_BYTES: Final = 16 * 1024
_MAPPED: Final = ("user_id", "scope", "scopes", "role", "roles")
"""The names by which the runtime knows a user and its rights: what they hold is what the mapping says, and nothing else."""


class InvalidToken(Exception):
    """A client is refused for its token. The message says why, for the log; it never holds the token."""


class JWTAuth:
    """An ``auth_handler`` that takes signed tokens: ``JWTAuth(jwks="https://id.example.com/keys", algorithms=["RS256"], ...)``."""

    def __init__(
        self,
        key: str | bytes | None = None,
        *,
        jwks: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        algorithms: Sequence[str],
        issuer: str | Sequence[str] | None = None,
        audience: str | Sequence[str] | None = None,
        leeway: float = 0.0,
        user_id: str = "sub",
        scopes: str = "scope",
        roles: str = "roles",
        require: Sequence[str] = ("exp",),
        cookie: str | None = None,
        optional: bool = False,
        cache: float = 600.0,
        refetch: float = 10.0,
        timeout: float = 3.0,
    ) -> None:
        """Gives either a key or a key set.

        - ``key``: a public key in PEM, or the secret of HS256.
        - ``jwks``: a JSON Web Key Set: its ``https`` address, the path of a file, or the set itself. One that is read is kept for
          ``cache`` seconds, and read again for a token whose key it has not, at most every ``refetch`` seconds. An address has
          ``timeout`` seconds to answer.
        - ``algorithms``: those by which tokens may be signed, whatever a token says of itself.
        - ``issuer``, ``audience``: who must have made the token, and for whom. Without ``audience`` a token that names one is refused.
        - ``leeway``: seconds by which clocks may differ.
        - ``user_id``, ``scopes``, ``roles``: the token's claims that become ``user_id``, ``scopes`` and ``roles``; a dot leads into
          objects. Every token must have the first one.
        - ``require``: claims that must be there.
        - ``cookie``: the name of a cookie that may hold the token.
        - ``optional``: whether a client without any token is let in, as an anonymous one.

        Raises ``ValueError`` for what cannot be safe, ``OSError`` where a file cannot be read, ``ImportError`` without PyJWT.
        """
        try:
            import cryptography
            import jwt
        except ImportError as error:
            raise ImportError("JWTAuth needs PyJWT: pip install 'subsgen[jwt]'") from error
        del cryptography
        self._jwt = jwt
        self._algorithms = checked_algorithms(algorithms)
        self._keys = _keys(key, jwks, self._algorithms, cache=cache, refetch=refetch, timeout=timeout)
        for name, seconds in (("cache", cache), ("refetch", refetch), ("timeout", timeout)):
            if not seconds > 0:
                raise ValueError(f"{name} is greater than zero, and {seconds!r} is not")
        if not 0 <= leeway < math.inf:
            raise ValueError(f"leeway is zero or some seconds, and {leeway!r} is not")
        self._issuer = issuer
        self._audience = audience
        self._leeway = leeway
        self._names = {"user_id": user_id, "scopes": scopes, "roles": roles}
        self._require = list(require)
        self._cookie = cookie
        self._optional = optional

    async def __call__(self, payload: Mapping[str, Any] | None, connection: ConnectionInfo) -> Mapping[str, Any] | None:
        """The claims of the token in the payload (``token``, or ``Authorization: Bearer``), else in the header or the cookie.

        They are the token's, with ``user_id``, ``scopes`` and ``roles`` by their mapping, and ``exp`` with the leeway. None where there is
        no token and that is allowed. Raises ``InvalidToken``.
        """
        token = self._token(payload, connection)
        if token is None:
            if self._optional:
                return None
            raise InvalidToken("there is no token")
        return self._claims(await self._verified(token))

    def _token(self, payload: Mapping[str, Any] | None, connection: ConnectionInfo) -> str | None:
        for name, value in (payload or {}).items():
            if name == "token":
                return _text(value)
            if name.lower() == "authorization":
                return _bearer(_text(value))
        if (header := connection.headers.get("authorization")) is not None:
            return _bearer(header)
        return None if self._cookie is None else connection.cookies.get(self._cookie)

    async def _verified(self, token: str) -> dict[str, Any]:
        if len(token) > _TOKEN_BYTES:
            raise InvalidToken(f"the token has more than {_TOKEN_BYTES} bytes")
        try:
            header = self._jwt.get_unverified_header(token)
            # RFC 7515, section 4.1.11: who does not understand all of it refuses. Keys that a header brings along are never looked at.
            if "crit" in header or "b64" in header:
                raise InvalidToken("the token's header demands extensions")
            algorithm, kid = header.get("alg"), header.get("kid")
            if not isinstance(algorithm, str) or algorithm not in self._algorithms:
                raise InvalidToken(f"the token is signed by {algorithm!r}, which is none of the algorithms that are taken")
            key = await self._keys.find(kid, algorithm)
            if key is None:
                raise InvalidToken(f"there is no key {kid!r} for {algorithm}")
            return self._jwt.decode(
                token,
                key.value,
                algorithms=[algorithm],
                issuer=self._issuer,
                audience=self._audience,
                leeway=self._leeway,
                options={"require": self._require},
            )
        except (self._jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise InvalidToken(f"the token is not valid: {error}") from None

    def _claims(self, token: dict[str, Any]) -> dict[str, Any]:
        claims = {name: value for name, value in token.items() if name not in _MAPPED}
        user = _claim(token, self._names["user_id"])
        if not isinstance(user, str | int) or isinstance(user, bool) or user == "":
            raise InvalidToken(f"the token's claim {self._names['user_id']!r} names nobody")
        claims["user_id"] = user
        scopes = _claim(token, self._names["scopes"])
        claims["scopes"] = scopes.split() if isinstance(scopes, str) else _words(scopes, self._names["scopes"])
        roles = _claim(token, self._names["roles"])
        claims["roles"] = [roles] if isinstance(roles, str) else _words(roles, self._names["roles"])
        if "exp" in token:
            # The connection may live as long as the token would be taken.
            claims["exp"] = int(token["exp"]) + math.ceil(self._leeway)
        return claims


def _keys(
    key: str | bytes | None,
    jwks: str | os.PathLike[str] | Mapping[str, Any] | None,
    algorithms: frozenset[str],
    *,
    cache: float,
    refetch: float,
    timeout: float,
) -> Keys:
    if (key is None) == (jwks is None):
        raise ValueError("JWTAuth takes either a key or a key set (jwks)")
    if key is not None:
        return FixedKeys([key_of(key, algorithms)], by_id=False)
    if any(name.startswith("HS") for name in algorithms):
        raise ValueError("a key set is public, so it has no secrets; give the secret as key")
    if isinstance(jwks, Mapping):
        return FixedKeys(keys_of_set(jwks, algorithms), by_id=True)
    if isinstance(jwks, str) and "://" in jwks:
        read = url_reader(jwks, timeout)
    else:
        read = Path(cast("str | os.PathLike[str]", jwks)).read_bytes
        keys_of_set(read(), algorithms)  # so that what is wrong with it is known before the first client comes
    return FetchedKeys(lambda: keys_of_set(read(), algorithms), cache=cache, refetch=refetch)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidToken(f"a token is a string, and this is {type(value).__name__}")
    return value


def _bearer(value: str) -> str:
    scheme, _, token = value.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidToken("the authorization is no bearer token")
    return token.strip()


def _claim(token: Mapping[str, Any], path: str) -> object:
    """A claim by its name, which may have dots as addresses have, else by a path into objects. None where it is not there."""
    if path in token:
        return token[path]
    value: object = token
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, object]", value).get(name)
    return value


def _words(value: object, name: str) -> list[str]:
    if value is None:
        return []
    words = cast("list[object]", value) if isinstance(value, list) else []
    if not isinstance(value, list) or not all(isinstance(word, str) for word in words):
        raise InvalidToken(f"the token's claim {name!r} is neither a string nor a list of strings")
    return cast("list[str]", value)
