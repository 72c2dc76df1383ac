"""What answers the requests of a native server: operations at its path, and an ASGI application, where there is one, everywhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from .http import GraphQLHTTPHandler
from .http_response import Response
from .log import logger
from .websocket import ConnectionClosed

if TYPE_CHECKING:
    from .auth import AuthHandler
    from .manager import SubscriptionManager
    from .server import Answer, ServerRequest

__all__ = ["ASGIApplication", "answering"]

Message: TypeAlias = MutableMapping[str, Any]
ASGIApplication: TypeAlias = Callable[[Any, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]
"""An application of ASGI, as FastAPI and Starlette make them."""


@asynccontextmanager
async def answering(
    manager: SubscriptionManager, path: str, auth_handler: AuthHandler | None, *, http: bool, app: ASGIApplication | None
) -> AsyncGenerator[Answer]:
    """What answers requests. The application's lifespan is the block's. Raises ``RuntimeError`` where the application does not start."""

    async def answer(request: ServerRequest) -> None:
        if request.path == path:
            # The server gives browsers the page by itself.
            await GraphQLHTTPHandler.handle_request(request, manager, auth_handler, http=http, page=False)
        elif app is not None:
            await _Call(request, state).run(app)
        else:
            await Response(request).text(404, "text/plain", f"There is nothing at this path; operations are served at {path}.".encode())

    state: dict[str, Any] = {}
    if app is None:
        yield answer
    else:
        async with _lifespan(app, state):
            yield answer


class _Call:
    """A request to an ASGI application."""

    def __init__(self, request: ServerRequest, state: dict[str, Any]) -> None:
        self._request = request
        self._state = state
        self._is_read = False
        self._start: Message | None = None

    async def run(self, app: ASGIApplication) -> None:
        request = self._request
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.connection.scheme or "http",
            "path": unquote(request.path),
            "raw_path": request.path.encode(),
            "query_string": request.query_string.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in request.headers],
            "client": request.connection.address,
            "server": None,
            "state": dict(self._state),
        }
        await app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        try:
            if not self._is_read:
                part = await self._request.receive()
                self._is_read = not part
                return {"type": "http.request", "body": part, "more_body": not self._is_read}
            await self._request.disconnected()
        except ConnectionClosed:
            pass
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            try:
                await self._deliver(message.get("body", b""), is_last=not message.get("more_body", False))
            except ConnectionClosed as error:
                raise OSError("the client is gone") from error  # what the ASGI specification has servers raise

    async def _deliver(self, body: bytes, *, is_last: bool) -> None:
        if self._start is not None:
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self._start.get("headers", ())]
            self._request.begin_fields(self._start["status"], headers)
            self._start = None
        await self._request.send(body, is_last=is_last)


@asynccontextmanager
async def _lifespan(app: ASGIApplication, state: dict[str, Any]) -> AsyncGenerator[None]:
    """Starts the application before the block and shuts it down after it. One that knows of no lifespan is left alone, as servers do."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    heard: asyncio.Queue[Message] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": state}
    running = asyncio.ensure_future(app(scope, told.get, heard.put))

    async def hear(what: str) -> bool:
        """Has the application do it. False where it has none of that."""
        told.put_nowait({"type": f"lifespan.{what}"})
        hearing = asyncio.create_task(heard.get())
        await asyncio.wait([running, hearing], return_when=asyncio.FIRST_COMPLETED)
        if not hearing.done():
            hearing.cancel()
            if (error := running.exception()) is not None:
                logger.debug("the application has no lifespan: %r", error)
            return False
        if (message := hearing.result())["type"] == f"lifespan.{what}.failed":
            raise RuntimeError(f"the application's lifespan failed at {what}: {message.get('message') or 'it does not say why'}")
        return True

    try:
        has_lifespan = await hear("startup")
        yield
        if has_lifespan:
            await hear("shutdown")
    finally:
        running.cancel()
        await asyncio.wait([running])
