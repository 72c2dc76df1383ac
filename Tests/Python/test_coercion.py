"""What a resolver gets of an event is what a client without a resolver gets."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import msgspec
import pytest

from chat import resolver_module
from pulling import result
from subsgen import ID, UNSET, FieldBinding, Int, Payload, Registry, SubscriptionManager, SubscriptionPayload, UnsetType

SDL = """
type Query { version: String }
union Item = Post | Note
type Post { id: ID! title: String views: Int rating: Float isNew: Boolean replies: [Post!] }
type Note { id: ID! codes: [[String]] }
type Subscription { item: Item }
"""

QUERY = """
subscription { item { __typename ... on Post { id title views rating isNew replies { id title } } ... on Note { id codes } } }
"""


class Post(Payload, kw_only=True, tag_field="__typename", tag="Post"):
    id: ID
    title: str | UnsetType | None = UNSET
    views: Int | UnsetType | None = UNSET
    rating: float | UnsetType | None = UNSET
    isNew: bool | UnsetType | None = UNSET
    replies: list[Post] | UnsetType | None = UNSET


class Note(Payload, kw_only=True, tag_field="__typename", tag="Note"):
    id: ID
    codes: list[list[str | None] | None] | UnsetType | None = UNSET


class NoArguments(Payload, kw_only=True):
    pass


def manager(module: ModuleType) -> SubscriptionManager:
    binding = FieldBinding("item", Post | Note | None, NoArguments, module)
    return SubscriptionManager(registry=Registry(sdl=SDL, fields=[binding]))


async def answer(module: ModuleType, event: str) -> Any:
    served = manager(module)
    id = await served.create_subscription(SubscriptionPayload(QUERY))
    await served.publish_event("item", event)
    answered = await result(served, id)
    await served.close()
    return answered


def returns_its_event(event: Post | Note | None, args: NoArguments) -> Post | Note | None:
    return event


@pytest.mark.parametrize(
    "event",
    [
        '{"__typename": "Post", "id": "1", "title": "A"}',
        '{"__typename": "Post", "id": 7}',
        '{"__typename": "Post", "id": 7.0, "title": 3, "views": 2.0, "rating": "1.5", "isNew": true}',
        '{"__typename": "Post", "id": 7, "title": 1.5, "views": "2", "replies": [{"__typename": "Post", "id": 8, "title": true}]}',
        '{"__typename": "Note", "id": 123456789012345678901, "codes": [[1, null, "b"], null]}',
        "null",
    ],
)
async def test_leaves_are_coerced_as_without_a_resolver(event: str) -> None:
    assert await answer(resolver_module(resolve=returns_its_event), event) == await answer(resolver_module(), event)


@pytest.mark.parametrize("event", ['{"__typename": "Post", "title": "A"}', '{"id": 7}', '{"__typename": "Post", "id": []}', "7"])
async def test_what_has_no_such_form_is_a_failure_of_the_resolver(event: str) -> None:
    answered = await answer(resolver_module(resolve=returns_its_event), event)
    assert answered["data"] == {"item": None}
    assert [error["message"] for error in answered["errors"]] == ['The resolver of "item" failed.']


def test_an_event_that_fits_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from subsgen import coercion

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("converted")

    decode = coercion.event_decoder(Post)
    monkeypatch.setattr(msgspec, "convert", refuse)
    assert decode(b'{"__typename": "Post", "id": "1"}') == Post(id=ID("1"))
