"""Queries and mutations by Strawberry, subscriptions by subsgen, over one socket.

`subsgen schema.graphql --out gen`, then `uvicorn app:app`.
"""

from __future__ import annotations

import os
from uuid import uuid4

import strawberry
from fastapi import FastAPI
from strawberry.types import ExecutionResult

from gen import create_manager, topics, types
from subsgen import ID, Context, EventBusConfig, GraphQLRequest, create_subscription_app


@strawberry.type
class Task:
    id: strawberry.ID
    board: strawberry.ID
    title: str


stored: list[Task] = []


@strawberry.type
class Query:
    @strawberry.field
    def tasks(self, board: strawberry.ID) -> list[Task]:
        return [task for task in stored if task.board == board]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def add_task(self, board: strawberry.ID, title: str) -> Task:
        if not title:
            raise ValueError("A task has a title.")
        task = Task(id=strawberry.ID(uuid4().hex), board=board, title=title)
        stored.append(task)
        await topics.task_added.publish(manager, types.Task(id=ID(task.id), board=ID(board), title=title))
        return task


schema = strawberry.Schema(Query, Mutation)


async def execute(request: GraphQLRequest, context: Context) -> ExecutionResult:
    return await schema.execute(
        request.query, variable_values=request.variables, operation_name=request.operation_name, context_value=context
    )


manager = create_manager(EventBusConfig.from_url(os.environ.get("SUBSGEN_BUS_URL", "memory://")), execute=execute)
app = create_subscription_app(FastAPI(), manager, path="/graphql")
