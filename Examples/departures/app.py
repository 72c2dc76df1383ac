"""A board of departures: a desk announces changes by HTTP, and passengers see them by event streams.

Run it with `make serve EXAMPLE=departures`, or by hand: `subsgen`, then `uvicorn app:app`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gen import create_manager, topics
from gen.types import State
from subsgen import EventBusConfig, create_subscription_app
from timetable import timetable

PAGE = Path(__file__).parent / "static"


class Change(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the desk announces: all of it, or only what is new."""

    delay: Annotated[int, msgspec.Meta(ge=0, le=600)] | msgspec.UnsetType = msgspec.UNSET
    platform: Annotated[str, msgspec.Meta(min_length=1, max_length=12)] | msgspec.UnsetType = msgspec.UNSET
    state: Literal["RUNNING", "CANCELLED"] | msgspec.UnsetType = msgspec.UNSET


manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")))


async def announce(request: Request) -> Response:
    """Changes a departure, and tells everybody whom it concerns."""
    try:
        change = msgspec.json.decode(await request.body(), type=Change)
    except msgspec.DecodeError as error:
        return JSONResponse({"error": str(error)}, 422)
    # What is not announced is not in it.
    attributes = {name: State(value) if name == "state" else value for name, value in msgspec.to_builtins(change).items()}
    try:
        changed = timetable.change(request.path_params["id"], **attributes)
    except KeyError:
        return JSONResponse({"error": "there is no such departure"}, 404)
    await topics.board.publish(manager, timetable.concerned(changed), stop=changed.stop)
    if change.delay:
        await topics.delayed.publish(manager, changed)
    return Response(msgspec.json.encode(changed), media_type="application/json")


app = Starlette(routes=[Route("/departures/{id}", announce, methods=["PATCH"])], lifespan=manager.lifespan)
create_subscription_app(app, manager, path="/graphql")
# Last, because it takes every path that nothing above took.
app.router.routes.append(Mount("/", StaticFiles(directory=PAGE, html=True)))
