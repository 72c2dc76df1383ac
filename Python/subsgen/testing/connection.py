"""One connection of a client in the same event loop, which speaks graphql-transport-ws."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..handler import GraphQLTransportWSHandler
from ..resolvers import ConnectionInfo
from .socket import MemorySocket

if TYPE_CHECKING:
    from ..auth import AuthHandler
    from ..manager import SubscriptionManager

__all__ = ["MemoryConnection"]

Value = TypeVar("Value")
Take = Callable[[dict[str, Any]], Awaitable[None]]


class MemoryConnection:
    """Sends what the client sends, and hands each message of the server's to the operation that it is for."""

    def __init__(self, manager: SubscriptionManager, info: ConnectionInfo, auth_handler: AuthHandler | None, timeout: float) -> None:
        self.manager = manager
        self._timeout = timeout
        self._socket = MemorySocket(info, self._take)
        self._acknowledged = asyncio.Event()
        self._pongs: deque[asyncio.Future[None]] = deque()
        self._operations: dict[str, Take] = {}
        self._serving = asyncio.create_task(GraphQLTransportWSHandler.handle_connection(self._socket, manager, auth_handler))

    @property
    def is_open(self) -> bool:
        """Whether neither side has ended it."""
        return self._socket.is_connected

    async def initialise(self, payload: Mapping[str, Any] | None) -> None:
        """Says hello. Raises ``Refused`` or ``Disconnected`` where the server does not have the client."""
        self._send({"type": "connection_init"} | ({} if payload is None else {"payload": payload}))
        await self.within(self._acknowledged.wait(), "the connection was not acknowledged")

    async def close(self) -> None:
        """Goes without a goodbye, and returns when the server has let go of everything."""
        self._socket.drop()
        await self._serving

    async def begin(self, id: str, payload: Mapping[str, Any], take: Take) -> None:
        """Sends an operation, whose messages ``take`` gets, and waits until it is decided whether it may begin."""
        self._operations[id] = take
        self._send({"id": id, "type": "subscribe", "payload": payload})
        await self.within(self._decided(id), "it was not decided whether the operation may begin")

    async def leave(self, id: str, *, ended: bool) -> None:
        """Tells the server that nobody listens any more, and waits until it has heard, unless it ended the operation or is gone."""
        self._operations.pop(id, None)
        if self.is_open and not ended:
            self._send({"id": id, "type": "complete"})
            await self.within(self._pong(), "the server took no notice of complete")

    async def settle(self) -> None:
        """Returns when the runtime has nothing more to do for anybody, and what is for this client is there."""
        await self.within(self._settled(), "functions of fields went on")

    async def within(self, awaited: Awaitable[Value], otherwise: str, timeout: float | None = None) -> Value:
        """What is waited for. Raises how the server ended the connection, where it does so first, and ``TimeoutError``."""
        seconds = self._timeout if timeout is None else timeout
        waiting = asyncio.ensure_future(awaited)
        over = self._socket.over
        try:
            await asyncio.wait((waiting, over), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                return waiting.result()
            if over.done():
                raise over.result()
            raise TimeoutError(f"{otherwise} within {seconds:g} seconds")
        finally:
            waiting.cancel()

    async def _decided(self, id: str) -> None:
        await self._pong()
        while deciding := self.manager.runtime.deciding(id):
            await asyncio.wait(deciding)
            await self._pong()

    async def _settled(self) -> None:
        runtime = self.manager.runtime
        while True:
            runtime.executor.flush()
            await self._pong()
            if working := runtime.working():
                await asyncio.wait(working)
                continue
            metrics = runtime.executor.metrics()
            if not any(metrics[name] for name in ("events_queued", "events_in_lanes", "resolvers_waiting")):
                return
            # On another loop, which does not tell this one.
            await asyncio.sleep(0)

    def _send(self, message: Any) -> None:
        if self._socket.over.done():
            raise self._socket.over.result()
        self._socket.give(message)

    async def _pong(self) -> None:
        """Returns when the server has dealt with all that was sent, and what it had to say has come."""
        pong: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pongs.append(pong)
        self._send({"type": "ping"})
        await pong

    async def _take(self, message: Any) -> None:
        match message:
            case {"type": "connection_ack"}:
                self._acknowledged.set()
            case {"type": "pong"}:
                pong = self._pongs.popleft()
                if not pong.done():  # it is cancelled, where its time was over
                    pong.set_result(None)
            case {"type": "ping"}:
                self._send({**message, "type": "pong"})
            case {"type": "next" | "error" | "complete", "id": id}:
                # None where the test has left it while this was under way.
                if (take := self._operations.get(id)) is not None:
                    await take(message)
            case _:
                raise ValueError(f"the server sent {message!r}")
