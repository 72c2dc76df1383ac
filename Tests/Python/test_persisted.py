"""Persisted operations: ``subsgen persist`` lists them, and a server serves them by digest, or nothing else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import generating
from chat import SDL, message
from serving import client, fastapi
from subsgen import GraphQLRequest, RuntimeOptions, SubscriptionError, SubscriptionExecutor, SubscriptionManager

MESSAGE = "subscription { message { id } }"
MUTATION = "mutation { post }"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def persist(folder: Path, *arguments: str) -> tuple[int, str, str]:
    result = generating.subsgen("persist", *arguments, cwd=folder)
    return result.returncode, result.stdout, result.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a schema and operations."""
    (tmp_path / "schema.graphql").write_text(SDL, "utf-8")
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "message.graphql").write_text(f"{MESSAGE}\n", "utf-8")
    (tmp_path / "web" / "again.graphql").write_text(MESSAGE, "utf-8")
    (tmp_path / "web" / "post.graphql").write_text(f"\n{MUTATION}\n", "utf-8")
    return tmp_path


@pytest.fixture
def listed(folder: Path) -> Path:
    """The list that the command writes of them."""
    assert persist(folder, "web", "--schema", "schema.graphql", "--out", "persisted.json")[0] == 0
    return folder / "persisted.json"


def test_the_list_has_each_document_once_by_its_digest(folder: Path) -> None:
    status, out, error = persist(folder, "web/*.graphql", "--schema", "schema.graphql")
    assert status == 0
    assert json.loads(out) == {digest(text): text for text in (MESSAGE, MUTATION)}
    assert list(json.loads(out)) == sorted(json.loads(out))
    assert error == "note: 1 of 3 documents have operations of types that the schema lacks; their syntax alone was checked.\n"


def test_the_schema_may_be_that_of_the_configuration(folder: Path) -> None:
    (folder / "subsgen.toml").write_text('schema = "schema.graphql"\n', "utf-8")
    assert json.loads(persist(folder, "web/message.graphql")[1]) == {digest(MESSAGE): MESSAGE}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("subscription { message { nope } }", 'Cannot query field "nope" on type "Message".'),
        ("subscription { message { id }", "Syntax Error"),
        ("mutation { post } subscription { nope }", 'Cannot query field "nope" on type "Subscription".'),
        ("subscription { message { id } other: message { id } }", "one top level field"),
    ],
)
def test_a_document_that_does_not_fit_the_schema_is_not_listed(folder: Path, text: str, expected: str) -> None:
    (folder / "web" / "wrong.graphql").write_text(text, "utf-8")
    status, out, error = persist(folder, "web", "--schema", "schema.graphql", "--out", "persisted.json")
    assert (status, out) == (1, "")
    assert expected in error
    assert "web/wrong.graphql:1:" in error
    assert not (folder / "persisted.json").exists()


def test_wrong_use_says_what_to_write(folder: Path) -> None:
    (folder / "schema.graphql").rename(folder / "web" / "schema.txt")
    status, _, error = persist(folder, "web/message.graphql")
    assert status == 2
    assert "subsgen persist web/message.graphql --schema" in error
    assert persist(folder)[0] == 2
    assert persist(folder, "nope.graphql", "--schema", "web/schema.txt")[0] == 3


async def test_a_server_in_locked_mode_serves_what_is_listed_and_nothing_else(listed: Path) -> None:
    requests: list[GraphQLRequest] = []

    def execute(request: GraphQLRequest, context: object) -> dict[str, Any]:
        requests.append(request)
        return {"data": {"post": True}}

    manager = SubscriptionManager(schema=SDL, execute=execute, options=RuntimeOptions(persisted_operations=listed, persisted_only=True))
    async with fastapi(manager) as server, client(server) as peer:
        await peer.initialise()

        async def answer(id: str, **payload: Any) -> dict[str, Any]:
            await peer.send({"id": id, "type": "subscribe", "payload": payload})
            result: dict[str, Any] = await peer.receive()
            return result

        for number, query in enumerate(["{ __schema { description } }", "subscription { message { text } }", "mutation { drop }"]):
            refused = await answer(f"r{number}", query=query)
            assert refused["type"] == "error"
            assert refused["payload"][0]["extensions"] == {"code": "PERSISTED_QUERY_NOT_IN_LIST"}
        assert requests == []
        by_digest = {"persistedQuery": {"version": 1, "sha256Hash": digest(MUTATION)}}
        assert (await answer("m", extensions=by_digest))["payload"] == {"data": {"post": True}}
        assert requests == [GraphQLRequest(MUTATION, "mutation", extensions=by_digest)]
        assert (await peer.receive())["type"] == "complete"
        await peer.send({"id": "s", "type": "subscribe", "payload": {"query": MESSAGE}})
        # The answer says that the message before it has been done.
        assert (await answer("q", query="{ __typename }"))["type"] == "error"
        await manager.publish_event("message", message(1))
        assert await peer.receive() == {"id": "s", "type": "next", "payload": {"data": {"message": {"id": "1"}}}}
    await manager.close()


def test_what_is_not_listed_cannot_be_registered_either(listed: Path) -> None:
    executor = SubscriptionExecutor(SDL, options=RuntimeOptions(persisted_operations=str(listed), persisted_only=True))
    executor.register_subscription("c", "s", MESSAGE)
    with pytest.raises(SubscriptionError, match="persisted operations only"):
        executor.register_subscription("c", "t", "subscription { message { text } }")


def test_a_list_that_is_missing_or_wrong_is_told_before_anything_is_served(tmp_path: Path) -> None:
    path = tmp_path / "persisted.json"
    with pytest.raises(FileNotFoundError):
        SubscriptionExecutor(SDL, options=RuntimeOptions(persisted_operations=path))
    for text, expected in {
        "": "persisted.json is no list that subsgen persist wrote: ",
        "[]": "persisted.json is no list that subsgen persist wrote: ",
        '{"a": 1}': "persisted.json is no list that subsgen persist wrote: ",
        json.dumps({"a": MESSAGE}): f"is not that of its document, which is {digest(MESSAGE)}",
        json.dumps({digest(MESSAGE): MESSAGE}) + ', "only": false': "persisted.json is no list that subsgen persist wrote: ",
    }.items():
        path.write_text(text, "utf-8")
        with pytest.raises(ValueError, match=expected):
            SubscriptionExecutor(SDL, options=RuntimeOptions(persisted_operations=path))
    with pytest.raises(ValueError, match="persisted_only needs persisted_operations"):
        RuntimeOptions(persisted_only=True)
