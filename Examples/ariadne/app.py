"""Queries and mutations by Ariadne, subscriptions by subsgen, over one socket.

`subsgen schema.graphql --out gen`, then `uvicorn app:app`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from ariadne import MutationType, QueryType, graphql, make_executable_schema
from graphql import GraphQLResolveInfo
from starlette.applications import Starlette

from gen import create_manager, topics
from gen.types import Task
from subsgen import ID, Context, EventBusConfig, GraphQLRequest, create_subscription_app

query = QueryType()
mutation = MutationType()
stored: list[Task] = []


@query.field("tasks")
def tasks(_: None, info: GraphQLResolveInfo[Context], board: str) -> list[Task]:
    return [task for task in stored if task.board == board]


@mutation.field("addTask")
async def add_task(_: None, info: GraphQLResolveInfo[Context], board: str, title: str) -> Task:
    if not title:
        raise ValueError("A task has a title.")
    task = Task(id=ID(uuid4().hex), board=ID(board), title=title)
    stored.append(task)
    await topics.task_added.publish(manager, task)
    return task


schema = make_executable_schema(Path(__file__).with_name("schema.graphql").read_text("utf-8"), query, mutation)


async def execute(request: GraphQLRequest, context: Context) -> dict[str, Any]:
    result: tuple[bool, dict[str, Any]] = await graphql(schema, request.to_dict(), context_value=context)
    return result[1]


manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")), execute=execute)
app = create_subscription_app(Starlette(), manager, path="/graphql")
