"""Publishing for services that serve no one: to the bus of those that do, or to the endpoint of one."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException, HTTPSConnection, RemoteDisconnected
from typing import TYPE_CHECKING, Final, Protocol, overload
from urllib.parse import urlsplit

import msgspec

from .payload import Event, encode
from .tracing import Publishing, find_tracing

if TYPE_CHECKING:
    from .bus import EventBusConfig
    from .options import RuntimeOptions

__all__ = ["Endpoint", "EventPublisher", "Publisher"]

_NO_TOKEN: Final = (
    "an endpoint takes the token that its create_publish_app was given: Publisher(url, token). "
    "The URL of a bus becomes one by EventBusConfig.from_url(url)"
)


class EventPublisher(Protocol):
    """What the topics of a generated package publish by: a ``SubscriptionManager``, a ``Publisher``, or a test's own."""

    async def publish_event(self, topic: str, payload: Event, attributes: Mapping[str, str] | None = None) -> str:
        """Publishes an event and returns its cursor."""
        ...

    async def complete_topic(self, topic: str) -> None:
        """Ends every subscription of a topic."""
        ...


class _Route(Protocol):
    """The way that events take."""

    async def publish(self, topic: str, payload: Event, attributes: Mapping[str, str] | None) -> str: ...

    async def complete(self, topic: str) -> None: ...

    def publish_blocking(self, topic: str, payload: Event, attributes: Mapping[str, str] | None) -> str: ...

    def close(self) -> None:
        """Lets go of what connects."""
        ...

    async def aclose(self) -> None:
        """Waits for what is under way on this loop, and closes."""
        ...


class Answer(msgspec.Struct):
    """What the endpoint says."""

    cursor: str = ""
    """Empty for a topic that was ended."""
    error: str = "this is no endpoint of create_publish_app"


