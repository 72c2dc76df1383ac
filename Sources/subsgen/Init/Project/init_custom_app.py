"""Messages come in by HTTP and go out as subscriptions, on a server of your choice: here that of the package websockets.

Run it with ``subsgen``, which writes the package ``gen`` from schema.graphql, and ``python app.py``.
"""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from subsgen import ID, ConnectionInfo, CustomServerWebSocketAdapter, EventBusConfig, GraphQLTransportWSHandler
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from gen import create_manager, topics
from gen.types import Message

PROTOCOL = Subprotocol("graphql-transport-ws")

manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")))


async def subscriptions(connection: ServerConnection) -> None:
    """Serves a client until it goes. What another server calls its functions is said here, and nowhere else."""
    headers = {} if connection.request is None else {name.lower(): value for name, value in connection.request.headers.raw_items()}
    adapter = CustomServerWebSocketAdapter(
        receive=connection.recv,
        send=connection.send,
        close=connection.close,
        closed=ConnectionClosed,
        connection=ConnectionInfo(id=str(connection.id), headers=headers, address=connection.remote_address),
        subprotocols=[] if connection.subprotocol is None else [connection.subprotocol],
    )
    await GraphQLTransportWSHandler.handle_connection(adapter, manager)


async def requests(connection: ServerConnection, request: Request) -> Response | None:
    """Answers plain HTTP: GET /publish?room=lobby&text=Hello tells everybody who listens to the room. This server knows GET alone."""
    url = urlsplit(request.path)
    if url.path == "/graphql":
        return None
    query = parse_qs(url.query)
    if url.path != "/publish" or "room" not in query or "text" not in query:
        return connection.respond(HTTPStatus.NOT_FOUND, "there are /graphql and /publish?room=lobby&text=Hello\n")
    message = Message(id=ID(uuid.uuid4().hex), room_id=ID(query["room"][0]), text=query["text"][0])
    await topics.message_added.publish(manager, message)
    return connection.respond(HTTPStatus.OK, "told\n")


def choose(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Takes clients that speak the protocol; the others are told so by the handler."""
    return PROTOCOL if PROTOCOL in offered else None


@asynccontextmanager
async def running(port: int) -> AsyncGenerator[Server, None]:
    """The server, while the block runs; then it says goodbye to the clients."""
    async with serve(subscriptions, "127.0.0.1", port, process_request=requests, select_subprotocol=choose) as server, manager:
        yield server


async def main(port: int) -> None:
    """Serves until Ctrl-C."""
    async with running(port) as server:
        print(f"Listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]} (Ctrl-C ends)", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000))
