"""What the handler of operations over HTTP needs of a request, whatever the server."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping

from .resolvers import ConnectionInfo

__all__ = ["HTTPRequestAdapter"]


class HTTPRequestAdapter(ABC):
    """A request that has come to some server, and the response that is owed to it.

    One task waits for the client while another one sends. Each method raises ``ConnectionClosed`` when it finds the client gone.
    """

    def __init__(self, method: str, query_string: str, connection: ConnectionInfo) -> None:
        self.method = method
        """In capitals: ``GET``."""
        self.query_string = query_string
        """What follows the ``?`` of the address, as it came."""
        self.connection = connection
        """Whose the request is, with its header fields: for ``auth_handler`` and hooks."""

    @abstractmethod
    async def receive(self) -> bytes:
        """The next part of the body; empty when there is no more. It is read to its end, or until it is too long, and never twice."""

    @abstractmethod
    async def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Begins the response. Names of headers are in lower case; ``content-length`` is among them where the length is known."""

    @abstractmethod
    async def send(self, data: bytes, *, is_last: bool) -> None:
        """Sends a part of the response's body at once, and ends the response with the last; waits while the client reads too slowly."""

    async def disconnected(self) -> None:
        """Returns when the client is gone. Called when the body has been read.

        Where a server cannot tell, this waits for ever, as it does unless it is overridden: then it is found by sending, which a stream
        does every 12 seconds at least.
        """
        await asyncio.get_running_loop().create_future()
