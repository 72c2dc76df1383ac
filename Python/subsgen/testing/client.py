"""A client without a socket, and what it subscribes to."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ..payload import encode_value
from ..resolvers import ConnectionInfo
from ..runtime import SubscriptionError
from .connection import MemoryConnection

if TYPE_CHECKING:
    from ..auth import Claims
    from ..manager import SubscriptionManager

__all__ = ["Completed", "Events", "Result", "TestClient"]

_UNREAD: Final = 1024
"""Results that may wait for a test to read them. The client reads nothing more from its connection then: a source that never waits is held
up, as a browser would hold it up, and does not fill the memory."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a client gets for an event, a query or a mutation."""

    data: Any
    """What was selected; None where an error climbed to the top."""
    errors: list[dict[str, Any]] | None = None
    """GraphQL errors: ``message``, and ``locations``, ``path`` and ``extensions`` where they have some. None where there are none."""
    extensions: dict[str, Any] | None = None
    """What the server says besides, as how many events a slow client has missed."""


class Completed(Exception):
    """The server has completed the subscription: no event will come any more."""


class TestClient:
    """A client of a manager without a socket, and with everything else that clients have: authentication, rules, limits, hooks.

    ::

        async with TestClient(manager, claims={"sub": "ada"}) as client:
            async with client.subscribe("subscription { tick }") as events:
                await manager.publish_event("tick", 1)
                assert (await events.next()).data == {"tick": 1}

    ``claims`` say who the client is, in place of ``auth_handler``. Without them the manager's ``auth_handler`` is asked, about ``payload``,
    ``headers``, ``cookies`` and ``address``. ``state`` is what hooks find as ``context.connection.state``, where a server has dependencies
    or middleware that put it there. Whatever the client waits for must come within ``timeout`` seconds.
    """

    __test__: ClassVar[bool] = False
    """For pytest, which would take it for a class of tests by its name."""

    def __init__(
        self,
        manager: SubscriptionManager,
        *,
        claims: Claims | None = None,
        payload: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        address: tuple[str, int] | None = None,
        state: Mapping[str, Any] | None = None,
        timeout: float = 5.0,
    ) -> None:
        self.manager = manager
        """Whom the client is connected to."""
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        scope = {} if state is None else {"state": state}
        self.connection = ConnectionInfo(uuid.uuid4().hex, lower, cookies or {}, address, scope)
        """The connection, as hooks and ``auth_handler`` see it."""
        self._claims = claims
        self._payload = payload
        self._timeout = timeout
        self._open: MemoryConnection | None = None
        self._count = 0

    async def __aenter__(self) -> TestClient:
        """Connects. Raises ``Refused`` or ``Disconnected`` where the server does not have the client."""
        if self._open is not None:
            raise RuntimeError("a TestClient connects once; make another")
        claims = self._claims
        self._open = MemoryConnection(self.manager, self.connection, None if claims is None else lambda _: claims, self._timeout)
        try:
            await self._open.initialise(self._payload)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Disconnects, without a goodbye, and returns when the server has let go of everything that the client had."""
        if self._open is not None:
            await self._open.close()

    def subscribe(self, query: str, variables: Mapping[str, Any] | None = None, operation_name: str | None = None) -> Events:
        """A subscription, which ``async with`` begins and ends."""
        self._count += 1
        return Events(self._connected(), str(self._count), _request(query, variables, operation_name))

    async def execute(self, query: str, variables: Mapping[str, Any] | None = None, operation_name: str | None = None) -> Result:
        """The result of a query or mutation. Raises ``SubscriptionError`` where it is refused."""
        async with self.subscribe(query, variables, operation_name) as events:
            return await events.next()

    async def settle(self) -> None:
        """Returns when the runtime has nothing more to do: events have gone through their resolvers, hooks have returned, and what is for
        this client is there. What a ``source`` has not given yet it does not wait for. Raises ``TimeoutError`` where a function goes on.
        """
        await self._connected().settle()

    def _connected(self) -> MemoryConnection:
        if self._open is None:
            raise RuntimeError("the client has not connected: `async with TestClient(manager) as client:`")
        return self._open


class Events:
    """A subscription of a ``TestClient``: its results, in their order."""

    def __init__(self, connection: MemoryConnection, id: str, request: dict[str, Any]) -> None:
        self.id = id
        """The client's id of it, which is ``Context.subscription_id`` in hooks."""
        self._connection = connection
        self._request = request
        self._results: deque[Result] = deque()
        self._ending: Exception | None = None
        self._news = asyncio.Event()
        self._may_read_on = asyncio.Event()
        self._before: dict[str, int] = {}

    async def __aenter__(self) -> Events:
        """Subscribes. Raises ``SubscriptionError`` where that is refused, and ``Disconnected``."""
        self._before = self._connection.manager.get_metrics()
        try:
            await self._connection.begin(self.id, self._request, self._take)
            if isinstance(self._ending, SubscriptionError) and not self._results:
                raise self._ending
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._leave()

    @property
    def ended(self) -> bool:
        """Whether the server has ended it: what has not been read yet is all that there is."""
        return self._ending is not None

    async def next(self, timeout: float | None = None) -> Result:
        """The next result, as soon as it is there.

        Raises ``Completed`` where none will come, ``SubscriptionError`` where the subscription ended with an error, ``Disconnected``, and
        ``TimeoutError`` after ``timeout`` seconds, which tells what became of the events that were published meanwhile.
        """
        while not self._results:
            if self._ending is not None:
                raise self._ending
            self._news.clear()
            try:
                await self._connection.within(self._news.wait(), f"no result came for {_shown(self._request)}", timeout)
            except TimeoutError as error:
                raise TimeoutError(f"{error}; {self._fate()}") from None
        self._may_read_on.set()
        return self._results.popleft()

    async def nothing(self) -> None:
        """Lets the runtime settle. Raises ``AssertionError`` where a result is there that has not been read."""
        if not self._results:
            await self._connection.settle()
        if self._results:
            raise AssertionError(f"{_shown(self._request)} was to get nothing, and got {self._results[0]}")

    def __aiter__(self) -> Events:
        return self

    async def __anext__(self) -> Result:
        """As ``next``; the loop ends where the subscription is completed."""
        try:
            return await self.next()
        except Completed:
            raise StopAsyncIteration from None

    async def _take(self, message: dict[str, Any]) -> None:
        payload: Any = message.get("payload")
        match message["type"]:
            case "next":
                self._results.append(Result(payload.get("data"), payload.get("errors"), payload.get("extensions")))
            case "error":
                self._ending = SubscriptionError(payload)
            case _:
                self._ending = Completed("the subscription has been completed")
        self._news.set()
        if len(self._results) >= _UNREAD:
            self._may_read_on.clear()
            await self._may_read_on.wait()

    async def _leave(self) -> None:
        self._may_read_on.set()
        await self._connection.leave(self.id, ended=self.ended)

    def _fate(self) -> str:
        """What became of events since the subscription began, those of all subscriptions of the manager."""
        now = self._connection.manager.get_metrics()
        names = ("events_published", "considered", "filtered", "denied", "dropped", "deliveries", "resolver_errors")
        since = {name: now[name] - self._before.get(name, 0) for name in names}
        if not since["events_published"] and not since["considered"]:
            return "nothing was published since it began"
        return "since it began the manager counted " + ", ".join(f"{name} {count}" for name, count in since.items())


def _request(query: str, variables: Mapping[str, Any] | None, operation_name: str | None) -> dict[str, Any]:
    request: dict[str, Any] = {"query": query}
    if variables is not None:
        # As the runtime writes values: a datetime, a UUID or a generated input is a variable, too.
        request["variables"] = json.loads(encode_value(dict(variables)))
    if operation_name is not None:
        request["operationName"] = operation_name
    return request


def _shown(request: Mapping[str, Any]) -> str:
    """An operation in one line, for messages."""
    text = " ".join(str(request["query"]).split())
    return text if len(text) <= 100 else text[:97] + "..."
