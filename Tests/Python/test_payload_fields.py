"""Functions of payload fields: what they get, what becomes of what they return, and that a failure is of its own object alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from generating import generate, imported
from pulling import result, subscribed
from serving import PROTOCOL, Start, client, within
from subsgen import Context, FieldError, Payload, RuntimeOptions, SubscriptionManager

SDL = """
type Query { ok: Boolean }
type Subscription { posts: [Post!] node: Node }
interface Node { id: ID! }
type Post implements Node { id: ID! text: String excerpt(length: Int! = 3): String @resolver author: User @resolver }
type User implements Node { id: ID! name: String! avatar(size: Size = {}): String! friends: [User!] @resolver }
input Size { width: Int! = 64 }
"""
EXCERPTS = "subscription { posts { excerpt } }"


class Post(Payload, kw_only=True, tag_field="__typename", tag="Post"):
    id: str
    text: str = ""


class Length(Payload, kw_only=True):
    length: int


def serving(options: RuntimeOptions | None = None, **functions: Any) -> SubscriptionManager:
    """A manager whose payload fields have functions: ``Post_excerpt=...``."""
    manager = SubscriptionManager(schema=SDL, options=options)
    for name, function in functions.items():
        type_name, _, field = name.partition("_")
        typed: dict[str, Any] = {"parent_type": Post, "arguments_type": Length} if name == "Post_excerpt" else {}
        manager.register_field_resolver(type_name, field, function, **typed)
    return manager


def posts(*ids: int) -> list[dict[str, Any]]:
    return [{"id": str(id), "text": f"text {id}"} for id in ids]


async def excerpts(manager: SubscriptionManager, *ids: int, query: str = EXCERPTS) -> Any:
    """What a client gets of an event with these posts."""
    async with subscribed(manager, query) as id:
        await manager.publish_event("posts", posts(*ids))
        return await result(manager, id)


async def test_a_function_gets_typed_parents_and_arguments_and_supplies_them_all_at_once() -> None:
    seen: list[tuple[Any, Any]] = []

    async def resolve(parents: list[Post], args: Length) -> list[str]:
        seen.append((parents, args))
        return [parent.text[-args.length :] for parent in parents]

    manager = serving(Post_excerpt=resolve)
    answer = await excerpts(manager, 1, 2, 1, query="subscription { posts { excerpt short: excerpt(length: 1) } }")
    assert answer == {"data": {"posts": [{"excerpt": f"t {id}", "short": str(id)} for id in (1, 2, 1)]}}
    assert seen == [([Post(id="1", text="text 1"), Post(id="2", text="text 2")], Length(length=length)) for length in (3, 1)]


async def test_it_may_be_no_coroutine_and_return_a_tuple_with_nulls() -> None:
    def resolve(parents: list[Post], args: Length) -> Sequence[str | None]:
        return None, "b"

    assert await excerpts(serving(Post_excerpt=resolve), 1, 2) == {"data": {"posts": [{"excerpt": None}, {"excerpt": "b"}]}}


async def test_objects_that_it_supplies_have_functions_of_their_own() -> None:
    people = {"a": {"id": "a", "name": "Ada"}, "b": {"id": "b", "name": "Bob"}}
    calls: list[list[str]] = []

    def author(parents: list[Any], args: Any) -> Any:
        return [people["a"] for _ in parents]

    async def friends(parents: list[Any], args: Any) -> Any:
        return [[people["b"], people["a"]] if parent["id"] == "a" else [] for parent in parents]

    async def avatar(parents: list[Any], args: Any) -> Any:
        calls.append([parent["id"] for parent in parents])
        return [f"{parent['id']}-{args['size']['width']}.png" for parent in parents]

    manager = serving(Post_author=author, User_friends=friends, User_avatar=avatar)
    answer = await excerpts(manager, 1, 2, query="subscription { posts { author { avatar friends { name avatar } } } }")
    ada = {"avatar": "a-64.png", "friends": [{"name": "Bob", "avatar": "b-64.png"}, {"name": "Ada", "avatar": "a-64.png"}]}
    assert answer == {"data": {"posts": [{"author": ada}] * 2}}
    assert calls == [["a"], ["b"]]


async def test_events_that_come_together_share_a_call() -> None:
    calls: list[list[str]] = []

    async def resolve(parents: list[Post], args: Length) -> list[str]:
        calls.append([parent.id for parent in parents])
        return [parent.id for parent in parents]

    manager = serving(Post_excerpt=resolve)
    async with subscribed(manager, EXCERPTS) as id:
        for ids in ((1, 2), (), (3,)):
            await manager.publish_event("posts", posts(*ids))
        answers = [await result(manager, id) for _ in range(3)]
    assert [[post["excerpt"] for post in answer["data"]["posts"]] for answer in answers] == [["1", "2"], [], ["3"]]
    assert calls == [["1", "2", "3"]]


async def test_one_with_a_context_is_called_for_each_claims() -> None:
    def resolve(parents: list[Post], args: Length, context: Context) -> list[str]:
        assert (context.connection, context.subscription_id) == (None, None)
        return [context.claims.get("sub", "nobody") for _ in parents]

    manager = serving(Post_excerpt=resolve)
    async with (
        subscribed(manager, EXCERPTS, claims={"sub": "ada"}) as ada,
        subscribed(manager, EXCERPTS, claims={"sub": "bob"}) as bob,
        subscribed(manager, EXCERPTS) as nobody,
    ):
        await manager.publish_event("posts", posts(1))
        answers = [(await result(manager, id))["data"]["posts"][0]["excerpt"] for id in (ada, bob, nobody)]
        assert answers == ["ada", "bob", "nobody"]


# MARK: Failures


def failure(field: str = "excerpt", message: str | None = None, *indices: int) -> list[dict[str, Any]]:
    message = message or f'The resolver of "Post.{field}" failed.'
    return [{"message": message, "locations": [{"line": 1, "column": 24}], "path": ["posts", index, field]} for index in indices]


async def test_an_exception_in_a_value_s_place_is_of_its_parent_alone(caplog: pytest.LogCaptureFixture) -> None:
    def resolve(parents: list[Post], args: Length) -> Sequence[str | Exception]:
        return "a", FieldError("Not yours."), ValueError("secret"), "d"

    assert await excerpts(serving(Post_excerpt=resolve), 1, 2, 3, 4) == {
        "data": {"posts": [{"excerpt": "a"}, {"excerpt": None}, {"excerpt": None}, {"excerpt": "d"}]},
        "errors": failure("excerpt", "Not yours.", 1) + failure("excerpt", None, 2),
    }
    assert [record.exc_info is not None and str(record.exc_info[1]) for record in caplog.records] == ["secret"]


def raising(error: Exception) -> Any:
    def resolve(parents: list[Post], args: Length) -> list[str]:
        raise error

    return resolve


def returning(value: object) -> Any:
    def resolve(parents: list[Post], args: Length) -> object:
        return value

    return resolve


@pytest.mark.parametrize(
    ("function", "logged"),
    [
        (raising(ValueError("secret")), "secret"),
        (returning(["one"]), "2 values were to be returned, and these are 1"),
        (returning("ab"), "a list was to be returned, and this is str"),
        (returning(None), "a list was to be returned, and this is NoneType"),
        (returning(iter(["one", "two"])), "a list was to be returned, and this is list_iterator"),
    ],
)
async def test_what_fails_as_a_whole_is_an_error_of_every_parent(function: Any, logged: str, caplog: pytest.LogCaptureFixture) -> None:
    assert await excerpts(serving(Post_excerpt=function), 1, 2) == {
        "data": {"posts": [{"excerpt": None}, {"excerpt": None}]},
        "errors": failure("excerpt", None, 0, 1),
    }
    assert [record.exc_info is not None and str(record.exc_info[1]) for record in caplog.records] == [logged]


async def test_a_field_error_that_is_raised_is_told_to_every_parent(caplog: pytest.LogCaptureFixture) -> None:
    answer = await excerpts(serving(Post_excerpt=raising(FieldError("Closed."))), 1, 2)
    assert answer["errors"] == failure("excerpt", "Closed.", 0, 1)
    assert not caplog.records


async def test_what_has_no_form_in_json_or_does_not_fit_the_type_is_of_its_parent_alone(caplog: pytest.LogCaptureFixture) -> None:
    def resolve(parents: list[Any], args: Any) -> Any:
        return [{"id": "1", "name": "Ada"}, object(), {"id": "2"}]

    assert await excerpts(serving(Post_author=resolve), 1, 2, 3, query="subscription { posts { author { name } } }") == {
        "data": {"posts": [{"author": {"name": "Ada"}}, {"author": None}, {"author": None}]},
        "errors": [
            *failure("author", None, 1),
            {
                "message": "Cannot return null for non-nullable field User.name.",
                "locations": [{"line": 1, "column": 33}],
                "path": ["posts", 2, "author", "name"],
            },
        ],
    }
    assert len(caplog.records) == 1


async def test_a_parent_that_is_not_of_its_class_is_the_only_one_with_an_error(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []

    def resolve(parents: list[Post], args: Length) -> list[str]:
        seen.extend(parent.id for parent in parents)
        return [parent.id for parent in parents]

    manager = serving(Post_excerpt=resolve)
    async with subscribed(manager, EXCERPTS) as id:
        await manager.publish_event("posts", [{"id": 1}, {"text": "no id"}, {"id": "3"}])
        assert await result(manager, id) == {
            "data": {"posts": [{"excerpt": "1"}, {"excerpt": None}, {"excerpt": "3"}]},
            "errors": failure("excerpt", None, 1),
        }
        await manager.publish_event("posts", [{"text": "alone"}])
        assert (await result(manager, id))["errors"] == failure("excerpt", None, 0)
    assert seen == ["1", "3"]
    assert len(caplog.records) == 2


async def test_one_that_takes_too_long_is_an_error_and_holds_up_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    cancelled = asyncio.Event()

    async def resolve(parents: list[Post], args: Length) -> list[str]:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        raise AssertionError

    manager = serving(RuntimeOptions(resolver_timeout=0.05), Post_excerpt=resolve)
    async with subscribed(manager, EXCERPTS) as slow, subscribed(manager, "subscription { posts { id } }") as quick:
        await manager.publish_event("posts", posts(1))
        assert await result(manager, quick) == {"data": {"posts": [{"id": "1"}]}}
        assert (await result(manager, slow))["errors"] == failure("excerpt", 'The resolver of "Post.excerpt" took too long.', 0)
        await within(cancelled.wait())
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_what_is_under_way_is_cancelled_when_the_loop_is_let_go() -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def resolve(parents: list[Post], args: Length) -> list[str]:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    manager = serving(Post_excerpt=resolve)
    async with subscribed(manager, EXCERPTS):
        await manager.publish_event("posts", posts(1))
        await within(started.wait())
    await within(ended.wait())


def test_a_function_takes_parents_and_arguments() -> None:
    manager = SubscriptionManager(schema=SDL)
    with pytest.raises(TypeError, match=r'the resolver of "Post.excerpt" is resolve\(parents, args\)'):
        manager.register_field_resolver("Post", "excerpt", len)
    with pytest.raises(ValueError, match=r'no field "Post.id" that a function supplies'):
        manager.register_field_resolver("Post", "id", returning([]))


# MARK: Generated packages


FILLED = """from __future__ import annotations

