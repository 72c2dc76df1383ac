"""An auction on the server of `websockets`: bids, subscriptions and the page by one server, without a framework.

Run it with `make serve EXAMPLE=auction`, or by hand: `subsgen`, then `python app.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import os
import secrets
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, build_schema, graphql
from websockets.asyncio.server import serve

from gen import create_manager, topics
from gen.types import Lot
from house import BidError, house
from pages import page
from subsgen import Context, EventBusConfig, GraphQLRequest
from subsgen.websockets import select_subprotocol, subscription_handler

CODE = os.environ.get("AUCTIONEER_CODE") or secrets.token_hex(4)
"""Who has it is the auctioneer."""


def who(payload: Mapping[str, Any] | None) -> dict[str, Any]:
    """The auth_handler: a name, and for the auctioneer a code. Names are first come, first believed: see the README."""
    name, code = (payload or {}).get("name"), (payload or {}).get("code")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 40:
        raise PermissionError("connection_init carries a name of 1 to 40 characters")
    if code is None:
        return {"user_id": name.strip()}
    if not isinstance(code, str) or not hmac.compare_digest(code.encode(), CODE.encode()):
        raise PermissionError("that is not the auctioneer's code")
    return {"user_id": name.strip(), "roles": ["auctioneer"]}


class Root:
    """The fields of `Query` and `Mutation`, as graphql-core calls them by their names."""

    def __init__(self) -> None:
        self._in_turn = asyncio.Lock()
        """Until a bid has been published the next one waits: so all hear of them in their order."""

    def catalogue(self, info: GraphQLResolveInfo[Context]) -> list[Lot]:
        return house.lots()

    async def bid(self, info: GraphQLResolveInfo[Context], lot: str, amount: int) -> int:
        try:
            async with self._in_turn:
                stands = house.bid(lot, info.context.claims["user_id"], amount)
                await topics.lot.publish(manager, stands)
        except BidError as error:
            raise GraphQLError(str(error)) from error
        return stands.minimum

    async def hammer(self, info: GraphQLResolveInfo[Context], lot: str) -> bool:
        if "auctioneer" not in info.context.claims.get("roles", ()):
            raise GraphQLError("The hammer is the auctioneer's.")
        try:
            async with self._in_turn:
                sold = house.sell(lot)
                await topics.lot.publish(manager, sold)
                await topics.lot.complete(manager, id=sold.id)
        except BidError as error:
            raise GraphQLError(str(error)) from error
        return True


root = Root()
schema = build_schema(Path(__file__).with_name("gen").joinpath("schema.public.graphql").read_text("utf-8"))


async def execute(request: GraphQLRequest, context: Context) -> ExecutionResult:
    return await graphql(
        schema,
        request.query,
        root_value=root,
        context_value=context,
        variable_values=request.variables,
        operation_name=request.operation_name,
    )


manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")), auth_handler=who, execute=execute)


async def main(port: int) -> None:
    """Serves until the process is told to end, and says goodbye to everybody then."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    handler = subscription_handler(manager)
    listener = socket.create_server(("127.0.0.1", port))
    # The manager is the inner one: it takes its leave while the server still stands.
    async with serve(handler, sock=listener, select_subprotocol=select_subprotocol, process_request=page), manager:
        print(f"The auction is running on http://127.0.0.1:{listener.getsockname()[1]}", file=sys.stderr, flush=True)
        print(f"The auctioneer's code is {CODE}", file=sys.stderr, flush=True)
        await ended.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Run the auction.")
    parser.add_argument("--port", type=int, default=8000)
    asyncio.run(main(parser.parse_args().port))