class Endpoint:
    """An endpoint of ``create_publish_app``, and connections to it that are kept for the next event. Of any thread."""

    def __init__(self, url: str, token: str, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.hostname is None:
            raise ValueError(f"the URL of an endpoint begins with http:// or https://, and this is {url!r}")
        if not token.isascii() or not token.isprintable() or not token:
            raise ValueError("the token is the one that create_publish_app was given, in ASCII, and this one is empty or is not")
        if not timeout > 0:
            raise ValueError(f"timeout is more than 0 seconds, and this is {timeout!r}")
        self.url = url
        self._kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host, self._port = parts.hostname, parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        self._timeout = timeout
        self._lock = threading.Lock()
        """Guards the two below."""
        self._idle: list[HTTPConnection] = []
        self._is_closed = False

    def post(self, body: bytes) -> tuple[int, Answer]:
        """Posts and returns the status with what was said. Raises ``OSError`` where there is no answer.

        No redirect is followed: the token is for this server.
        """
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the publisher is closed")
            kept = self._idle.pop() if self._idle else None
        if kept is not None:
            try:
                return self._exchange(kept, body)
            except (RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                pass  # The server may close a connection that lay idle, just when it is used again.
        return self._exchange(self._kind(self._host, self._port, timeout=self._timeout), body)

    def _exchange(self, connection: HTTPConnection, body: bytes) -> tuple[int, Answer]:
        try:
            connection.request("POST", self._path, body, self._headers)
            response = connection.getresponse()
            status, content = response.status, response.read()
        except BaseException as error:
            connection.close()
            if isinstance(error, HTTPException) and not isinstance(error, OSError):
                raise ConnectionError(f"the answer is no HTTP: {error!r}") from error
            raise
        self._keep(connection)
        try:
            answer = msgspec.json.decode(content, type=Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            answer = Answer()
        return status, answer

    def _keep(self, connection: HTTPConnection) -> None:
        with self._lock:
            if not self._is_closed:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Closes what lies idle; what is under way ends first."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


class EndpointRoute:
    """The way to an endpoint: threads that post to it."""

    def __init__(self, url: str, token: str, timeout: float, connections: int, tracing: bool) -> None:
        if connections < 1:
            raise ValueError(f"connections is at least 1, and this is {connections!r}")
        self._endpoint = Endpoint(url, token, timeout)
        self._threads = ThreadPoolExecutor(connections, "subsgen-publisher")
        self._tracing = find_tracing(tracing)

    async def publish(self, topic: str, payload: Event, attributes: Mapping[str, str] | None) -> str:
        event = encode(payload)
        with self._publishing(topic, event, attributes) as publishing:
            return publishing.published(await self._posted(_event(topic, event, publishing.attributes)))

    async def complete(self, topic: str) -> None:
        await self._posted(_completion(topic))

    def publish_blocking(self, topic: str, payload: Event, attributes: Mapping[str, str] | None) -> str:
        event = encode(payload)
        with self._publishing(topic, event, attributes) as publishing:
            return publishing.published(self._post(_event(topic, event, publishing.attributes)))

    def _publishing(self, topic: str, event: bytes, attributes: Mapping[str, str] | None) -> Publishing:
        given = None if attributes is None else dict(attributes)
        return Publishing(given) if self._tracing is None else self._tracing.publishing(topic, given, len(event))

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        self._endpoint.close()

    async def aclose(self) -> None:
        await asyncio.to_thread(self.close)

    async def _posted(self, body: bytes) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._post, body)

    def _post(self, body: bytes) -> str:
        status, answer = self._endpoint.post(body)
        if status == 200:
            return answer.cursor
        told = f"{self._endpoint.url} answered with HTTP {status}: {answer.error}"
        if status in (400, 413):
            raise ValueError(told)
        raise (PermissionError if status in (401, 403) else ConnectionError)(told)


class Publisher:
    """Publishes events from a process that serves no subscriptions.

    ``Publisher(EventBusConfig.redis(url), schema=schema_text("gen"))`` publishes to the bus of those that serve, ``Publisher(url, token)``
    to the ``create_publish_app`` endpoint of one. ``async with`` closes the connections at the end, ``with`` in code without an event
    loop. Topics of generated packages take it where they take a manager: ``await topics.message_added.publish(publisher, message)``.

    Events that are published one after the other arrive in that order. An event is posted to an endpoint a second time where the server
    closed a kept connection just then, so that it may come twice, as on every bus.
    """

    @overload
    def __init__(self, url: str, /, token: str, *, timeout: float = 30.0, connections: int = 4, tracing: bool = True) -> None: ...

    @overload
    def __init__(self, bus: EventBusConfig, /, *, schema: str | os.PathLike[str], options: RuntimeOptions | None = None) -> None: ...

    def __init__(
        self,
        url: str | EventBusConfig,
        /,
        token: str | None = None,
        *,
        timeout: float = 30.0,
        connections: int = 4,
        tracing: bool = True,
        schema: str | os.PathLike[str] | None = None,
        options: RuntimeOptions | None = None,
    ) -> None:
        """To an endpoint: ``timeout`` is in seconds, for connecting and each part of the answer. As many events as ``connections`` are
        under way at once. ``tracing`` is as in ``RuntimeOptions``.

        To a bus: ``schema`` is the SDL of those who serve, or the path of a file that holds it; by it a topic has its place on the bus, and
        one that no field reads is refused. Of the ``options``, ``event_bytes`` and ``tracing`` count. How long an event waits for the
        bus, its URL says.

        Nothing is waited for yet. Raises ``ValueError`` for what is no address, token, number or schema, and for a bus of one process.
        """
        if isinstance(url, str):
            if token is None:
                raise ValueError(_NO_TOKEN)
            self._route: _Route = EndpointRoute(url, token, timeout, connections, tracing)
            return
        if schema is None:
            raise ValueError('a Publisher on a bus takes the schema of those who serve, as schema=schema_text("gen")')
        from .bus_publisher import BusRoute

        self._route = BusRoute(url, schema, options)

    async def publish_event(self, topic: str, payload: Event, attributes: Mapping[str, str] | None = None) -> str:
        """Publishes an event and returns its cursor. ``bytes`` and ``str`` are JSON text; anything else is written as JSON.

        Raises ``ValueError`` where the event is refused, ``TypeError`` for what has no form in JSON, ``PermissionError`` where the token is
        refused, and else ``OSError`` where it may not have been published.
        """
        return await self._route.publish(topic, payload, attributes)

    async def complete_topic(self, topic: str) -> None:
        """Ends every subscription of a topic: its clients get ``complete``. Raises as ``publish_event`` does."""
        await self._route.complete(topic)

    def publish_event_blocking(self, topic: str, payload: Event, attributes: Mapping[str, str] | None = None) -> str:
        """As ``publish_event``, for code without an event loop; of any thread."""
        return self._route.publish_blocking(topic, payload, attributes)

    def close(self) -> None:
        """Closes the connections. Afterwards nothing is published; what an endpoint is to get is waited for."""
        self._route.close()

    def __enter__(self) -> Publisher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Publisher:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Waits for what is under way on this event loop, and closes the connections."""
        await self._route.aclose()


def _event(topic: str, text: bytes, attributes: dict[str, str] | None) -> bytes:
    try:
        # What is no JSON would change what else the request says.
        msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValueError(f"the event is no JSON: {error}") from None
    request: dict[str, object] = {"topic": topic, "payload": msgspec.Raw(text)}
    if attributes is not None:
        request["attributes"] = attributes
    return msgspec.json.encode(request)


def _completion(topic: str) -> bytes:
    return msgspec.json.encode({"topic": topic, "complete": True})