from ..types import Post, PostExcerptArgs


async def resolve(parents: list[Post], args: PostExcerptArgs) -> list[str | None]:
    return [None if parent.text is None else str(parent.text)[: args.length] for parent in parents]
"""


def test_an_unfilled_stub_is_an_error_and_no_call_and_a_filled_one_is_called(tmp_path: Path) -> None:
    package = generate(tmp_path, SDL, name="supplied")
    query = "subscription { posts { id excerpt author { name } } }"
    author = failure("author", 'No resolver supplies the field "Post.author".', 0)
    author[0]["locations"] = [{"line": 1, "column": 35}]

    async def answer(module: ModuleType) -> tuple[Any, int]:
        manager: SubscriptionManager = module.create_manager()
        async with subscribed(manager, query) as id:
            await module.topics.posts.publish(manager, [module.types.Post(id="1", text="a text")])
            return await result(manager, id), manager.get_metrics()["resolver_calls"]

    with imported(package) as module:
        excerpt = failure("excerpt", 'No resolver supplies the field "Post.excerpt".', 0)
        excerpt[0]["locations"] = [{"line": 1, "column": 27}]
        assert asyncio.run(answer(module)) == (
            {"data": {"posts": [{"id": "1", "excerpt": None, "author": None}]}, "errors": excerpt + author},
            0,
        )
    (package / "field_resolvers" / "post_excerpt.py").write_text(FILLED, encoding="utf-8")
    with imported(package) as module:
        assert asyncio.run(answer(module)) == (
            {"data": {"posts": [{"id": "1", "excerpt": "a t", "author": None}]}, "errors": author},
            1,
        )


def test_a_module_without_a_function_is_refused(tmp_path: Path) -> None:
    package = generate(tmp_path, SDL, name="hollow")
    (package / "field_resolvers" / "post_excerpt.py").write_text("resolve = None\n", encoding="utf-8")
    with imported(package) as module, pytest.raises(TypeError, match=r'hollow.field_resolvers.post_excerpt defines no function "resolve"'):
        module.create_manager()


# MARK: Over sockets


async def test_a_client_gets_what_functions_supply_in_the_order_of_the_events(start: Start) -> None:
    gate = asyncio.Event()

    async def resolve(parents: list[Any], args: Any, context: Context) -> list[str]:
        if parents[0]["id"] == "1":
            await gate.wait()
        return [f"{parent['id']} for {context.claims['sub']}" for parent in parents]

    async def authenticate(payload: Any) -> Any:
        return payload

    manager = SubscriptionManager(schema=SDL)
    manager.register_field_resolver("Post", "excerpt", resolve)
    async with start(manager, authenticate) as server, client(server, PROTOCOL) as subscriber:
        await subscriber.initialise({"sub": "ada"})
        await subscriber.subscribe("slow", "subscription { posts { id excerpt } }")
        await subscriber.subscribe("plain", "subscription { posts { id } }")
        for id in (1, 2):
            await manager.publish_event("posts", posts(id))
            assert await subscriber.receive() == {"id": "plain", "type": "next", "payload": {"data": {"posts": [{"id": str(id)}]}}}
            await subscriber.settle()
        gate.set()
        for id in (1, 2):
            payload = {"data": {"posts": [{"id": str(id), "excerpt": f"{id} for ada"}]}}
            assert await subscriber.receive() == {"id": "slow", "type": "next", "payload": payload}
    await manager.close()
