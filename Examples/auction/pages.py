"""The page's files, by the server that has the sockets. It answers requests by GET, and knows nothing else of HTTP."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

__all__ = ["page"]

FOLDER = Path(__file__).parent / "static"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
FILES = {
    "/" if path.name == "index.html" else f"/{path.name}": (f"{TYPES[path.suffix]}; charset=utf-8", path.read_bytes())
    for path in FOLDER.iterdir()
    if path.suffix in TYPES
}
"""By path, all of them, so that no request reaches the disk."""


def page(connection: ServerConnection, request: Request) -> Response | None:
    """A file, or None where the request is for the endpoint: then the server shakes hands."""
    path = request.path.partition("?")[0]
    if path == "/graphql":
        return None
    if path not in FILES:
        return connection.respond(HTTPStatus.NOT_FOUND, "There is no such page.\n")
    kind, body = FILES[path]
    headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-cache", "Connection": "close"})
    return Response(200, "OK", headers, body)
