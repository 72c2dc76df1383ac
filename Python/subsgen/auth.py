"""Who a client is: the application's ``auth_handler``."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from .auth_jwt import InvalidToken, JWTAuth
from .calling import Caller
from .log import logger
from .resolvers import ConnectionInfo

__all__ = ["AuthHandler", "Claims", "InvalidToken", "JWTAuth", "authenticate", "seconds_until"]

_SHORTEST_WAIT: Final = 0.001

Claims = Mapping[str, Any]
"""What is known of a client, by name: rules compare them with events, and resolvers read them."""
Outcome = Claims | None | Awaitable[Claims | None]

AuthHandler = Callable[[Mapping[str, Any] | None], Outcome] | Callable[[Mapping[str, Any] | None, ConnectionInfo], Outcome]
"""Gets the payload of ``connection_init`` (None where it has none) and, if it takes two arguments, the connection. Returns the claims,
or None to let the client in without; raises to refuse it with 4403. ``def`` or ``async def``."""


async def authenticate(
    handler: AuthHandler | None, payload: bytes | None, connection: Callable[[], ConnectionInfo], caller: Caller
) -> Claims | None:
    """The claims of a client, whose connection is made out for a handler that takes it.

    Raises what the handler raises, ``TypeError`` where it returns no mapping, and ``TimeoutError``.
    """
    if handler is None:
        return None
    decoded: Mapping[str, Any] | None = None if payload is None else msgspec.json.decode(payload)
    arguments = (decoded, connection()) if takes(handler, 2) else (decoded,)
    claims: Claims | None = await caller.limited("auth_handler", handler, *arguments)
    if claims is None or _is_mapping(claims):
        return claims
    raise TypeError(f"auth_handler returns a mapping of claims or None, and this is {type(claims).__name__}")


def seconds_until(expiry: float, now: float) -> float:
    """How long to wait before the runtime is asked whether claims have expired. Where its clock says otherwise it is asked again soon."""
    return max(expiry - now, _SHORTEST_WAIT)


def _is_mapping(claims: object) -> bool:
    return isinstance(claims, Mapping)


def takes(function: Callable[..., Any], count: int) -> bool:
    """Whether a function can be called with this many arguments by position."""
    try:
        inspect.signature(function).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # a function in C may have no signature to be read
        logger.debug("the signature of %r cannot be read; it is called with %d arguments", function, count - 1)
        return False
    return True
