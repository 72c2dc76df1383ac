"""Queries and mutations by graphql-core, subscriptions by subsgen, over one socket.

`subsgen schema.graphql --out gen`, then `uvicorn app:app`.
"""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from graphql import ExecutionResult, GraphQLResolveInfo, build_schema, graphql
from starlette.applications import Starlette

from gen import create_manager, topics
from gen.types import Task
from subsgen import ID, Context, EventBusConfig, GraphQLRequest, create_subscription_app

stored: list[Task] = []


class Root:
    """The fields of `Query` and `Mutation`, as graphql-core calls them by their names."""

    def tasks(self, info: GraphQLResolveInfo[Context], board: str) -> list[Task]:
        return [task for task in stored if task.board == board]

    async def addTask(self, info: GraphQLResolveInfo[Context], board: str, title: str) -> Task:
        if not title:
            raise ValueError("A task has a title.")
        task = Task(id=ID(uuid4().hex), board=ID(board), title=title)
        stored.append(task)
        await topics.task_added.publish(manager, task)
        return task


schema = build_schema(Path(__file__).with_name("schema.graphql").read_text("utf-8"))


async def execute(request: GraphQLRequest, context: Context) -> ExecutionResult:
    return await graphql(
        schema,
        request.query,
        root_value=Root(),
        context_value=context,
        variable_values=request.variables,
        operation_name=request.operation_name,
    )


manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")), execute=execute)
app = create_subscription_app(Starlette(), manager, path="/graphql")
