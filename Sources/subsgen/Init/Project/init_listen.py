"""A client: ``python listen.py lobby`` prints what is posted in the lobby."""

from __future__ import annotations

import asyncio
import sys

from gql import Client, GraphQLRequest
from gql.transport.websockets import WebsocketsTransport

QUERY = "subscription ($room: ID!) { messageAdded(roomId: $room) { text } }"


async def listen(room: str, url: str) -> None:
    """Listens until Ctrl-C."""
    transport = WebsocketsTransport(url=url, subprotocols=["graphql-transport-ws"])
    async with Client(transport=transport) as session:
        async for result in session.subscribe(GraphQLRequest(QUERY, variable_values={"room": room})):
            print(result["messageAdded"]["text"], flush=True)


if __name__ == "__main__":
    asyncio.run(listen(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "ws://127.0.0.1:8000/graphql"))
